package dev.coffer.secrets;

/**
 * Writes that happen only if the secret is still at the version that the caller saw. The comparison is made by the
 * store itself, in the same step as the write.
 */
public interface ConditionalWrites {
    /**
     * As {@link SecretsManager#updateSecret(Secret)}, if the current version is the expected one.
     *
     * @return the receipt with the version that is current now
     * @throws ConflictException if the secret is at another version; nothing was written
     * @throws NoSuchSecretException if there is none of that name
     */
    WriteReceipt updateSecret(Secret secret, long expectedVersion);

    /**
     * As {@link SecretsManager#deleteSecret(SecretName)}, if the current version is the expected one.
     *
     * @throws ConflictException if the secret is at another version; nothing was deleted
     * @throws NoSuchSecretException if there is none of that name
     */
    void deleteSecret(SecretName name, long expectedVersion);
}
