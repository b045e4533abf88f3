package dev.coffer.stack;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How components and stacks are written: some texts, and one object of texts.
 *
 * @param fields the texts by name
 * @param inner what the object holds
 */
record RecordText(Map<String, String> fields, Map<String, String> inner) {
    // Attributes may hold credentials: no buffer is kept for reuse.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    /** The names of the texts, not what they say. */
    @Override
    public String toString() {
        return "RecordText(" + fields.keySet() + ", " + inner.keySet() + ")";
    }

    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    byte[] encode(String innerName) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            write(json, fields);
            json.writeObjectFieldStart(innerName);
            write(json, inner);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Map<String, String> texts) throws IOException {
        for (Map.Entry<String, String> text : texts.entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
    }

    /**
     * Reads a record.
     *
     * @throws IOException if it has other fields, or is not written like that at all
     */
    static RecordText decode(StoredRecord stored, Set<String> expected, String innerName) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        Map<String, String> inner = new TreeMap<>();
        try (JsonParser json = JSON.createParser(stored.body())) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                if (json.nextToken() == JsonToken.START_OBJECT) {
                    expect(field.equals(innerName));
                    readTexts(json, inner);
                } else {
                    expect(json.currentToken() == JsonToken.VALUE_STRING);
                    fields.put(field, json.getText());
                }
            }
            expect(json.currentToken() == JsonToken.END_OBJECT
                    && fields.keySet().equals(expected));
        }
        return new RecordText(fields, inner);
    }

    private static void readTexts(JsonParser json, Map<String, String> into) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            expect(json.nextToken() == JsonToken.VALUE_STRING);
            into.put(field, json.getText());
        }
        expect(json.currentToken() == JsonToken.END_OBJECT);
    }

    private static void expect(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("unexpected content");
        }
    }

    /** The error of a record that says something else than coffer writes. */
    static IntegrityException unexpected(StoredRecord stored) {
        String name = Printable.text(stored.name());
        return new IntegrityException(
                "the " + stored.kind() + " " + name + " is not stored as coffer writes it", name, null);
    }
}
