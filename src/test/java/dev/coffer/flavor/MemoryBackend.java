package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the contract tests of the memory flavor run on. */
final class MemoryBackend {
    private final MemoryFlavor flavor = new MemoryFlavor(Clock.systemUTC());
    private final Map<String, String> attributes;
    private final List<SecretsManager> kept = new ArrayList<>();

    MemoryBackend() {
        this(Map.of());
    }

    /** All managers but those from elsewhere have these attributes. */
    MemoryBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    /** One more manager over this memory. */
    SecretsManager open() {
        return open("scratch", attributes);
    }

    /** Another component over this memory, in its own scope. */
    SecretsManager openElsewhere() {
        return open("other", Map.of());
    }

    /** A manager over this memory. */
    SecretsManager open(String component, Map<String, String> attributes) {
        ComponentDefinition definition = new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "memory",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                attributes);
        kept.add(flavor.create(definition, SchemaCatalog.builtIn())); // the memory outlives what a test closes
        return flavor.create(definition, SchemaCatalog.builtIn());
    }

    /** What the flavor declares. */
    List<AttributeDeclaration> declared() {
        return flavor.attributes();
    }

    static ComponentDefinition definition() {
        return new ComponentDefinition(ComponentType.SECRETS_MANAGER, "memory", "scratch", new UUID(0, 1), Map.of());
    }
}
