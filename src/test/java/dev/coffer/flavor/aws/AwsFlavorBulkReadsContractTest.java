package dev.coffer.flavor.aws;

import dev.coffer.secrets.BulkReadsContract;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsFlavorBulkReadsContractTest extends BulkReadsContract {
    private final AwsBackend backend = new AwsBackend(Map.of("scope", "global"));

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected SecretName plantUnreadable() {
        backend.boto("create_secret", Map.of("Name", "team/coffer/global/no-object", "SecretString", "[]"));
        return SecretName.of("no-object");
    }
}
