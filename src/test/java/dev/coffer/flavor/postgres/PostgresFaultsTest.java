package dev.coffer.flavor.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.postgres.PostgresProxy.Kind;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WriteReceipt;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and a real server: nothing is lost, nothing is done twice, and no value is told. */
class PostgresFaultsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String CANARY = "canary-7d1f";

    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final PostgresProxy proxy =
            new PostgresProxy(PostgresServer.shared().port());
    private final SecretsManager manager = backend.open(
            "here", Map.of("url", proxy.url(), "scope", "global", "connect-timeout", "2", "request-timeout", "1"));
    private final SecretsManager direct = backend.open("direct", Map.of("scope", "global"));

    @AfterEach
    void tearDown() {
        manager.close();
        direct.close();
        proxy.close();
        backend.cleanUp();
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    /** Past the proxy. */
    private String stored() {
        try (Secret found = direct.getSecret(DB)) {
            return found.value("k").revealText() + " version " + found.version().orElseThrow();
        }
    }

    private static RemoteException assertTold(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        assertTellsNothing(e);
        assertTrue(e.getMessage().contains("PostgreSQL (here)"), e.getMessage());
        return e;
    }

    private static void assertTellsNothing(CofferException e) {
        StringBuilder chain = new StringBuilder(e.hint().orElse(""));
        for (Throwable at = e; at != null; at = at.getCause()) {
            chain.append(at);
        }
        assertFalse(chain.toString().contains(CANARY), chain.toString());
        assertFalse(chain.toString().contains(PostgresBackend.PASSPHRASE), chain.toString());
        assertFalse(chain.toString().contains("injected"), chain.toString());
    }

    /** Each statement of a write, and what happens to it. */
    static Stream<Arguments> faultsOfAWrite() {
        List<Arguments> all = new ArrayList<>();
        for (String sql : List.of("SELECT t.target_id", "INSERT INTO \"", "UPDATE \"", "COMMIT")) {
            for (Kind kind : Kind.values()) {
                for (String state : kind == Kind.FAIL ? List.of("40001", "40P01", "57P01", "40003") : List.of("")) {
                    all.add(Arguments.of(sql, kind, state));
                }
            }
        }
        return all.stream();
    }

    private void plan(String sql, Kind kind, String state) {
        if (kind == Kind.FAIL) {
            proxy.failNext(sql, state);
        } else {
            proxy.next(sql, kind);
        }
    }

    @ParameterizedTest
    @MethodSource("faultsOfAWrite")
    void write_isDoneOnce(String sql, Kind kind, String state) {
        manager.registerSecret(Secret.of(SecretName.of("other"), Map.of())); // makes the target
        if (!sql.startsWith("UPDATE")) {
            plan(sql, kind, state);
            assertEquals(1, manager.registerSecret(secret(CANARY)).version());
            assertTrue(proxy.isSpent());
        } else {
            manager.registerSecret(secret(CANARY));
        }
        assertEquals(CANARY + " version 1", stored());

        plan(sql, kind, state);
        assertEquals(2, manager.updateSecret(secret("new")).version());
        assertTrue(proxy.isSpent());
        assertEquals("new version 2", stored());

        plan(sql, kind, state);
        assertEquals(
                3,
                ((ConditionalWrites) manager).updateSecret(secret("newer"), 2).version());
        assertEquals("newer version 3", stored());
        assertEquals(3, ((Versioned) direct).history(DB).size());

        plan(sql, kind, state);
        manager.deleteSecret(DB);
        assertTrue(proxy.isSpent());
        assertThrows(NoSuchSecretException.class, this::stored);
        assertEquals(4, ((Versioned) direct).history(DB).size());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void purge_isDoneOnce(Kind kind) {
        for (String sql : List.of("DELETE FROM", "COMMIT")) {
            manager.registerSecret(secret("v"));
            plan(sql, kind, "40001");
            ((Recoverable) manager).purgeSecret(DB);
            assertTrue(proxy.isSpent());
            assertThrows(NoSuchSecretException.class, () -> ((Versioned) direct).history(DB));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void severalAtOnce_areAllThereOrNone(Kind kind) {
        List<Secret> two = List.of(secret(CANARY), Secret.of(SecretName.of("two"), Map.of()));
        manager.registerSecret(Secret.of(SecretName.of("other"), Map.of()));
        plan("COMMIT", kind, "40001");
        assertEquals(2, ((BulkWrites) manager).registerSecrets(two).size());
        assertEquals(3, direct.getAllSecretKeys().size());
        plan("COMMIT", kind, "40001");
        manager.deleteAllSecrets();
        assertEquals(List.of(), direct.getAllSecretKeys());
        assertEquals(2, ((Versioned) direct).history(DB).size());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void makingATarget_isDoneOnce(Kind kind) {
        for (String sql : List.of("INSERT INTO \"" + backend.schema() + "\".slot", "COMMIT")) {
            plan(sql, kind, "40001");
        }
        manager.registerSecret(secret(CANARY));
        assertEquals(CANARY + " version 1", stored());
        assertEquals(
                1,
                backend.server()
                        .column("SELECT 1 FROM " + backend.schema() + ".slot")
                        .size());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"FAIL"},
            mode = EnumSource.Mode.EXCLUDE)
    void read_isRepeated(Kind kind) {
        manager.registerSecret(secret("v"));
        proxy.next("SELECT t.target_id", kind);
        manager.getSecret(DB).close();
        proxy.next("SELECT t.target_id", kind);
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        assertTrue(proxy.isSpent());
    }

    /** The server does it after it was asked whether it did, and before, while or after it is tried once more. */
    @ParameterizedTest
    @CsvSource({
        "SELECT t.target_id, true",
        "SELECT t.target_id, false",
        "SELECT 1 FROM, true",
        "SELECT 1 FROM, false",
        "INSERT INTO, false",
        "UPDATE, false"
    })
    void commitThatArrivesLate_isNotTakenForSomebodyElses(String trigger, boolean before) {
        manager.registerSecret(Secret.of(SecretName.of("other"), Map.of()));
        if (!trigger.equals("UPDATE")) {
            proxy.lateCommit(trigger, before);
        }
        assertEquals(1, manager.registerSecret(secret(CANARY)).version());
        if (trigger.equals("INSERT INTO")) {
            return;
        }
        proxy.lateCommit(trigger, before);
        WriteReceipt receipt = ((ConditionalWrites) manager).updateSecret(secret("2"), 1);
        assertEquals(2, receipt.version());
        assertTrue(receipt.changed());
        proxy.lateCommit(trigger, before);
        assertEquals(3, manager.updateSecret(secret("3")).version());
        assertEquals("3 version 3", stored());
        proxy.lateCommit(trigger, before);
        ((ConditionalWrites) manager).deleteSecret(DB, 3);
        assertEquals(4, ((Versioned) direct).history(DB).size());
        assertTrue(proxy.isSpent());
    }

    /** Another writer is quicker between the lost answer and the question what became of the write. */
    @Test
    void writeThatWasDone_isKnownAfterAnotherOneFollowed() throws Exception {
        manager.registerSecret(secret("1"));
        proxy.next("COMMIT", Kind.STALL);
        FutureTask<Long> update =
                new FutureTask<>(() -> manager.updateSecret(secret("2")).version());
        new Thread(update).start();
        while (!stored().startsWith("2")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        direct.updateSecret(secret("3"));
        assertEquals(2, update.get(20, TimeUnit.SECONDS));
        assertEquals("3 version 3", stored());
    }

    /** The write was not done, and while nobody knew somebody else wrote. */
    @Test
    void writeThatWasNotDone_isAConflictAfterAnotherOne() throws Exception {
        manager.registerSecret(secret("1"));
        backend.server().run("CREATE ROLE " + backend.schema());
        proxy.always("COMMIT", Kind.FAIL, "40003");
        FutureTask<Long> update = new FutureTask<>(
                () -> ((ConditionalWrites) manager).updateSecret(secret("2"), 1).version());
        Thread thread = new Thread(update);
        direct.updateSecret(secret("other"));
        thread.start();
        proxy.relent();
        ExecutionException e = assertThrows(ExecutionException.class, () -> update.get(20, TimeUnit.SECONDS));
        assertInstanceOf(ConflictException.class, e.getCause());
        assertEquals("other version 2", stored());
        backend.server().run("DROP ROLE " + backend.schema());
    }

    @Test
    void serverThatCanNotBeReached_isAnError_andNothingIsWritten() {
        manager.registerSecret(secret("v"));
        proxy.cutAll();
        assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTold(() -> manager.getSecret(DB));
        assertInstanceOf(RemoteException.class, manager.check().orElseThrow());
        assertEquals("v version 1", stored());
        proxy.relent();
        manager.updateSecret(secret("w"));
        assertEquals("w version 2", stored());
    }

    /** Nobody is told that it was not done. */
    @Test
    void outcomeThatCannotBeKnown_isSaid() {
        manager.registerSecret(secret("v"));
        proxy.always("COMMIT", Kind.CUT_AFTER, "");
        proxy.always("SELECT 1 FROM", Kind.CUT_BEFORE, "");
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known"), e.getMessage());
        proxy.relent();
        assertEquals(CANARY + " version 2", stored());
    }

    /** What the server undid is not done, however often. */
    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void serverThatUndoesEverything_isAnError(String state) {
        manager.registerSecret(secret("v"));
        proxy.always("COMMIT", Kind.FAIL, state);
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertFalse(e.getMessage().contains("not known"), e.getMessage());
        assertEquals("v version 1", stored());
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "XX000", "22021", "0A000", "~~~~~"})
    void otherError_isToldByItsState_withoutTheServersWords(String state) {
        manager.registerSecret(secret("v"));
        proxy.always("INSERT", Kind.FAIL, state);
        assertTold(() -> manager.updateSecret(secret(CANARY)));
        proxy.relent();
        proxy.always("SELECT t.target_id", Kind.FAIL, state);
        assertTold(() -> manager.getSecret(DB));
        assertEquals("v version 1", stored());
    }

    /** Each byte comes in time, and the answer never. */
    @Test
    void serverThatDrips_isLeftWhenTheTimeIsOver() {
        try (SecretsManager mine = backend.open(
                "here",
                Map.of("url", proxy.url(), "scope", "global", "connect-timeout", "1", "request-timeout", "1"))) {
            mine.registerSecret(secret("v"));
            proxy.dripFrom("SELECT t.target_id");
            assertTimeoutPreemptively(Duration.ofSeconds(15), () -> assertTold(() -> mine.getSecret(DB)));
            proxy.flow();
            mine.getSecret(DB).close();
            proxy.dripFrom("COMMIT");
            RemoteException e = assertTimeoutPreemptively(
                    Duration.ofSeconds(15), () -> assertTold(() -> mine.updateSecret(secret(CANARY))));
            assertTrue(e.getMessage().contains("not known"), e.getMessage());
            proxy.flow();
            mine.updateSecret(secret("w"));
        }
        assertEquals("w version 3", stored());
    }

    /** Flyway has connections of its own. */
    @Test
    void serverThatDripsWhileTablesAreMade_isLeftWhenTheTimeIsOver() {
        Map<String, String> attributes =
                Map.of("url", proxy.url(), "user", "postgres", "schema", backend.schema(), "passphrase", "x");
        PostgresConnector connector =
                new PostgresConnector(PostgresSettings.of(PostgresBackend.definition("here", attributes), Map.of()));
        proxy.dripFrom("SELECT 1 FROM pg_catalog.pg_namespace");
        assertTimeoutPreemptively(
                Duration.ofSeconds(15),
                () -> assertThrows(
                        SQLException.class,
                        () -> TargetMigration.run(connector, backend.schema(), Duration.ofSeconds(2))));
    }

    @Test
    void connectionThatBrokeWhileIdle_isOpenedAgain() {
        manager.registerSecret(secret("v"));
        proxy.cutOnce();
        manager.updateSecret(secret("w"));
        proxy.cutOnce();
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        assertEquals("w version 2", stored());
        backend.server()
                .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coffer'");
        manager.getSecret(DB).close();
    }

    @Test
    void close_duringAnOperation_endsIt() throws Exception {
        manager.registerSecret(secret("v"));
        for (String sql : List.of("SELECT t.target_id", "COMMIT")) {
            SecretsManager mine =
                    backend.open("mine", Map.of("url", proxy.url(), "scope", "global", "request-timeout", "3600"));
            mine.getSecret(DB).close();
            proxy.next(sql, Kind.STALL);
            FutureTask<Throwable> outcome = new FutureTask<>(
                    () -> assertThrows(RuntimeException.class, () -> mine.updateSecret(secret("after " + sql))));
            new Thread(outcome).start();
            while (!proxy.isSpent()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            TimeUnit.MILLISECONDS.sleep(50);
            mine.close();
            Throwable e = outcome.get(10, TimeUnit.SECONDS);
            if (sql.equals("COMMIT")) {
                assertTrue(String.valueOf(e.getMessage()).contains("not known"), e::toString);
            } else {
                assertInstanceOf(IllegalStateException.class, e);
            }
        }
        assertEquals("after COMMIT version 2", stored());
    }

    /** Threads of one manager take turns; none sees another's transaction. */
    @Test
    void threads_shareOneConnection() throws Exception {
        manager.registerSecret(secret("v"));
        int connections = proxy.connections();
        List<FutureTask<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SecretName name = SecretName.of("t" + i);
            tasks.add(new FutureTask<>(() -> {
                manager.registerSecret(Secret.of(name, Map.of("k", SecretValue.of("1"))));
                manager.updateSecret(Secret.of(name, Map.of("k", SecretValue.of("2"))));
                manager.getSecret(name).close();
                return assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("x")));
            }));
        }
        tasks.forEach(task -> new Thread(task).start());
        for (FutureTask<Object> task : tasks) {
            task.get(30, TimeUnit.SECONDS);
        }
        assertEquals(9, direct.getAllSecretKeys().size());
        assertEquals(connections, proxy.connections());
    }

    @Test
    void wire_carriesNeitherKeyNorValueNorPassphrase() {
        SecretsManager hidden = backend.open(
                "hidden", Map.of("url", proxy.url(), "schema", backend.schema() + "_h", "hide-names", "true"));
        try (hidden) {
            for (SecretsManager one : List.of(manager, hidden)) {
                Secret content = Secret.of(
                        SecretName.of("name-of-" + CANARY), Map.of("key-" + CANARY, SecretValue.of("value-" + CANARY)));
                one.registerSecret(content);
                one.getSecret(content.name()).close();
                one.getAllSecretKeys();
                one.deleteSecret(content.name());
            }
        } finally {
            backend.server().dropSchema(backend.schema() + "_h");
        }
        String wire = new String(proxy.wire(), ISO_8859_1);
        assertTrue(wire.contains("INSERT INTO") && wire.contains(backend.schema() + "_h"), "the capture sees the wire");
        assertTrue(wire.contains("name-of-" + CANARY), "names are in clear unless they are hidden");
        assertFalse(wire.contains("key-" + CANARY));
        assertFalse(wire.contains("value-" + CANARY));
        assertFalse(wire.contains(PostgresBackend.PASSPHRASE));
    }
}
