package dev.coffer.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command line says something that cannot be done as it stands, or the user declined: exit code 2, and nothing was
 * changed. Like every error of coffer it names options, keys and files, and never a value.
 */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String hint;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong
     * @param hint the way out, in one sentence
     */
    UsageException(String sentence, @Nullable String hint) {
        super(sentence);
        this.hint = hint;
    }

    /** What to do about it, in one sentence. */
    Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** One sentence. */
    @Override
    public String getMessage() {
        // Never null: the constructor takes a sentence.
        return String.valueOf(super.getMessage());
    }
}
