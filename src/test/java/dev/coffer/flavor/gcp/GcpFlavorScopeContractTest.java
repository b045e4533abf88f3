package dev.coffer.flavor.gcp;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;

class GcpFlavorScopeContractTest extends ScopeContract {
    private final GcpBackend backend = new GcpBackend(attributes());

    /** Of the layout. */
    Map<String, String> attributes() {
        return Map.of();
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
