package dev.coffer.flavor.azure;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class AzureFlavorProviderLimitsContractTest extends ProviderLimitsContract {
    private final AzureBackend backend = new AzureBackend(Map.of());

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
        return AzureBackend.refuses(secret, "team-coffer-component-" + "x".repeat(33));
    }

    @Override
    protected void cleanUp() {
        backend.close();
    }
}
