package dev.coffer.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks at JSON that is a secret: nothing of it stays in a pool, a table of names or an exception. */
final class JsonText {
    /** How deep objects and arrays may stand in each other; credentials have two or three levels. */
    static final int MAX_DEPTH = 64;

    private JsonText() {}

    /** Whether the text is one JSON object. Never throws for what the text holds. */
    static boolean isObject(byte[] utf8) {
        // Decoded here: given bytes, the parser would also take UTF-16 and UTF-32, which a value never is.
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
        try (JsonParser parser = factory().createParser(text.array(), 0, text.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            return false; // its message quotes the text
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }

    /** Makes parsers that leave nothing of what they read behind. */
    static JsonFactory factory() {
        return JsonFactory.builder()
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
    }
}
