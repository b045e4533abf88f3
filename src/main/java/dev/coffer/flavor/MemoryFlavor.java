package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.util.List;

/**
 * Keeps secrets in the memory of this process, in clear, until the manager is closed: for tests. No two managers share
 * secrets, not even those of one definition.
 */
public final class MemoryFlavor implements Flavor {
    private final SchemaCatalog schemas;
    private final Clock clock;

    /**
     * A flavor whose managers check secrets against these schemas.
     *
     * @param clock dates the versions
     */
    public MemoryFlavor(SchemaCatalog schemas, Clock clock) {
        this.schemas = schemas;
        this.clock = clock;
    }

    @Override
    public ComponentType type() {
        return ComponentType.SECRETS_MANAGER;
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
    public SecretsManager create(ComponentDefinition definition) {
        return new MemorySecretsManager(definition, schemas, new MemoryStore(clock));
    }
}
