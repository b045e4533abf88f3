package dev.coffer.flavor;

import dev.coffer.secrets.ConditionalWritesContract;
import dev.coffer.secrets.SecretsManager;

class MemoryFlavorConditionalWritesContractTest extends ConditionalWritesContract {
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
