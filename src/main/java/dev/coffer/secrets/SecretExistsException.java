package dev.coffer.secrets;

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
        super("a secret named " + name + " exists already", name.value(), hint);
    }

    /**
     * Makes the error of renaming.
     *
     * @param name the name that is taken
     */
    public static SecretExistsException ofRename(SecretName name) {
        return new SecretExistsException(name, "choose another name, or delete or rename that one first");
    }
}
