package dev.coffer.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.component.ExtensionJar;
import dev.coffer.component.ExtensionJars;
import dev.coffer.secrets.ExtensionRecords;
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
import java.nio.file.Path;
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
    private final ExtensionRecords extensions;

    /**
     * The custom schemas of a store.
     *
     * @param jars where the jars of schema classes are kept
     */
    public CustomSchemas(RecordStore records, ExtensionJars jars) {
        this.records = records;
        this.extensions = new ExtensionRecords(records, jars);
    }

    /** A schema that was read, and is not registered yet. */
    public static final class Draft {
        private final Template template;
        private final ObjectNode body;
        private final Optional<ExtensionJar> jar;

        private Draft(Template template, ObjectNode body, Optional<ExtensionJar> jar) {
            this.template = template;
            this.body = body;
            this.jar = jar;
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
        requireOther(template.schema().type(), "name another type in \"x-type\"");
        return new Draft(template, JSON.createObjectNode().put("form", "json").put("text", json), Optional.empty());
    }

    /**
     * Reads a record class.
     *
     * @param jar the jar that holds the class, which is copied when the schema is registered; null for a class of the
     *     class path
     * @throws InvalidException if the class or the jar is not fit, or the class is no schema
     */
    public static Draft readClass(String className, @Nullable Path jar) {
        ExtensionJar read = jar == null ? null : SchemaClass.mapped(() -> ExtensionJar.read(jar));
        Template template = SchemaClass.template(className, read);
        requireOther(template.schema().type(), "give the class another type in @SchemaType");
        return new Draft(
                template,
                JSON.createObjectNode()
                        .put("form", "class")
                        .put("class", className)
                        .put("jar", read == null ? null : read.sha256()),
                Optional.ofNullable(read));
    }

    private static void requireOther(String type, String hint) {
        if (SchemaCatalog.builtIn().isKnown(type)) {
            throw new RecordExistsException(
                    "coffer has a schema " + type + " of its own, which cannot be replaced", type, hint);
        }
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
        extensions.change(
                draft.jar,
                List.of(
                        there.isPresent()
                                ? new RecordChange.Replace(
                                        there.get().id(), there.get().version(), type, body)
                                : new RecordChange.Insert(SchemaSource.KIND, UUID.randomUUID(), type, body)));
    }

    static byte[] body(Draft draft) {
        return draft.body.toString().getBytes(StandardCharsets.UTF_8);
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
     * Deletes a custom schema, and its jar if nothing else is in it. Secrets of its type stay as they are.
     *
     * @throws NoSuchSchemaException if there is none of that type
     */
    public void delete(String type) {
        StoredRecord there = records.findRecord(SchemaSource.KIND, type).orElseThrow(() -> missing(type));
        extensions.change(Optional.empty(), List.of(new RecordChange.Remove(there.id(), there.version())));
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

    /** What a record was made from: {@code JSON Schema}, or the name of a record class. */
    static String source(StoredRecord stored) {
        JsonNode body = body(stored);
        return switch (body.path("form").asText()) {
            case "json" -> "JSON Schema";
            case "class" -> body.path("class").asText();
            default -> throw unknownForm(stored);
        };
    }

    private static JsonNode body(StoredRecord stored) {
        try {
            return JSON.readTree(stored.body());
        } catch (IOException e) {
            throw unknownForm(stored);
        }
    }

    /** What a record holds. */
    static Template template(StoredRecord stored, ExtensionJars jars) {
        JsonNode body = body(stored);
        Template template = switch (body.path("form").asText()) {
            case "json" ->
                new JsonSchemaReader("the schema " + stored.name())
                        .read(body.path("text").asText(), stored.name());
            case "class" ->
                SchemaClass.template(
                        body.path("class").asText(), body.path("jar").textValue(), jars);
            default -> throw unknownForm(stored);
        };
        if (!template.schema().type().equals(stored.name())) { // a class of the class path may have changed
            throw new InvalidException(
                    "the schema " + stored.name() + " now calls itself "
                            + template.schema().type(),
                    stored.name(),
                    "delete the one, and register the other");
        }
        return template;
    }

    private static IntegrityException unknownForm(StoredRecord stored) {
        return new IntegrityException(
                "the schema " + stored.name() + " is kept in a form that this coffer does not know",
                stored.name(),
                "register it again with '--replace'");
    }
}
