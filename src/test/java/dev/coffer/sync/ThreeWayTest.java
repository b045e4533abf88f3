package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.sync.KeyChange.Kind;
import dev.coffer.sync.KeyChange.Side;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who changed which key, and what comes of it. */
class ThreeWayTest {
    private static final SecretName DB = SecretName.of("db");

    private static Prints prints(String type, Map<String, String> keys) {
        return new Prints(type, new TreeMap<>(keys));
    }

    private static Prints prints(Map<String, String> keys) {
        return prints("arbitrary", keys);
    }

    private static Secret secret(String type, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, type, content);
    }

    private static Map<String, String> texts(Secret secret) {
        return secret.content().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().revealText(), (a, b) -> a, LinkedHashMap::new));
    }

    @Test
    void eachKey_isToldWithItsSideAndKind() {
        Prints base = prints(Map.of("same", "1", "here", "1", "there", "1", "gone", "1", "both", "1", "alike", "1"));
        Prints local = prints(Map.of("same", "1", "here", "2", "there", "1", "both", "2", "alike", "2", "new", "1"));
        Prints remote = prints(Map.of("same", "1", "here", "1", "there", "2", "gone", "1", "both", "3", "alike", "2"));

        assertEquals(
                List.of(
                        new KeyChange("both", Side.BOTH, Kind.CHANGED),
                        new KeyChange("gone", Side.LOCAL, Kind.REMOVED),
                        new KeyChange("here", Side.LOCAL, Kind.CHANGED),
                        new KeyChange("new", Side.LOCAL, Kind.ADDED),
                        new KeyChange("there", Side.REMOTE, Kind.CHANGED)),
                ThreeWay.of(base, local, remote).changes());
    }

    @Test
    void remoteKey_isToldAsAddedOrRemoved() {
        Prints base = prints(Map.of("k", "1", "gone", "1"));

        assertEquals(
                List.of(
                        new KeyChange("gone", Side.REMOTE, Kind.REMOVED),
                        new KeyChange("new", Side.REMOTE, Kind.ADDED)),
                ThreeWay.of(base, base, prints(Map.of("k", "1", "new", "1"))).changes());
    }

    @Test
    void schemaType_isAChangeLikeAKey_andComesLast() {
        Prints base = prints("arbitrary", Map.of("z", "1"));

        assertEquals(
                List.of(
                        new KeyChange("z", Side.LOCAL, Kind.CHANGED),
                        new KeyChange(KeyChange.SCHEMA, Side.REMOTE, Kind.CHANGED)),
                ThreeWay.of(base, prints("arbitrary", Map.of("z", "2")), prints("warehouse", Map.of("z", "1")))
                        .changes());
        assertEquals(
                List.of(new KeyChange(KeyChange.SCHEMA, Side.LOCAL, Kind.ADDED)),
                ThreeWay.of(Prints.NONE, prints(Map.of()), Prints.NONE).changes());
        assertEquals(
                List.of(new KeyChange(KeyChange.SCHEMA, Side.REMOTE, Kind.REMOVED)),
                ThreeWay.of(prints(Map.of()), prints(Map.of()), Prints.NONE).changes());
    }

    @Test
    void schemaType_changedDifferently_isAConflict() {
        ThreeWay merge =
                ThreeWay.of(prints("arbitrary", Map.of()), prints("warehouse", Map.of()), prints("bucket", Map.of()));

        assertTrue(merge.has(Side.BOTH));
        assertFalse(merge.has(Side.LOCAL));
    }

    @Test
    void agreed_keepsAsItWasOnWhichBothDiffer() {
        Prints before = prints("arbitrary", Map.of("k", "1", "gone", "1", "differs", "1"));
        Prints local = prints("warehouse", Map.of("k", "2", "differs", "2", "mine", "1"));
        Prints remote = prints("warehouse", Map.of("k", "2", "differs", "3"));

        assertEquals(prints("warehouse", Map.of("k", "2", "differs", "1")), ThreeWay.agreed(before, local, remote));
        assertEquals(
                prints("arbitrary", Map.of("k", "1", "gone", "1", "differs", "1")),
                ThreeWay.agreed(before, prints("warehouse", Map.of("k", "5")), prints("bucket", before.keys())));
    }

    @Test
    void merged_hasWhatTheOtherSideChangedAndKeepsTheRest() {
        Prints base = prints(Map.of("k", "1", "gone", "1", "mine", "1"));
        Prints local = prints(Map.of("k", "1", "gone", "1", "mine", "2"));
        Prints remote = prints("warehouse", Map.of("k", "2", "mine", "1", "new", "1"));

        assertEquals(
                prints("warehouse", Map.of("k", "2", "mine", "2", "new", "1")),
                ThreeWay.of(base, local, remote).merged(local, remote, Side.REMOTE));
    }

    @Test
    void take_takesOverWhatIsNamed_dropsWhatTheOtherLacks_andKeepsTheOrder() {
        Secret onto = secret("arbitrary", "z", "1", "gone", "1", "kept", "1", "a", "1");
        Secret from = secret("warehouse", "a", "2", "z", "2", "new", "2", "other", "2");

        Secret taken = ThreeWay.take(DB, onto, from, Set.of("z", "gone", "new"));

        assertEquals(Map.of("z", "2", "kept", "1", "a", "1", "new", "2"), texts(taken));
        assertEquals(List.of("z", "kept", "a", "new"), List.copyOf(texts(taken).keySet()));
        assertEquals("arbitrary", taken.schemaType());
        assertEquals(
                "warehouse",
                ThreeWay.take(DB, onto, from, Set.of(KeyChange.SCHEMA)).schemaType());
        assertEquals(texts(onto), texts(ThreeWay.take(DB, onto, from, Set.of(KeyChange.SCHEMA))));
    }

    /** Each of them is closed by whoever made it. */
    @Test
    void take_copiesTheValues() {
        Secret onto = secret("arbitrary", "k", "1");
        Secret from = secret("arbitrary", "m", "2");
        Secret taken = ThreeWay.take(DB, onto, from, Set.of("m"));

        onto.close();
        from.close();

        assertEquals(Map.of("k", "1", "m", "2"), texts(taken));
    }
}
