package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncFixture;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
class PostgresSyncCostTest extends SyncFixture {
    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final PostgresProxy proxy =
            new PostgresProxy(PostgresServer.shared().port());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("url", proxy.url());
        return backend.open(component, all);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
        backend.cleanUp();
    }

    @Test
    void plan_withNothingChanged() {
        Home ada = pushed(200);
        proxy.reset();

        assertTrue(ada.plan().isEmpty());

        assertEquals(2 + 1, proxy.roundTrips(), "unlocking, and one list");
    }
}
