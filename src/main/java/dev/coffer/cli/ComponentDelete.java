package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.stack.Components;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** {@code delete} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "delete",
        description = "Delete a secrets manager, with the secrets that nobody else sees.",
        customSynopsis = "coffer secrets-manager delete NAME",
        footer = {"", "Example:", "  coffer secrets-manager delete team"})
final class ComponentDelete extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        Components components = session.coffer().components();
        ComponentDefinition component = components.requireDeletable(type(), name);
        boolean isManager = component.type().equals(ComponentType.SECRETS_MANAGER);
        List<String> users = components.usedBy(component);
        String with;
        try (SecretsManager own = components.ownsSecrets(component) ? reachable(session) : null) {
            with = isManager ? fate(own) : "";
            session.confirm("delete the " + ComponentText.spoken(component) + with
                    + (users.isEmpty() ? "" : "; " + stacks(users) + (isManager ? " back to local" : " without it"))
                    + "?");
            if (own != null) {
                empty(own);
            }
        }
        List<String> stacks = components.delete(type(), name);
        if (!stacks.isEmpty()) {
            session.messages()
                    .done((isManager ? "these stacks have the secrets manager local now: " : "these stacks lost it: ")
                            + String.join(", ", stacks));
        }
        StackText.deleted(session, "deleted the " + ComponentText.spoken(component) + with, name);
    }

    private static String stacks(List<String> users) {
        return (users.size() == 1 ? "the stack " : "the stacks ")
                + String.join(", ", users)
                + (users.size() == 1 ? " goes" : " go");
    }

    private static String fate(@Nullable SecretsManager own) {
        if (own == null) {
            return "; what others see too or is out of reach stays";
        }
        return " with " + Messages.count(own.getAllSecretKeys().size(), "secret") + " and all history";
    }

    /** A component whose backend is gone has to be deletable too. */
    private @Nullable SecretsManager reachable(Session session) {
        try {
            SecretsManager manager = session.coffer().secretsManager(name);
            manager.getAllSecretKeys();
            return manager;
        } catch (IntegrityException e) {
            throw e;
        } catch (CofferException e) {
            session.messages().warn("its secrets are out of reach: " + e.getMessage());
            return null;
        }
    }

    private static void empty(SecretsManager own) {
        own.deleteAllSecrets();
        if (own instanceof Versioned versioned && own instanceof Recoverable recoverable) {
            versioned.tombstones().forEach(recoverable::purgeSecret); // else all content would stay as history
        }
    }
}
