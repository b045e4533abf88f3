package dev.coffer.flavor.azure;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;

class AzureSyncTest extends SyncContract {
    private final AzureBackend backend = new AzureBackend(Map.of());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected void cleanUp() {
        backend.close();
    }
}
