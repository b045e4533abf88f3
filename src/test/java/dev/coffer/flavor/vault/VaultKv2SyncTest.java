package dev.coffer.flavor.vault;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class VaultKv2SyncTest extends SyncContract implements AgainstVault {
    private final VaultBackend backend = newBackend(2, Map.of());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
