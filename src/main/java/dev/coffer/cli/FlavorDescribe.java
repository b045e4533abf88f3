package dev.coffer.cli;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Parameters;

/** {@code coffer secrets-manager flavor describe}. */
@picocli.CommandLine.Command(
        name = "describe",
        description = "Show the attributes of a flavor.",
        customSynopsis = "coffer secrets-manager flavor describe FLAVOR",
        footer = {"", "Example:", "  coffer secrets-manager flavor describe local"})
final class FlavorDescribe implements Command {
    @Parameters(paramLabel = "FLAVOR", description = "the flavor")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        Flavors flavors = FlavorCommand.flavors(session);
        Flavor flavor = flavors.find(ComponentType.SECRETS_MANAGER, name)
                .orElseThrow(() -> new NoSuchRecordException(
                        "there is no flavor " + Printable.quote(name) + " of secrets managers",
                        Printable.text(name),
                        "'coffer secrets-manager flavor list' shows all"));
        if (session.json()) {
            print(session, flavor);
            return;
        }
        session.messages().done(flavor.name() + ": " + Printable.text(flavor.description()));
        if (flavor.attributes().isEmpty()) {
            return;
        }
        Table table = new Table("ATTRIBUTE", "TYPE", "REQUIRED", "DEFAULT", "SENSITIVE", "DESCRIPTION");
        for (AttributeDeclaration attribute : flavor.attributes()) {
            table.row(
                    attribute.name(),
                    kind(attribute),
                    attribute.required() ? "yes" : "no",
                    attribute.defaultValue().orElse(null),
                    attribute.sensitive() ? "yes" : "no",
                    attribute.description());
        }
        session.print(table);
    }

    private static String kind(AttributeDeclaration attribute) {
        return attribute.kind().name().toLowerCase(Locale.ROOT);
    }

    private static void print(Session session, Flavor flavor) throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeStringField("name", flavor.name());
            json.writeStringField("description", flavor.description());
            json.writeArrayFieldStart("attributes");
            for (AttributeDeclaration attribute : flavor.attributes()) {
                json.writeStartObject();
                json.writeStringField("name", attribute.name());
                json.writeStringField("type", kind(attribute));
                json.writeBooleanField("required", attribute.required());
                Json.text(json, "default", attribute.defaultValue().orElse(null));
                json.writeBooleanField("sensitive", attribute.sensitive());
                json.writeStringField("description", attribute.description());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
