package dev.coffer.flavor.vault;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** In the scope none, where other tools keep their secrets too. */
@Tag("servers")
class VaultFlavorKv1OwnedContractTest extends OwnedContract implements AgainstVault {
    private final VaultBackend backend = newBackend(1, Map.of("scope", "none"));

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }

    @Override
    protected Optional<SecretName> plantForeign() {
        backend.plant("app/db", Map.of("k", "theirs"));
        return Optional.of(SecretName.of("app/db"));
    }
}
