package dev.coffer.vault;

import static dev.coffer.vault.TamperedStore.ALPHA;
import static dev.coffer.vault.TamperedStore.assertNamed;
import static dev.coffer.vault.TamperedStore.assertSound;
import static dev.coffer.vault.TamperedStore.head;
import static dev.coffer.vault.TamperedStore.mutations;
import static dev.coffer.vault.TamperedStore.shown;
import static dev.coffer.vault.TamperedStore.version;
import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.OlderCopyException;
import dev.coffer.vault.Finding.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is changed in the database by somebody else than coffer is refused by what reads it and named by verify. */
class TamperTest {
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

    private void fresh() {
        home.takeFrom(original, "coffer.db", "coffer.db-wal", "coffer.db-shm", "last-seen");
    }

    private void assertRefused(Set<Class<? extends CofferException>> errors, Consumer<Vault> operation, String what) {
        CofferException e = assertThrows(CofferException.class, () -> home.using(operation), what);
        assertTrue(errors.contains(e.getClass()), () -> what + ": " + e);
    }

    private static void get(Vault vault) {
        vault.secretsOf(HERE).get(ALPHA).close();
    }

    @Test
    void untouched_isSound() {
        assertSound(home);
        home.using(TamperTest::get);
    }

    // Every column of every table

    /** Which error each column gives, and under which names verify finds it. */
    private record Expected(Set<Class<? extends CofferException>> errors, Set<Kind> kinds) {}

    private static Expected integrity(Kind... kinds) {
        return new Expected(Set.of(IntegrityException.class), Set.of(kinds));
    }

    /**
     * Changes every column that the table has, one after the other.
     *
     * @param usual what is expected of each column
     * @param special what is expected instead; without errors if nothing reads the column but verify
     * @param verifyWith unlocks for verify; empty if the store then cannot be opened at all
     */
    private void changeEveryColumn(
            String table,
            String where,
            Expected usual,
            Map<String, Expected> special,
            Consumer<Vault> operation,
            Optional<Unlocker> verifyWith,
            String subject) {
        assertTrue(raw.columns(table).containsAll(special.keySet()));
        for (String column : raw.columns(table)) {
            Expected expected = special.getOrDefault(column, usual);
            fresh();
            Object value = raw.value("SELECT " + column + " FROM " + table + " WHERE " + where);
            for (Object other : mutations(value)) {
                fresh();
                String what = shown(table, column, other);
                try {
                    raw.change("UPDATE " + table + " SET " + column + " = ? WHERE " + where, other);
                } catch (IllegalStateException e) {
                    continue; // a primary key or index of SQLite's own that no client can break
                }
                if (!expected.errors().isEmpty()) {
                    assertRefused(expected.errors(), operation, what);
                }
                verifyWith.ifPresent(key -> assertNamed(home, key, expected.kinds(), subject, what));
            }
        }
        fresh();
    }

    private static final Set<Class<? extends CofferException>> GONE =
            Set.of(IntegrityException.class, NoSuchSecretException.class);

    @Test
    void everyColumn_ofTheCurrentVersion() {
        Expected moved = integrity(Kind.VERSION, Kind.MISSING);
        changeEveryColumn(
                "secret_version",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha') AND version = 3",
                integrity(Kind.VERSION),
                // The head holds a digest of what is read of its version: its place in the log is not.
                Map.of("secret_id", moved, "version", moved, "sequence", new Expected(Set.of(), Set.of(Kind.VERSION))),
                TamperTest::get,
                Optional.of(Unlocker.NONE),
                "alpha");
    }

    @Test
    void everyColumn_ofAnEarlierVersion() {
        Expected moved = new Expected(GONE, Set.of(Kind.VERSION, Kind.MISSING));
        changeEveryColumn(
                "secret_version",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha') AND version = 1",
                integrity(Kind.VERSION),
                Map.of("secret_id", moved, "version", moved),
                vault -> vault.secretsOf(HERE).get(ALPHA, 1).close(),
                Optional.of(Unlocker.NONE),
                "alpha");
    }

    @Test
    void history_showsNothingThatWasEdited() {
        for (String column : List.of("schema_type", "created", "deleted", "kek_id", "wrapped_dek", "payload")) {
            fresh();
            Object value = version(raw, "alpha", 2).get(column);
            for (Object other : mutations(value)) {
                fresh();
                raw.change(
                        "UPDATE secret_version SET " + column + " = ? WHERE version = 2 AND secret_id ="
                                + " (SELECT secret_id FROM secret WHERE name = 'alpha')",
                        other);
                assertRefused(
                        Set.of(IntegrityException.class),
                        vault -> vault.secretsOf(HERE).history(ALPHA),
                        shown("history", column, other));
            }
        }
    }

    @Test
    void everyColumn_ofAHead() {
        Expected moved = new Expected(GONE, Set.of(Kind.HEAD, Kind.MISSING));
        changeEveryColumn(
                "secret",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha')",
                integrity(Kind.HEAD),
                Map.of(
                        "secret_id", integrity(Kind.HEAD, Kind.MISSING),
                        "component_id", moved,
                        "name", moved,
                        "deleted", moved), // 2 is neither live nor deleted
                TamperTest::get,
                Optional.of(Unlocker.NONE),
                "");
    }

    @Test
    void editedHead_isRefusedByListings() {
        for (String column : raw.columns("secret")) {
            if (column.equals("deleted") || column.equals("component_id")) {
                continue; // no longer among what is listed
            }
            fresh();
            Object value = head(raw, "alpha").get(column);
            raw.change(
                    "UPDATE secret SET " + column + " = ? WHERE name = 'alpha'",
                    mutations(value).get(0));
            assertRefused(
                    Set.of(IntegrityException.class),
                    vault -> vault.secretsOf(HERE).names(),
                    column);
            assertRefused(
                    Set.of(IntegrityException.class),
                    vault -> vault.secretsOf(HERE).list(),
                    column);
        }
    }

    @Test
    void everyColumn_ofARecord() {
        changeEveryColumn(
                "record",
                "record_id = x'" + java.util.HexFormat.of().formatHex(TamperedStore.bytes(TamperedStore.RECORD)) + "'",
                integrity(Kind.RECORD),
                Map.of(),
                vault -> {
                    for (Map<String, Object> row : raw.rows("SELECT DISTINCT kind FROM record")) {
                        vault.listRecords(String.valueOf(row.get("kind")));
                    }
                },
                Optional.of(Unlocker.NONE),
                "");
    }

    @Test
    void everyColumn_ofTheStore() {
        changeEveryColumn(
                "store",
                "one = (SELECT max(one) FROM store)",
                integrity(),
                Map.of("store_id", new Expected(Set.of(OlderCopyException.class), Set.of())),
                vault -> vault.secretsOf(HERE).names(),
                Optional.empty(),
                "");
    }

    @Test
    void damageThatSqliteFinds_isNamed() {
        raw.change("UPDATE secret SET deleted = 2 WHERE name = 'alpha'"); // a constraint of the table forbids it
        assertNamed(home, Kind.STRUCTURE, "database", "SQLite finds the file damaged: ");
    }

    /** What no derivation of a key depends upon. What opening refuses is among what there is to find. */
    @Test
    void editedSlot_thatStillUnlocks_isRefused_andNamed() {
        for (String column : List.of("label", "created", "sequence", "mac")) {
            fresh();
            Object value = raw.value("SELECT " + column + " FROM slot WHERE kind = 'key-file'");
            for (Object other : mutations(value)) {
                fresh();
                raw.change("UPDATE slot SET " + column + " = ? WHERE kind = 'key-file'", other);
                assertRefused(
                        Set.of(IntegrityException.class),
                        vault -> vault.secretsOf(HERE).names(),
                        shown("slot", column, other));
                assertNamed(home, Kind.SLOT, "slot", "");
            }
        }
    }

    @Test
    @Tag("slow")
    void everyColumn_ofTheSlotThatUnlocks() {
        changeEveryColumn(
                "slot",
                "kind = 'key-file'",
                integrity(Kind.SLOT),
                // A slot of a kind that is not known may be a newer coffer's: then there is no key.
                Map.of(
                        "kind",
                        new Expected(Set.of(IntegrityException.class, LockedException.class), Set.of(Kind.SLOT))),
                vault -> vault.keys().slots(),
                Optional.of(Unlocker.of(() -> KeyInput.passphrase(TamperedStore.PASSPHRASE))),
                "slot");
    }
}
