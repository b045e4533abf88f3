package dev.coffer.secrets;

/** Gives a secret another name while it stays the same secret, with its identity, versions and history. */
public interface Renaming {
    /**
     * Renames a secret.
     *
     * @throws NoSuchSecretException if there is no live secret of the old name
     * @throws SecretExistsException if the new name is live; nothing was changed
     */
    void renameSecret(SecretName from, SecretName to);
}
