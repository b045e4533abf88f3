package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
class GcpSyncCostTest extends SyncFixture {
    private final GcpBackend backend = new GcpBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(GcpServer.shared().address());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.at(proxy.address(), component, attributes);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
    }

    @Test
    void plan_withNothingChanged() {
        Home ada = pushed(6);
        proxy.forgetRequests();

        assertTrue(ada.plan().isEmpty());

        assertEquals(1 + 6, proxy.requests().size(), () -> proxy.requests().toString());
    }
}
