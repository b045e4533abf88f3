package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.vault.TestHome;
import dev.coffer.vault.Vault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schemas of yesterday and tomorrow, and files that are no store. */
class MigrationsTest {
    private static final Migrations NEXT =
            new Migrations(List.of("classpath:db/migration", "classpath:db/next-migration"), 4, Set.of(4));
    private static final Migrations BROKEN =
            new Migrations(List.of("classpath:db/migration", "classpath:db/broken-migration"), 4, Set.of(4));

    private final TestHome home = TestHome.create();
    private Path file;

    @BeforeEach
    void fill() {
        file = home.location().database();
        try (Vault vault = new Vault(home.options())) {
            vault.secretsOf(TestHome.HERE).register(TestHome.secret("a", "k", "v"));
        }
    }

    @AfterEach
    void removeHome() {
        home.close();
    }

    private long number(Path database, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    private List<Path> leftovers() throws Exception {
        try (Stream<Path> files = Files.list(home.folder())) {
            return files.filter(f -> f.getFileName().toString().endsWith(".tmp"))
                    .toList();
        }
    }

    @Test
    void migration_thatChangesData_keepsACopyOfTheOldStore() throws Exception {
        long before = number(file, "SELECT sum(at) FROM log");
        long rows = number(file, "SELECT count(*) FROM log");
        StoreDatabase.open(file, NEXT).close();
        assertEquals(4, number(file, "PRAGMA user_version"));
        assertEquals(before + rows, number(file, "SELECT sum(at) FROM log"));
        Path copy = Migrations.copyBeforeMigration(file, 3);
        assertEquals(3, number(copy, "PRAGMA user_version"));
        assertEquals(before, number(copy, "SELECT sum(at) FROM log"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void migration_thatOnlyAdds_keepsNoCopy() throws Exception {
        StoreDatabase.open(file, new Migrations(NEXT.locations(), 4, Set.of())).close();
        assertEquals(4, number(file, "PRAGMA user_version"));
        assertFalse(Files.exists(Migrations.copyBeforeMigration(file, 3)));
    }

    @Test
    void brokenMigration_leavesTheStoreAsItWas_andIsRepeated() throws Exception {
        long before = number(file, "SELECT sum(at) FROM log");
        assertThrows(RuntimeException.class, () -> StoreDatabase.open(file, BROKEN));
        assertEquals(3, number(file, "PRAGMA user_version"));
        assertEquals(before, number(file, "SELECT sum(at) FROM log"));
        home.closeVaults();
        try (Vault vault = new Vault(home.options())) {
            TestHome.revealed(vault.secretsOf(TestHome.HERE).get(dev.coffer.secrets.SecretName.of("a")));
        }
        byte[] copy = Files.readAllBytes(Migrations.copyBeforeMigration(file, 3));
        StoreDatabase.open(file, NEXT).close();
        assertEquals(4, number(file, "PRAGMA user_version"));
        assertArrayEquals(copy, Files.readAllBytes(Migrations.copyBeforeMigration(file, 3)));
    }

    @Test
    void migration_bySeveralAtOnce_happensOnce() throws Exception {
        long before = number(file, "SELECT sum(at) FROM log");
        long rows = number(file, "SELECT count(*) FROM log");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                running.add(threads.submit(() -> {
                    StoreDatabase.open(file, NEXT).close();
                    return 1;
                }));
            }
            for (Future<Integer> one : running) {
                one.get(100, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(before + rows, number(file, "SELECT sum(at) FROM log"));
    }

    @Test
    void store_thatANewerCofferMigratedWhileThisOneWaited_isRefused() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            AtomicReference<Thread> waiting = new AtomicReference<>();
            Future<StoreDatabase> opened = LockFile.holding(file.resolveSibling(file.getFileName() + ".lock"), () -> {
                Future<StoreDatabase> opening = threads.submit(() -> {
                    waiting.set(Thread.currentThread());
                    return StoreDatabase.open(file, NEXT);
                });
                while (waiting.get() == null || waiting.get().getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                becomeSchema(5);
                return opening;
            });
            ExecutionException e = assertThrows(ExecutionException.class, () -> opened.get(100, TimeUnit.SECONDS));
            assertInstanceOf(NewerStoreException.class, e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void becomeSchema(int version) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = " + version);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void newerStore_isRefusedUnharmed() throws Exception {
        StoreDatabase.open(file, NEXT).close();
        byte[] before = Files.readAllBytes(file);
        NewerStoreException e = assertThrows(NewerStoreException.class, () -> StoreDatabase.open(file));
        assertTrue(e.getMessage().contains("schema 4"), e.getMessage());
        try (Vault vault = new Vault(home.options())) {
            assertThrows(
                    NewerStoreException.class,
                    () -> vault.secretsOf(TestHome.HERE).names());
        }
        assertArrayEquals(before, Files.readAllBytes(file));
        assertFalse(Files.exists(file.resolveSibling("coffer.db-wal")));
    }

    @Test
    void filesThatAreNoStore_areToldApart_andLeftAlone() throws Exception {
        Path empty = Files.createFile(home.file("empty"));
        Path garbage = Files.writeString(home.file("garbage"), "no database".repeat(1000));
        Path folder = Files.createDirectory(home.file("folder"));
        Path other = home.file("other");
        number(other, "SELECT 1");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        byte[] otherBytes = Files.readAllBytes(other);
        String emptySaid = assertThrows(IntegrityException.class, () -> StoreDatabase.open(empty))
                .getMessage();
        String garbageSaid = assertThrows(IntegrityException.class, () -> StoreDatabase.open(garbage))
                .getMessage();
        String otherSaid = assertThrows(IntegrityException.class, () -> StoreDatabase.open(other))
                .getMessage();
        assertThrows(StoreFileException.class, () -> StoreDatabase.open(folder));
        assertThrows(StoreFileException.class, () -> StoreDatabase.open(home.file("missing")));
        assertTrue(emptySaid.contains("is empty"), emptySaid);
        assertTrue(garbageSaid.contains("is damaged"), garbageSaid);
        assertTrue(otherSaid.contains("is not a coffer store"), otherSaid);
        assertEquals(0, Files.size(empty));
        assertFalse(Files.exists(home.file("missing")));
        assertArrayEquals(otherBytes, Files.readAllBytes(other));
        assertNotEquals(0, Files.readString(garbage, StandardCharsets.UTF_8).length());
    }
}
