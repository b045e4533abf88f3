package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.SchemaKey;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer schema describe}. */
@picocli.CommandLine.Command(
        name = "describe",
        description = "Show the keys of a type.",
        customSynopsis = "coffer schema describe TYPE",
        footer = {"", "Example:", "  coffer schema describe postgres"})
final class SchemaDescribe implements Command {
    @Parameters(paramLabel = "TYPE", description = "the type")
    private String type = "";

    @Override
    public void run(Session session) throws IOException {
        SecretSchema schema = session.schemas().get(type);
        if (session.json()) {
            print(session, schema);
            return;
        }
        session.messages().done(schema.type() + ": " + schema.description());
        if (schema.keys().isEmpty()) {
            return;
        }
        Table table = new Table("KEY", "REQUIRED", "DEFAULT", "MUST BE", "DESCRIPTION");
        for (SchemaKey key : schema.keys()) {
            String preset = key.defaultValue().orElse("") + (key.only() ? " (only)" : "");
            table.row(key.name(), key.required() ? "yes" : "no", preset, key.form(), key.description());
        }
        session.print(table);
    }

    private static void print(Session session, SecretSchema schema) throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeStringField("type", schema.type());
            json.writeStringField("description", schema.description());
            json.writeBooleanField("anyKeys", schema.anyKeys());
            json.writeArrayFieldStart("keys");
            for (SchemaKey key : schema.keys()) {
                json.writeStartObject();
                json.writeStringField("name", key.name());
                json.writeBooleanField("required", key.required());
                Json.text(json, "default", key.defaultValue().orElse(null));
                json.writeBooleanField("only", key.only());
                json.writeStringField("form", key.form());
                json.writeStringField("description", key.description());
                json.writeBooleanField("secret", !key.visible());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
