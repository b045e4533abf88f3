package dev.coffer.flavor;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;

class MemoryFlavorScopeContractTest extends ScopeContract {
    private final MemoryBackend backend = new MemoryBackend();

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return backend.declared();
    }
}
