package dev.coffer.flavor.aws;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncContract;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsSyncTest extends SyncContract {
    private final AwsBackend backend = new AwsBackend(Map.of());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }
}
