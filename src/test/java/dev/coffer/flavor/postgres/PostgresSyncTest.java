package dev.coffer.flavor.postgres;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;

class PostgresSyncTest extends SyncContract {
    private final PostgresBackend backend = new PostgresBackend(Map.of());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
