package dev.coffer.flavor.vault;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class VaultFlavorSecretsManagerContractTest extends SecretsManagerContract implements AgainstVault {
    private final VaultBackend backend = newBackend(2, scope());

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

    /** Vault encrypts what it keeps, and a reader with the right token sees it. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                VaultFlavorConditionalWritesContractTest.class,
                VaultFlavorOwnedContractTest.class,
                VaultFlavorProviderLimitsContractTest.class,
                VaultFlavorRecoverableContractTest.class,
                VaultFlavorRevisionsContractTest.class);
    }
}
