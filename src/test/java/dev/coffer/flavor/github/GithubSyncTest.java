package dev.coffer.flavor.github;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.WriteOnlySyncContract;
import java.util.Map;

/** The server of the tests tells each write by another second. */
class GithubSyncTest extends WriteOnlySyncContract {
    private final GithubBackend backend = new GithubBackend();

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected Map<String, String> read(SecretsManager manager, String name) {
        return backend.read(manager, name);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
