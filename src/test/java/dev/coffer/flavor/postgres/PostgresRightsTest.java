package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.vault.KeySlots;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Who may make a target, who may use it, and what the others are told. */
class PostgresRightsTest {
    private static final SecretName DB = SecretName.of("db");

    private final PostgresBackend backend = new PostgresBackend(Map.of("scope", "global"));
    private final PostgresServer server = backend.server();
    private final String schema = backend.schema();
    private final String role = PostgresServer.newName("role");
    private final SecretsManager admin = backend.open();

    @TempDir
    Path folder;

    @AfterEach
    void tearDown() {
        admin.close();
        backend.cleanUp();
        server.run("DO 'BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ''" + role + "'') THEN"
                + " DROP OWNED BY " + role + "; DROP ROLE " + role + "; END IF; END'");
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private SecretsManager as(String user) {
        return backend.open("here", Map.of("scope", "global", "user", user));
    }

    private static String assertRemote(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        return e.getMessage() + " " + e.hint().orElse("");
    }

    private static String told(SecretsManager manager) {
        RemoteException e =
                assertInstanceOf(RemoteException.class, manager.check().orElseThrow());
        return e.getMessage() + " " + e.hint().orElse("");
    }

    private static void assertSays(String said, String... words) {
        for (String word : words) {
            assertTrue(said.contains(word), said);
        }
    }

    @Test
    void reading_makesNothing() {
        assertEquals(List.of(), admin.getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> admin.getSecret(DB));
        assertThrows(NoSuchSecretException.class, () -> admin.deleteSecret(DB));
        assertEquals(Optional.empty(), admin.check());
        admin.deleteAllSecrets();
        assertEquals(List.of(), server.column("SELECT nspname FROM pg_namespace WHERE nspname = '" + schema + "'"));
    }

    @Test
    void firstWrites_atOnce_makeOneTarget() throws Exception {
        List<FutureTask<Long>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SecretName name = SecretName.of("s" + i);
            writers.add(new FutureTask<>(() -> {
                try (SecretsManager mine = backend.open()) {
                    return mine.registerSecret(Secret.of(name, Map.of())).version();
                }
            }));
        }
        writers.forEach(writer -> new Thread(writer).start());
        for (FutureTask<Long> writer : writers) {
            assertEquals(1, writer.get(60, TimeUnit.SECONDS));
        }
        assertEquals(6, admin.getAllSecretKeys().size());
        assertEquals(
                1, server.column("SELECT target_id FROM " + schema + ".target").size());
        assertEquals(1, server.column("SELECT slot_id FROM " + schema + ".slot").size());
    }

    @Test
    void roleThatMayMakeNothing_isToldWhatItNeeds_andThenWorks() {
        server.run("CREATE ROLE " + role + " LOGIN");
        try (SecretsManager mine = as(role)) {
            long before = System.nanoTime();
            assertSays(
                    assertRemote(() -> mine.registerSecret(secret("v"))),
                    "may not make the tables",
                    "CREATE SCHEMA " + schema + " AUTHORIZATION",
                    "GRANT CREATE ON DATABASE",
                    "GRANT CREATE ON SCHEMA " + schema);
            assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(5), "at once");
            assertSays(told(mine), "may not make the tables");
            server.run("CREATE SCHEMA " + schema + " AUTHORIZATION " + role);
            assertEquals(Optional.empty(), mine.check());
            mine.registerSecret(secret("v"));
            mine.getSecret(DB).close();
            assertEquals(Optional.empty(), mine.check());
        }
    }

    /** As public often is. */
    @Test
    void schemaOfSomebodyElse_isLeftAlone_andAnotherOneAskedFor() {
        server.run("CREATE SCHEMA " + schema, "CREATE TABLE " + schema + ".orders (id INTEGER)");
        InvalidException e = assertThrows(InvalidException.class, () -> admin.registerSecret(secret("v")));
        assertSays(
                e.getMessage() + e.hint().orElse(""),
                "in use by something else",
                "secrets-manager update here --schema=");
        assertInstanceOf(InvalidException.class, admin.check().orElseThrow());
        assertEquals(
                List.of("orders"),
                server.column("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "'"));
    }

    /** The rights that README lists for reading, and no other. */
    @Test
    void roleThatMayOnlyRead_reads_andIsToldWhatWritingNeeds() {
        admin.registerSecret(secret("v"));
        server.run(
                "CREATE ROLE " + role + " LOGIN",
                "GRANT USAGE ON SCHEMA " + schema + " TO " + role,
                "GRANT SELECT ON " + tables("schema_version, target, slot, secret, secret_version") + " TO " + role);
        try (SecretsManager reader = as(role)) {
            try (Secret found = reader.getSecret(DB)) {
                assertEquals("v", found.value("k").revealText());
            }
            assertEquals(List.of(DB), reader.getAllSecretKeys());
            assertEquals(1, ((Versioned) reader).history(DB).size());
            assertSays(assertRemote(() -> reader.updateSecret(secret("w"))), "UPDATE ON " + schema + ".secret");
            assertSays(
                    assertRemote(() -> reader.registerSecret(Secret.of(SecretName.of("new"), Map.of()))),
                    "INSERT ON " + schema + ".secret",
                    "GRANT INSERT ON");
            assertSays(assertRemote(() -> reader.deleteSecret(DB)), "UPDATE ON " + schema + ".secret");
            assertSays(
                    assertRemote(() -> ((Recoverable) reader).purgeSecret(DB)),
                    "DELETE ON " + schema + ".secret_version");
            assertSays(told(reader), "INSERT ON " + schema + ".secret");
            assertFalse(reader.updateSecret(secret("v")).changed(), "which writes nothing");
        }
        assertEquals(1, ((Versioned) admin).history(DB).size());
    }

    private String tables(String names) {
        return schema + "." + names.replace(", ", ", " + schema + ".");
    }

    /** The rights that README lists for writing, and no other. */
    @Test
    void roleThatMayWrite_doesEverything_butMakesNoTables() {
        admin.registerSecret(secret("v"));
        server.run(
                "CREATE ROLE " + role + " LOGIN",
                "GRANT USAGE ON SCHEMA " + schema + " TO " + role,
                "GRANT SELECT ON " + tables("schema_version, target, slot, secret, secret_version") + " TO " + role,
                "GRANT INSERT, DELETE ON " + tables("secret, secret_version") + " TO " + role,
                "GRANT UPDATE ON " + tables("secret") + " TO " + role);
        try (SecretsManager writer = as(role)) {
            assertEquals(Optional.empty(), writer.check());
            writer.updateSecret(secret("w"));
            writer.deleteSecret(DB);
            ((Recoverable) writer).recoverSecret(DB);
            ((Recoverable) writer).purgeSecret(DB);
            writer.registerSecret(secret("x"));
            writer.deleteAllSecrets();
            assertEquals(List.of(), writer.getAllSecretKeys());
        }
    }

    /** The rights that README lists for whoever looks after the keys, and no other. */
    @Test
    void roleThatMayChangeKeys_doesEverythingWithThem() {
        admin.registerSecret(secret("v"));
        server.run(
                "CREATE ROLE " + role + " LOGIN",
                "GRANT USAGE ON SCHEMA " + schema + " TO " + role,
                "GRANT SELECT ON " + tables("schema_version, target, slot, secret, secret_version, kek") + " TO "
                        + role);
        try (SecretsManager keeper = as(role)) {
            KeySlots keys = (KeySlots) keeper;
            assertEquals(1, keys.slots().size());
            assertEquals(1, keys.status().keks().size());
            assertSays(assertRemote(keys::addRecoveryCode), "UPDATE ON " + schema + ".target");
            assertSays(assertRemote(() -> keys.rotate(Progress.NONE)), "INSERT ON " + schema + ".kek");
            server.run(
                    "GRANT INSERT, DELETE ON " + tables("slot, kek") + " TO " + role,
                    "GRANT UPDATE ON " + tables("target, secret, secret_version") + " TO " + role);
            keys.addRecoveryCode();
            keys.removeSlot(keys.slots().get(1).id());
            assertEquals(1, keys.rotate(Progress.NONE).versions());
            assertEquals(1, keys.rotateDeks(Progress.NONE).versions());
            keeper.getSecret(DB).close();
        }
        admin.getSecret(DB).close();
    }

    @Test
    void roleWithoutTheSchema_isToldSo() {
        admin.registerSecret(secret("v"));
        server.run("CREATE ROLE " + role + " LOGIN");
        try (SecretsManager stranger = as(role)) {
            assertSays(assertRemote(() -> stranger.getSecret(DB)), "GRANT USAGE ON SCHEMA " + schema);
            assertSays(told(stranger), "GRANT USAGE ON SCHEMA " + schema);
        }
    }

    /** As on a replica. */
    @Test
    void serverThatIsReadOnly_isRead() {
        admin.registerSecret(secret("v"));
        server.run(
                "CREATE ROLE " + role + " LOGIN SUPERUSER",
                "ALTER ROLE " + role + " SET default_transaction_read_only = on");
        try (SecretsManager reader = as(role)) {
            reader.getSecret(DB).close();
            assertEquals(List.of(DB), reader.getAllSecretKeys());
            assertSays(assertRemote(() -> reader.updateSecret(secret("w"))), "takes no writes", "replica");
            assertSays(assertRemote(() -> reader.registerSecret(Secret.of(SecretName.of("n"), Map.of()))), "replica");
            assertSays(assertRemote(reader::deleteAllSecrets), "replica");
            assertSays(told(reader), "takes no writes");
        }
        try (SecretsManager maker = backend.open("here", Map.of("user", role, "schema", schema + "_2"))) {
            assertSays(assertRemote(() -> maker.registerSecret(secret("w"))), "replica");
        }
        assertEquals(1, ((Versioned) admin).history(DB).size());
    }

    @Test
    void check_tellsApart_whatIsWrong() throws IOException {
        int closed;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = free.getLocalPort();
        }
        Map<String, String> expected = Map.of(
                "postgresql://127.0.0.1:" + closed + "/postgres",
                "no connection could be made",
                "postgresql://127.0.0.1:" + server.port() + "/nowhere",
                "no such database",
                "postgresql://no-such-host.invalid/postgres",
                "host is not known");
        for (Map.Entry<String, String> one : expected.entrySet()) {
            try (SecretsManager manager = backend.open("here", Map.of("url", one.getKey()))) {
                assertSays(told(manager), one.getValue(), "PostgreSQL (here)");
                assertSays(assertRemote(() -> manager.getSecret(DB)), one.getValue());
            }
        }
        try (SecretsManager manager = as("nobody_at_all")) {
            assertSays(told(manager), "refused the login");
        }
    }

    /** Names come from the store, whose grammar could be wider than that of today. */
    @Test
    void hostileNames_areJustNames() {
        List<String> hostile = List.of(
                "x'; DROP TABLE " + schema + ".secret; --",
                "\"; DELETE FROM secret; --",
                "$1",
                "?",
                "{secret}",
                "\\x00",
                "%s",
                "a\tb\n",
                "\u202e");
        for (String text : hostile) {
            SecretName name = SecretName.ofStored(text);
            admin.registerSecret(
                    Secret.ofStored(name, Secret.ARBITRARY, Map.of("k", SecretValue.of(text)), null, null, null));
            try (Secret found = admin.getSecret(name)) {
                assertEquals(text, found.value("k").revealText());
            }
        }
        assertEquals(hostile.size(), admin.getAllSecretKeys().size());
        admin.deleteAllSecrets();
    }

    // Keys

    @Test
    void keyFile_isMadeWithTheTarget_andOpensIt() throws IOException {
        Path file = folder.resolve("keys/target.key");
        Map<String, String> byFile = Map.of("scope", "global", "key-file", file.toString());
        try (SecretsManager one = backend.open("here", byFile)) {
            assertEquals(List.of(), one.getAllSecretKeys());
            assertFalse(Files.exists(file), "reading makes none");
            one.registerSecret(secret("v"));
        }
        assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
        try (SecretsManager again = backend.open("here", byFile)) {
            again.getSecret(DB).close();
        }
        assertThrows(WrongKeyException.class, () -> admin.getSecret(DB));
        Path other = folder.resolve("other.key");
        try (SecretsManager wrong = backend.open("here", Map.of("key-file", other.toString()))) {
            assertThrows(StoreFileException.class, () -> wrong.getSecret(DB));
            assertThrows(StoreFileException.class, () -> wrong.registerSecret(secret("x")));
            assertFalse(Files.exists(other), "none is made for a target that is there");
        }
    }

    /** Whoever loses the race made the key file, perhaps, and the winner read it: it stays. */
    @Test
    void firstWrites_atOnce_withOneKeyFile_leaveATargetThatItOpens() throws Exception {
        for (int round = 0; round < 5; round++) {
            String schemaOfRound = schema + "_" + round;
            Map<String, String> byFile = Map.of(
                    "scope",
                    "global",
                    "schema",
                    schemaOfRound,
                    "key-file",
                    folder.resolve("k" + round).toString());
            List<FutureTask<Boolean>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SecretName name = SecretName.of("s" + i);
                writers.add(new FutureTask<>(() -> {
                    try (SecretsManager mine = backend.open("here", byFile)) {
                        mine.registerSecret(Secret.of(name, Map.of()));
                        return true;
                    } catch (InvalidException | StoreFileException e) {
                        return false; // the file was in the making
                    }
                }));
            }
            writers.forEach(writer -> new Thread(writer).start());
            int written = 0;
            for (FutureTask<Boolean> writer : writers) {
                written += writer.get(60, TimeUnit.SECONDS) ? 1 : 0;
            }
            try (SecretsManager again = backend.open("here", byFile)) {
                assertEquals(written, again.getAllSecretKeys().size());
            }
            server.run("DROP SCHEMA IF EXISTS " + schemaOfRound + " CASCADE");
        }
    }

    @Test
    void certificatesThatAreNotThere_areNamed() {
        String missing = folder.resolve("none.pem").toString();
        try (SecretsManager manager = backend.open("here", Map.of("ca-file", missing))) {
            StoreFileException e = assertThrows(StoreFileException.class, () -> manager.getSecret(DB));
            assertSays(e.getMessage(), missing);
            assertInstanceOf(StoreFileException.class, manager.check().orElseThrow());
        }
    }

    @Test
    void eitherKey_opensATargetThatWasMadeWithBoth() {
        Path file = folder.resolve("target.key");
        Map<String, String> both =
                Map.of("scope", "global", "key-file", file.toString(), "passphrase", PostgresBackend.PASSPHRASE);
        try (SecretsManager maker = backend.open("here", both)) {
            maker.registerSecret(secret("v"));
        }
        admin.getSecret(DB).close();
        try (SecretsManager byFile = backend.open("here", Map.of("scope", "global", "key-file", file.toString()))) {
            byFile.getSecret(DB).close();
        }
        try (SecretsManager half = backend.open(
                "here",
                Map.of(
                        "scope",
                        "global",
                        "key-file",
                        folder.resolve("none").toString(),
                        "passphrase",
                        PostgresBackend.PASSPHRASE))) {
            half.getSecret(DB).close();
        }
    }

    /** Isolation as a distributed engine has it: what cannot be done in order is undone, and done again. */
    @Test
    void serializableTransactions_loseNoUpdate() throws Exception {
        server.run(
                "CREATE ROLE " + role + " LOGIN SUPERUSER",
                "ALTER ROLE " + role + " SET default_transaction_isolation = 'serializable'");
        List<FutureTask<Object>> writers = new ArrayList<>();
        admin.registerSecret(secret("0"));
        for (int i = 0; i < 4; i++) {
            String key = "key" + i;
            writers.add(new FutureTask<>(() -> {
                try (SecretsManager mine = as(role)) {
                    for (int n = 0; n < 5; n++) {
                        mine.mergeSecret(
                                DB,
                                new dev.coffer.secrets.SecretPatch(
                                        Map.of(key, SecretValue.of(String.valueOf(n))),
                                        java.util.Set.of(),
                                        Optional.empty()));
                    }
                }
                return key;
            }));
        }
        writers.forEach(writer -> new Thread(writer).start());
        for (FutureTask<Object> writer : writers) {
            writer.get(60, TimeUnit.SECONDS);
        }
        try (Secret found = admin.getSecret(DB)) {
            assertEquals(21, found.version().orElseThrow());
            assertEquals(5, found.content().size());
        }
    }
}
