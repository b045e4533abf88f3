package dev.coffer.vault;

import static dev.coffer.vault.TamperedStore.ALPHA;
import static dev.coffer.vault.TamperedStore.assertNamed;
import static dev.coffer.vault.TamperedStore.assertSound;
import static dev.coffer.vault.TamperedStore.head;
import static dev.coffer.vault.TamperedStore.mutations;
import static dev.coffer.vault.TamperedStore.shown;
import static dev.coffer.vault.TamperedStore.version;
import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.OlderCopyException;
import dev.coffer.vault.Finding.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

    private void changeEveryColumn(
            String table, String where, Map<String, Expected> expected, Consumer<Vault> operation, String subject) {
        assertEquals(new HashSet<>(raw.columns(table)), expected.keySet(), "a column of " + table + " is not tested");
        for (Map.Entry<String, Expected> column : expected.entrySet()) {
            fresh();
            Object value = raw.value("SELECT " + column.getKey() + " FROM " + table + " WHERE " + where);
            for (Object other : mutations(value)) {
                fresh();
                String what = shown(table, column.getKey(), other);
                try {
                    raw.change("UPDATE " + table + " SET " + column.getKey() + " = ? WHERE " + where, other);
                } catch (IllegalStateException e) {
                    continue; // a primary key or index of SQLite's own that no client can break
                }
                assertRefused(column.getValue().errors(), operation, what);
                if (!column.getValue().kinds().isEmpty()) {
                    assertNamed(home, column.getValue().kinds(), subject, what);
                }
            }
        }
        fresh();
    }

    @Test
    void everyColumn_ofTheCurrentVersion() {
        Expected moved = integrity(Kind.VERSION, Kind.MISSING);
        Expected edited = integrity(Kind.VERSION);
        changeEveryColumn(
                "secret_version",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha') AND version = 3",
                Map.of(
                        "secret_id", moved,
                        "version", moved,
                        "schema_type", edited,
                        "created", edited,
                        "deleted", edited,
                        "kek_id", edited,
                        "wrapped_dek", edited,
                        "payload", edited,
                        "sequence", edited),
                TamperTest::get,
                "alpha");
    }

    @Test
    void everyColumn_ofAnEarlierVersion() {
        Set<Class<? extends CofferException>> gone = Set.of(IntegrityException.class, NoSuchSecretException.class);
        Expected moved = new Expected(gone, Set.of(Kind.VERSION, Kind.MISSING));
        Expected edited = integrity(Kind.VERSION);
        changeEveryColumn(
                "secret_version",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha') AND version = 1",
                Map.of(
                        "secret_id", moved,
                        "version", moved,
                        "schema_type", edited,
                        "created", edited,
                        "deleted", edited,
                        "kek_id", edited,
                        "wrapped_dek", edited,
                        "payload", edited,
                        "sequence", edited),
                vault -> vault.secretsOf(HERE).get(ALPHA, 1).close(),
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
        Set<Class<? extends CofferException>> gone = Set.of(IntegrityException.class, NoSuchSecretException.class);
        Expected moved = new Expected(gone, Set.of(Kind.HEAD, Kind.MISSING));
        Expected edited = integrity(Kind.HEAD);
        changeEveryColumn(
                "secret",
                "secret_id = (SELECT secret_id FROM secret WHERE name = 'alpha')",
                Map.of(
                        "secret_id", integrity(Kind.HEAD, Kind.MISSING),
                        "component_id", moved,
                        "name", moved,
                        "version", edited,
                        "deleted", moved, // 2 is neither live nor deleted
                        "created", edited,
                        "sequence", edited,
                        "mac", edited),
                TamperTest::get,
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
        Expected edited = integrity(Kind.RECORD);
        changeEveryColumn(
                "record",
                "name = 'first'",
                Map.of(
                        "record_id", edited,
                        "kind", new Expected(Set.of(IntegrityException.class), Set.of(Kind.RECORD)),
                        "name", edited,
                        "version", edited,
                        "kek_id", edited,
                        "wrapped_dek", edited,
                        "payload", edited,
                        "sequence", edited,
                        "mac", edited),
                vault -> {
                    vault.listRecords("target");
                    for (Map<String, Object> row : raw.rows("SELECT kind FROM record")) {
                        vault.listRecords(String.valueOf(row.get("kind")));
                    }
                },
                "");
    }

    @Test
    void everyColumn_ofTheStore() {
        Expected edited = integrity();
        changeEveryColumn(
                "store",
                "one = 1",
                Map.of(
                        "one",
                        edited,
                        "store_id",
                        new Expected(Set.of(OlderCopyException.class), Set.of()),
                        "generation",
                        edited,
                        "keyring",
                        edited),
                vault -> vault.secretsOf(HERE).names(),
                "");
    }

    @Test
    void everyColumn_ofTheSlotThatUnlocks() {
        Expected lasting = integrity();
        Set<Class<? extends CofferException>> noKey = Set.of(IntegrityException.class, LockedException.class);
        changeEveryColumn(
                "slot",
                "kind = 'key-file'",
                Map.of(
                        "slot_id",
                        lasting,
                        "kind",
                        new Expected(noKey, Set.of()),
                        "parameters",
                        lasting,
                        "wrapped_root_key",
                        lasting,
                        "checksum",
                        lasting,
                        "label",
                        integrity(Kind.SLOT),
                        "created",
                        integrity(Kind.SLOT),
                        "sequence",
                        integrity(Kind.SLOT),
                        "mac",
                        integrity(Kind.SLOT)),
                vault -> vault.keys().slots(),
                "");
    }
}
