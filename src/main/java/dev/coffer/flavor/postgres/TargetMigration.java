package dev.coffer.flavor.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the migrations in {@code migrations/postgres}, under Flyway's lock. Loaded only when the tables are not those of
 * the newest schema.
 */
final class TargetMigration {
    private static final Set<String> MADE_BY_ANOTHER = Set.of("23505", "42P06");

    private TargetMigration() {}

    /** There is something in the schema, and it is not coffer's. */
    static final class ForeignTablesException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForeignTablesException() {
            super("foreign tables", null, false, false);
        }
    }

    /**
     * Brings the tables to the newest schema.
     *
     * @param time that it may take
     * @throws ForeignTablesException if there is something else in the schema
     * @throws SQLException what the server said
     */
    static void run(PostgresConnector connector, String schema, Duration time) throws SQLException {
        Source source = new Source(connector);
        Deadline deadline = new Deadline(time);
        deadline.begin(source::abort);
        try (source) {
            createSchema(source, schema);
            Flyway.configure(TargetMigration.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:db/postgres")
                    .loggers(QuietFlywayLog.class.getName())
                    .schemas(schema)
                    .defaultSchema(schema)
                    .createSchemas(false)
                    .placeholderReplacement(false)
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                throw new ForeignTablesException();
            }
            throw sqlOf(e);
        } finally {
            deadline.done();
        }
    }

    /** By ourselves: Flyway would try ten times, a second apart, what is not allowed. */
    private static void createSchema(Source source, String schema) throws SQLException {
        Connection connection = source.getConnection();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?")) {
            select.setString(1, schema);
            try (ResultSet found = select.executeQuery()) {
                if (found.next()) {
                    return;
                }
            }
        }
        try (Statement create = connection.createStatement()) {
            create.execute("CREATE SCHEMA IF NOT EXISTS \"" + schema + '"');
        } catch (SQLException e) {
            if (!MADE_BY_ANOTHER.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
        }
    }

    private static SQLException sqlOf(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return new SQLException("Flyway failed", "XX000");
    }

    /** New connections. All are ended with the run: one that Flyway leaves open when it fails would keep its lock. */
    private static final class Source implements DataSource, AutoCloseable {
        private final PostgresConnector connector;
        private final List<Connection> given = new ArrayList<>();
        private boolean ended;

        Source(PostgresConnector connector) {
            this.connector = connector;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = connector.connect();
            synchronized (given) {
                given.add(connection);
                if (!ended) {
                    return connection;
                }
            }
            abort();
            throw new SQLException("ended", "08006");
        }

        void abort() {
            List<Connection> all;
            synchronized (given) {
                ended = true;
                all = List.copyOf(given);
            }
            for (Connection connection : all) {
                PostgresSession.abort(connection);
            }
        }

        @Override
        public void close() {
            abort();
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("wraps nothing");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
