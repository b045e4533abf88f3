package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Keeps secrets in the memory of this process, in clear: for tests. Managers that one instance of this flavor made, and
 * that are of one {@link SecretScope}, share their secrets until the last of them is closed. Two instances share nothing.
 */
public final class MemoryFlavor implements SecretsManagerFlavor {
    private final Clock clock;
    private final Map<UUID, MemoryStore> stores = new HashMap<>();

    /**
     * Makes the flavor.
     *
     * @param clock dates the versions
     */
    public MemoryFlavor(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String description() {
        return "keeps secrets in the memory of this process only; they are gone when it ends";
    }

    @Override
    public List<AttributeDeclaration> attributes() {
        return SecretScope.attributes();
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        UUID owner = SecretScope.of(definition).owner();
        synchronized (stores) {
            MemoryStore store = stores.computeIfAbsent(owner, id -> new MemoryStore(clock));
            return new MemorySecretsManager(definition, schemas, store);
        }
    }
}
