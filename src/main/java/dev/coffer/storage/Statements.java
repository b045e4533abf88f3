package dev.coffer.storage;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Prepared statements of one connection, kept for reuse; and the conversion of parameters and columns. */
final class Statements {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    /** Reads one row. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Hears one row. */
    interface RowVisitor {
        void visit(ResultSet row) throws SQLException;
    }

    <T> Optional<T> one(String sql, RowReader<T> reader, Object... parameters) {
        try (ResultSet rows = bind(sql, parameters).executeQuery()) {
            return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw new SqlTrouble(e);
        }
    }

    <T> List<T> all(String sql, RowReader<T> reader, Object... parameters) {
        List<T> found = new ArrayList<>();
        each(sql, row -> found.add(reader.read(row)), parameters);
        return found;
    }

    void each(String sql, RowVisitor visitor, Object... parameters) {
        try (ResultSet rows = bind(sql, parameters).executeQuery()) {
            while (rows.next()) {
                visitor.visit(rows);
            }
        } catch (SQLException e) {
            throw new SqlTrouble(e);
        }
    }

    int run(String sql, Object... parameters) {
        try {
            return bind(sql, parameters).executeUpdate();
        } catch (SQLException e) {
            throw new SqlTrouble(e);
        }
    }

    private PreparedStatement bind(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            Object p = parameters[i];
            if (p instanceof UUID id) {
                statement.setBytes(i + 1, bytes(id));
            } else if (p instanceof byte[] b) {
                statement.setBytes(i + 1, b);
            } else if (p instanceof String s) {
                statement.setString(i + 1, s);
            } else if (p instanceof Boolean b) {
                statement.setLong(i + 1, b ? 1 : 0);
            } else {
                statement.setLong(i + 1, ((Number) p).longValue());
            }
        }
        return statement;
    }

    /**
     * A KEK id as Tink counts them. Of a number beyond that, which only an edit can bring, it makes 0, which Tink never
     * gives: reading goes on, and the content does not open.
     */
    static int kekId(long column) {
        return column == (int) column ? (int) column : 0;
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /**
     * An id. Of bytes that are none it makes one that no row of coffer's has: reading goes on, and whatever is bound to
     * the id does not open.
     */
    static UUID uuid(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length != 2 * Long.BYTES) {
            return UUID.nameUUIDFromBytes(bytes == null ? new byte[0] : bytes); // never of the random kind
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }

    /** Carries what SQLite said to the edge of this package, where it becomes an error for people. */
    static final class SqlTrouble extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final SQLException sql;

        SqlTrouble(SQLException sql) {
            super(sql);
            this.sql = sql;
        }

        SQLException sql() {
            return sql;
        }
    }
}
