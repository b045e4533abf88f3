package dev.coffer.storage;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * One connection to a store's database. Not safe for use by several threads: the vault lets one in at a time, and
 * SQLite does the same for processes.
 */
public final class StoreDatabase implements AutoCloseable {
    /** {@code cofr} in ASCII, in the file's header, so that other SQLite files are told apart. */
    static final int APPLICATION_ID = 0x636F6672;

    /** The newest schema that this coffer knows and writes. */
    public static final int SCHEMA = 3;

    // The driver logs what it throws as well, which would come before coffer's own words on stderr. Held here, or it
    // would be forgotten. The command starts with a log that goes nowhere, and without the time to set this one up.
    private static final @Nullable Logger DRIVER_LOG =
            System.getProperty("slf4j.provider", "").endsWith(".NOP_FallbackServiceProvider")
                    ? null
                    : Logger.getLogger("org.sqlite");

    static {
        if (DRIVER_LOG != null) {
            DRIVER_LOG.setLevel(Level.OFF);
        }
    }

    private static final int BUSY_TIMEOUT_MS = 60_000; // many writers with an fsync each may queue up
    private static final int CHECKPOINT_TIMEOUT_MS = 5_000; // a gap between readers comes soon, on a busy machine too
    // Taken as it fills: what 1,000 secrets of a million lie in is 12 MiB.
    private static final int CACHE_KIB = 32 * 1024;
    private static final long GLANCE_NANOS = 1_000_000;

    private final Connection connection;
    private final Path file;
    private final Statements sql;
    private final Tables tables;
    private final @Nullable Object identity;
    private long lookedAt;
    private long writes; // ended here, whatever became of them, and looks at what one has not ended yet
    private boolean writing;

    /**
     * Over a connection.
     *
     * @param identity of the file, from before the connection was made: one that takes its place meanwhile is noticed
     */
    private StoreDatabase(Connection connection, Path file, @Nullable Object identity) {
        this.connection = connection;
        this.file = file;
        this.sql = new Statements(connection);
        this.tables = Tables.over(sql);
        this.identity = identity;
    }

    private static @Nullable Object identity(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return "gone";
        }
    }

    /**
     * As {@link #requireInPlace}, at most once a millisecond: a read that finds what was there a millisecond ago could as
     * well have come that much earlier. Asking the file system each time takes a twelfth of a read.
     */
    private void glanceInPlace() {
        long now = System.nanoTime();
        if (lookedAt == 0 || now - lookedAt > GLANCE_NANOS) {
            requireInPlace();
            lookedAt = now;
        }
    }

    /** SQLite goes on with a file that was removed, and what is written then is lost without a word. */
    private void requireInPlace() {
        if (!Objects.equals(identity, identity(file))) {
            throw new StoreFileException(
                    "the store " + file + " was moved, removed or replaced while it was open",
                    file.toString(),
                    "open it again");
        }
    }

    /**
     * Opens a database that exists and is of the current schema.
     *
     * @throws NewerStoreException if it has a newer schema
     * @throws IntegrityException if it is not a coffer store, or damaged
     * @throws StoreFileException if the file system is in the way
     */
    public static StoreDatabase open(Path file) {
        return open(file, Migrations.released());
    }

    /** As {@link #open(Path)}, with the migrations given. */
    static StoreDatabase open(Path file, Migrations migrations) {
        Optional<StoreDatabase> current = openCurrent(file, migrations.head());
        if (current.isPresent()) {
            return current.get();
        }
        LockFile.holding(file.resolveSibling(file.getFileName() + ".lock"), () -> {
            int now = schemaVersion(file); // another process may have been faster
            if (now < migrations.head()) {
                migrations.migrate(file, now);
            }
            return true;
        });
        return openCurrent(file, migrations.head())
                .orElseThrow(() -> new IllegalStateException("the migrations lead to their head"));
    }

    /** Empty if it has an older schema. */
    private static Optional<StoreDatabase> openCurrent(Path file, int schema) {
        return connected(file, BUSY_TIMEOUT_MS, connection -> {
            int version = schemaVersion(connection, file);
            if (version > schema) {
                throw new NewerStoreException(
                        "the store " + file + " has schema " + version + "; this coffer knows schemas up to " + schema,
                        file.toString(),
                        "use the newer coffer that wrote it; the store was not touched");
            }
            if (version < schema) {
                return false;
            }
            useWriteAheadLog(connection);
            return true;
        });
    }

    /**
     * A copy that SQLite made has a rollback journal, in which a writer keeps all readers out. One query of the header
     * where the log is in use already.
     */
    private static void useWriteAheadLog(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
        } catch (SQLException e) {
            // In use by others or read-only: slower, and right all the same. The next one to open it tries again.
        }
    }

    /** Makes a database of the current schema out of an empty file. */
    public static StoreDatabase create(Path file) {
        Migrations migrations = Migrations.released();
        migrations.create(file);
        Object identity = identity(file);
        Connection connection = connect(file, BUSY_TIMEOUT_MS);
        useWriteAheadLog(connection);
        return new StoreDatabase(connection, file, identity);
    }

    /**
     * Opens a database for a quick look. Nothing is changed, nor migrated: empty if it is not of the current schema.
     *
     * @param patienceMs how long to wait for a writer
     */
    public static Optional<StoreDatabase> openToLook(Path file, int patienceMs) {
        return connected(file, patienceMs, connection -> schemaVersion(connection, file) == SCHEMA);
    }

    /** A database over a new connection, which is closed if it is not wanted. */
    private static Optional<StoreDatabase> connected(Path file, int patienceMs, Predicate<Connection> wanted) {
        requireFilled(file);
        Object identity = identity(file);
        Connection connection = connect(file, patienceMs);
        try {
            if (wanted.test(connection)) {
                return Optional.of(new StoreDatabase(connection, file, identity));
            }
        } catch (RuntimeException | Error e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
        close(connection, file);
        return Optional.empty();
    }

    /** The schema version in the file's header; refuses files that are no store. */
    private static int schemaVersion(Path file) {
        requireFilled(file);
        try (Connection connection = connect(file, BUSY_TIMEOUT_MS)) {
            return schemaVersion(connection, file);
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    private static void requireFilled(Path file) {
        if (file.toFile().length() == 0 && Files.isRegularFile(file)) {
            throw new IntegrityException(
                    "the store " + file + " is empty: it was cut off, or never filled",
                    file.toString(),
                    "restore a backup with 'coffer restore'");
        }
    }

    private static int schemaVersion(Connection connection, Path file) {
        try (Statement statement = connection.createStatement()) {
            if (pragma(statement, "application_id") != APPLICATION_ID) {
                throw new IntegrityException(
                        file + " is not a coffer store",
                        file.toString(),
                        "check --home, or restore a backup with 'coffer restore'");
            }
            int version = pragma(statement, "user_version");
            SchemaText.requireReleased(statement, version, file);
            return version;
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    private static int pragma(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    static Connection connect(Path file, int busyTimeoutMs) {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE); // a store that vanished is never replaced by an empty one
        config.setBusyTimeout(busyTimeoutMs);
        config.enforceForeignKeys(true);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        config.setGetGeneratedKeys(false); // its query stays open behind every INSERT, and VACUUM refuses to run then
        config.setCacheSize(-CACHE_KIB);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY); // no temporary files outside the store's folder
        try {
            return config.createConnection("jdbc:sqlite:" + inUrl(file));
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    /** The driver takes what follows a question mark for options: such a path is written as a URI, where it is quoted. */
    private static String inUrl(Path file) {
        String path = file.toString();
        return path.contains("?")
                ? "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
                : path;
    }

    /** Runs work that reads, on one snapshot. */
    public <T> T read(Function<Tables, T> work) {
        return inTransaction("BEGIN", work);
    }

    /** Runs a single query, which is a snapshot by itself and is spared the beginning and the end of a transaction. */
    public <T> T query(Function<Tables, T> query) {
        glanceInPlace();
        try {
            return query.apply(tables);
        } catch (Statements.SqlTrouble e) {
            throw SqliteErrors.translate(e.sql(), file);
        }
    }

    /**
     * Another number than before once anybody committed anything, in this process or another; and at every call while
     * {@link #write} runs, which may see what is never committed. A query of some bytes that all who use the file share,
     * which looks at no table.
     */
    public long changes() {
        if (writing) {
            writes++;
        }
        try {
            long others = sql.one("PRAGMA data_version", row -> row.getLong(1)).orElseThrow();
            return others + (writes << Integer.SIZE);
        } catch (Statements.SqlTrouble e) {
            throw SqliteErrors.translate(e.sql(), file);
        }
    }

    /** Runs work that writes. Nobody else writes meanwhile. What it throws undoes it. Durable when this returns. */
    public <T> T write(Function<Tables, T> work) {
        boolean within = writing;
        writing = true;
        try {
            return inTransaction("BEGIN IMMEDIATE", work);
        } finally {
            writing = within;
            writes++;
        }
    }

    private <T> T inTransaction(String begin, Function<Tables, T> work) {
        requireInPlace();
        boolean done = false;
        try {
            execute(begin);
            try {
                T result = work.apply(tables);
                execute("COMMIT");
                done = true;
                return result;
            } finally {
                if (!done) {
                    rollBack();
                }
            }
        } catch (Statements.SqlTrouble e) {
            throw SqliteErrors.translate(e.sql(), file);
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    private void rollBack() {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite rolled back by itself, as it does when the disk is full. The first error is the one to report.
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Moves the write-ahead log into the database and empties it, so that what was deleted is in neither.
     *
     * @return false if another process was reading; the last one to close does it then
     */
    public boolean checkpoint() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = " + CHECKPOINT_TIMEOUT_MS);
            try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                return row.next() && row.getInt(1) == 0;
            } finally {
                statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MS);
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    /** Writes a consistent copy, without free pages, into a file that does not exist or is empty. */
    public void copyTo(Path target) {
        try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, target.toString());
            statement.execute();
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, target);
        }
    }

    /**
     * Replaces the whole content by that of another store of the same schema, in one transaction with the caller's
     * work. Nobody else writes from before the first look at the old content until after the last at the new one.
     *
     * @param source a database file that nobody else uses
     * @param before looks at the old content
     * @param after runs after the content was replaced, with what was seen before
     */
    public <S, T> T replaceWith(Path source, Function<Tables, S> before, BiFunction<Tables, S, T> after) {
        try {
            try (var attach = connection.prepareStatement("ATTACH DATABASE ? AS source")) {
                attach.setString(1, source.toString());
                attach.execute();
            }
            try {
                return write(t -> {
                    S seen = before.apply(t);
                    // Children go first and come last: SQLite's bulk copy does not settle what refers to a parent.
                    for (String table : List.of("secret_version", "secret", "record", "slot", "log", "store")) {
                        run("DELETE FROM main." + table);
                    }
                    for (String table : List.of("store", "log", "slot", "record", "secret", "secret_version")) {
                        run("INSERT INTO main." + table + " SELECT * FROM source." + table);
                    }
                    return after.apply(t, seen);
                });
            } finally {
                execute("DETACH DATABASE source");
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }

    private void run(String sql) {
        try {
            execute(sql);
        } catch (SQLException e) {
            throw new Statements.SqlTrouble(e);
        }
    }

    /**
     * SQLite's own check of the file's structure, on a connection of its own: another thread may use this one meanwhile.
     *
     * @return empty if it is sound, else what is wrong
     */
    public List<String> checkStructure() {
        requireInPlace();
        List<String> trouble = new ArrayList<>();
        try (Connection another = connect(file, BUSY_TIMEOUT_MS);
                Statement statement = another.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA integrity_check(20)")) {
            while (rows.next()) {
                if (!rows.getString(1).equals("ok")) {
                    trouble.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
        return trouble;
    }

    @Override
    public void close() {
        close(connection, file);
    }

    private static void close(Connection connection, Path file) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file);
        }
    }
}
