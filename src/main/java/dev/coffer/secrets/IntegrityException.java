package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** Stored data was changed by somebody else than coffer, or is damaged. Nothing of it is handed out. */
public final class IntegrityException extends CofferException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public IntegrityException(String sentence, @Nullable String name, @Nullable String hint) {
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
    public IntegrityException(
            String sentence, @Nullable String name, @Nullable String hint, @Nullable Throwable cause) {
        super(ExitCode.INTEGRITY, sentence, name, hint, cause);
    }
}
