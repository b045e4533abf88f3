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
        footer = {
            "",
            "SOURCE is coffer, JSON Schema, or the record class that the schema was made from.",
            "",
            "Example:",
            "  coffer schema list"
        })
final class SchemaList implements Command {
    private record Row(SecretSchema schema, String source) {}

    @Override
    public void run(Session session) throws IOException {
        List<Row> rows = rows(session);
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Row row : rows) {
                    json.writeStartObject();
                    json.writeStringField("type", row.schema().type());
                    json.writeStringField("source", row.source());
                    json.writeStringField("description", row.schema().description());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("TYPE", "SOURCE", "DESCRIPTION");
        rows.forEach(
                row -> table.row(row.schema().type(), row.source(), row.schema().description()));
        session.print(table);
    }

    /** Those that coffer brings along can be seen without a key. */
    private static List<Row> rows(Session session) {
        try {
            return rows(session.schemas());
        } catch (LockedException e) {
            session.messages().warn("the store is locked: types of your own are not shown");
            return rows(SchemaCatalog.builtIn());
        }
    }

    private static List<Row> rows(SchemaCatalog catalog) {
        return catalog.list().stream()
                .map(schema -> new Row(schema, catalog.source(schema.type())))
                .toList();
    }
}
