package dev.coffer.crypto;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.secrets.SecretValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a secret as it is sealed: {@code {"origin": "update", "values": {"username": "…", …}}}, and between the
 * two {@code "kept": true} in a version that is never pruned. Keys of the secret never share an object with coffer's own.
 */
public final class ContentJson {
    // No recycled buffers and no interned names: both would outlive the vault with parts of secrets in them.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2)
                    .maxStringLength(SecretValue.MAX_BYTES)
                    .build())
            .build();

    private ContentJson() {}

    /**
     * What a version holds.
     *
     * @param origin how it came to be
     * @param values key to value, in order
     */
    public record Content(String origin, Map<String, SecretValue> values) {}

    /** The JSON of a version that a limit on their number may prune; the caller wipes it. */
    public static byte[] encode(String origin, Map<String, SecretValue> values) {
        return encode(origin, false, values);
    }

    /**
     * The JSON; the caller wipes it.
     *
     * @param kept whether no limit on the number of versions prunes this one
     */
    public static byte[] encode(String origin, boolean kept, Map<String, SecretValue> values) {
        WipedBuffer out = new WipedBuffer();
        try {
            try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
                json.writeStartObject();
                json.writeStringField("origin", origin);
                if (kept) {
                    json.writeBooleanField("kept", true);
                }
                json.writeObjectFieldStart("values");
                for (Map.Entry<String, SecretValue> entry : values.entrySet()) {
                    json.writeFieldName(entry.getKey());
                    byte[] utf8 = entry.getValue().revealUtf8();
                    json.writeUTF8String(utf8, 0, utf8.length);
                    Arrays.fill(utf8, (byte) 0);
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        } finally {
            out.wipe();
        }
    }

    /**
     * Reads the JSON.
     *
     * @throws IOException if it has another shape
     */
    public static Content decode(byte[] content) throws IOException {
        Map<String, SecretValue> values = new LinkedHashMap<>();
        String[] origin = {""};
        parse(content, new Reader() {
            @Override
            public void origin(String text) {
                origin[0] = text;
            }

            @Override
            public void value(String key, JsonParser json) throws IOException {
                values.put(
                        key,
                        SecretValue.of(
                                CharBuffer.wrap(json.getTextCharacters(), json.getTextOffset(), json.getTextLength())));
            }
        });
        return new Content(origin[0], values);
    }

    /**
     * What a listing of history needs.
     *
     * @param origin how the version came to be
     * @param kept whether no limit on the number of versions prunes it
     * @param keys its keys, in order
     */
    public record Outline(String origin, boolean kept, List<String> keys) {}

    /**
     * Reads the JSON but for its values.
     *
     * @throws IOException if it has another shape
     */
    public static Outline outline(byte[] content) throws IOException {
        List<String> keys = new ArrayList<>();
        String[] origin = {""};
        boolean[] kept = {false};
        parse(content, new Reader() {
            @Override
            public void origin(String text) {
                origin[0] = text;
            }

            @Override
            public void kept() {
                kept[0] = true;
            }

            @Override
            public void value(String key, JsonParser json) {
                keys.add(key);
            }
        });
        return new Outline(origin[0], kept[0], keys);
    }

    private interface Reader {
        void origin(String text);

        default void kept() {}

        void value(String key, JsonParser json) throws IOException;
    }

    private static void parse(byte[] content, Reader reader) throws IOException {
        // The parser that is fed reads the bytes where they are; the usual one makes a String of all of them first.
        try (JsonParser json = JSON.createNonBlockingByteArrayParser()) {
            ByteArrayFeeder feeder = (ByteArrayFeeder) json.getNonBlockingInputFeeder();
            feeder.feedInput(content, 0, content.length);
            feeder.endOfInput();
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                if (field.equals("origin")) {
                    expect(json.nextToken() == JsonToken.VALUE_STRING);
                    reader.origin(json.getText());
                } else if (field.equals("kept")) {
                    expect(json.nextToken() == JsonToken.VALUE_TRUE);
                    reader.kept();
                } else {
                    expect(field.equals("values") && json.nextToken() == JsonToken.START_OBJECT);
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String key = json.currentName();
                        expect(json.nextToken() == JsonToken.VALUE_STRING);
                        reader.value(key, json);
                    }
                    expect(json.currentToken() == JsonToken.END_OBJECT);
                }
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        }
    }

    private static void expect(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("the content of a secret has another shape");
        }
    }

    /** A buffer that leaves nothing behind of what it held. */
    private static final class WipedBuffer extends ByteArrayOutputStream {
        WipedBuffer() {
            super(512);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (count + length > buf.length) { // grow here, to wipe what is left behind
                byte[] old = buf;
                buf = Arrays.copyOf(old, Math.max(old.length * 2, count + length));
                Arrays.fill(old, (byte) 0);
            }
            super.write(bytes, offset, length);
        }

        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
