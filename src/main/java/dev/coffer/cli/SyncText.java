package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Item;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.KeyChange;
import dev.coffer.sync.KeyChange.Kind;
import dev.coffer.sync.KeyChange.Side;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Plan;
import dev.coffer.sync.SyncState;
import dev.coffer.sync.SyncStatus;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How targets, plans and what became of them are shown. Never a value. */
final class SyncText {
    static final String NO_TARGET = "there are no sync targets; 'coffer sync add MANAGER' adds one";

    private static final int MOST_KEYS = 5;

    private SyncText() {}

    static String gone(SyncTarget target) {
        return "the secrets manager of the target " + target.name() + " is gone; 'coffer sync remove " + target.name()
                + "' forgets the target";
    }

    /** A time that passed, in words that do not change from one second to the next. */
    static String age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.toMinutes() < 1) {
            return "less than a minute";
        }
        if (age.toHours() < 1) {
            return Messages.count(age.toMinutes(), "minute");
        }
        return age.toDays() < 1 ? Messages.count(age.toHours(), "hour") : Messages.count(age.toDays(), "day");
    }

    private static Map<SyncState, Integer> states(Plan plan) {
        Map<SyncState, Integer> counts = new EnumMap<>(SyncState.class);
        plan.items().forEach(item -> counts.merge(item.state(), 1, Integer::sum));
        return counts;
    }

    /** {@code 3 clean, 1 conflict}. */
    static String counts(Plan plan) {
        Map<SyncState, Integer> counts = states(plan);
        return counts.isEmpty()
                ? "no secrets"
                : counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey().text())
                        .collect(Collectors.joining(", "));
    }

    /** What was done with a target: {@code 2 sent, 1 held}. */
    static String results(SyncReport report, Direction direction) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String word : List.of("sent", "deleted there", "taken over", "deleted here", "not done")) {
            counts.put(word, 0);
        }
        List<Outcome> outcomes = report.outcomes();
        for (Outcome outcome : outcomes) {
            switch (outcome.result()) {
                case NOTHING -> {}
                case DONE -> done(outcome.item()).forEach(word -> counts.merge(word, 1, Integer::sum));
                case HELD -> {
                    Left left = report.target().direction() == Direction.BOTH || direction == Direction.BOTH
                            ? Left.of(outcome, direction)
                            : Left.HELD;
                    counts.merge(left.words, 1, Integer::sum);
                }
                default -> counts.merge("not done", 1, Integer::sum);
            }
        }
        counts.values().removeIf(count -> count == 0);
        return counts.isEmpty()
                ? "nothing to do"
                : counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static List<String> done(Item item) {
        List<String> words = new ArrayList<>();
        switch (item.remoteStep()) {
            case NONE -> {}
            case CREATE, UPDATE, RENAME -> words.add("sent");
            case DELETE, CLEAN_UP -> words.add("deleted there");
        }
        if (item.localStep() == LocalStep.WRITE) {
            words.add("taken over");
        } else if (item.localStep() == LocalStep.DELETE) {
            words.add("deleted here");
        }
        return words;
    }

    /** What becomes of a secret that is not touched. */
    private enum Left {
        /** It waits for somebody. */
        HELD("held"),
        /** It goes the other way. */
        TO_PUSH("left to a push"),
        TO_PULL("left to a pull"),
        /** It is none of this store's. */
        ALONE("left alone");

        private final String words;

        Left(String words) {
            this.words = words;
        }

        static Left of(Outcome outcome, Direction direction) {
            if (outcome.result() != Outcome.Result.HELD || outcome.item().alarm()) {
                return HELD;
            }
            return switch (outcome.item().state()) {
                case LOCAL_AHEAD, TOMBSTONE_PENDING -> direction == Direction.PULL ? TO_PUSH : HELD;
                case REMOTE_AHEAD, REMOTE_DELETED_RECOVERABLE -> direction == Direction.PUSH ? TO_PULL : HELD;
                case ORPHAN -> ALONE;
                default -> HELD;
            };
        }
    }

    // Tables

    /** A table of secrets that are to be known of; those on which both sides agree are left out. */
    static final class Rows {
        private final boolean results;
        private final Table table;
        private boolean any;

        /** Of what is to be done. */
        Rows() {
            this(false);
        }

        private Rows(boolean results) {
            this.results = results;
            this.table = results
                    ? new Table("TARGET", "SECRET", "STATE", "HERE", "THERE", "KEYS", "RESULT", "NOTE")
                    : new Table("TARGET", "SECRET", "STATE", "HERE", "THERE", "KEYS", "NOTE");
        }

        /** Of what was done. */
        static Rows ofResults() {
            return new Rows(true);
        }

        void add(Plan plan) {
            Map<SecretName, String> violations = violations(plan);
            for (Item item : plan.items()) {
                boolean atRest = item.state() == SyncState.CLEAN || item.state() == SyncState.ASSUMED;
                String violation = violations.get(item.name());
                if (item.changesSecrets() || item.held() != null || !atRest || violation != null) {
                    row(plan.target(), item, null, violation == null ? item.held() : violation);
                }
            }
        }

        /** What keeps a plan from being carried out. */
        void addViolations(Plan plan) {
            Map<SecretName, String> violations = violations(plan);
            plan.items().stream()
                    .filter(item -> violations.containsKey(item.name()))
                    .forEach(item -> row(plan.target(), item, null, violations.get(item.name())));
        }

        private static Map<SecretName, String> violations(Plan plan) {
            return plan.violations().stream()
                    .collect(Collectors.toMap(Plan.Violation::name, Plan.Violation::sentence, (one, other) -> one));
        }

        /** What was done, and what is in the way; what only was not asked for is counted elsewhere. */
        void add(SyncTarget target, Outcome outcome, Direction direction) {
            boolean unchanged =
                    outcome.result() == Outcome.Result.DONE && !outcome.item().changesSecrets();
            if (outcome.result() == Outcome.Result.NOTHING || unchanged || Left.of(outcome, direction) != Left.HELD) {
                return;
            }
            String note = outcome.error() == null
                    ? outcome.item().held()
                    : outcome.error().getMessage();
            row(target, outcome.item(), outcome.result().text(), note);
        }

        private void row(SyncTarget target, Item item, @Nullable String result, @Nullable String note) {
            any = true;
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(target.name());
            cells.add(
                    item.name() + item.from().map(from -> " (was " + from + ")").orElse(""));
            cells.add(item.state().text());
            cells.add(
                    item.localStep() == LocalStep.NONE || item.localStep() == LocalStep.NOTE
                            ? null
                            : item.localStep().text());
            cells.add(
                    item.remoteStep() == RemoteStep.NONE
                            ? null
                            : item.remoteStep().text());
            cells.add(keys(item));
            if (results) {
                cells.add(result);
            }
            cells.add(note);
            table.row(cells.toArray());
        }

        void print(Session session) throws IOException {
            if (any) {
                session.print(table);
            }
        }
    }

    /** Those that are in question: of a conflict the keys that both sides changed, else all that were. */
    private static String keys(Item item) {
        boolean conflict = item.changes().stream().anyMatch(change -> change.side() == Side.BOTH);
        List<String> keys = item.changes().stream()
                .filter(change -> !conflict || change.side() == Side.BOTH)
                // A secret that is new or gone has a type that is new or gone: no news.
                .filter(change -> !change.key().equals(KeyChange.SCHEMA) || change.kind() == Kind.CHANGED)
                .map(KeyChange::key)
                .toList();
        return keys.size() <= MOST_KEYS
                ? String.join(", ", keys)
                : String.join(", ", keys.subList(0, MOST_KEYS)) + " and " + (keys.size() - MOST_KEYS) + " more";
    }

    // JSON

    static void write(JsonGenerator json, SyncTarget target) throws IOException {
        json.writeStringField("target", target.name());
        json.writeStringField("direction", target.direction().text());
        json.writeStringField("prefix", target.prefix());
        Json.texts(json, "only", target.only());
        json.writeBooleanField("adopt", target.adopt());
    }

    static void write(JsonGenerator json, SyncStatus status) throws IOException {
        json.writeStartObject();
        json.writeStringField("target", status.target().name());
        Json.time(json, "observed", status.observedAt());
        Json.time(json, "unreachableSince", status.unreachableSince());
        Json.text(json, "trouble", status.trouble());
        json.writeNumberField("openWrites", status.openWrites());
        writeCounts(json, status.plan());
        json.writeArrayFieldStart("secrets");
        for (Item item : status.plan().items()) {
            json.writeStartObject();
            write(json, item);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void write(JsonGenerator json, SyncReport report) throws IOException {
        json.writeStartObject();
        json.writeStringField("target", report.target().name());
        Json.time(json, "observed", report.plan() == null ? null : report.plan().observedAt());
        json.writeObjectFieldStart("results");
        for (Outcome.Result result : Outcome.Result.values()) {
            json.writeNumberField(
                    result.text(),
                    report.outcomes().stream()
                            .filter(outcome -> outcome.result() == result)
                            .count());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("secrets");
        for (Outcome outcome : report.outcomes()) {
            json.writeStartObject();
            write(json, outcome.item());
            json.writeStringField("result", outcome.result().text());
            Json.text(
                    json,
                    "error",
                    outcome.error() == null ? null : outcome.error().getMessage());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("violations");
        for (Plan.Violation violation : report.plan() == null
                ? List.<Plan.Violation>of()
                : report.plan().violations()) {
            json.writeStartObject();
            json.writeStringField("name", violation.name().value());
            json.writeStringField("why", violation.sentence());
            json.writeEndObject();
        }
        json.writeEndArray();
        Json.text(json, "error", report.error() == null ? null : report.error().getMessage());
        json.writeEndObject();
    }

    /** How many secrets there are in each state, those in which there are none included. */
    static void writeCounts(JsonGenerator json, Plan plan) throws IOException {
        Map<SyncState, Integer> counts = states(plan);
        json.writeObjectFieldStart("counts");
        for (SyncState state : SyncState.values()) {
            json.writeNumberField(state.text(), counts.getOrDefault(state, 0));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Item item) throws IOException {
        json.writeStringField("name", item.name().value());
        Json.text(json, "from", item.from().map(Object::toString).orElse(null));
        json.writeStringField("state", item.state().text());
        json.writeStringField("here", item.localStep().text());
        json.writeStringField("there", item.remoteStep().text());
        json.writeArrayFieldStart("keys");
        for (KeyChange change : item.changes()) {
            json.writeStartObject();
            json.writeStringField("key", change.key());
            json.writeStringField("side", change.side().text());
            json.writeStringField("change", change.kind().text());
            json.writeEndObject();
        }
        json.writeEndArray();
        Json.text(json, "held", item.held());
        json.writeBooleanField("alarm", item.alarm());
    }
}
