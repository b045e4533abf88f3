package dev.coffer.flavor.azure;

import dev.coffer.secrets.RecoverableContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class AzureFlavorRecoverableContractTest extends RecoverableContract {
    private final AzureBackend backend = new AzureBackend(Map.of());

    @Override
    protected void cleanUp() {
        backend.close();
    }

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }
}
