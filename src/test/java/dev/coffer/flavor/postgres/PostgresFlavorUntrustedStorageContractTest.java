package dev.coffer.flavor.postgres;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UntrustedStorageContract;
import java.util.Map;

class PostgresFlavorUntrustedStorageContractTest extends UntrustedStorageContract {
    private final PostgresBackend backend = new PostgresBackend(Map.of());

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
