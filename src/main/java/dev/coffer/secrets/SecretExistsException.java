package dev.coffer.secrets;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A secret of that name exists already; its value was not touched. */
public final class SecretExistsException extends AlreadyExistsException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error of registering.
     *
     * @param name the name that is taken
     */
    public SecretExistsException(SecretName name) {
        this(name, "'coffer secret update " + name + "' changes it");
    }

    private SecretExistsException(SecretName name, String hint) {
        this("a secret named " + name + " exists already", name, hint);
    }

    private SecretExistsException(String sentence, SecretName name, String hint) {
        super(sentence, name.value(), hint);
    }

    /**
     * Makes the error of renaming.
     *
     * @param name the name that is taken
     */
    public static SecretExistsException ofRename(SecretName name) {
        return new SecretExistsException(name, "choose another name, or delete or rename that one first");
    }

    /**
     * Makes the error of registering where the provider keeps a deleted secret, and its name with it, for a while.
     *
     * @param name the name that is taken
     * @param deletion how the provider dates the deletion
     * @param hint the way out
     */
    public static SecretExistsException ofDeleted(SecretName name, Instant deletion, String hint) {
        return new SecretExistsException(
                "the name " + name + " is taken by a deleted secret that can still be recovered (deletion dated "
                        + deletion.truncatedTo(ChronoUnit.SECONDS) + ")",
                name,
                hint);
    }
}
