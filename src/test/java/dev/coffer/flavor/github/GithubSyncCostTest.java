package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.github.GithubBackend.Kind;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.SyncFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
class GithubSyncCostTest extends SyncFixture {
    private final GithubBackend backend = new GithubBackend(Kind.ORGANIZATION, Map.of());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    @Override
    protected Map<String, String> read(SecretsManager manager, String name) {
        return backend.read(manager, name);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }

    @Test
    void plan_withNothingChanged() {
        for (int i = 0; i < 199; i++) {
            backend.plant("OTHER_" + i, "v");
        }
        Home ada = pushed(3);
        int before = backend.requests().size();

        assertTrue(ada.plan().isEmpty());

        assertEquals(3, backend.requests().size() - before, "pages of 100");
    }
}
