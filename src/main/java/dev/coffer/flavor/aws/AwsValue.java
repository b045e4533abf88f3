package dev.coffer.flavor.aws;

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
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The value of a secret in AWS: a JSON object with its keys in order, {@code {"username": "ada", "password": "…"}}, and
 * nothing of coffer's own. ZenML, and nobody else, keeps the type beside the keys, as {@code zenml_schema_name}.
 *
 * @param content key to value
 * @param zenmlType the type that ZenML noted
 */
record AwsValue(Map<String, SecretValue> content, Optional<String> zenmlType) {
    private static final int MAX_BYTES = 65_536;
    private static final String ZENML_TYPE = "zenml_schema_name";
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

    /**
     * What is written of a secret.
     *
     * @throws InvalidException if it is longer than AWS takes
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
                    "secret " + secret.name() + " takes " + bytes + " bytes as JSON, and AWS Secrets Manager holds "
                            + MAX_BYTES,
                    secret.name().value(),
                    "split it into several secrets");
        }
        return text;
    }

    /**
     * Reads a value. What is no text in it is given as its JSON.
     *
     * @param isOurs whether coffer wrote it; then {@code zenml_schema_name} is a key like any other
     * @throws InvalidException if it has no keys: it is no JSON object
     */
    static AwsValue decode(SecretName name, String text, boolean isOurs) {
        JsonNode object = null;
        try {
            object = JSON.readTree(text);
        } catch (JacksonException e) {
            // It quotes what it read.
        }
        if (object == null || !object.isObject()) {
            throw new InvalidException(
                    "secret " + name + " is no JSON object in AWS, so it has no keys",
                    name.value(),
                    "coffer reads values like {\"password\": \"…\"}");
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
        return new AwsValue(content, type);
    }

    /** Nothing of it. */
    @Override
    public String toString() {
        return "AwsValue(redacted)";
    }
}
