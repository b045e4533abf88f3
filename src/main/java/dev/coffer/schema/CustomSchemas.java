package dev.coffer.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.StoredRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Registers and deletes the schemas that users bring along: records of the kind {@link SchemaSource#KIND}. */
public final class CustomSchemas {
    /** The largest file of a schema, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    private static final JsonMapper JSON = new JsonMapper();

    private final RecordStore records;

    /** The custom schemas of a store. */
    public CustomSchemas(RecordStore records) {
        this.records = records;
    }

    /** A schema that was read, and is not registered yet. */
    public static final class Draft {
        private final Template template;
        private final String json;

        private Draft(Template template, String json) {
            this.template = template;
            this.json = json;
        }

        /** What it asks. */
        public SecretSchema schema() {
            return template.schema();
        }

        /** Whether a secret could be stored under it. */
        public boolean fits(Secret secret) {
            return template.faultsOf(secret).isEmpty();
        }
    }

    /**
     * Reads a JSON Schema.
     *
     * @param fileName the file's name without folders: what errors call it, and where the TYPE is from if the document
     *     has neither {@code "x-type"} nor a {@code "title"} that is a type
     * @throws InvalidException if it is no schema for secrets, or its type is one of coffer's own
     */
    public static Draft read(String json, String fileName) {
        String base = fileName.replaceFirst("(\\.schema)?\\.json$", "");
        Template template = new JsonSchemaReader("the file " + Printable.text(fileName)).read(json, base);
        String type = template.schema().type();
        if (SchemaCatalog.builtIn().isKnown(type)) {
            throw new RecordExistsException(
                    "coffer has a schema " + type + " of its own, which cannot be replaced",
                    type,
                    "name another type in \"x-type\"");
        }
        return new Draft(template, json);
    }

    /**
     * Registers a schema.
     *
     * @param replace whether it may take the place of a custom schema of its type
     * @throws RecordExistsException if there is one, and it may not be replaced
     */
    public void register(Draft draft, boolean replace) {
        String type = draft.schema().type();
        byte[] body = body(draft);
        Optional<StoredRecord> there = records.findRecord(SchemaSource.KIND, type);
        if (there.isPresent() && !replace) {
            throw exists(type);
        }
        records.changeRecords(List.of(
                there.isPresent()
                        ? new RecordChange.Replace(there.get().id(), there.get().version(), type, body)
                        : new RecordChange.Insert(SchemaSource.KIND, UUID.randomUUID(), type, body)));
    }

    static byte[] body(Draft draft) {
        return JSON.createObjectNode()
                .put("form", "json")
                .put("text", draft.json)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Whether there is a custom schema of that type. */
    public boolean isRegistered(String type) {
        return records.findRecord(SchemaSource.KIND, type).isPresent();
    }

    /**
     * The error of registering a type twice.
     *
     * @param type the type
     */
    public static RecordExistsException exists(String type) {
        return new RecordExistsException(
                "a schema " + type + " is registered already", type, "'--replace' replaces it");
    }

    /**
     * Deletes a custom schema. Secrets of its type stay as they are.
     *
     * @throws NoSuchSchemaException if there is none of that type
     */
    public void delete(String type) {
        StoredRecord there = records.findRecord(SchemaSource.KIND, type).orElseThrow(() -> missing(type));
        records.changeRecords(List.of(new RecordChange.Remove(there.id(), there.version())));
    }

    /** The error of a custom schema that is not there; one of coffer's own is told apart. */
    public static NoSuchSchemaException missing(String type) {
        boolean own = SchemaCatalog.builtIn().isKnown(type);
        return new NoSuchSchemaException(
                own
                        ? "the schema " + type + " is coffer's own and cannot be deleted"
                        : "there is no schema " + Printable.quote(type),
                Printable.text(type),
                "'coffer schema list' shows all types");
    }

    /** What a record holds. */
    static Template template(StoredRecord stored) {
        String text = text(stored);
        if (text == null) {
            throw new IntegrityException(
                    "the schema " + stored.name() + " is kept in a form that this coffer does not know",
                    stored.name(),
                    "register it again with '--replace'");
        }
        return new JsonSchemaReader("the schema " + stored.name()).read(text, stored.name());
    }

    private static @Nullable String text(StoredRecord stored) {
        try {
            JsonNode body = JSON.readTree(stored.body());
            return body.path("form").asText().equals("json") ? body.path("text").asText() : null;
        } catch (IOException e) {
            return null;
        }
    }
}
