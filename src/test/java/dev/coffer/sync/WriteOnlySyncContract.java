package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Laptops with real stores that push to a place that gives no value back, and tells each write by another time. */
public abstract class WriteOnlySyncContract extends SyncFixture {
    private static final Map<String, String> ONE = Map.of("user", "ada", "password", "p1");

    /** Only for tests of flavors. */
    protected WriteOnlySyncContract() {}

    private static void putOne(Home laptop, String name) {
        laptop.put(name, "user", "ada", "password", "p1");
    }

    @Test
    protected void push_isAssumed_andDoneOnce() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        putOne(ada, "api");

        assertEquals(Map.of("api", Result.DONE, "db", Result.DONE), ada.run());

        assertEquals(Map.of("api", ONE, "db", ONE), there());
        assertEquals(Map.of("api", SyncState.ASSUMED, "db", SyncState.ASSUMED), ada.states());
        assertEquals(List.of(), ada.writesOf(ada::run));
        ada.put("db", "user", "ada", "password", "p2");
        assertEquals(Map.of("api", Result.NOTHING, "db", Result.DONE), ada.run());
        assertEquals("p2", value(there(), "db", "password"));
        assertEquals(List.of(), ada.writesOf(ada::run));
    }

    @Test
    protected void changeOfSomebodyElse_isToldAndStaysUntilItIsDecided() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        ada.run();
        elsewhere(manager -> manager.updateSecret(secret("db", "user", "eve", "password", "theirs")));
        ada.put("db", "user", "ada", "password", "mine");

        assertEquals(List.of(), ada.writesOf(() -> assertEquals(Map.of("db", Result.HELD), ada.run())));
        assertEquals("theirs", value(there(), "db", "password"));

        assertThrows(UnsupportedByFlavorException.class, () -> ada.resolve("db", Conflict.Choice.THEIRS));
        ada.resolve("db", Conflict.Choice.OURS);
        assertEquals(Map.of("db", Result.DONE), ada.run());
        assertEquals("mine", value(there(), "db", "password"));
        assertEquals(List.of(), ada.writesOf(ada::run));
    }

    @Test
    protected void deletion_waitsUntilItMayTravel() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        ada.run();
        ada.delete("db");

        assertEquals(List.of(), ada.writesOf(() -> ada.run(false)));
        assertEquals(Map.of("db", ONE), there());
        assertEquals(Map.of("db", Result.DONE), ada.run(true));
        assertEquals(Map.of(), there());
    }

    @Test
    protected void rename_movesItThere() {
        Home ada = laptop("ada");
        putOne(ada, "old");
        ada.run();
        ada.rename("old", "new");

        ada.run();

        assertEquals(Map.of("new", ONE), there());
        assertEquals(List.of(), ada.writesOf(ada::run));
    }

    @Test
    protected void secretsOfAnotherLaptop_areNeitherPulledNorChanged() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        putOne(ada, "api");
        ada.run();
        grace.put("api", "user", "grace", "password", "other");

        assertEquals(List.of(), grace.writesOf(grace::run));

        assertEquals(Map.of("api", ONE, "db", ONE), there());
        assertEquals(Map.of("api", Map.of("user", "grace", "password", "other")), grace.here());
    }

    @Test
    protected void deletionBySomebodyElse_isTold() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        ada.run();
        elsewhere(manager -> manager.deleteSecret(SecretName.of("db")));

        assertEquals(List.of(), ada.writesOf(() -> ada.run(false)));
        assertEquals(Map.of("db", ONE), ada.here());
    }
}
