package dev.coffer.cli;

import dev.coffer.schema.CustomSchemas;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer schema delete}. */
@picocli.CommandLine.Command(
        name = "delete",
        description = "Delete a type of your own.",
        customSynopsis = "coffer schema delete TYPE",
        footer = {"", "Secrets of the type can still be read.", "", "Example:", "  coffer schema delete warehouse"})
final class SchemaDelete implements Command {
    @Parameters(paramLabel = "TYPE", description = "the type")
    private String type = "";

    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        CustomSchemas schemas = new CustomSchemas(
                session.store().vault(), session.store().vault().extensions());
        if (!schemas.isRegistered(type)) {
            throw CustomSchemas.missing(type);
        }
        int users = SchemaUsers.count(session, type, secret -> true);
        session.confirm("delete the schema " + type + "? "
                + (users == 0
                        ? "No secret is of this type"
                        : Messages.count(users, "secret") + " of this type can still be read, and fit no schema then"));
        schemas.delete(type);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("deleted", type);
                json.writeNumberField("secrets", users);
                json.writeEndObject();
            });
        } else {
            session.messages()
                    .done("deleted the schema " + type
                            + (users == 0 ? "" : ", which " + Messages.count(users, "secret") + " had"));
        }
    }
}
