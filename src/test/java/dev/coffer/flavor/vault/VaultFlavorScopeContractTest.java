package dev.coffer.flavor.vault;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class VaultFlavorScopeContractTest extends ScopeContract implements AgainstVault {
    private final VaultBackend backend = newBackend(2, Map.of());

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
