package dev.coffer.flavor;

import dev.coffer.secrets.BulkWritesContract;
import dev.coffer.secrets.SecretsManager;

class MemoryFlavorBulkWritesContractTest extends BulkWritesContract {
    private final MemoryBackend backend = new MemoryBackend();

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }
}
