package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** {@code coffer secrets-manager check}. */
@picocli.CommandLine.Command(
        name = "check",
        description = "Say whether a secrets manager would work, and why not.",
        customSynopsis = {"coffer secrets-manager check NAME"},
        footer = {"", "Example:", "  coffer secrets-manager check local"})
final class ManagerCheck implements Command {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        try (SecretsManager manager = session.coffer().secretsManager(name)) {
            Optional<CofferException> found = manager.check();
            if (found.isPresent()) {
                throw found.get();
            }
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("name", name);
                json.writeBooleanField("works", true);
                json.writeEndObject();
            });
        } else {
            session.messages().done("the secrets manager " + name + " works");
        }
    }
}
