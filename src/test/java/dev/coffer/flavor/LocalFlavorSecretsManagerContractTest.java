package dev.coffer.flavor;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class LocalFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final LocalBackend backend = new LocalBackend(scope());

    /** The attributes of the scope that this runs in; constant. */
    Map<String, String> scope() {
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
                LocalFlavorConditionalWritesContractTest.class,
                LocalFlavorVersionedContractTest.class,
                LocalFlavorOwnedContractTest.class,
                LocalFlavorRecoverableContractTest.class,
                LocalFlavorRenamingContractTest.class,
                LocalFlavorBulkWritesContractTest.class);
    }
}
