package dev.coffer.cli;

import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.LockedException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** {@code coffer secrets-manager flavor list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the flavors of secrets managers.",
        customSynopsis = "coffer secrets-manager flavor list",
        footer = {"", "Example:", "  coffer secrets-manager flavor list"})
final class FlavorList implements Command {
    @Override
    public void run(Session session) throws IOException {
        List<Flavors.Entry> entries = entries(session);
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Flavors.Entry entry : entries) {
                    json.writeStartObject();
                    json.writeStringField("name", entry.name());
                    json.writeStringField("source", source(entry));
                    json.writeStringField("description", entry.description());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("NAME", "SOURCE", "DESCRIPTION");
        entries.forEach(entry -> table.row(entry.name(), source(entry).replace('-', ' '), entry.description()));
        session.print(table);
    }

    /** Those that coffer brings along can be seen without a key. */
    private static List<Flavors.Entry> entries(Session session) {
        Flavors flavors = FlavorCommand.flavors(session);
        try {
            return flavors.entries(ComponentType.SECRETS_MANAGER);
        } catch (LockedException e) {
            session.messages().warn("the store is locked: registered flavors are not shown");
            return flavors.withoutRegistered().entries(ComponentType.SECRETS_MANAGER);
        }
    }

    private static String source(Flavors.Entry entry) {
        return entry.source().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
