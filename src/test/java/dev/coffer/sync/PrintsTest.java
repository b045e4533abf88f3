package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The digest by which a plan in a file tells whether a secret is still as it was. */
class PrintsTest {
    private static final SecretName DB = SecretName.of("db");

    private static Prints prints(String type, Map<String, String> keys) {
        return new Prints(type, new TreeMap<>(keys));
    }

    @Test
    void digest_ofTheSameContentAndName_isTheSame() {
        assertEquals(
                prints("arbitrary", Map.of("k", "p1", "m", "p2")).digest(DB),
                prints("arbitrary", Map.of("m", "p2", "k", "p1")).digest(SecretName.of("db")));
    }

    @Test
    void digest_tellsContentsNamesAndTypesApart() {
        List<String> all = new ArrayList<>();
        for (Map<String, String> keys :
                List.of(Map.of("k", "p1"), Map.of("k", "p2"), Map.of("m", "p1"), Map.of("k", "p1", "m", "p1"))) {
            for (String type : List.of("arbitrary", "warehouse")) {
                all.add(prints(type, keys).digest(DB));
                all.add(prints(type, keys).digest(SecretName.of("api")));
            }
        }
        all.add(prints("arbitrary", Map.of()).digest(DB));

        assertEquals(all.size(), new HashSet<>(all).size());
        assertTrue(all.stream().allMatch(digest -> digest.matches("[0-9a-f]{64}")), all.toString());
    }

    /** Where one text ends and the next begins is part of it, also for those longer than one byte can count. */
    @Test
    void digest_tellsWhereKeysAndFingerprintsEnd() {
        String longText = "x".repeat(300);
        assertNotEquals(
                prints("arbitrary", Map.of("ab", "c")).digest(DB),
                prints("arbitrary", Map.of("a", "bc")).digest(DB));
        assertNotEquals(
                prints("arbitrary", Map.of("a", "b", "c", "d")).digest(DB),
                prints("arbitrary", Map.of("a", "bcd")).digest(DB));
        assertNotEquals(
                prints("arbitrary", Map.of("k" + longText, "p")).digest(DB),
                prints("arbitrary", Map.of("k", longText + "p")).digest(DB));
    }

    /** Plans that were written to a file by an earlier coffer are still understood. */
    @Test
    void digest_staysAsItIs() {
        assertEquals(
                "043ad5f528547c7058b25ebce859c22f5f46054689aa4a824ce1f2b87395a438",
                prints("arbitrary", Map.of("k", "p1", "long", "x".repeat(70_000)))
                        .digest(DB));
    }

    @Test
    void digest_ofNoSecret_isEmpty_andThatOfAnEmptyOneIsNot() {
        assertEquals("", Prints.NONE.digest(DB));
        assertNotEquals("", prints("arbitrary", Map.of()).digest(DB));
    }

    @Test
    void text_hasKeysAndNoFingerprint() {
        assertEquals(
                "Prints(arbitrary, [k, m])",
                prints("arbitrary", Map.of("k", "p1", "m", "p2")).toString());
    }
}
