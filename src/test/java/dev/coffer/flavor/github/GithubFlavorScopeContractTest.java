package dev.coffer.flavor.github;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;

class GithubFlavorScopeContractTest extends ScopeContract {
    private final GithubBackend backend = backend();

    GithubBackend backend() {
        return new GithubBackend();
    }

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return new GithubFlavor(Map.of()).attributes();
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
