package dev.coffer.secrets;

/** Deletes in two steps: a deleted secret can be brought back until it is purged. */
public interface Recoverable {
    /**
     * Brings a deleted secret back with the content that it had when it was deleted.
     *
     * @throws NoSuchSecretException if there is no deleted secret of that name
     * @throws SecretExistsException if the name is live
     */
    WriteReceipt recoverSecret(SecretName name);

    /**
     * Removes a secret for good, live or deleted: content, history and tombstone, and with it everything else that was
     * ever deleted under that name.
     *
     * @throws NoSuchSecretException if there is neither a live nor a deleted secret of that name
     */
    void purgeSecret(SecretName name);
}
