package dev.coffer.cli;

import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** {@code coffer secret history}. */
@picocli.CommandLine.Command(
        name = "history",
        description = "List the versions of a secret, newest first, never values.",
        customSynopsis = "coffer secret history NAME",
        footer = {"", "Example:", "  coffer secret history prod/db"})
final class SecretHistory implements Command {
    @Parameters(paramLabel = "NAME", description = "the secret; also a deleted one")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        List<SecretVersion> history = session.secrets(Versioned.class).history(SecretName.of(name));
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (SecretVersion version : history) {
                    json.writeStartObject();
                    json.writeNumberField("version", version.version());
                    json.writeStringField("schema", version.schemaType());
                    Json.time(json, "created", version.created());
                    Json.texts(json, "keys", version.keys());
                    json.writeStringField("origin", version.origin());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("VERSION", "SCHEMA", "CREATED", "ORIGIN", "KEYS");
        for (SecretVersion version : history) {
            table.row(
                    version.version(),
                    version.schemaType(),
                    Json.time(version.created()),
                    version.origin(),
                    String.join(", ", version.keys()));
        }
        session.print(table);
    }
}
