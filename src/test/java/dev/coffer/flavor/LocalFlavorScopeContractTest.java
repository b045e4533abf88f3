package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import java.util.UUID;

class LocalFlavorScopeContractTest extends ScopeContract {
    private final LocalBackend backend = new LocalBackend();

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(UUID.nameUUIDFromBytes(component.getBytes(UTF_8)), attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return backend.declared();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
