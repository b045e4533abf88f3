package dev.coffer.flavor.aws;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsFlavorScopeContractTest extends ScopeContract {
    private final AwsBackend backend = new AwsBackend(Map.of());

    @Override
    protected SecretsManager openScoped(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected List<AttributeDeclaration> declared() {
        return backend.flavor().attributes();
    }
}
