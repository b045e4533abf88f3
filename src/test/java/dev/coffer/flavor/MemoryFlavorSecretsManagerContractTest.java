package dev.coffer.flavor;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class MemoryFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final MemoryBackend backend = new MemoryBackend(scope());

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

    /** Memory depends on nothing that could break. */
    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.empty();
    }

    /** Nothing leaves the process. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                MemoryFlavorConditionalWritesContractTest.class,
                MemoryFlavorVersionedContractTest.class,
                MemoryFlavorOwnedContractTest.class,
                MemoryFlavorRecoverableContractTest.class,
                MemoryFlavorRenamingContractTest.class,
                MemoryFlavorBulkWritesContractTest.class);
    }
}
