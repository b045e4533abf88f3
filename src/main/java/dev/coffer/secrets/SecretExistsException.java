package dev.coffer.secrets;

/** A secret of that name exists already; its value was not touched. */
public final class SecretExistsException extends AlreadyExistsException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param name the name that is taken
     */
    public SecretExistsException(SecretName name) {
        super(
                "a secret named " + name + " exists already",
                name.value(),
                "'coffer secret update " + name + "' changes it");
    }
}
