package dev.coffer.flavor.vault;

import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class VaultFlavorRevisionsContractTest extends RevisionsContract implements AgainstVault {
    private final VaultBackend backend = newBackend(2, Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
