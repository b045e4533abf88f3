package dev.coffer.flavor.github;

import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

class GithubFlavorProviderLimitsContractTest extends ProviderLimitsContract {
    private final GithubBackend backend = backend();

    GithubBackend backend() {
        return new GithubBackend();
    }

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.open("elsewhere", Map.of());
    }

    @Override
    protected boolean writeOnly() {
        return true;
    }

    @Override
    protected Map<String, String> read(SecretsManager manager, String name) {
        return backend.read(manager, name);
    }

    @Override
    protected boolean refuses(Secret secret) {
        return backend.refuses(manager(), secret);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
