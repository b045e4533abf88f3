package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.cli.CollectedValues.Place;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one flat JSON object (RFC 8259). Numbers, {@code true} and {@code false} are stored as they are written. Nothing
 * of the file stays in a pool or a table of names, and no exception of the parser gets out: its message quotes the file.
 */
final class JsonValues {
    /** The object, and one level more, to tell a nested value from a document that never ends. */
    private static final int MAX_DEPTH = 2;
    /** A key of 255 characters, decomposed as far as Unicode goes (18 for one) and more. */
    private static final int MAX_KEY_CHARS = 8192;

    private JsonValues() {}

    /** Reads the remaining text, which an array must back. */
    static void read(CharBuffer text, CollectedValues into) {
        try (JsonParser json =
                factory().createParser(text.array(), text.arrayOffset() + text.position(), text.remaining())) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw into.nothing();
            }
            if (first != JsonToken.START_OBJECT) {
                throw into.refused(
                        place(json.currentTokenLocation()),
                        "this is not a JSON object",
                        "put {\"KEY\": \"VALUE\"} there");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = into.key(json.currentName(), place(json.currentTokenLocation()));
                value(json, key, into);
            }
            if (json.nextToken() != null) {
                throw into.refused(place(json.currentTokenLocation()), "there is more after the JSON object", null);
            }
        } catch (StreamConstraintsException e) {
            throw into.refused(
                    place(e.getLocation()),
                    "a key or a value is longer than a secret may hold",
                    "a value has at most " + SecretValue.MAX_BYTES + " bytes (1 MiB)");
        } catch (JsonProcessingException e) {
            throw into.refused(place(e.getLocation()), "this is not valid JSON", null);
        } catch (IOException e) {
            throw new IllegalStateException("text in memory could not be read"); // and what failed may quote it
        }
    }

    private static void value(JsonParser json, String key, CollectedValues into) throws IOException {
        JsonToken token = json.nextToken();
        Place place = place(json.currentTokenLocation());
        if (token == JsonToken.VALUE_NULL) {
            throw into.nullScalar("a value", place);
        }
        if (!token.isScalarValue()) {
            throw into.nested("a value", place);
        }
        into.put(key, CharBuffer.wrap(json.getTextCharacters(), json.getTextOffset(), json.getTextLength()), place);
    }

    private static Place place(@Nullable JsonLocation location) {
        return location == null ? Place.line(1) : new Place(location.getLineNr(), location.getColumnNr());
    }

    private static JsonFactory factory() {
        return JsonFactory.builder()
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_KEY_CHARS)
                        .maxStringLength(SecretValue.MAX_BYTES)
                        .maxNumberLength(SecretValue.MAX_BYTES)
                        .build())
                .build();
    }
}
