package dev.coffer.flavor.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The data of an entry: the keys of the secret with their values as text, and under {@code coffer_metadata} coffer's mark
 * and what the engine has no place for:
 *
 * <pre>
 * {"username": "ada", "password": "…",
 *  "coffer_metadata": {"schema": "basic_auth", "keys": ["username", "password"], "created": "2026-11-25T…Z", "write": UUID}}
 * </pre>
 *
 * <p>It is written with the values in one request, so that neither is ever without the other. An entry without it is
 * somebody else's, and stays in its shape when it is adopted; one of ZenML tells its type under {@code zenml_schema_name}. A key of a secret that starts with
 * {@code coffer_metadata} has one {@code _} more in the entry. A deleted secret ends with a version that says
 * {@code "deleted": true} and has no values.
 */
final class VaultEntry {
    private static final String METADATA = "coffer_metadata";
    private static final String ZENML_TYPE = "zenml_schema_name";

    private final JsonNode data;

    VaultEntry(JsonNode data) {
        this.data = data;
    }

    /** What is written of a secret. */
    static ObjectNode of(Secret secret, @Nullable Instant created) {
        ObjectNode data = VaultClient.object();
        ObjectNode metadata = VaultClient.object();
        metadata.put("schema", secret.schemaType());
        secret.content().forEach((key, value) -> {
            data.put(key.startsWith(METADATA) ? key + "_" : key, value.revealText());
            metadata.withArray("/keys").add(key);
        });
        if (secret.content().isEmpty()) {
            metadata.putArray("keys");
        }
        if (created != null) {
            metadata.put("created", created.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        return finished(data, metadata);
    }

    /** The last version of a deleted secret. */
    static ObjectNode tombstone() {
        ObjectNode metadata = VaultClient.object();
        metadata.put("deleted", true);
        return finished(VaultClient.object(), metadata);
    }

    /** The same with coffer's mark, for the tools that go on reading it: numbers stay numbers. */
    ObjectNode adopted() {
        ObjectNode metadata = VaultClient.object();
        metadata.put("schema", schemaType());
        metadata.put("adopted", true);
        return finished(((ObjectNode) data).deepCopy(), metadata);
    }

    private static ObjectNode finished(ObjectNode data, ObjectNode metadata) {
        metadata.put("write", UUID.randomUUID().toString());
        data.set(METADATA, metadata);
        return data;
    }

    boolean isOwned() {
        return data.path(METADATA).path("write").isTextual();
    }

    /** What a deletion left. With values, another tool has made it a secret again. */
    boolean isTombstone() {
        return data.size() == 1 && data.path(METADATA).path("deleted").asBoolean(false);
    }

    /** Whether there is something where coffer's mark is. */
    boolean hasNotes() {
        return data.has(METADATA);
    }

    /** Whether it was made by that very write. */
    boolean isOf(ObjectNode written) {
        return isOwned()
                && data.path(METADATA)
                        .path("write")
                        .equals(written.path(METADATA).path("write"));
    }

    Optional<Instant> created() {
        try {
            return Optional.of(data.path(METADATA).path("created").asText(""))
                    .filter(text -> !text.isEmpty())
                    .map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    String schemaType() {
        String type = isOwned()
                ? data.path(METADATA).path("schema").asText(Secret.ARBITRARY)
                : data.path(ZENML_TYPE).asText(Secret.ARBITRARY);
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    /** The secret. What is no text in the entry of somebody else is given as its JSON. */
    Secret toSecret(SecretName name, @Nullable Long version, @Nullable Instant updated) {
        Map<String, SecretValue> found = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            if (!isNote(field.getKey())) {
                JsonNode value = field.getValue();
                found.put(
                        unescaped(field.getKey()),
                        SecretValue.of(value.isValueNode() ? value.asText() : value.toString()));
            }
        }
        return Secret.ofStored(
                name, schemaType(), ordered(found), version, created().orElse(null), updated);
    }

    private boolean isNote(String key) {
        return (isOwned() && key.equals(METADATA)) || (isOthersShape() && key.equals(ZENML_TYPE));
    }

    private boolean isOthersShape() {
        return !isOwned() || data.path(METADATA).path("adopted").asBoolean(false);
    }

    private String unescaped(String key) {
        return !isOthersShape() && key.startsWith(METADATA) && key.endsWith("_")
                ? key.substring(0, key.length() - 1)
                : key;
    }

    /** In the order that was noted; the engine sorts. */
    private Map<String, SecretValue> ordered(Map<String, SecretValue> found) {
        List<String> order = new ArrayList<>();
        data.path(METADATA).path("keys").forEach(key -> order.add(key.asText()));
        Map<String, SecretValue> ordered = new LinkedHashMap<>();
        for (String key : order) {
            SecretValue value = found.remove(key);
            if (value != null) {
                ordered.put(key, value);
            }
        }
        ordered.putAll(found);
        return ordered;
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "VaultEntry(redacted)";
    }
}
