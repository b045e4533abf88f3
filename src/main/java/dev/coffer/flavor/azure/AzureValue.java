package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The value of a secret in Key Vault: a JSON object with its keys in order, {@code {"username": "ada", "password": "…"}}, and
 * nothing of coffer's own. ZenML, and nobody else, keeps the type beside the keys, as {@code zenml_schema_name}. A value of
 * others that is no JSON object, as most are in Key Vault, is a secret of the one key {@code value}.
 *
 * @param content key to value
 * @param zenmlType the type that ZenML noted
 */
record AzureValue(Map<String, SecretValue> content, Optional<String> zenmlType) {
    /** The most that Key Vault takes as one value. */
    static final int MAX_BYTES = 25_600;

    private static final String ZENML_TYPE = "zenml_schema_name";
    private static final String VALUE = "value";

    /** Leaves nothing of what it read behind. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    static ObjectMapper json() {
        return JSON;
    }

    /**
     * What is written of a secret.
     *
     * @throws InvalidException if it is longer than Key Vault takes
     */
    static String encode(Secret secret) {
        ObjectNode object = JSON.createObjectNode();
        secret.content().forEach((key, value) -> object.put(key, value.revealText()));
        String text;
        try {
            text = JSON.writeValueAsString(object);
        } catch (JacksonException e) {
            throw new IllegalStateException("texts cannot be written as JSON"); // the cause would quote them
        }
        int bytes = text.getBytes(UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new InvalidException(
                    "secret " + secret.name() + " takes " + bytes + " bytes as JSON, and Azure Key Vault holds "
                            + MAX_BYTES + " (25 KB)",
                    secret.name().value(),
                    "split it into several secrets");
        }
        return text;
    }

    /**
     * Reads a value. What is no text in it is given as its JSON.
     *
     * @param isOurs whether coffer wrote it; then {@code zenml_schema_name} is a key like any other
     */
    static AzureValue decode(String text, boolean isOurs) {
        JsonNode object = null;
        try {
            object = JSON.readTree(text);
        } catch (JacksonException e) {
            // Text of another kind; the exception quotes it.
        }
        if (object == null || !object.isObject()) {
            return new AzureValue(Map.of(VALUE, SecretValue.of(text)), Optional.empty());
        }
        Map<String, SecretValue> content = new LinkedHashMap<>();
        Optional<String> type = Optional.empty();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (!isOurs && field.getKey().equals(ZENML_TYPE)) {
                type = Optional.of(value.asText()).filter(noted -> !noted.isEmpty());
            } else {
                content.put(field.getKey(), SecretValue.of(value.isValueNode() ? value.asText() : value.toString()));
            }
        }
        return new AzureValue(content, type);
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "AzureValue(redacted)";
    }
}
