package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.sync.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same with a provider secret for each key, where lists tell which keys there are. */
class GcpPerKeyLateSyncTest extends GcpLateSyncTest {
    @Override
    Map<String, String> attributes() {
        Map<String, String> attributes = super.attributes();
        attributes.put("layout", "per-key");
        return attributes;
    }

    @Override
    String id() {
        return "coffer-namespace-team-db_k";
    }

    @Test
    void keyThatWasPushed_isNotTakenAway() {
        Home ada = late(new String[] {"k", "1"}, "k", "1", "added", "2");

        assertNothingPulled(ada);

        server.catchUp(backend.project());
        assertNothingPulled(ada);
    }

    @Test
    void nextPush_afterAKeyWasAdded_isWritten() {
        Home ada = late(new String[] {"k", "1"}, "k", "1", "added", "2");
        ada.put("db", "k", "1", "added", "3");

        assertEquals(Map.of("db", Outcome.Result.DONE), ada.run());

        server.catchUp(backend.project());
        assertEquals(Map.of("db", Map.of("k", "1", "added", "3")), there());
    }

    @Test
    void keyThatWasRemoved_isNotTakenBack() {
        Home ada = late(new String[] {"k", "1", "removed", "2"}, "k", "1");

        assertNothingPulled(ada);

        server.catchUp(backend.project());
        assertNothingPulled(ada);
    }

    @Test
    void keysThatSomebodyAddsAndRemoves_arePulled() {
        Home ada = late(new String[] {"k", "1", "old", "1"}, "k", "2", "old", "2");
        server.catchUp(backend.project());
        elsewhere(somebody -> somebody.updateSecret(secret("db", "k", "2", "new", "3")));

        ada.run();

        assertEquals(Map.of("db", Map.of("k", "2", "new", "3")), ada.here());
        assertNothingPulled(ada);
    }
}
