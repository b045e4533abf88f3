package dev.coffer.flavor.azure;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;

class AzureFlavorScopeContractTest extends ScopeContract {
    private final AzureBackend backend = new AzureBackend(Map.of());

    @Override
    protected void cleanUp() {
        backend.close();
    }

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return backend.flavor().attributes();
    }
}
