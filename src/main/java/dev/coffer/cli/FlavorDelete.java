package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.Printable;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** {@code coffer secrets-manager flavor delete}. */
@picocli.CommandLine.Command(
        name = "delete",
        description = "Delete a flavor of your own; secrets stay where it keeps them.",
        customSynopsis = "coffer secrets-manager flavor delete FLAVOR",
        footer = {"", "Example:", "  coffer secrets-manager flavor delete shared-folder"})
final class FlavorDelete implements Command {
    @Parameters(paramLabel = "FLAVOR", description = "the flavor")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        Coffer coffer = session.store();
        Flavors flavors = coffer.flavors();
        // Without a question about what cannot be deleted anyway.
        flavors.requireDeletable(ComponentType.SECRETS_MANAGER, name);
        List<String> users = coffer.components().list(ComponentType.SECRETS_MANAGER).stream()
                .filter(manager -> manager.flavor().equals(name))
                .map(ComponentDefinition::name)
                .toList();
        session.confirm("delete the flavor " + Printable.text(name) + "? "
                + (users.isEmpty()
                        ? "No secrets manager has it"
                        : "These secrets managers cannot be used without it: " + String.join(", ", users)));
        flavors.delete(ComponentType.SECRETS_MANAGER, name);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("deleted", name);
                Json.texts(json, "secretsManagers", users);
                json.writeEndObject();
            });
        } else {
            session.messages()
                    .done("deleted the flavor " + name
                            + (users.isEmpty()
                                    ? ""
                                    : ", without which these secrets managers cannot be used: "
                                            + String.join(", ", users)));
        }
    }
}
