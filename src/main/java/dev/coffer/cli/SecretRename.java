package dev.coffer.cli;

import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.SecretName;
import dev.coffer.stack.References;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer secret rename}. */
@picocli.CommandLine.Command(
        name = "rename",
        description = "Give a secret another name; its history stays with it.",
        customSynopsis = "coffer secret rename OLD NEW",
        footer = {"", "Example:", "  coffer secret rename prod/db prod/orders-db"})
final class SecretRename implements Command {
    @Parameters(index = "0", paramLabel = "OLD", description = "the name that it has")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "the name that it gets")
    private String to = "";

    @Override
    public void run(Session session) throws IOException {
        SecretName old = SecretName.of(from);
        SecretName next = SecretName.of(to);
        session.secrets(Renaming.class).renameSecret(old, next);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("from", old.value());
                json.writeStringField("to", next.value());
                json.writeEndObject();
            });
        } else {
            session.messages().done("renamed " + old + " to " + next);
        }
        boolean isLocal = session.secrets().definition().name().equals(References.ROOT_MANAGER);
        if (isLocal && session.store().credentials().contains(old)) {
            session.messages()
                    .warn("a secrets manager is opened with " + old + ": 'coffer secrets-manager update' has to tell it"
                            + " the new name, before a synchronization takes " + next + " for a secret like any other");
        }
    }
}
