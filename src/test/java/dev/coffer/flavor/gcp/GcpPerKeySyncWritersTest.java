package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Conflict;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.SyncFixture;
import dev.coffer.sync.SyncState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Somebody writes a key with another tool while a synchronization is about to. */
class GcpPerKeySyncWritersTest extends SyncFixture {
    private static final String K = "coffer-namespace-team-db_k";

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of("layout", "per-key", "old-versions", "destroy"));
    private final MeanProxy proxy = new MeanProxy(server.address());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.at(proxy.address(), component, attributes);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
    }

    /** Right before the server sees the first such request. */
    private void theyWriteBefore(String method, String target) {
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (request.method().equals(method) && request.target().contains(target) && !done.getAndSet(true)) {
                        server.plantVersion(backend.project(), K, "theirs".getBytes(UTF_8));
                    }
                    return false;
                },
                Fault.cutBefore());
    }

    private Home ada() {
        Home ada = laptop("ada");
        ada.put("db", "k", "1", "other", "1");
        ada.run();
        ada.put("db", "k", "mine", "other", "1");
        return ada;
    }

    /** When all of the synchronization's own looks are over, and the update looks for the last version. */
    @Test
    void keyThatSomebodyWroteSinceTheLook_isNotWrittenOver() {
        Home ada = ada();
        theyWriteBefore("GET", K + "/versions/2:access");

        List<Outcome> outcomes = ada.outcomes(false);

        assertEquals(
                List.of(Outcome.Result.MOVED),
                outcomes.stream().map(Outcome::result).toList());
        assertEquals(Map.of("db", Map.of("k", "theirs", "other", "1")), there());
        ada.outcomes(false);
        assertEquals(Map.of("db", SyncState.CONFLICT), ada.states());
        ada.resolve("db", Conflict.Choice.THEIRS);
        assertTrue(ada.remembers("db", "k", "mine"));
        assertEquals("theirs", value(ada.here(), "db", "k"));
    }

    /** Google cannot compare then: it is told, both values are kept, and the next look finds out what is current. */
    @Test
    void keyThatSomebodyWritesInTheSameMoment_isKept_andTold() {
        Home ada = ada();
        theyWriteBefore("POST", K + ":addVersion");

        List<Outcome> outcomes = ada.outcomes(false);

        assertEquals(
                List.of(Outcome.Result.MOVED),
                outcomes.stream().map(Outcome::result).toList());
        assertTrue(String.valueOf(outcomes.get(0).error()).contains("version 3"), outcomes.toString());
        assertEquals("theirs", server.value(backend.project(), K, 2));
        assertEquals("1", server.value(backend.project(), K, 1));
    }
}
