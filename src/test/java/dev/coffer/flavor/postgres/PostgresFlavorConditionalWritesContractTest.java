package dev.coffer.flavor.postgres;

import dev.coffer.secrets.ConditionalWritesContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class PostgresFlavorConditionalWritesContractTest extends ConditionalWritesContract {
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
