package dev.coffer.sync;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.KeyChange.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A plan as text: names, steps, versions and keyed fingerprints, no values.
 *
 * <pre>
 * {"format": 1, "target": "team", "target_id": "…", "ground": "…", "observed": "2026-11-26T05:00:00.000Z", "direction": "both",
 *  "mirror_deletes": false,
 *  "secrets": [{"name": "prod/db", "from": null, "state": "local-ahead", "here": "none", "there": "update",
 *               "keys": [{"key": "password", "side": "local", "change": "changed"}],
 *               "version": 3, "revision": "7", "base": "…", "local": "…", "remote": "…", "result": "…",
 *               "held": null}],
 *  "violations": [{"name": "x", "why": "…"}]}
 * </pre>
 *
 * <p>{@code base}, {@code local}, {@code remote} and {@code result} are keyed fingerprints of whole contents, empty for
 * no secret, null for one that was not read.
 *
 * @param targetId the target that it is for
 * @param ground which copy of the store, and which place of the target, it was made for; keyed
 * @param direction which way changes travel
 * @param mirrorDeletes whether deletions travel too
 * @param secrets what it would do, by name and step, each as the JSON says
 */
public record PlanFile(
        UUID targetId, String ground, Direction direction, boolean mirrorDeletes, Map<String, JsonNode> secrets) {
    // No recycled buffers: of a file that is no plan, which may hold anything, nothing must outlive the reading.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .build();
    private static final List<String> BUILT_UPON =
            List.of("from", "here", "there", "version", "revision", "base", "local", "remote", "result");

    /** Copies the map. */
    public PlanFile {
        secrets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    }

    /** The plan as text, in one line. */
    public static String of(Plan plan) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("format", 1);
        json.put("target", plan.target().name());
        json.put("target_id", plan.target().id().toString());
        json.put("ground", plan.ground());
        json.put("observed", plan.observedAt() == null ? null : SyncTimes.text(plan.observedAt()));
        json.put("direction", plan.direction().text());
        json.put("mirror_deletes", plan.mirrorDeletes());
        ArrayNode secrets = json.putArray("secrets");
        plan.items().stream()
                .filter(item -> item.hasSteps() || item.held() != null)
                .forEach(item -> secrets.add(json(item)));
        ArrayNode violations = json.putArray("violations");
        plan.violations()
                .forEach(violation -> violations
                        .addObject()
                        .put("name", violation.name().value())
                        .put("why", violation.sentence()));
        try {
            return JSON.writeValueAsString(json);
        } catch (JacksonException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }

    private static ObjectNode json(Item item) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", item.name().value());
        json.put("from", item.from().map(Object::toString).orElse(null));
        json.put("state", item.state().text());
        json.put("here", item.localStep().text());
        json.put("there", item.remoteStep().text());
        ArrayNode keys = json.putArray("keys");
        item.changes()
                .forEach(change -> keys.addObject()
                        .put("key", change.key())
                        .put("side", change.side().text())
                        .put("change", change.kind().text()));
        json.put("version", item.localVersion());
        json.put("revision", item.revision().orElse(null));
        json.put("base", item.base().agreed().digest(item.name()));
        json.put("local", item.local().digest(item.name()));
        json.put(
                "remote",
                item.remote().map(prints -> prints.digest(item.name())).orElse(null));
        json.put(
                "result", result(item).map(prints -> prints.digest(item.name())).orElse(null));
        json.put("held", item.held());
        return json;
    }

    /** What the local store holds once the plan is carried out; empty if that is only known after reading the target. */
    private static Optional<Prints> result(Item item) {
        if (item.localStep() == LocalStep.DELETE || item.remoteStep() == RemoteStep.DELETE) {
            return Optional.of(Prints.NONE);
        }
        if (item.localStep() != LocalStep.WRITE) {
            return Optional.of(item.local());
        }
        return item.remote()
                .map(there -> item.local().equals(Prints.NONE)
                        ? there
                        : ThreeWay.of(item.base().agreed(), item.local(), there)
                                .merged(item.local(), there, Side.REMOTE));
    }

    /**
     * Reads a plan.
     *
     * @throws InvalidException if the text is none
     */
    public static PlanFile parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (json == null || json.path("format").intValue() != 1) {
                throw notAPlan();
            }
            Map<String, JsonNode> secrets = new LinkedHashMap<>();
            for (JsonNode one : json.required("secrets")) {
                secrets.put(
                        key(one.required("name").textValue(), one.path("there").asText()), one);
            }
            return new PlanFile(
                    UUID.fromString(json.required("target_id").textValue()),
                    java.util.Objects.requireNonNull(json.required("ground").textValue()),
                    Direction.valueOf(json.required("direction").textValue().toUpperCase(Locale.ROOT)),
                    json.required("mirror_deletes").booleanValue(),
                    secrets);
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw notAPlan();
        }
    }

    /** The names of the secrets that it deletes here. */
    public List<String> deletedHere() {
        return named("here", LocalStep.DELETE.text());
    }

    /** The names of the secrets that it deletes on the target. */
    public List<String> deletedThere() {
        return named("there", RemoteStep.DELETE.text());
    }

    private List<String> named(String side, String step) {
        return secrets.entrySet().stream()
                .filter(entry -> entry.getValue().path(side).asText().equals(step))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static InvalidException notAPlan() {
        return new InvalidException(
                "that is no plan of a synchronization", null, "'coffer sync plan -o json > FILE' writes one");
    }

    /**
     * What of this plan is left to do, if nothing that it builds upon was changed since. What is done already is left
     * out, and so is what it says nothing of.
     *
     * @param now the plan that would be made now
     * @throws ConflictException if a side moved; names what
     */
    Plan agreeing(Plan now) {
        if (!ground.equals(now.ground())) {
            throw onOtherGround(now.target());
        }
        Map<String, Item> items = new HashMap<>();
        now.items().forEach(item -> items.put(item.key(), item));
        List<String> moved = new ArrayList<>();
        List<Item> left = new ArrayList<>();
        secrets.forEach((name, planned) -> {
            Item item = items.get(name);
            if (item != null && (isSame(planned, item) || isHalfDone(planned, item))) {
                left.add(item);
            } else if (!isDone(planned, item)) {
                moved.add(planned.path("name").asText());
            }
        });
        if (!moved.isEmpty()) {
            throw new ConflictException(
                    "since the plan was made, these were changed here or on "
                            + now.target().name() + ": "
                            + moved.stream().sorted().collect(Collectors.joining(", ")),
                    moved.get(0),
                    "'coffer sync plan' makes a new one; nothing was written");
        }
        return new Plan(
                now.target(),
                now.ground(),
                now.observation(),
                now.observedAt(),
                now.direction(),
                now.mirrorDeletes(),
                left,
                now.violations().stream()
                        .filter(violation ->
                                secrets.containsKey(key(violation.name().value(), "")))
                        .toList());
    }

    /** A name can be in a plan twice: what it is now, and what is left of it from before a rename. */
    private static String key(String name, String there) {
        return there.equals(RemoteStep.CLEAN_UP.text()) ? name + " " + there : name;
    }

    static ConflictException onOtherGround(SyncTarget target) {
        return new ConflictException(
                "since the plan was made, the store was replaced by another copy, or " + target.name()
                        + " names another place",
                target.name(),
                "'coffer sync plan' makes a new one; nothing was written");
    }

    private static boolean isSame(JsonNode planned, Item item) {
        ObjectNode now = json(item);
        return BUILT_UPON.stream()
                .allMatch(field ->
                        planned.path(field).asText().equals(now.path(field).asText()));
    }

    private static boolean isDone(JsonNode planned, @org.jspecify.annotations.Nullable Item item) {
        boolean did = !planned.path("here").asText().equals(LocalStep.NONE.text())
                || !planned.path("there").asText().equals(RemoteStep.NONE.text());
        if (!did) {
            return item == null || !item.hasSteps(); // it was held, and whatever became of it, nothing is done to it
        }
        if (item == null) {
            return planned.path("result").asText().isEmpty()
                    || planned.path("there").asText().equals(RemoteStep.CLEAN_UP.text());
        }
        boolean waits = item.alarm() || item.state() == SyncState.CONFLICT || item.state() == SyncState.UNKNOWN;
        boolean there =
                planned.path("there").asText().equals(RemoteStep.NONE.text()) || item.remoteStep() == RemoteStep.NONE;
        return !waits && there && isDoneHere(planned, item) && (isTaken(planned, item) || isAsPlanned(planned, item));
    }

    private static boolean isDoneHere(JsonNode planned, Item item) {
        return planned.path("here").asText().equals(LocalStep.NONE.text())
                || item.localStep() == LocalStep.NONE
                || item.localStep() == LocalStep.NOTE;
    }

    private static boolean isTaken(JsonNode planned, Item item) {
        return planned.path("here").asText().equals(LocalStep.WRITE.text())
                && planned.path("revision").isTextual()
                && planned.path("revision")
                        .asText()
                        .equals(item.base().revision().orElse(""));
    }

    private static boolean isAsPlanned(JsonNode planned, Item item) {
        return planned.path("result").isTextual()
                && planned.path("result").asText().equals(item.local().digest(item.name()));
    }

    /** What it takes over is taken over, and what it sends is not sent yet. */
    private static boolean isHalfDone(JsonNode planned, Item item) {
        return planned.path("there").asText().equals(RemoteStep.UPDATE.text())
                && item.remoteStep() == RemoteStep.UPDATE
                && item.localStep() == LocalStep.NONE
                && isTaken(planned, item)
                && isAsPlanned(planned, item);
    }
}
