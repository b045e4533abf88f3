package dev.coffer.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.Observation.Entry;
import dev.coffer.sync.Observation.Presence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The records of a synchronization as they lie in stores: what is written here once is read by every later coffer. */
class RecordJsonTest {
    private static final String GROUND = "0/f00d";
    private static final UUID ID = new UUID(1, 2);
    private static final UUID SECRET = new UUID(3, 4);
    private static final UUID TARGET = new UUID(5, 6);
    private static final Prints ONE = new Prints("arbitrary", new TreeMap<>(Map.of("k", "aa")));
    private static final Prints TWO = new Prints("arbitrary", new TreeMap<>(Map.of("k", "bb", "m", "cc")));

    private static final String TARGET_JSON =
            "{\"name\":\"team\",\"component\":\"00000000-0000-0003-0000-000000000004\",\"prefix\":\"p/\",\"only\":[\"prod/*\"],"
                    + "\"direction\":\"both\",\"adopt\":true}";
    private static final String BASE_JSON = "{\"ground\":\"0/f00d\",\"name\":\"prod/db\","
            + "\"agreed\":{\"schema\":\"arbitrary\",\"keys\":{\"k\":\"aa\"}},"
            + "\"remote\":{\"schema\":\"arbitrary\",\"keys\":{\"k\":\"bb\",\"m\":\"cc\"}},"
            + "\"revision\":\"7@9\",\"gone\":false,\"highest\":8,\"seen\":3}";
    private static final String INTENT_JSON = "{\"ground\":\"0/f00d\","
            + "\"secret\":\"00000000-0000-0003-0000-000000000004\",\"kind\":\"CREATE\",\"name\":\"prod/db\","
            + "\"from\":\"old\",\"version\":12,\"local\":{\"schema\":\"arbitrary\",\"keys\":{\"k\":\"aa\"}},"
            + "\"intended\":{\"schema\":\"arbitrary\",\"keys\":{\"k\":\"bb\",\"m\":\"cc\"}},\"expected\":\"7@9\"}";
    private static final String OBSERVATION_JSON = "{\"number\":4,\"at\":1795669200000,"
            + "\"unreachable\":1795672800000,\"tried\":1795676400000,"
            + "\"trouble\":\"no connection\",\"reads\":true,\"recovers\":false,\"entries\":["
            + "{\"name\":\"a\",\"presence\":\"LIVE\",\"revision\":\"7@9\","
            + "\"prints\":{\"schema\":\"arbitrary\",\"keys\":{\"k\":\"aa\"}}},"
            + "{\"name\":\"b\",\"presence\":\"UNREADABLE\",\"trouble\":\"why\"}]}";

    private static StoredRecord record(String kind, String name, String body) {
        return new StoredRecord(kind, ID, name, 9, body.getBytes(UTF_8));
    }

    private static StoredRecord base(String body) {
        return record(SyncStore.BASE, SECRET + "/" + TARGET + "/12/" + ID, body);
    }

    private static Base base() {
        SecretName name = SecretName.of("prod/db");
        return new Base(ID, 9, SECRET, name, 12, ONE, ONE, TWO, Optional.of("7@9"), false, 8, 3, false);
    }

    private static String text(byte[] body) {
        return new String(body, UTF_8);
    }

    @Test
    void target_isReadAndWritten() {
        SyncTarget target = new SyncTarget(ID, "team", SECRET, "p/", List.of("prod/*"), Direction.BOTH, true);
        assertEquals(TARGET_JSON, text(RecordJson.encode(target)));
        assertEquals(target, RecordJson.target(record(Journal.TARGET, SECRET.toString(), TARGET_JSON)));
    }

    @Test
    void base_isReadAndWritten() {
        assertEquals(BASE_JSON, text(RecordJson.encode(base(), GROUND)));
        assertEquals(base(), RecordJson.base(base(BASE_JSON), GROUND));
    }

    /** Of another copy of the store what the target showed still counts, of another place nothing does. */
    @Test
    void base_onOtherGround_isDoubted() {
        Base copied = RecordJson.base(base(BASE_JSON), "1/f00d");
        assertEquals(base().inDoubt(), copied);
        assertEquals(8, copied.highest());
        Base elsewhere = RecordJson.base(base(BASE_JSON), "0/beef");
        assertTrue(elsewhere.doubted());
        assertEquals(Optional.empty(), elsewhere.revision());
        assertEquals(0, elsewhere.highest());
        assertEquals(Prints.NONE, elsewhere.agreed());
    }

    @Test
    void intent_isReadAndWritten() {
        SecretName name = SecretName.of("prod/db");
        Optional<SecretName> from = Optional.of(SecretName.of("old"));
        Intent intent = new Intent(ID, 9, SECRET, Intent.Kind.CREATE, name, from, 12, ONE, TWO, Optional.of("7@9"));
        assertEquals(INTENT_JSON, text(RecordJson.encode(intent, GROUND)));
        StoredRecord record = record(Journal.INTENT, SECRET + "/" + TARGET, INTENT_JSON);
        assertEquals(intent, RecordJson.intent(record));
        assertTrue(RecordJson.isOn(record, GROUND));
        assertFalse(RecordJson.isOn(record, "1/f00d"));
    }

    @Test
    void observation_isReadAndWritten() {
        Map<SecretName, Entry> entries = new TreeMap<>();
        SecretName a = SecretName.of("a");
        SecretName b = SecretName.of("b");
        entries.put(a, new Entry(a, Presence.LIVE, Optional.of("7@9"), Optional.of(ONE)));
        entries.put(b, new Entry(b, Presence.UNREADABLE, Optional.empty(), Optional.empty(), Optional.of("why")));
        Observation observation = new Observation(
                4,
                Instant.parse("2026-11-26T05:00:00Z"),
                new TreeMap<>(entries),
                new Observation.Outage(Instant.parse("2026-11-26T06:00:00Z"), Instant.parse("2026-11-26T07:00:00Z")),
                "no connection",
                true,
                false);
        assertEquals(OBSERVATION_JSON, text(RecordJson.encode(observation)));
        assertEquals(observation, RecordJson.observation(record(Journal.OBSERVATION, "x", OBSERVATION_JSON)));
    }

    @Test
    void whatIsNoRecord_isTold_andNotQuoted() {
        for (String body : List.of("", "{}", "[1]", "{\"ground\":7,\"name\":\"canary\"}", BASE_JSON.substring(20))) {
            IntegrityException e =
                    assertThrows(IntegrityException.class, () -> RecordJson.base(base(body), GROUND), body);
            assertFalse(String.valueOf(e.getMessage()).contains("canary"));
        }
    }
}
