package dev.coffer.flavor.aws;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final AwsBackend backend = new AwsBackend(scope());

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
    protected boolean refuses(Secret secret) {
        return AwsBackend.refuses(secret);
    }

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.openBroken());
    }

    /** AWS encrypts what it keeps, and whoever may read it sees it. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                AwsFlavorBulkReadsContractTest.class,
                AwsFlavorOwnedContractTest.class,
                AwsFlavorProviderLimitsContractTest.class,
                AwsFlavorRecoverableContractTest.class,
                AwsFlavorRevisionsContractTest.class);
    }
}
