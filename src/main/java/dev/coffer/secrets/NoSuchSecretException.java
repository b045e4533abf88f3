package dev.coffer.secrets;

import java.util.UUID;

/** There is no secret of that name, or it has no such version. */
public final class NoSuchSecretException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    /**
     * The secret is missing.
     *
     * @param name the name that was asked for
     */
    public NoSuchSecretException(SecretName name) {
        super(
                "there is no secret named " + name,
                name.value(),
                "'coffer secret list' shows the names; a deleted secret comes back with 'coffer secret rollback'");
    }

    /**
     * There is no secret of that identity, not even a deleted one.
     *
     * @param id the identity that was asked for
     */
    public NoSuchSecretException(UUID id) {
        super("there is no secret with the id " + id, id.toString(), null);
    }

    /**
     * The secret exists, or existed, but not at that version.
     *
     * @param name the secret's name
     * @param version the version that was asked for
     */
    public NoSuchSecretException(SecretName name, long version) {
        super(
                "secret " + name + " has no version " + version,
                name.value(),
                "'coffer secret history " + name + "' shows the versions");
    }

    /**
     * The secret has no such key.
     *
     * @param name the secret's name
     * @param key the key that was asked for
     */
    public NoSuchSecretException(SecretName name, String key) {
        super("secret " + name + " has no key " + key, name.value(), null);
    }
}
