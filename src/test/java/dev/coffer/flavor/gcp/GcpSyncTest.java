package dev.coffer.flavor.gcp;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;

class GcpSyncTest extends SyncContract {
    private final GcpBackend backend = new GcpBackend(layout());

    Map<String, String> layout() {
        return Map.of();
    }

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }
}
