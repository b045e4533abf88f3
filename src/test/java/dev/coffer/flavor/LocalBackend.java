package dev.coffer.flavor;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the contract tests of the local flavor run on: a store of its own for every test. */
final class LocalBackend {
    private @Nullable TestHome home; // made when it is needed: a test class may be made only to be asked something

    private TestHome home() {
        if (home == null) {
            home = TestHome.create();
        }
        return home;
    }

    /** One more manager over this store, through a vault of its own, as another process would have. */
    SecretsManager open() {
        return manager(home(), TestHome.HERE);
    }

    /** Another component in the same store. */
    SecretsManager openElsewhere() {
        return manager(home(), TestHome.THERE);
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

    byte[] rawBytesAtRest() {
        return home().bytesAtRest();
    }

    void cleanUp() {
        if (home != null) {
            home.close();
        }
    }

    private static SecretsManager manager(TestHome home, UUID component) {
        return new LocalFlavor(home.vault())
                .create(
                        new ComponentDefinition(
                                ComponentType.SECRETS_MANAGER, "local", "local-" + component, component, Map.of()),
                        home.vault().schemas());
    }
}
