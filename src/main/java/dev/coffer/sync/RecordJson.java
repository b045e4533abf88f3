package dev.coffer.sync;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.sync.Observation.Entry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How the state of synchronization is written: JSON objects, without values of secrets. The store encrypts and
 * authenticates them.
 */
final class RecordJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RecordJson() {}

    static byte[] encode(SyncTarget target) {
        ObjectNode json = object();
        json.put("name", target.name());
        json.put("component", target.componentId().toString());
        json.put("prefix", target.prefix());
        ArrayNode only = json.putArray("only");
        target.only().forEach(only::add);
        json.put("direction", target.direction().text());
        json.put("adopt", target.adopt());
        return bytes(json);
    }

    static SyncTarget target(StoredRecord record) {
        return decode(record, json -> {
            List<String> only = new ArrayList<>();
            json.required("only").forEach(one -> only.add(one.textValue()));
            return new SyncTarget(
                    record.id(),
                    text(json, "name"),
                    uuid(json, "component"),
                    text(json, "prefix"),
                    only,
                    Direction.valueOf(text(json, "direction").toUpperCase(java.util.Locale.ROOT)),
                    json.required("adopt").booleanValue());
        });
    }

    static byte[] encode(Base base, String ground) {
        ObjectNode json = object();
        json.put("ground", ground);
        json.put("name", base.name().value());
        put(json, "agreed", base.agreed());
        if (!base.local().equals(base.agreed())) {
            put(json, "local", base.local());
        }
        if (!base.remote().equals(base.agreed())) {
            put(json, "remote", base.remote());
        }
        base.revision().ifPresent(revision -> json.put("revision", revision));
        json.put("gone", base.gone());
        if (base.highest() > 0) {
            json.put("highest", base.highest());
        }
        json.put("seen", base.seen());
        return bytes(json);
    }

    /** Of a record that is named as {@link dev.coffer.secrets.SyncStore} says. */
    static Base base(StoredRecord record, String ground) {
        return decode(record, json -> {
            String[] parts = record.name().split("/", -1);
            Prints agreed = prints(json.required("agreed"));
            Base base = new Base(
                    record.id(),
                    record.version(),
                    UUID.fromString(parts[0]),
                    SecretName.ofStored(text(json, "name")),
                    Long.parseLong(parts[2]),
                    agreed,
                    json.has("local") ? prints(json.get("local")) : agreed,
                    json.has("remote") ? prints(json.get("remote")) : agreed,
                    optional(json, "revision"),
                    json.required("gone").booleanValue(),
                    json.path("highest").longValue(),
                    json.required("seen").longValue(),
                    false);
            String before = text(json, "ground");
            if (before.equals(ground)) {
                return base;
            }
            return place(before).equals(place(ground)) ? base.inDoubt() : base.elsewhere();
        });
    }

    /** A ground is the copy of the store, and behind the slash the place of the target. */
    static String place(String ground) {
        return ground.substring(ground.indexOf('/') + 1);
    }

    static byte[] encode(Intent intent, String ground) {
        ObjectNode json = object();
        json.put("ground", ground);
        json.put("secret", intent.secretId().toString());
        json.put("kind", intent.kind().name());
        json.put("name", intent.name().value());
        intent.from().ifPresent(from -> json.put("from", from.value()));
        json.put("version", intent.localVersion());
        put(json, "local", intent.local());
        put(json, "intended", intent.intended());
        intent.expected().ifPresent(revision -> json.put("expected", revision));
        return bytes(json);
    }

    static Intent intent(StoredRecord record) {
        return decode(
                record,
                json -> new Intent(
                        record.id(),
                        record.version(),
                        uuid(json, "secret"),
                        Intent.Kind.valueOf(text(json, "kind")),
                        SecretName.ofStored(text(json, "name")),
                        optional(json, "from").map(SecretName::ofStored),
                        json.required("version").longValue(),
                        prints(json.required("local")),
                        prints(json.required("intended")),
                        optional(json, "expected")));
    }

    /** Whether an intent was made on that ground. */
    static boolean isOn(StoredRecord intent, String ground) {
        return decode(intent, json -> text(json, "ground").equals(ground));
    }

    /** Whether an intent was made for the place of that ground. */
    static boolean isAt(StoredRecord intent, String ground) {
        return decode(intent, json -> place(text(json, "ground")).equals(place(ground)));
    }

    static byte[] encode(Observation observation) {
        ObjectNode json = object();
        json.put("number", observation.number());
        putTime(json, "at", observation.at());
        Observation.Outage outage = observation.outage();
        if (outage != null) {
            putTime(json, "unreachable", outage.since());
            putTime(json, "tried", outage.last());
        }
        json.put("trouble", observation.trouble());
        json.put("reads", observation.reads());
        json.put("recovers", observation.recovers());
        ArrayNode entries = json.putArray("entries");
        for (Entry entry : observation.entries().values()) {
            ObjectNode one = entries.addObject();
            one.put("name", entry.name().value());
            one.put("presence", entry.presence().name());
            entry.revision().ifPresent(revision -> one.put("revision", revision));
            entry.prints().ifPresent(prints -> put(one, "prints", prints));
            entry.trouble().ifPresent(trouble -> one.put("trouble", trouble));
        }
        return bytes(json);
    }

    static Observation observation(StoredRecord record) {
        return decode(record, json -> {
            SortedMap<SecretName, Entry> entries = new TreeMap<>();
            for (JsonNode one : json.required("entries")) {
                SecretName name = SecretName.ofStored(text(one, "name"));
                entries.put(
                        name,
                        new Entry(
                                name,
                                Observation.Presence.valueOf(text(one, "presence")),
                                optional(one, "revision"),
                                one.has("prints") ? Optional.of(prints(one.get("prints"))) : Optional.empty(),
                                optional(one, "trouble")));
            }
            return new Observation(
                    json.required("number").longValue(),
                    time(json, "at"),
                    entries,
                    outage(json),
                    optional(json, "trouble").orElse(null),
                    json.required("reads").booleanValue(),
                    json.required("recovers").booleanValue());
        });
    }

    private static Observation.@Nullable Outage outage(JsonNode json) {
        Instant since = time(json, "unreachable");
        Instant last = time(json, "tried");
        return since == null ? null : new Observation.Outage(since, last == null ? since : last);
    }

    private interface Reading<T> {
        T read(JsonNode json);
    }

    private static <T> T decode(StoredRecord record, Reading<T> reading) {
        try {
            return reading.read(JSON.readTree(record.body()));
        } catch (IOException | RuntimeException e) {
            throw new IntegrityException(
                    "the " + record.kind() + " record is not stored as coffer writes it",
                    record.id().toString(),
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        }
    }

    private static void put(ObjectNode json, String field, Prints prints) {
        ObjectNode one = json.putObject(field);
        one.put("schema", prints.schemaType());
        ObjectNode keys = one.putObject("keys");
        prints.keys().forEach(keys::put);
    }

    private static Prints prints(JsonNode json) {
        SortedMap<String, String> keys = new TreeMap<>();
        json.required("keys")
                .properties()
                .forEach(entry -> keys.put(entry.getKey(), entry.getValue().textValue()));
        return new Prints(text(json, "schema"), keys);
    }

    private static void putTime(ObjectNode json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, time.toEpochMilli());
        }
    }

    private static @Nullable Instant time(JsonNode json, String field) {
        return json.has(field) ? Instant.ofEpochMilli(json.get(field).longValue()) : null;
    }

    private static String text(JsonNode json, String field) {
        return java.util.Objects.requireNonNull(json.required(field).textValue());
    }

    private static UUID uuid(JsonNode json, String field) {
        return UUID.fromString(text(json, field));
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return Optional.ofNullable(json.path(field).textValue());
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JacksonException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }
}
