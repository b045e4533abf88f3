package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two or three laptops with real stores that synchronize with a place that can be read: what holds for every flavor. */
public abstract class SyncContract extends SyncFixture {
    private static final Map<String, String> ONE = Map.of("user", "ada", "password", "p1");

    /** Only for tests of flavors. */
    protected SyncContract() {}

    private static void putOne(Home laptop, String name) {
        laptop.put(name, "user", "ada", "password", "p1");
    }

    @Test
    protected void push_thenPullOnAnotherLaptop_bringsEverything() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        ada.put("prod/API_2.key", "text", "zwei\nZeilen – 日本語 \"x\\", "number", "3.10", "blank", " ");
        ada.local.registerSecret(Secret.of(
                SecretName.of("login"),
                "basic_auth",
                secret("x", "username", "u", "password", "p").content()));

        assertEquals(Map.of("db", Result.DONE, "login", Result.DONE, "prod/API_2.key", Result.DONE), ada.run());
        assertEquals(ada.here(), there());
        assertEquals(Map.of("db", Result.DONE, "login", Result.DONE, "prod/API_2.key", Result.DONE), grace.run());

        assertEquals(ada.here(), grace.here());
        try (Secret login = grace.local.getSecret(SecretName.of("login"))) {
            assertEquals("basic_auth", login.schemaType());
        }
        assertEquals(
                Map.of("db", SyncState.CLEAN, "login", SyncState.CLEAN, "prod/API_2.key", SyncState.CLEAN),
                grace.states());
    }

    @Test
    protected void secondRun_writesNothing() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        putOne(ada, "api");
        ada.run();
        grace.run();

        for (Home laptop : List.of(ada, grace)) {
            assertEquals(
                    List.of(),
                    laptop.writesOf(
                            () -> assertEquals(Map.of("api", Result.NOTHING, "db", Result.NOTHING), laptop.run())));
            assertTrue(laptop.plan().isEmpty());
        }
    }

    @Test
    protected void changesOfDifferentKeys_areMerged_onThreeLaptops() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        Home joan = laptop("joan");
        putOne(ada, "db");
        ada.run();
        grace.run();
        joan.run();
        ada.put("db", "user", "ada2", "password", "p1");
        grace.put("db", "user", "ada", "password", "p2");
        joan.put("db", "user", "ada", "password", "p1", "port", "5432");

        ada.run();
        grace.run();
        joan.run();
        ada.run();
        grace.run();

        Map<String, Map<String, String>> merged =
                Map.of("db", Map.of("user", "ada2", "password", "p2", "port", "5432"));
        assertEquals(merged, there());
        for (Home laptop : List.of(ada, grace, joan)) {
            assertEquals(merged, laptop.here());
            assertEquals(List.of(), laptop.writesOf(laptop::run));
        }
    }

    private Home[] conflict() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        ada.run();
        grace.run();
        ada.put("db", "user", "ada", "password", "p2");
        grace.put("db", "user", "ada", "password", "p3");
        ada.run();
        assertEquals(List.of(), grace.writesOf(() -> assertEquals(Map.of("db", Result.HELD), grace.run())));
        assertEquals(Map.of("db", SyncState.CONFLICT), grace.states());
        assertEquals("p2", value(there(), "db", "password"));
        assertEquals("p3", value(grace.here(), "db", "password"));
        return new Home[] {ada, grace};
    }

    @Test
    protected void conflict_decidedForOurs_isPushedAndRemembersTheirs() {
        Home[] both = conflict();

        both[1].resolve("db", Conflict.Choice.OURS);
        assertEquals(Map.of("db", Result.DONE), both[1].run());
        both[0].run();

        assertEquals("p3", value(there(), "db", "password"));
        assertEquals(there(), both[0].here());
        assertTrue(both[1].remembers("db", "password", "p2"));
        assertTrue(both[0].remembers("db", "password", "p2"));
    }

    @Test
    protected void conflict_decidedForTheirs_writesNothingThere_andRemembersOurs() {
        Home[] both = conflict();

        both[1].resolve("db", Conflict.Choice.THEIRS);
        assertEquals(List.of(), both[1].writesOf(both[1]::run));

        assertEquals("p2", value(both[1].here(), "db", "password"));
        assertTrue(both[1].remembers("db", "password", "p3"));
        assertEquals(Map.of("db", SyncState.CLEAN), both[1].states());
    }

    @Test
    protected void conflict_keptBoth_isTwoSecretsEverywhere() {
        Home[] both = conflict();

        both[1].resolve("db", Conflict.Choice.KEEP_BOTH);
        both[1].run();
        both[0].run();

        assertEquals("p3", value(there(), "db", "password"));
        assertEquals("p2", value(there(), "db-theirs", "password"));
        assertEquals(there(), both[0].here());
        assertEquals(there(), both[1].here());
    }

    @Test
    protected void deletion_waitsUntilItMayTravel_andLeavesHistoryHere() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        putOne(ada, "api");
        ada.run();
        grace.run();
        ada.delete("db");

        assertEquals(List.of(), ada.writesOf(() -> ada.run(false)));
        assertEquals(SyncState.TOMBSTONE_PENDING, ada.states().get("db"));
        assertEquals(Result.DONE, ada.run(true).get("db"));
        assertEquals(Map.of("api", ONE), there());

        assertEquals(Result.HELD, grace.run(false).get("db"));
        assertEquals(ONE, grace.here().get("db"));
        assertEquals(Result.DONE, grace.run(true).get("db"));
        assertEquals(Map.of("api", ONE), grace.here());
        assertTrue(grace.remembers("db", "password", "p1"));
        assertEquals(List.of(), grace.writesOf(grace::run));
    }

    @Test
    protected void deletionAgainstAnEdit_isDecided() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        ada.run();
        grace.run();
        ada.delete("db");
        grace.put("db", "user", "ada", "password", "p2");
        grace.run();

        assertEquals(Map.of("db", Result.HELD), ada.run());
        assertEquals("p2", value(there(), "db", "password"));
        ada.resolve("db", Conflict.Choice.THEIRS);
        ada.run();

        assertEquals(there(), ada.here());
    }

    @Test
    protected void nameOfADeletedSecret_isUsedAgain() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "db");
        ada.run();
        grace.run();
        ada.delete("db");
        ada.run();
        ada.put("db", "user", "new", "password", "n1");
        ada.run();
        grace.run();

        assertEquals(Map.of("db", Map.of("user", "new", "password", "n1")), there());
        assertEquals(there(), grace.here());
        assertTrue(grace.remembers("db", "password", "p1"));
    }

    @Test
    protected void rename_travels() {
        Home ada = laptop("ada");
        Home grace = laptop("grace");
        putOne(ada, "old");
        ada.run();
        grace.run();
        ada.rename("old", "new");

        assertEquals(Map.of("new", Result.DONE), ada.run(false));
        assertEquals(Map.of("new", ONE), there());
        grace.run();

        assertEquals(Map.of("new", ONE), grace.here());
        assertEquals(List.of(), ada.writesOf(ada::run));
        assertEquals(List.of(), grace.writesOf(grace::run));
    }

    @Test
    protected void editsOfSomebodyElse_arePulled_andDeletionsTold() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        putOne(ada, "api");
        ada.run();
        elsewhere(manager -> {
            manager.updateSecret(secret("db", "user", "eve", "password", "p1"));
            manager.registerSecret(secret("new", "k", "v"));
            manager.deleteSecret(SecretName.of("api"));
        });

        List<String> writes = ada.writesOf(
                () -> assertEquals(Map.of("api", Result.HELD, "db", Result.DONE, "new", Result.DONE), ada.run(false)));

        assertEquals(List.of(), writes);
        assertEquals(
                Map.of("api", ONE, "db", Map.of("user", "eve", "password", "p1"), "new", Map.of("k", "v")), ada.here());
        assertTrue(ada.remembers("db", "user", "ada"));
        ada.run(true);
        assertEquals(there(), ada.here());
    }

    /** It was deleted there and made anew with other content between two looks. */
    @Test
    protected void secretMadeAnewBySomebodyElse_isNotTakenForTheOldOne() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        ada.run();
        elsewhere(manager -> {
            manager.deleteSecret(SecretName.of("db"));
            manager.registerSecret(secret("db", "user", "eve", "password", "p1"));
        });

        ada.run();

        assertEquals("eve", value(ada.here(), "db", "user"));
        assertFalse(ada.plan().items().get(0).hasSteps());
    }

    /** The plan is carried out only if nobody wrote in between. */
    @Test
    protected void planThatWasOvertaken_overwritesNothing() {
        Home ada = laptop("ada");
        putOne(ada, "db");
        ada.run();
        ada.put("db", "user", "ada", "password", "mine");
        Plan plan = ada.plan();
        elsewhere(manager -> manager.updateSecret(secret("db", "user", "ada", "password", "theirs")));

        List<Outcome> outcomes = ada.sync.apply(plan, dev.coffer.secrets.Progress.NONE);

        assertEquals(
                List.of(Result.MOVED), outcomes.stream().map(Outcome::result).toList());
        assertEquals("theirs", value(there(), "db", "password"));
        assertEquals(Map.of("db", Result.HELD), ada.run());
    }
}
