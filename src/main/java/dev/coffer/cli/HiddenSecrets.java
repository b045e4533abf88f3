package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import java.util.Optional;

/** What a secrets manager loses sight of when its scope changes. Nothing of it is deleted. */
final class HiddenSecrets {
    private HiddenSecrets() {}

    /**
     * Asks, if secrets go out of sight, or if that cannot be told.
     *
     * @throws UsageException if that is declined, or there is nobody to ask
     */
    static void confirm(Session session, ComponentDefinition before, ComponentDefinition after) {
        if (!before.type().equals(ComponentType.SECRETS_MANAGER)) {
            return;
        }
        Coffer coffer = session.coffer();
        String name = before.name();
        String loss;
        try {
            Optional<SecretScope> scope = coffer.components().scope(coffer.resolve(before));
            int count = scope.isEmpty() ? 0 : count(coffer, name);
            if (count == 0 || scope.equals(scopeOf(coffer, after))) {
                return;
            }
            loss = Messages.count(count, "secret") + " will be out of its sight until it has its scope of now again";
        } catch (IntegrityException e) {
            throw e;
        } catch (CofferException e) { // a manager whose backend is gone has to be changeable too
            session.messages().warn("what " + name + " holds cannot be told: " + e.getMessage());
            loss = "what it holds may be out of its sight then";
        }
        session.confirm("change what " + name + " sees? " + loss);
    }

    private static int count(Coffer coffer, String name) {
        try (SecretsManager manager = coffer.secretsManager(name)) {
            return manager.getAllSecretKeys().size();
        }
    }

    /** Empty if a secret that it names is missing: it sees nothing then. */
    private static Optional<SecretScope> scopeOf(Coffer coffer, ComponentDefinition component) {
        try {
            return coffer.components().scope(coffer.resolve(component));
        } catch (NoSuchRecordException e) {
            return Optional.empty();
        }
    }
}
