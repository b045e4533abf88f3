package dev.coffer.bench;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The calls of the flavor {@code postgres} by JDBC alone, on tables that coffer made and filled: the same statements, the
 * same columns, as many round trips and bytes. It decrypts, checks and looks up nothing: it knows by what each name is found.
 */
final class PlainTarget implements AutoCloseable {
    private static final String FIND = "SELECT t.target_id, t.generation, s.secret_id, s.scope_id, s.name_key, s.name,"
            + " s.name_kek_id, s.name_dek, s.name_payload, s.version, s.deleted, s.schema_type, s.created, s.updated,"
            + " s.write_id, s.digest, s.mac, v.version, v.schema_type, v.created, v.deleted, v.write_id, v.kek_id,"
            + " v.wrapped_dek, v.payload FROM {target} t LEFT JOIN {secret} s ON s.scope_id = ? AND s.name_key = ?"
            + " LEFT JOIN {secret_version} v ON v.secret_id = s.secret_id AND v.version = s.version WHERE t.one = 1";
    private static final int COLUMNS = 25;

    private final Connection connection;
    private final String prefix;
    private final Map<String, Key> keys = new HashMap<>();

    private record Key(UUID scopeId, byte[] nameKey) {}

    /** Columns of a row as they came. */
    private record Row(Object[] columns) {
        private Object at(int column) {
            return columns[column - 1];
        }
    }

    PlainTarget(int port, String schema) throws SQLException {
        connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "");
        prefix = '"' + schema + "\".";
        try (PreparedStatement select = prepare("SELECT name, scope_id, name_key FROM {secret}");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.put(row.getString(1), new Key(row.getObject(2, UUID.class), row.getBytes(3)));
            }
        }
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql.replace("{", prefix).replace("}", ""));
    }

    private Row find(String name) throws SQLException {
        Key key = keys.get(name);
        try (PreparedStatement select = prepare(FIND)) {
            select.setObject(1, key.scopeId());
            select.setBytes(2, key.nameKey());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("no secret " + name);
                }
                Object[] columns = new Object[COLUMNS];
                for (int i = 0; i < COLUMNS; i++) {
                    columns[i] = row.getObject(i + 1);
                }
                return new Row(columns);
            }
        }
    }

    byte[] get(String name) throws SQLException {
        connection.setAutoCommit(true);
        return (byte[]) find(name).at(COLUMNS);
    }

    void update(String name, int round) throws SQLException {
        connection.setAutoCommit(false);
        Row row = find(name);
        long version = (long) row.at(10) + 1;
        long now = System.currentTimeMillis();
        UUID writeId = UUID.randomUUID();
        byte[] payload = ((byte[]) row.at(25)).clone();
        byte[] text = ("0123456789abcdef-" + round).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, payload, 0, text.length);
        try (PreparedStatement update = prepare("UPDATE {secret} SET version = ?, deleted = ?, schema_type = ?,"
                + " updated = ?, write_id = ?, digest = ?, mac = ? WHERE secret_id = ? AND version = ? AND write_id = ?"
                + " AND mac = ?")) {
            update.setLong(1, version);
            update.setBoolean(2, false);
            update.setString(3, (String) row.at(12));
            update.setLong(4, now);
            update.setObject(5, writeId);
            update.setBytes(6, (byte[]) row.at(16));
            update.setBytes(7, (byte[]) row.at(17));
            update.setObject(8, row.at(3));
            update.setLong(9, version - 1);
            update.setObject(10, row.at(15));
            update.setBytes(11, (byte[]) row.at(17));
            if (update.executeUpdate() != 1) {
                throw new SQLException("somebody else wrote");
            }
        }
        try (PreparedStatement insert =
                prepare("INSERT INTO {secret_version} (secret_id, version, schema_type, created,"
                        + " deleted, write_id, kek_id, wrapped_dek, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setObject(1, row.at(3));
            insert.setLong(2, version);
            insert.setString(3, (String) row.at(12));
            insert.setLong(4, now);
            insert.setBoolean(5, false);
            insert.setObject(6, writeId);
            insert.setObject(7, row.at(23));
            insert.setBytes(8, (byte[]) row.at(24));
            insert.setBytes(9, payload);
            insert.executeUpdate();
        }
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
