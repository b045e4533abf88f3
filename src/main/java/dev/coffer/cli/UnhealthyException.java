package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import java.util.Optional;

/** An examination found something serious. */
final class UnhealthyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String store;

    /**
     * Makes the error.
     *
     * @param code of what is most serious
     * @param sentence says how much was found
     * @param store the store
     */
    UnhealthyException(ExitCode code, String sentence, String store) {
        super(sentence);
        this.code = code;
        this.store = store;
    }

    ErrorReport report() {
        return new ErrorReport(
                String.valueOf(getMessage()),
                code,
                Optional.of(store),
                Optional.of("the findings name what mends them"),
                this);
    }
}
