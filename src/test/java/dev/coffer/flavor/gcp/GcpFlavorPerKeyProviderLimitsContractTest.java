package dev.coffer.flavor.gcp;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Set;

class GcpFlavorPerKeyProviderLimitsContractTest extends ProviderLimitsContract {
    private final GcpBackend backend = new GcpBackend(Map.of("layout", "per-key"));

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
        String name = secret.name().value();
        return Set.of("none", "size0", "size6").contains(name) || name.length() > 63;
    }
}
