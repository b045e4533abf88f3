package dev.coffer.flavor.postgres;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;

class PostgresFlavorOwnedContractTest extends OwnedContract {
    private final PostgresBackend backend = new PostgresBackend(Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    /** What others write does not open. */
    @Override
    protected Optional<SecretName> plantForeign() {
        return Optional.empty();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
