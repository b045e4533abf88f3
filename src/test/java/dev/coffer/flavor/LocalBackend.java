package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the contract tests of the local flavor run on: a store of its own for every test. */
final class LocalBackend {
    private final Map<String, String> attributes;
    private @Nullable TestHome home; // made when it is needed: a test class may be made only to be asked something

    LocalBackend() {
        this(Map.of());
    }

    /** All managers but those from elsewhere have these attributes. */
    LocalBackend(Map<String, String> attributes) {
        this.attributes = attributes;
    }

    private TestHome home() {
        if (home == null) {
            home = TestHome.create();
        }
        return home;
    }

    /** One more manager over this store, through a vault of its own, as another process would have. */
    SecretsManager open() {
        return open(TestHome.HERE, attributes);
    }

    /** Another component in the same store, in its own scope. */
    SecretsManager openElsewhere() {
        return open(TestHome.THERE, Map.of());
    }

    /** Over a file that is no store. */
    SecretsManager openBroken() {
        home().closeVaults();
        try {
            Files.writeString(home().location().database(), "this was a database once".repeat(500));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open();
    }

    /** What the flavor declares. */
    List<AttributeDeclaration> declared() {
        return new LocalFlavor(home().vault()).attributes();
    }

    byte[] rawBytesAtRest() {
        return home().bytesAtRest();
    }

    void cleanUp() {
        if (home != null) {
            home.close();
        }
    }

    /** A component in this store, through a vault of its own. */
    SecretsManager open(UUID component, Map<String, String> attributes) {
        ComponentDefinition definition = new ComponentDefinition(
                ComponentType.SECRETS_MANAGER, "local", "local-" + component, component, attributes);
        return new LocalFlavor(home().vault()).create(definition, home().vault().schemas());
    }
}
