package dev.coffer.flavor.gcp;

import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;

/** Of the layout per-key. */
class GcpFlavorPerKeyRevisionsContractTest extends RevisionsContract {
    private final GcpBackend backend = new GcpBackend(Map.of("layout", "per-key"));

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }
}
