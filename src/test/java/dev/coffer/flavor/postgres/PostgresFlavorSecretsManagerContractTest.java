package dev.coffer.flavor.postgres;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class PostgresFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final PostgresBackend backend = new PostgresBackend(attributes());

    /** What the managers have beside their server and key. */
    Map<String, String> attributes() {
        return Map.of();
    }

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

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.openBroken());
    }

    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.of(backend.rawBytesAtRest());
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                PostgresFlavorBulkWritesContractTest.class,
                PostgresFlavorConditionalWritesContractTest.class,
                PostgresFlavorOwnedContractTest.class,
                PostgresFlavorRecoverableContractTest.class,
                PostgresFlavorUntrustedStorageContractTest.class,
                PostgresFlavorVersionedContractTest.class);
    }
}
