package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import java.io.IOException;
import java.util.List;

/** {@code list} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the secrets managers.",
        customSynopsis = "coffer secrets-manager list",
        footer = {"", "Example:", "  coffer secrets-manager list -o json"})
final class ComponentList extends ComponentVerb {
    @Override
    public void run(Session session) throws IOException {
        List<ComponentDefinition> all = session.coffer().components().list(type());
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (ComponentDefinition one : all) {
                    json.writeStartObject();
                    json.writeStringField("name", one.name());
                    json.writeStringField("flavor", one.flavor());
                    json.writeStringField("id", one.id().toString());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("NAME", "FLAVOR", "ID");
        all.forEach(one -> table.row(one.name(), one.flavor(), one.id()));
        session.print(table);
    }
}
