package dev.coffer.flavor.gcp;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class GcpFlavorProviderLimitsContractTest extends ProviderLimitsContract {
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "none"));

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
        int quotes = secret.name().value().equals("escaped") ? 40_000 : 0; // two bytes each
        return quotes
                        + secret.content().values().stream()
                                .mapToInt(SecretValue::size)
                                .sum()
                > 65_000;
    }
}
