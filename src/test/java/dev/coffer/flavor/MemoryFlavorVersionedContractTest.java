package dev.coffer.flavor;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.VersionedContract;

class MemoryFlavorVersionedContractTest extends VersionedContract {
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
