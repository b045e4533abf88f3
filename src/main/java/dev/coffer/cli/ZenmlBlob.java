package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ZenML's secrets manager for GitHub kept in a repository secret: base64 of
 * <code>{"schema": TYPE, "content": {KEY: VALUE, …}}</code>, with the values in clear. Such a file holds nothing else,
 * and is named as the secret was: {@code __ZENML__NAME}.
 */
final class ZenmlBlob {
    private static final String PREFIX = "__ZENML__";

    // Nothing of the file stays in a pool or a table of names.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(3)
                    .maxStringLength(SecretValue.MAX_BYTES)
                    .build())
            .build();

    private ZenmlBlob() {}

    /**
     * The JSON in a file's text, if all of it is base64 of what looks like a JSON object; else null. The caller wipes it.
     *
     * @param text an array must back it
     */
    static byte @Nullable [] decode(CharBuffer text) {
        byte[] encoded = new byte[text.remaining()];
        int length = 0;
        for (int i = 0; i < text.remaining(); i++) {
            char c = text.get(text.position() + i);
            if (c > '~') {
                return null;
            }
            if (!Character.isWhitespace(c)) { // `base64` wraps its lines
                encoded[length++] = (byte) c;
            }
        }
        byte[] whole = Arrays.copyOf(encoded, length);
        try {
            byte[] decoded = Base64.getDecoder().decode(whole);
            if (decoded.length > 0 && decoded[0] == '{') {
                return decoded;
            }
            Arrays.fill(decoded, (byte) 0);
            return null;
        } catch (IllegalArgumentException e) {
            return null;
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(whole, (byte) 0);
        }
    }

    /**
     * The one secret of such a file.
     *
     * @param json what {@link #decode} gave
     * @param baseName the file's name without its extension
     */
    static ZenmlEntry read(String source, String baseName, byte[] json) {
        String name = baseName.startsWith(PREFIX) ? baseName.substring(PREFIX.length()) : baseName;
        Map<String, SecretValue> values = new LinkedHashMap<>();
        String trouble;
        try (JsonParser in = JSON.createParser(json)) {
            String[] schema = new String[1];
            trouble = read(in, schema, values);
            if (trouble == null) {
                return new ZenmlEntry(source, name, schema[0], values, null);
            }
        } catch (IOException e) { // its message quotes the file
            trouble = "what its base64 holds is not valid JSON";
        }
        values.values().forEach(SecretValue::close);
        return ZenmlEntry.broken(source, name, trouble);
    }

    /** Null, or what is wrong. */
    private static @Nullable String read(JsonParser in, String[] schema, Map<String, SecretValue> values)
            throws IOException {
        String trouble = null;
        boolean hasContent = false;
        in.nextToken();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            JsonToken token = in.nextToken();
            if (field.equals("schema") && token.isScalarValue()) {
                schema[0] = token == JsonToken.VALUE_NULL ? null : in.getText();
            } else if (field.equals("content") && token == JsonToken.START_OBJECT) {
                hasContent = true;
                trouble = content(in, values);
            } else {
                return "it is not what ZenML kept at GitHub: a schema and its content";
            }
            if (trouble != null) {
                return trouble;
            }
        }
        return hasContent ? null : "it is not what ZenML kept at GitHub: a schema and its content";
    }

    private static @Nullable String content(JsonParser in, Map<String, SecretValue> values) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            JsonToken token = in.nextToken();
            if (!token.isScalarValue()) {
                return "one of its keys holds no plain text";
            }
            String trouble = token == JsonToken.VALUE_NULL ? null : ZenmlFile.put(values, key, in.getText(), false);
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }
}
