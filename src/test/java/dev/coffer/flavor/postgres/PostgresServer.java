package dev.coffer.flavor.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A PostgreSQL server on a free port of loopback, a real one from a Maven artifact. It lets everybody in as anybody. */
public final class PostgresServer implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Logger CHATTER = Logger.getLogger("io.zonky.test"); // kept, or its level is forgotten

    static {
        CHATTER.setLevel(Level.OFF); // it also mourns servers that were killed
    }

    private final Path data;
    private final Map<String, String> config;
    private EmbeddedPostgres server;

    private PostgresServer(Path data, int port, Map<String, String> config) {
        this.data = data;
        this.config = config;
        this.server = start(port);
    }

    private static final class Shared {
        static final PostgresServer SERVER = start(Map.of());
    }

    /** One for all tests of this JVM, stopped with it. */
    static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** One more server, which writes what it was told to disk before it answers. */
    public static PostgresServer start(Map<String, String> config) {
        try {
            return new PostgresServer(Files.createTempDirectory("coffer-postgres"), 0, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres start(int port) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setPGStartupWait(Duration.ofMinutes(1))
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("fsync", "off"); // the machine stays up
        config.forEach(builder::setServerConfig);
        if (port != 0) {
            builder.setPort(port);
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens on loopback. */
    public int port() {
        return server.getPort();
    }

    /** As the attribute {@code url} of a secrets manager. */
    public String url() {
        return "postgresql://127.0.0.1:" + port() + "/postgres";
    }

    Path data() {
        return data;
    }

    static String newName(String beginning) {
        return beginning + "_" + NAMES.incrementAndGet();
    }

    Connection connect(String user) {
        try {
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port() + "/postgres", user, "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements as the superuser. */
    void run(String... statements) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs one statement with parameters as the superuser, without foreign keys; the number of rows that it changed. */
    int update(String sql, Object... parameters) {
        try (Connection connection = connect("postgres");
                Statement set = connection.createStatement();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            set.execute("SET session_replication_role = replica");
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of all rows, as text. */
    List<String> column(String sql) {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return values;
    }

    /** Every column of every row of every table in a schema, each bytea as its bytes. */
    String everything(String schema) {
        StringBuilder all = new StringBuilder();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String table : column("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "'")) {
                try (ResultSet row = statement.executeQuery("SELECT * FROM " + schema + "." + table)) {
                    while (row.next()) {
                        Map<String, String> columns = new TreeMap<>();
                        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                            Object value = row.getObject(i);
                            columns.put(
                                    row.getMetaData().getColumnName(i),
                                    value instanceof byte[] bytes
                                            ? new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                                            : String.valueOf(value));
                        }
                        all.append(table).append(columns).append('\n');
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return all.toString();
    }

    void dropSchema(String schema) {
        run("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }

    /** Kills the server and all its processes, without a word to them. */
    void kill() {
        try {
            long postmaster = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            ProcessHandle handle = ProcessHandle.of(postmaster).orElseThrow();
            List<ProcessHandle> all = new ArrayList<>(handle.descendants().toList());
            all.add(handle);
            all.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle one : all) {
                one.onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server in an orderly way, or finds it stopped, and starts it again on the same port and data. */
    void restart() {
        int port = port();
        close();
        server = start(port);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
