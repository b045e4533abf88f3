package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.Item;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Outcome.Result;
import dev.coffer.sync.SyncFixture;
import dev.coffer.sync.SyncState;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Laptops whose target is in the hands of somebody who may do anything with its tables, but has no key. */
class PostgresUntrustedSyncTest extends SyncFixture {
    private static final Map<String, String> ONE = Map.of("password", "canary-1");
    private static final Map<String, String> TWO = Map.of("password", "canary-2");

    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final Map<String, String> passphrases = new HashMap<>();
    private String deceived = "nobody";

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("passphrase", passphrases.getOrDefault(component, PostgresBackend.PASSPHRASE));
        SecretsManager manager = backend.open(component, all);
        return component.equals(deceived) ? denying(manager) : manager;
    }

    /** Lists every secret and says of each that there is none when it is read. */
    private static SecretsManager denying(SecretsManager manager) {
        return (SecretsManager) Proxy.newProxyInstance(
                SecretsManager.class.getClassLoader(),
                manager.getClass().getInterfaces(),
                (proxy, called, arguments) -> {
                    if (called.getName().equals("getSecret")) {
                        throw new NoSuchSecretException((SecretName) arguments[0]);
                    }
                    try {
                        return called.invoke(manager, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }

    /** In statements, s is the schema. */
    private int server(String sql) {
        return backend.server().update(sql.replace("s.", backend.schema() + "."));
    }

    /** The server keeps what it has now. */
    private void keep() {
        server("CREATE TABLE s.kept_heads AS SELECT * FROM s.secret");
        server("CREATE TABLE s.kept_versions AS SELECT * FROM s.secret_version");
    }

    /** The server gives out what it kept, every bit of it genuine. */
    private void putBack(String name) {
        String its = "WHERE secret_id IN (SELECT secret_id FROM s.kept_heads WHERE name = '" + name + "')";
        server("DELETE FROM s.secret_version " + its);
        server("DELETE FROM s.secret " + its);
        server("INSERT INTO s.secret SELECT * FROM s.kept_heads " + its);
        assertTrue(server("INSERT INTO s.secret_version SELECT * FROM s.kept_versions " + its) > 0);
    }

    private void takeAway(String name) {
        String its = "WHERE secret_id IN (SELECT secret_id FROM s.secret WHERE name = '" + name + "')";
        server("DELETE FROM s.secret_version " + its);
        assertEquals(1, server("DELETE FROM s.secret " + its));
    }

    /** It is told, also afterwards and offline, and neither side is touched. */
    private static void assertTold(Home laptop, String name) {
        Map<String, Map<String, String>> before = laptop.here();
        Item item = laptop.item(name);
        assertTrue(item.alarm(), item.toString());
        assertEquals(SyncState.CONFLICT, item.state());
        assertFalse(item.hasSteps(), item.toString());
        assertEquals(
                List.of(),
                laptop.writesOf(() -> assertEquals(Result.HELD, laptop.run().get(name))));
        assertEquals(before, laptop.here());
        assertEquals(SyncState.CONFLICT, laptop.states().get(name));
    }

    private Home ada() {
        Home ada = laptop("ada");
        ada.put("db", "password", "canary-1");
        ada.put("api", "password", "canary-api");
        ada.run();
        return ada;
    }

    private Home grace() {
        Home grace = laptop("grace");
        grace.run();
        return grace;
    }

    @Test
    void olderVersion_isToldToAllWhoSawTheLaterOne_andNothingIsOverwritten() {
        Home ada = ada();
        keep();
        ada.put("db", "password", "canary-2");
        ada.run();
        Home grace = grace();
        putBack("db");

        assertTold(ada, "db");
        assertTold(grace, "db");
        assertEquals(TWO, ada.here().get("db"));
        ada.put("db", "password", "canary-3");
        assertTold(ada, "db");
        assertEquals(ONE, there().get("db"));

        ada.resolve("db", Choice.OURS);
        assertEquals(Result.DONE, ada.run().get("db"));
        assertEquals("canary-3", value(there(), "db", "password"));
        assertEquals(List.of(), ada.writesOf(ada::run));
    }

    @Test
    void secretTakenAway_isTold_andNeitherDeletedHereNorPushedAgain() {
        Home ada = ada();
        Home grace = grace();
        takeAway("db");

        assertTold(ada, "db");
        assertTold(grace, "db");
        assertEquals(ONE, ada.here().get("db"));
        grace.put("db", "password", "canary-2");
        assertTold(grace, "db");
        assertEquals(List.of("api"), List.copyOf(there().keySet()));

        grace.resolve("db", Choice.OURS);
        grace.run();
        assertEquals(TWO, there().get("db"));
    }

    @Test
    void secretListedAndDeniedAtTheRead_isTold_andNotTakenForDeleted() {
        Home ada = ada();
        Home grace = grace();
        ada.put("db", "password", "canary-2");
        ada.run();
        deceived = "grace";

        assertTold(grace, "db");
        assertEquals(ONE, grace.here().get("db"));
        deceived = "nobody";
        grace.run();
        assertEquals(TWO, grace.here().get("db"));
    }

    @Test
    void deletedSecretPutBack_isToldToAllWhoKnowOfTheDeletion() {
        Home ada = ada();
        Home grace = grace();
        keep();
        ada.delete("db");
        ada.run();
        grace.run();
        assertEquals(List.of("api"), List.copyOf(grace.here().keySet()));
        putBack("db");

        assertTold(ada, "db");
        assertTold(grace, "db");
        assertFalse(ada.here().containsKey("db"));
        assertFalse(grace.here().containsKey("db"));
    }

    /** It opens nowhere under another name. */
    @Test
    void secretsSwapped_areToldByTheirSeals_andNothingIsPulled() {
        Home ada = ada();
        Home grace = laptop("grace");
        String swap = "UPDATE s.secret_version v SET (kek_id, wrapped_dek, payload) = (SELECT o.kek_id, o.wrapped_dek,"
                + " o.payload FROM s.secret_version o WHERE o.secret_id <> v.secret_id AND o.version = v.version)";
        assertEquals(2, server(swap));

        List<Outcome> outcomes = grace.outcomes(true);
        assertEquals(
                List.of(Result.FAILED, Result.FAILED),
                outcomes.stream().map(Outcome::result).toList());
        outcomes.forEach(outcome -> assertInstanceOf(IntegrityException.class, outcome.error()));
        assertEquals(Map.of(), grace.here());
        Map<String, Map<String, String>> before = ada.here();
        assertEquals(List.of(), ada.writesOf(ada::run));
        assertEquals(before, ada.here());

        server("UPDATE s.secret SET name = name || '-x'");
        server("UPDATE s.secret SET name = CASE name WHEN 'db-x' THEN 'api' ELSE 'db' END");
        assertThrows(IntegrityException.class, ada::run);
        assertEquals(before, ada.here());
    }

    @Test
    void keysOfEachSide_areRotatedAtAnyTime_andNothingIsSentAnew() {
        Home ada = ada();
        Home grace = grace();
        ada.vault().keys().rotate(Progress.NONE);
        ada.vault().keys().rotateDeks(Progress.NONE);
        elsewhere(manager -> {
            ((KeySlots) manager).rotate(Progress.NONE);
            ((KeySlots) manager).rotateDeks(Progress.NONE);
        });

        for (Home laptop : List.of(ada, grace)) {
            assertEquals(List.of(), laptop.writesOf(laptop::run));
            assertEquals(Map.of("api", SyncState.CLEAN, "db", SyncState.CLEAN), laptop.states());
        }
        ada.put("db", "password", "canary-2");
        assertEquals(List.of("updateSecret"), ada.writesOf(ada::run));
        grace.vault().keys().rotate(Progress.NONE);
        grace.run();
        assertEquals(TWO, grace.here().get("db"));
    }

    /** A version that was sealed with the keys from before the rotation is still an older one. */
    @Test
    void olderVersion_isToldAfterRotations() {
        Home ada = ada();
        keep();
        ada.put("db", "password", "canary-2");
        ada.run();
        elsewhere(manager -> ((KeySlots) manager).rotate(Progress.NONE));
        ada.vault().keys().rotate(Progress.NONE);
        putBack("db");

        assertTold(ada, "db");
    }

    @Test
    void secondLaptop_joinsWithAPassphraseOfTheTarget_andBothMerge() {
        Home ada = ada();
        elsewhere(manager -> {
            try (KeyInput input = KeyInput.passphrase("grace's own".toCharArray())) {
                ((KeySlots) manager).addSlot(input);
            }
        });
        passphrases.put("grace", "grace's own");
        Home grace = grace();
        assertEquals(ada.here(), grace.here());
        ada.put("db", "password", "canary-1", "user", "ada");
        grace.put("db", "password", "canary-2");

        ada.run();
        grace.run();
        ada.run();

        Map<String, String> merged = Map.of("password", "canary-2", "user", "ada");
        assertEquals(merged, ada.here().get("db"));
        assertEquals(merged, grace.here().get("db"));
    }

    @Test
    void tables_holdNoValue() {
        Home ada = ada();
        Home grace = grace();
        ada.put("db", "password", "canary-2");
        grace.put("api", "password", "canary-3");
        ada.run();
        grace.run();
        ada.delete("api");
        ada.run();
        ada.put("new", "password", "canary-4");
        ada.run();
        elsewhere(manager -> assertEquals(TWO, read(manager, "db")));

        String tables = backend.server().everything(backend.schema());
        assertTrue(tables.contains("name=db"), "the capture sees the rows");
        assertFalse(tables.contains("canary"));
        assertFalse(
                new String(ada.home.bytesAtRest(), java.nio.charset.StandardCharsets.ISO_8859_1).contains("canary"));
        assertTrue(ada.remembers("db", "password", "canary-1"));
        ada.local.getSecret(SecretName.of("new")).close();
    }
}
