package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The value of a provider secret in the layout {@code json}: the keys of the secret with their values as text, and under
 * {@code coffer_metadata} what has to change in one step with them:
 *
 * <pre>
 * {"username": "ada", "password": "…",
 *  "coffer_metadata": {"schema": "basic_auth", "created": "2026-11-25T…Z", "updated": "…", "write": UUID}}
 * </pre>
 *
 * <p>Whose the provider secret is, its labels say. A value without the metadata was written by somebody else; one of ZenML
 * tells its type under {@code zenml_schema_name}; one that is no JSON object is a secret of the one key {@code value}. A key
 * of a secret that starts with {@code coffer_metadata} has one {@code _} more in the value.
 */
final class GcpPayload {
    /** The most that Secret Manager takes as one value, in bytes. */
    static final int MAX_BYTES = 64 << 10;

    private static final String METADATA = "coffer_metadata";
    private static final String ZENML_TYPE = "zenml_schema_name";
    private static final String VALUE = "value";

    // Numbers of other tools keep all their digits.
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(1_000)
                            .maxNumberLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final ObjectNode data;

    private GcpPayload(ObjectNode data) {
        this.data = data;
    }

    static ObjectMapper json() {
        return JSON;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** What is written of a secret: something else each time. */
    static GcpPayload of(Secret secret, Instant created, Instant updated) {
        ObjectNode data = object();
        secret.content()
                .forEach((key, value) -> data.put(key.startsWith(METADATA) ? key + "_" : key, value.revealText()));
        data.putObject(METADATA)
                .put("schema", secret.schemaType())
                .put("created", created.truncatedTo(ChronoUnit.MILLIS).toString())
                .put("updated", updated.truncatedTo(ChronoUnit.MILLIS).toString())
                .put("write", UUID.randomUUID().toString());
        return new GcpPayload(data);
    }

    /** What was read; empty if it is no text. */
    static Optional<GcpPayload> read(byte[] bytes) {
        Optional<String> text = text(bytes);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return Optional.of(new GcpPayload(object));
            }
        } catch (JacksonException e) {
            // Text of another kind.
        } catch (IOException e) {
            throw new IllegalStateException("bytes can be read", e);
        }
        return Optional.of(new GcpPayload(object().put(VALUE, text.get())));
    }

    static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString());
        } catch (java.nio.charset.CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * As it is sent.
     *
     * @throws InvalidException if Secret Manager takes no value of that size
     */
    byte[] bytes(SecretName name) {
        byte[] bytes;
        try {
            bytes = JSON.writeValueAsBytes(data);
        } catch (JacksonException e) {
            throw new IllegalStateException("text can be written", null);
        }
        requireSize(name, bytes.length);
        return bytes;
    }

    static void requireSize(SecretName name, int size) {
        if (size > MAX_BYTES) {
            throw new InvalidException(
                    "secret " + name + " takes " + size + " bytes in Google's Secret Manager; the limit is " + MAX_BYTES
                            + " (64 KiB)",
                    name.value(),
                    "split it into several secrets");
        }
    }

    private boolean isOurs() {
        return data.path(METADATA).path("write").isTextual();
    }

    /** Whether it was made by that very write. */
    boolean isOf(GcpPayload written) {
        return isOurs()
                && data.path(METADATA)
                        .path("write")
                        .equals(written.data.path(METADATA).path("write"));
    }

    Optional<Instant> created() {
        return time("created");
    }

    Optional<Instant> updated() {
        return time("updated");
    }

    private Optional<Instant> time(String name) {
        try {
            return Optional.of(data.path(METADATA).path(name).asText(""))
                    .filter(text -> !text.isEmpty())
                    .map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    String schemaType() {
        String type = isOurs()
                ? data.path(METADATA).path("schema").asText("")
                : data.path(ZENML_TYPE).asText("");
        return type.isEmpty() ? Secret.ARBITRARY : type;
    }

    /** The secret. What is no text in the value of somebody else is given as its JSON. */
    Secret toSecret(SecretName name) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : data.properties()) {
            String key = field.getKey();
            if (key.equals(isOurs() ? METADATA : ZENML_TYPE)) {
                continue;
            }
            JsonNode value = field.getValue();
            content.put(
                    isEscaped(key) ? key.substring(0, key.length() - 1) : key,
                    SecretValue.of(value.isValueNode() ? value.asText() : value.toString()));
        }
        return Secret.ofStored(name, schemaType(), content, null, orNull(created()), orNull(updated()));
    }

    /** Other tools may have added keys since. */
    private boolean isEscaped(String key) {
        return isOurs() && key.startsWith(METADATA) && key.endsWith("_");
    }

    private static @Nullable Instant orNull(Optional<Instant> time) {
        return time.orElse(null);
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "GcpPayload(redacted)";
    }
}
