package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of the layout json. */
class GcpFlavorRevisionsContractTest extends RevisionsContract {
    private final GcpBackend backend = new GcpBackend(Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    /** What Google calls the latest version may be behind for minutes. */
    @Test
    void revisionOfAWrite_isThatOfWhatWasWritten_whateverIsReadRightAfter() {
        Revisions revisions = (Revisions) manager();
        String first = revisions.registerRevised(secret("db", "k", "1"));
        String id = GcpServer.shared().ids(backend.project()).get(0);
        GcpServer.shared().delayLatest(backend.project(), id, 1);
        String second = revisions.updateRevised(secret("db", "k", "2"), first);
        GcpServer.shared().delayLatest(backend.project(), id, 2);
        assertEquals(
                second,
                revisions.findRevision(name("db")).orElseThrow().revision().orElseThrow());
        assertNotEquals(first, second);
    }
}
