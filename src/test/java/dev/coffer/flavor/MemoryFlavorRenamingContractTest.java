package dev.coffer.flavor;

import dev.coffer.secrets.RenamingContract;
import dev.coffer.secrets.SecretsManager;

class MemoryFlavorRenamingContractTest extends RenamingContract {
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
