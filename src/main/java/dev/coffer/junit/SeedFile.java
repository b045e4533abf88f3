package dev.coffer.junit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.coffer.secrets.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Reads the files that {@link CofferSecrets} names. Nothing in a message is quoted from where values stand. */
final class SeedFile {
    private static final Set<String> FIELDS = Set.of("schema", "values");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SeedFile() {}

    static List<Seed> read(String resource, Class<?> beside, String place) {
        JsonNode root = tree(bytes(resource, beside, place), place);
        if (!root.isObject()) {
            throw wrong(place, "is not a JSON object of secrets by name");
        }
        List<Seed> seeds = new ArrayList<>();
        root.properties().forEach(entry -> seeds.add(seed(entry.getKey(), entry.getValue(), place)));
        return seeds;
    }

    private static byte[] bytes(String resource, Class<?> beside, String place) {
        try (InputStream in = beside.getResourceAsStream(resource)) {
            if (in == null) {
                throw wrong(
                        place, "is not on the class path; without a '/' in front it is looked for beside the class");
            }
            byte[] bytes = in.readNBytes(Secret.MAX_BYTES + 1);
            if (bytes.length > Secret.MAX_BYTES) {
                throw wrong(place, "is larger than 16 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(byte[] bytes, String place) {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            // Neither its message nor itself as the cause: both quote the file.
            throw wrong(
                    place,
                    "is not JSON, or has a name twice, at line "
                            + e.getLocation().getLineNr());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Seed seed(String name, JsonNode secret, String place) {
        JsonNode content = secret.path("values");
        JsonNode schema = secret.path("schema");
        boolean known = secret.properties().stream().allMatch(field -> FIELDS.contains(field.getKey()));
        if (!content.isObject() || !known || !(schema.isTextual() || schema.isMissingNode())) {
            throw wrong(place, "has for " + name + " something else than {\"schema\": TYPE, \"values\": {KEY: TEXT}}");
        }
        Map<String, String> values = new LinkedHashMap<>();
        content.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw wrong(place, "has for the key " + entry.getKey() + " of " + name + " no text: put it in quotes");
            }
            values.put(entry.getKey(), entry.getValue().textValue());
        });
        return new Seed(place, name, schema.asText(Secret.ARBITRARY), values);
    }

    private static ExtensionConfigurationException wrong(String place, String trouble) {
        return new ExtensionConfigurationException(place + ": the file " + trouble);
    }
}
