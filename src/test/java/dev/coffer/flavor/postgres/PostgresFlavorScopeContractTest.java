package dev.coffer.flavor.postgres;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;

class PostgresFlavorScopeContractTest extends ScopeContract {
    private final PostgresBackend backend = new PostgresBackend(Map.of());

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return backend.flavor().attributes();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
