package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Plan.Violation;
import dev.coffer.sync.SyncState;
import dev.coffer.sync.SyncTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a synchronization left undone. Of several kinds of trouble an integrity failure decides the exit code, else the
 * smallest number.
 */
final class SyncTroubles {
    static final Kind ALARM = new Kind(
            "secret that was tampered with",
            "secrets that were tampered with",
            "find out who did that before anything else; 'coffer sync resolve NAME' then decides, if it can still be read");

    static final Kind CONFLICT =
            new Kind("conflict", "conflicts", "'coffer sync resolve' decides, one by one or all alike");
    private static final Kind MOVED =
            new Kind("secret that was changed meanwhile", "secrets that were changed meanwhile", "run it again");
    private static final Kind UNKNOWN = new Kind(
            "write whose outcome is not known",
            "writes whose outcome is not known",
            "run it again, which finds out; where values cannot be read, 'coffer sync resolve --ours' sends it again");
    private static final Kind NOT_TRIED =
            new Kind("secret that was not tried", "secrets that were not tried", "run it again");
    static final Kind REFUSED = new Kind("secret that was refused", "secrets that were refused", "the table says why");
    private static final Kind VIOLATION = new Kind(
            "secret that the target cannot hold",
            "secrets that the target cannot hold",
            "rename or shorten them, or leave them out with 'coffer sync add --only'; nothing was sent to that target");
    static final Kind TARGET =
            new Kind("target that cannot be used now", "targets that cannot be used now", "see what was said above");

    private final List<Trouble> all = new ArrayList<>();

    /**
     * A kind of trouble.
     *
     * @param one what one is called
     * @param many what several are called
     * @param hint the way out, unless the errors of all of a kind tell the same one
     */
    record Kind(String one, String many, String hint) {}

    private record Trouble(
            ExitCode code, String name, Kind kind, @Nullable CofferException error) {
        Optional<String> hint() {
            return Optional.ofNullable(error).flatMap(CofferException::hint);
        }
    }

    void add(ExitCode code, String name, Kind kind) {
        all.add(new Trouble(code, name, kind, null));
    }

    /** Nothing could be done with a target at all. */
    void add(SyncTarget target, CofferException error) {
        all.add(new Trouble(error.exitCode(), target.name(), TARGET, error));
    }

    void add(Violation violation) {
        add(ExitCode.INVALID, violation.name().value(), VIOLATION);
    }

    /** What a secret was left with, if it was left with anything. */
    void add(Outcome outcome) {
        String name = outcome.item().name().value();
        switch (outcome.result()) {
            case DONE, NOTHING -> {}
            case HELD -> held(outcome, name);
            case MOVED -> add(ExitCode.CONFLICT, name, MOVED);
            case FAILED -> add(name, REFUSED, outcome.error());
            case UNKNOWN -> add(ExitCode.REMOTE, name, UNKNOWN);
            case NOT_TRIED -> add(name, NOT_TRIED, outcome.error());
        }
    }

    /** It was refused. */
    void add(String name, CofferException error) {
        add(name, REFUSED, error);
    }

    private void add(String name, Kind kind, @Nullable CofferException error) {
        all.add(new Trouble(error == null ? ExitCode.REMOTE : error.exitCode(), name, kind, error));
    }

    /** Of what is held, only what waits for a decision or an answer is trouble: the rest is as it was asked for. */
    private void held(Outcome outcome, String name) {
        if (outcome.item().alarm()) {
            add(ExitCode.INTEGRITY, name, ALARM);
        } else if (outcome.item().state() == SyncState.CONFLICT) {
            add(ExitCode.CONFLICT, name, CONFLICT);
        } else if (outcome.item().state() == SyncState.UNKNOWN) {
            add(ExitCode.REMOTE, name, UNKNOWN);
        }
    }

    /**
     * Ends the command if there is any.
     *
     * @param sentence what the count of all kinds follows
     */
    void failIfAny(String sentence) {
        if (all.isEmpty()) {
            return;
        }
        CofferException alone = all.get(0).error();
        if (isAlone() && alone != null) {
            throw alone;
        }
        Trouble worst = all.stream()
                .min(Comparator.comparingInt((Trouble trouble) -> trouble.code() == ExitCode.INTEGRITY ? 0 : 1)
                        .thenComparingInt(trouble -> trouble.code().number()))
                .orElseThrow();
        Map<Kind, Long> counts = new LinkedHashMap<>();
        counts.put(worst.kind(), 0L);
        all.forEach(trouble -> counts.merge(trouble.kind(), 1L, Long::sum));
        List<String> words = new ArrayList<>();
        counts.forEach((kind, count) -> words.add(count + " " + (count == 1 ? kind.one() : kind.many())));
        throw new IncompleteException(
                worst.code(), sentence + " " + String.join(", ", words), worst.name(), hint(worst.kind()));
    }

    private String hint(Kind kind) {
        List<Optional<String>> hints = all.stream()
                .filter(trouble -> trouble.kind().equals(kind))
                .map(Trouble::hint)
                .distinct()
                .toList();
        return hints.size() == 1 ? hints.get(0).orElse(kind.hint()) : kind.hint();
    }

    boolean any() {
        return !all.isEmpty();
    }

    /** Whether a target's own error is told by the end of the command. */
    boolean isAlone() {
        return all.size() == 1 && all.get(0).kind().equals(TARGET) && all.get(0).error() != null;
    }
}
