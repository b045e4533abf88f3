package dev.coffer.vault;

import static dev.coffer.vault.TamperedStore.assertNamed;
import static dev.coffer.vault.TamperedStore.mutations;
import static dev.coffer.vault.TamperedStore.shown;
import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.OlderCopyException;
import dev.coffer.secrets.SecretName;
import dev.coffer.vault.Finding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log: each way to falsify it has a finding or an error of its own. */
class LogTamperTest {
    private static final long MIDDLE = 5;

    private static TestHome original;

    private TestHome home;
    private RawStore raw;

    @BeforeAll
    static void makeStore() {
        original = TamperedStore.create();
    }

    @AfterAll
    static void removeStore() {
        original.close();
    }

    @BeforeEach
    void copyStore() {
        home = original.copy();
        raw = RawStore.of(home);
    }

    @AfterEach
    void removeCopy() {
        home.close();
    }

    private OlderCopyException refused() {
        return assertThrows(
                OlderCopyException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
    }

    private String damaged() {
        return assertThrows(
                        IntegrityException.class,
                        () -> home.using(vault -> vault.secretsOf(HERE).names()))
                .getMessage();
    }

    private long last() {
        return (Long) raw.value("SELECT max(sequence) FROM log");
    }

    @Test
    void everyColumn_ofARowInTheMiddle_isNamed() {
        Set<String> tested = new HashSet<>();
        for (String column : raw.columns("log")) {
            home.takeFrom(original, "coffer.db", "last-seen");
            Object value = raw.value("SELECT " + column + " FROM log WHERE sequence = ?", MIDDLE);
            for (Object other : mutations(value)) {
                home.takeFrom(original, "coffer.db", "last-seen");
                try {
                    raw.change("UPDATE log SET " + column + " = ? WHERE sequence = ?", other, MIDDLE);
                } catch (IllegalStateException e) {
                    continue; // a sequence that is taken
                }
                tested.add(column);
                if (column.equals("sequence") && (Long) other >= last()) {
                    assertTrue(damaged().contains("of the log was changed"), damaged()); // it is the last one now
                } else {
                    assertNamed(home, Set.of(Kind.LOG), "change", shown("log", column, other));
                }
            }
        }
        assertEquals(new HashSet<>(raw.columns("log")), tested);
    }

    @Test
    void subjectOfAWrongLength_inARowWithoutOne_isNamed() {
        raw.change("UPDATE log SET subject = x'00' WHERE sequence = 1");
        assertNamed(home, Set.of(Kind.LOG), "change", "a subject of one byte");
    }

    @Test
    void everyColumn_ofTheLastRow_isRefusedOrNamed() {
        long last = last();
        for (String column : raw.columns("log")) {
            home.takeFrom(original, "coffer.db", "last-seen");
            Object value = raw.value("SELECT " + column + " FROM log WHERE sequence = ?", last);
            for (Object other : mutations(value)) {
                home.takeFrom(original, "coffer.db", "last-seen");
                try {
                    raw.change("UPDATE log SET " + column + " = ? WHERE sequence = ?", other, last);
                } catch (IllegalStateException e) {
                    continue;
                }
                if (column.equals("sequence") || column.equals("mac")) {
                    refused();
                } else {
                    assertTrue(damaged().contains("row " + last + " of the log was changed"), damaged());
                }
            }
        }
    }

    @Test
    void deletedRow_isNamed() {
        raw.change("DELETE FROM log WHERE sequence = ?", MIDDLE);
        assertNamed(home, Kind.LOG, "change 5", "change 5 was deleted from the log");
    }

    @Test
    void deletedRows_areNamed() {
        raw.run("DELETE FROM log WHERE sequence BETWEEN 5 AND 7");
        assertNamed(home, Kind.LOG, "change 5", "changes 5 to 7 were deleted from the log");
    }

    @Test
    void findings_comeByKind_thoseOfTheLogInItsOrder_andOthersByName() {
        raw.run("DELETE FROM log WHERE sequence IN (5, 10)");
        raw.run("UPDATE secret SET updated = updated + 1 WHERE name <> 'gone'");
        List<Finding> findings = home.findings();
        assertEquals(
                List.of("change 5", "change 10"),
                findings.stream()
                        .filter(finding -> finding.kind() == Kind.LOG)
                        .map(Finding::subject)
                        .toList());
        assertEquals(
                List.of("alpha", "beta"),
                findings.stream()
                        .filter(finding -> finding.kind() == Kind.HEAD)
                        .map(Finding::subject)
                        .toList());
        assertEquals(
                findings.stream().map(Finding::kind).sorted().toList(),
                findings.stream().map(Finding::kind).toList());
    }

    @Test
    void deletedFirstRow_isNamed() {
        home.using(vault -> vault.keys().rotate(dev.coffer.secrets.Progress.NONE));
        raw.change("DELETE FROM log WHERE sequence = 1");
        assertNamed(home, Kind.LOG, "change 1", "change 1 was deleted from the log");
    }

    @Test
    void deletedRow_ofTheKeyring_isRefused() {
        raw.change("DELETE FROM log WHERE sequence = 1");
        assertTrue(damaged().contains("keyring"), damaged());
    }

    @Test
    void deletedRow_withTheOthersMovedUp_isNamed() {
        raw.change("DELETE FROM log WHERE sequence = ?", MIDDLE);
        for (long sequence = MIDDLE + 1; sequence <= 8; sequence++) {
            raw.change("UPDATE log SET sequence = ? WHERE sequence = ?", sequence - 1, sequence);
        }
        assertNamed(home, Kind.LOG, "change 5", "row 5 of the log was edited, or rows around it were reordered");
    }

    @Test
    void swappedRows_areNamed() {
        raw.change("UPDATE log SET sequence = 1000 WHERE sequence = 4");
        raw.change("UPDATE log SET sequence = 4 WHERE sequence = 5");
        raw.change("UPDATE log SET sequence = 5 WHERE sequence = 1000");
        assertNamed(home, Kind.LOG, "change 4", "reordered");
        assertNamed(home, Kind.LOG, "change 5", "reordered");
    }

    private Map<String, Object> forged() {
        Map<String, Object> row = new LinkedHashMap<>(raw.row("SELECT * FROM log WHERE sequence = ?", last()));
        row.put("sequence", last() + 1);
        row.put("version", 99L); // each version is written once, says an index
        return row;
    }

    @Test
    void forgedRow_isRefused() {
        raw.put("log", forged());
        assertTrue(damaged().contains("row " + last() + " of the log was changed"), damaged());
    }

    @Test
    void forgedRow_whileTheStoreIsOpen_isNotBuiltUpon() {
        home.using(vault -> {
            ComponentSecrets secrets = vault.secretsOf(HERE);
            secrets.names();
            raw.put("log", forged());
            long last = last();
            assertThrows(IntegrityException.class, () -> secrets.register(TestHome.secret("new", "k", "v")));
            assertThrows(IntegrityException.class, () -> secrets.delete(SecretName.of("beta"), OptionalLong.empty()));
            assertEquals(last, last());
        });
    }

    @Test
    void forgedPurge_doesNotHideADeletedSecret() {
        Map<String, Object> row = forged();
        row.put("kind", "purge");
        row.put("subject", raw.value("SELECT secret_id FROM secret WHERE name = 'alpha'"));
        raw.put("log", row);
        raw.run("DELETE FROM secret_version WHERE secret_id = ?", row.get("subject"));
        raw.change("DELETE FROM secret WHERE name = 'alpha'");
        assertTrue(damaged().contains("row " + last() + " of the log was changed"), damaged());
    }

    @Test
    void forgedPurge_inTheMiddle_doesNotHideADeletedSecret() {
        Map<String, Object> row = new LinkedHashMap<>(raw.row("SELECT * FROM log WHERE sequence = ?", MIDDLE));
        Object alpha = raw.value("SELECT secret_id FROM secret WHERE name = 'alpha'");
        row.put("kind", "purge");
        row.put("subject", alpha);
        raw.put("log", row);
        raw.run("DELETE FROM secret_version WHERE secret_id = ?", alpha);
        raw.change("DELETE FROM secret WHERE name = 'alpha'");
        assertNamed(home, Kind.LOG, "change " + MIDDLE, "was edited");
        assertNamed(home, Kind.MISSING, "the entry of secret", "was removed from the store");
    }

    @Test
    void truncatedLog_isRefused_andNamedWithoutItsMarker() throws IOException {
        long last = last();
        raw.change("DELETE FROM log WHERE sequence = ?", last);
        assertTrue(refused().getMessage().contains("had its log cut after change " + (last - 1)));
        Files.delete(home.location().marker());
        assertNamed(home, Kind.LOG, "change " + last, "the log was cut after change " + (last - 1));
    }

    @Test
    void removedRow_thatTheMarkerNames_isToldFromATruncation() {
        long seen = last();
        raw.put("log", forged());
        raw.change("DELETE FROM log WHERE sequence = ?", seen);
        assertTrue(refused().getMessage().contains("lacks change " + seen));
    }

    @Test
    void emptiedLog_isRefused_evenWithoutItsMarker() throws IOException {
        raw.run("DELETE FROM log");
        refused();
        Files.delete(home.location().marker());
        assertThrows(
                IntegrityException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
    }
}
