package dev.coffer.flavor.azure;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class AzureFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final AzureBackend backend = new AzureBackend(scope());

    Map<String, String> scope() {
        return Map.of();
    }

    /** What stands before a name. */
    String folder() {
        return "team-coffer-component-" + "0".repeat(32) + "-";
    }

    @Override
    protected void cleanUp() {
        backend.close();
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
    protected boolean refuses(Secret secret) {
        return AzureBackend.refuses(secret, folder());
    }

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.openBroken());
    }

    /** Azure encrypts what it keeps, and whoever may read it sees it. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                AzureFlavorOwnedContractTest.class,
                AzureFlavorProviderLimitsContractTest.class,
                AzureFlavorRecoverableContractTest.class,
                AzureFlavorRevisionsContractTest.class);
    }
}
