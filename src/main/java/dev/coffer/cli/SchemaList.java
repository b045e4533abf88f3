package dev.coffer.cli;

import dev.coffer.schema.SchemaCatalog;
import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.LockedException;
import java.io.IOException;
import java.util.List;

/** {@code coffer schema list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the types of secrets.",
        customSynopsis = "coffer schema list",
        footer = {"", "Example:", "  coffer schema list"})
final class SchemaList implements Command {
    @Override
    public void run(Session session) throws IOException {
        List<SecretSchema> schemas = schemas(session);
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (SecretSchema schema : schemas) {
                    json.writeStartObject();
                    json.writeStringField("type", schema.type());
                    json.writeStringField("description", schema.description());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("TYPE", "DESCRIPTION");
        schemas.forEach(schema -> table.row(schema.type(), schema.description()));
        session.print(table);
    }

    /** Those that coffer brings along can be seen without a key. */
    private static List<SecretSchema> schemas(Session session) {
        try {
            return session.schemas().list();
        } catch (LockedException e) {
            session.messages().warn("the store is locked: types of your own are not shown");
            return SchemaCatalog.builtIn().list();
        }
    }
}
