package dev.coffer.flavor.aws;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsFlavorProviderLimitsContractTest extends ProviderLimitsContract {
    private final AwsBackend backend = new AwsBackend(Map.of());

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
}
