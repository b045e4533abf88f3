package dev.coffer.flavor.azure;

import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class AzureFlavorRevisionsContractTest extends RevisionsContract {
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
    protected void cleanUp() {
        backend.close();
    }
}
