package dev.coffer.secrets;

/**
 * Tells the secrets that coffer made, or was told to adopt, from those that somebody else keeps in the same place. A
 * secret that is not owned can be read; updating or deleting it is a {@link ConflictException} until it is adopted.
 */
public interface Owned {
    /**
     * Whether coffer's mark is on the secret.
     *
     * @throws NoSuchSecretException if there is none of that name
     */
    boolean isOwned(SecretName name);

    /**
     * Puts coffer's mark on the secret. A secret that has it stays as it is.
     *
     * @throws NoSuchSecretException if there is none of that name
     */
    void adopt(SecretName name);
}
