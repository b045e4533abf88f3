package dev.coffer.flavor.aws;

import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class AwsFlavorRevisionsContractTest extends RevisionsContract {
    private final AwsBackend backend = new AwsBackend(Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }
}
