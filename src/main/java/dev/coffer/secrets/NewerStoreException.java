package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** The store was written by a newer coffer. It was left untouched. */
public final class NewerStoreException extends CofferException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public NewerStoreException(String sentence, @Nullable String name, @Nullable String hint) {
        this(sentence, name, hint, null);
    }

    /**
     * Makes the error with its cause, which must hold no secret either.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     * @param cause what was caught
     */
    public NewerStoreException(
            String sentence, @Nullable String name, @Nullable String hint, @Nullable Throwable cause) {
        super(ExitCode.NEWER_STORE, sentence, name, hint, cause);
    }
}
