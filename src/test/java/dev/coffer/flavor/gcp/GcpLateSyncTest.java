package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Conflict;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.SyncFixture;
import dev.coffer.sync.SyncState;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lists and the word latest are minutes behind at Google: what was there before is no change by somebody else. */
class GcpLateSyncTest extends SyncFixture {
    final GcpServer server = GcpServer.shared();
    final GcpBackend backend = new GcpBackend(attributes());

    Map<String, String> attributes() {
        return new HashMap<>(Map.of("old-versions", "keep"));
    }

    String id() {
        return "coffer-namespace-team-db";
    }

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.open(component, attributes);
    }

    /** A laptop that pushed a secret several times, and the server does not tell of the last change yet. */
    Home late(String[] before, String... after) {
        Home ada = laptop("ada");
        ada.put("db", "k", "0");
        ada.run();
        ada.put("db", before);
        ada.run();
        server.fallBehind(backend.project());
        ada.put("db", after);
        assertEquals(Map.of("db", Outcome.Result.DONE), ada.run());
        return ada;
    }

    Home late() {
        return late(new String[] {"k", "1"}, "k", "2");
    }

    void assertNothingPulled(Home ada) {
        Map<String, Map<String, String>> here = ada.here();
        assertTrue(ada.plan().isEmpty(), () -> ada.plan().items().toString());
        assertTrue(ada.run().values().stream().allMatch(Outcome.Result.NOTHING::equals));
        assertEquals(Map.of("db", SyncState.CLEAN), ada.states());
        assertEquals(here, ada.here());
    }

    @Test
    void whatWasPushed_isNotTakenBack() {
        Home ada = late();

        assertNothingPulled(ada);

        server.catchUp(backend.project());
        assertNothingPulled(ada);
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "3")));
        ada.run();
        assertEquals(Map.of("db", Map.of("k", "3")), ada.here());
    }

    @Test
    void whatWasPulled_isNotTakenBack() {
        Home ada = laptop("ada");
        ada.put("db", "k", "1");
        ada.run();
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "2")));
        ada.run();
        server.delayLatest(backend.project(), id(), 1); // another of Google's machines answers

        assertEquals(Map.of("db", Map.of("k", "2")), ada.here());
        assertNothingPulled(ada);
    }

    /** Versions are asked for by their numbers from that on, which the laptop knows. */
    @Test
    void whatSomebodyElseWroteSince_isPulled_thoughLatestIsBehind() {
        Home ada = late();
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "3")));

        ada.run();

        assertEquals(Map.of("db", Map.of("k", "3")), ada.here());
        assertNothingPulled(ada);
    }

    @Test
    void nextPush_isWritten_thoughLatestIsBehind() {
        Home ada = late();
        ada.put("db", "k", "3");

        assertEquals(Map.of("db", Outcome.Result.DONE), ada.run());

        assertNothingPulled(ada);
        server.catchUp(backend.project());
        assertEquals(Map.of("db", Map.of("k", "3")), there());
    }

    @Test
    void deletion_isMirrored_thoughLatestIsBehind() {
        Home ada = late();
        ada.delete("db");

        assertEquals(Map.of("db", Outcome.Result.DONE), ada.run());

        server.catchUp(backend.project());
        assertEquals(Map.of(), there());
    }

    @Test
    void decision_isForWhatSomebodyElseWroteSince_thoughLatestIsBehind() {
        Home ada = late();
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "theirs")));
        ada.put("db", "k", "mine");
        ada.run();
        assertEquals(Map.of("db", SyncState.CONFLICT), ada.states());

        ada.resolve("db", Conflict.Choice.THEIRS);

        assertEquals(Map.of("db", Map.of("k", "theirs")), ada.here());
        assertTrue(ada.remembers("db", "k", "mine"));
        ada.run();
        assertNothingPulled(ada);
    }

    @Test
    void push_keepsWhatSomebodyElseWroteSince_thoughLatestIsBehind() {
        Home ada = late(new String[] {"k", "1", "other", "1"}, "k", "2", "other", "2");
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "2", "other", "theirs")));
        ada.put("db", "k", "mine", "other", "2");

        ada.sync.synchronize(ada.target(), Direction.PUSH, false, Progress.NONE);

        server.catchUp(backend.project());
        assertEquals(Map.of("db", Map.of("k", "mine", "other", "theirs")), there());
    }

    @Test
    void secretThatWasMadeByThePush_isNotTakenAway() {
        Home ada = laptop("ada");
        server.fallBehind(backend.project());
        ada.put("db", "k", "1", "other", "2");
        assertEquals(Map.of("db", Outcome.Result.DONE), ada.run());

        assertNothingPulled(ada);

        server.catchUp(backend.project());
        assertNothingPulled(ada);
        elsewhere(somebody -> somebody.deleteSecret(SecretName.of("db")));
        ada.run();
        assertEquals(Map.of(), ada.here());
    }

    /** Its versions begin at 1 again. */
    @Test
    void secretThatSomebodyMadeAnew_isPulled() {
        Home ada = late();
        server.catchUp(backend.project());
        elsewhere(somebody -> {
            somebody.deleteSecret(SecretName.of("db"));
            somebody.registerSecret(secret("db", "k", "theirs"));
        });

        ada.run();

        assertEquals(Map.of("db", Map.of("k", "theirs")), ada.here());
        assertNothingPulled(ada);
    }
}
