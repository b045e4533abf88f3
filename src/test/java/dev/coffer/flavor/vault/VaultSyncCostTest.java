package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncFixture;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
@Tag("servers")
class VaultSyncCostTest extends SyncFixture implements AgainstVault {
    private final VaultBackend backend = newBackend(2, Map.of());
    private final MeanProxy proxy = new MeanProxy(server().address());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.at(proxy.address(), component, attributes);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
        backend.cleanUp();
    }

    @Test
    void plan_withNothingChanged() {
        Home ada = pushed(12);
        proxy.forgetRequests();

        assertTrue(ada.plan().isEmpty());

        assertEquals(1 + 12, proxy.requests().size(), () -> proxy.requests().toString());
        assertTrue(
                proxy.requests().stream().noneMatch(request -> request.target().contains("/data/")), "no value");
    }
}
