package dev.coffer.flavor;

import dev.coffer.secrets.RecoverableContract;
import dev.coffer.secrets.SecretsManager;

class MemoryFlavorRecoverableContractTest extends RecoverableContract {
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
