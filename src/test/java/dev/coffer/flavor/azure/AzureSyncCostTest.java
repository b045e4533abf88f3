package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
class AzureSyncCostTest extends SyncFixture {
    private final AzureBackend backend = new AzureBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(backend.server().address());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.at(proxy.address(), component, attributes);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
        backend.close();
    }

    @Test
    void plan_withNothingChanged() {
        Home ada = pushed(26);
        proxy.forgetRequests();

        assertTrue(ada.plan().isEmpty());

        assertEquals(2, proxy.requests().size(), () -> proxy.requests().toString());
    }
}
