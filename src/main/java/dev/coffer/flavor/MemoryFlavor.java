package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.time.Clock;
import java.util.List;

/**
 * Keeps secrets in the memory of this process, in clear, until the manager is closed: for tests. No two managers share
 * secrets, not even those of one definition.
 */
public final class MemoryFlavor implements SecretsManagerFlavor {
    private final Clock clock;

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
        return List.of();
    }

    @Override
    public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
        return new MemorySecretsManager(definition, schemas, new MemoryStore(clock));
    }
}
