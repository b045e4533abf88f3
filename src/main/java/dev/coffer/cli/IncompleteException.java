package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import java.util.Optional;

/** Some of what was asked for is not done; the data says what. */
final class IncompleteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String name;
    private final String hint;

    /**
     * Makes the error.
     *
     * @param code of what is most serious
     * @param sentence says how much is not done, and why
     * @param name the thing that is most serious
     * @param hint the way out
     */
    IncompleteException(ExitCode code, String sentence, String name, String hint) {
        super(sentence);
        this.code = code;
        this.name = name;
        this.hint = hint;
    }

    ErrorReport report() {
        return new ErrorReport(String.valueOf(getMessage()), code, Optional.of(name), Optional.of(hint), this);
    }
}
