package dev.coffer.flavor;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/** What the contract tests of the memory flavor run on. */
final class MemoryBackend {
    private final MemoryStore store = new MemoryStore(Clock.systemUTC());

    MemoryBackend() {
        store.join(); // the backend outlives the managers that a test closes
    }

    /** One more manager over this store. */
    SecretsManager open() {
        return new MemorySecretsManager(definition(), SchemaCatalog.builtIn(), store);
    }

    /** A manager as the flavor makes it: with a store of its own. */
    SecretsManager openElsewhere() {
        return new MemoryFlavor(Clock.systemUTC()).create(definition(), SchemaCatalog.builtIn());
    }

    static ComponentDefinition definition() {
        return new ComponentDefinition(ComponentType.SECRETS_MANAGER, "memory", "scratch", new UUID(0, 1), Map.of());
    }
}
