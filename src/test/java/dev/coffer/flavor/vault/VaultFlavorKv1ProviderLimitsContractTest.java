package dev.coffer.flavor.vault;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class VaultFlavorKv1ProviderLimitsContractTest extends ProviderLimitsContract implements AgainstVault {
    private final VaultBackend backend = newBackend(1, Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected boolean refuses(Secret secret) {
        return secret.name().value().contains("..");
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
