package dev.coffer.vault;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The database behind coffer's back: plain SQL, with SQLite's own constraints out of the way. */
final class RawStore {
    private final String url;

    RawStore(Path database) {
        this.url = "jdbc:sqlite:" + database;
    }

    static RawStore of(TestHome home) {
        return new RawStore(home.location().database());
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA foreign_keys = OFF");
            statement.execute("PRAGMA ignore_check_constraints = ON");
        }
        return connection;
    }

    /** Runs one statement and returns how many rows it changed. */
    int run(String sql, @Nullable Object... parameters) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Runs one statement that has to change exactly one row. */
    void change(String sql, @Nullable Object... parameters) {
        int changed = run(sql, parameters);
        if (changed != 1) {
            throw new AssertionError(changed + " rows were changed by " + sql);
        }
    }

    /** All rows, column name to value. */
    List<Map<String, Object>> rows(String sql, @Nullable Object... parameters) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            List<Map<String, Object>> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Map<String, Object> row = new LinkedHashMap<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.put(rows.getMetaData().getColumnName(i), wide(rows.getObject(i)));
                    }
                    found.add(row);
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Object wide(Object value) {
        return value instanceof Integer i ? (Object) i.longValue() : value;
    }

    /** The only row. */
    Map<String, Object> row(String sql, @Nullable Object... parameters) {
        List<Map<String, Object>> found = rows(sql, parameters);
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " rows found by " + sql);
        }
        return found.get(0);
    }

    /** The only value of the only row. */
    Object value(String sql, @Nullable Object... parameters) {
        return row(sql, parameters).values().iterator().next();
    }

    /** Puts a row as it was read from this or another store; one with the same key is replaced. */
    void put(String table, Map<String, Object> row) {
        String marks =
                String.join(", ", row.keySet().stream().map(column -> "?").toList());
        run(
                "INSERT OR REPLACE INTO " + table + " (" + String.join(", ", row.keySet()) + ") VALUES (" + marks + ")",
                row.values().toArray());
    }

    /** The columns of a table. */
    List<String> columns(String table) {
        return rows("SELECT name FROM pragma_table_info(?)", table).stream()
                .map(row -> (String) row.get("name"))
                .map(String::valueOf)
                .toList();
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}
