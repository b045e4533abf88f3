package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import java.util.Optional;

/**
 * What is told of an error.
 *
 * @param sentence what is wrong
 * @param code the exit code
 * @param name the thing
 * @param hint the way out
 * @param cause what was thrown
 */
record ErrorReport(String sentence, ExitCode code, Optional<String> name, Optional<String> hint, Throwable cause) {
    static ErrorReport of(Throwable thrown) {
        if (thrown instanceof CofferException e) {
            return new ErrorReport(e.getMessage(), e.exitCode(), e.name(), e.hint(), e);
        }
        if (thrown instanceof UsageException e) {
            return new ErrorReport(e.getMessage(), ExitCode.USAGE, Optional.empty(), e.hint(), e);
        }
        if (thrown instanceof UnhealthyException e) {
            return e.report();
        }
        if (thrown instanceof IncompleteException e) {
            return e.report();
        }
        if (thrown instanceof Terminal.OutputException e) {
            return new ErrorReport(
                    "standard output cannot be written"
                            + e.reason().map(reason -> ": " + reason).orElse(""),
                    ExitCode.FILE_TROUBLE,
                    Optional.empty(),
                    Optional.of("check where the output goes"),
                    e);
        }
        // Its message may hold anything, also a secret: the class has to do.
        return new ErrorReport(
                "something happened that coffer did not foresee ("
                        + thrown.getClass().getSimpleName() + ")",
                ExitCode.UNEXPECTED,
                Optional.empty(),
                Optional.of("'--verbose' shows where; please report it"),
                thrown);
    }

    /** The same, with more at the beginning of the hint. */
    ErrorReport withHintAfter(String more) {
        return new ErrorReport(sentence, code, name, hint.map(text -> more + text), cause);
    }

    /** The stack trace. Messages are those of coffer's own errors only: others might quote what they stumbled over. */
    String trace() {
        StringBuilder trace = new StringBuilder();
        int depth = 0;
        for (Throwable at = cause; at != null && depth < 20; at = at.getCause(), depth++) {
            trace.append(depth == 0 ? "" : "caused by: ").append(at.getClass().getName());
            if (at instanceof CofferException || at instanceof UsageException) {
                trace.append(": ").append(at.getMessage());
            }
            trace.append('\n');
            for (StackTraceElement element : at.getStackTrace()) {
                trace.append("    at ").append(element).append('\n');
            }
        }
        return trace.toString();
    }
}
