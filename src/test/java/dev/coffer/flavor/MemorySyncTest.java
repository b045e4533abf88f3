package dev.coffer.flavor;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;

class MemorySyncTest extends SyncContract {
    private final MemoryBackend backend = new MemoryBackend();

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }
}
