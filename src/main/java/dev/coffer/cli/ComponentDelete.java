package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.stack.Deletion;
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
    private static final String LOCAL = "local"; // the flavor whose secrets are in the store

    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        Deletion seen = session.coffer().deletion(type(), name);
        ComponentDefinition component = seen.component();
        boolean isManager = component.type().equals(ComponentType.SECRETS_MANAGER);
        String with;
        try (SecretsManager elsewhere = keepsElsewhere(session, component) ? reachable(session) : null) {
            List<SecretName> names = elsewhere == null ? List.of() : elsewhere.getAllSecretKeys();
            with = isManager ? fate(session, seen, elsewhere == null ? null : names) : "";
            session.confirm("delete the " + ComponentText.spoken(component) + with
                    + (seen.stacks().isEmpty()
                            ? ""
                            : "; " + stacks(seen.stacks()) + (isManager ? " back to local" : " without it"))
                    + "?");
            if (elsewhere != null) {
                requireUnchanged(session, seen); // what is emptied there cannot be brought back by the store
                empty(elsewhere, names);
            }
        }
        List<String> stacks = session.coffer().delete(seen);
        if (!stacks.isEmpty()) {
            session.messages()
                    .done((isManager ? "these stacks have the secrets manager local now: " : "these stacks lost it: ")
                            + String.join(", ", stacks));
        }
        StackText.deleted(session, "deleted the " + ComponentText.spoken(component) + with, name);
        if (isManager) {
            session.coffer().sync().targets().stream()
                    .filter(target -> target.componentId().equals(component.id()))
                    .forEach(target -> session.messages().warn(SyncText.gone(target)));
        }
    }

    /** Whether nobody else sees its secrets, and they are not in the store. */
    private static boolean keepsElsewhere(Session session, ComponentDefinition component) {
        return session.coffer().components().ownsSecrets(component)
                && !component.flavor().equals(LOCAL);
    }

    private static String stacks(List<String> users) {
        return (users.size() == 1 ? "the stack " : "the stacks ")
                + String.join(", ", users)
                + (users.size() == 1 ? " goes" : " go");
    }

    private static String fate(Session session, Deletion seen, @Nullable List<SecretName> elsewhere) {
        boolean inStore = seen.component().flavor().equals(LOCAL)
                && session.coffer().components().ownsSecrets(seen.component());
        int count = seen.secrets().size() + (elsewhere == null ? 0 : elsewhere.size());
        String own = inStore || elsewhere != null || count > 0
                ? " with " + Messages.count(count, "secret") + " and all history"
                : "";
        return own + (inStore || elsewhere != null ? "" : "; what others see too or is out of reach stays");
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

    private void requireUnchanged(Session session, Deletion seen) {
        if (!session.coffer().deletion(type(), name).equals(seen)) {
            throw changed("the secrets manager " + name + " was changed meanwhile, or other stacks use it now;"
                    + " nothing was deleted");
        }
    }

    private ConflictException changed(String sentence) {
        return new ConflictException(sentence, name, "look at it and decide anew");
    }

    /** What was added since the question is nobody's to delete. */
    private void empty(SecretsManager own, List<SecretName> seen) {
        if (!own.getAllSecretKeys().equals(seen)) {
            throw changed(
                    "the secrets of the secrets manager " + name + " were changed meanwhile; nothing was deleted");
        }
        if (own instanceof BulkWrites bulk) {
            bulk.deleteSecrets(seen);
        } else {
            seen.forEach(own::deleteSecret);
        }
        if (!own.getAllSecretKeys().isEmpty()) {
            throw changed("secrets were added to the secrets manager " + name
                    + " while it was emptied; it is not deleted, and these are still there");
        }
        if (own instanceof Versioned versioned && own instanceof Recoverable recoverable) {
            versioned.tombstones().forEach(recoverable::purgeSecret); // else all content would stay as history
        }
    }
}
