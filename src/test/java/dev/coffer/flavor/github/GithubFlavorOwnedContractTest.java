package dev.coffer.flavor.github;

import dev.coffer.secrets.OwnedContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import java.util.Optional;

class GithubFlavorOwnedContractTest extends OwnedContract {
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

    /** What has not coffer's prefix is not even seen. */
    @Override
    protected Optional<SecretName> plantForeign() {
        return Optional.empty();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
