package dev.coffer.flavor;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.VersionedContract;

class LocalFlavorVersionedContractTest extends VersionedContract {
    private final LocalBackend backend = new LocalBackend();

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
