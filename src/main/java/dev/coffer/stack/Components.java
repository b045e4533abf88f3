package dev.coffer.stack;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The components that are registered, as records of kind {@code component} and name {@code TYPE/NAME}. The body is
 * {@code {"type": …, "flavor": …, "name": …, "attributes": {…}}}.
 */
public final class Components {
    private static final String KIND = "component";
    // Attributes may hold credentials: no buffer is kept for reuse.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    private final RecordStore records;

    /** The components in a record store. */
    public Components(RecordStore records) {
        this.records = records;
    }

    /** The secrets manager that every store has from the beginning: named {@code local}, of flavor {@code local}. */
    public static RecordChange.Insert localSecretsManager() {
        return insert(
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "local", "local", UUID.randomUUID(), Map.of()));
    }

    private static RecordChange.Insert insert(ComponentDefinition component) {
        return new RecordChange.Insert(
                KIND, component.id(), recordName(component.type(), component.name()), encode(component));
    }

    /**
     * The component of that type and name.
     *
     * @throws IntegrityException if its record was changed by somebody else
     */
    public Optional<ComponentDefinition> find(ComponentType type, String name) {
        return records.findRecord(KIND, recordName(type, name)).map(Components::decode);
    }

    private static String recordName(ComponentType type, String name) {
        return type.name() + "/" + name;
    }

    private static byte[] encode(ComponentDefinition component) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("type", component.type().name());
            json.writeStringField("flavor", component.flavor());
            json.writeStringField("name", component.name());
            json.writeObjectFieldStart("attributes");
            for (Map.Entry<String, String> attribute : component.attributes().entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static ComponentDefinition decode(StoredRecord stored) {
        Map<String, String> fields = new TreeMap<>();
        Map<String, String> attributes = new TreeMap<>();
        try (JsonParser json = JSON.createParser(stored.body())) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                if (json.nextToken() == JsonToken.START_OBJECT) {
                    expect(field.equals("attributes"));
                    readTexts(json, attributes);
                } else {
                    expect(json.currentToken() == JsonToken.VALUE_STRING);
                    fields.put(field, json.getText());
                }
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && fields.size() == 3);
            return new ComponentDefinition(
                    new ComponentType(fields.getOrDefault("type", "")),
                    fields.getOrDefault("flavor", ""),
                    fields.getOrDefault("name", ""),
                    stored.id(),
                    attributes);
        } catch (IOException | IllegalArgumentException e) {
            throw new IntegrityException(
                    "the component " + stored.name() + " is not stored as coffer writes it", stored.name(), null);
        }
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
            throw new IOException("unexpected component");
        }
    }
}
