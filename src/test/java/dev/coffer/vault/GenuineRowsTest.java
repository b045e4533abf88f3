package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.storage.CurrentRow;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.VersionRow;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenuineRowsTest {
    private TestHome home;
    private StoreDatabase database;
    private GenuineRows rows;

    @BeforeEach
    void open() {
        home = TestHome.create();
        database = StoreDatabase.open(home.location().database());
        rows = new GenuineRows(database);
    }

    @AfterEach
    void close() {
        database.close();
        home.close();
    }

    private static CurrentRow row(String name, int payloadBytes) {
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        HeadRow head = new HeadRow(id, HERE, name, 1, false, "arbitrary", 0, 0, 1, new byte[32], new byte[37]);
        return new CurrentRow(
                head, new VersionRow(id, 1, "arbitrary", 0, false, 1, 1, new byte[66], new byte[payloadBytes]), 1);
    }

    private CurrentRow keep(String name, int payloadBytes) {
        CurrentRow row = row(name, payloadBytes);
        rows.prepare();
        rows.keep(row);
        return row;
    }

    private boolean has(String name) {
        return rows.find(HERE, name).isPresent();
    }

    @Test
    void find_whatWasKept_givesThatRow() {
        CurrentRow row = keep("db", 300);

        assertSame(row, rows.find(HERE, "db").orElseThrow());
        assertEquals(Optional.empty(), rows.find(TestHome.THERE, "db"));
        assertEquals(Optional.empty(), rows.find(HERE, "other"));
    }

    @Test
    void find_afterAWriteHere_forgetsAll() {
        keep("one", 300);
        keep("two", 300);
        database.write(tables -> true);

        assertFalse(has("one"));
        assertFalse(has("two"));
        keep("two", 300);
        assertTrue(has("two"));
    }

    @Test
    void find_afterAWriteThatWasUndone_forgetsAll() {
        keep("one", 300);
        try {
            database.write(tables -> {
                throw new IllegalStateException("undone");
            });
        } catch (IllegalStateException e) {
            // as meant
        }

        assertFalse(has("one"));
    }

    @Test
    void find_afterACommitElsewhere_forgetsAlsoWhatWasKeptSince() {
        keep("one", 300);
        RawStore.of(home).run("DELETE FROM slot");
        keep("two", 300);

        assertFalse(has("two"));
        assertFalse(has("one"));
    }

    @Test
    void find_whileAWriteRuns_findsNothing() {
        keep("before", 300);
        database.write(tables -> {
            assertFalse(has("before"));
            keep("within", 300);
            assertFalse(has("within"));
            keep("within", 300);
            return true;
        });

        assertFalse(has("within"));
    }

    @Test
    void keep_moreThanFits_dropsWhatWasNotReadForLongest() {
        int quarter = 1 << 20;
        keep("one", quarter);
        keep("two", quarter);
        keep("three", quarter);
        assertTrue(has("one"));
        keep("four", quarter);

        assertTrue(has("one"));
        assertFalse(has("two"));
        assertTrue(has("three"));
        assertTrue(has("four"));
    }

    @Test
    void keep_whatFitsInNoWay_keepsNothing() {
        keep("one", 300);
        keep("huge", 5 << 20);

        assertFalse(has("huge"));
        keep("two", 300);
        assertTrue(has("two"));
    }

    @Test
    void keep_theSameAgain_countsItOnce() {
        for (int i = 0; i < 100; i++) {
            keep("db", 1 << 19);
        }
        keep("other", 300);

        assertTrue(has("db"));
        assertTrue(has("other"));
    }
}
