package dev.coffer.flavor.postgres;

import dev.coffer.crypto.SealedContent;
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

/**
 * The tables of a target, on one connection. Portable SQL; everything that is not of coffer's own making is a bound
 * parameter, and the schema's name, which cannot be one, is held against a grammar before.
 */
final class TargetTables {
    static final String HEAD = "s.secret_id, s.scope_id, s.name_key, s.name, s.name_kek_id, s.name_dek,"
            + " s.name_payload, s.version, s.deleted, s.schema_type, s.created, s.updated, s.write_id, s.digest, s.mac";
    static final int HEAD_COLUMNS = 15;
    static final String VERSION =
            "v.version, v.schema_type, v.created, v.deleted, v.write_id, v.kek_id," + " v.wrapped_dek, v.payload";

    /** A right that operations need. */
    private record Right(String right, String table) {}

    private static final List<Right> RIGHTS = List.of(
            new Right("SELECT", "secret"),
            new Right("SELECT", "secret_version"),
            new Right("INSERT", "secret"),
            new Right("INSERT", "secret_version"),
            new Right("UPDATE", "secret"),
            new Right("DELETE", "secret"),
            new Right("DELETE", "secret_version"));

    private final Connection connection;
    private final String prefix;
    private final Map<String, String> texts = new HashMap<>();
    private Right needed = new Right("", "");

    /**
     * Makes the tables' user.
     *
     * @param schema a name that {@link PostgresSettings} has checked
     */
    TargetTables(Connection connection, String schema) {
        this.connection = connection;
        this.prefix = '"' + schema + "\".";
    }

    /** What the role needs to be allowed for the statement that was run last, as GRANT writes it. */
    String needs() {
        return needed.right().isEmpty() ? "" : needed.right() + " ON " + plain(needed.table());
    }

    Connection connection() {
        return connection;
    }

    private String plain(String table) {
        return prefix.replace("\"", "") + table;
    }

    PreparedStatement prepare(String right, String table, String sql) throws SQLException {
        needed = new Right(right, table);
        // One and the same text each time: the driver finds what it has prepared by it.
        String text = texts.computeIfAbsent(sql, one -> one.replace("{", prefix).replace("}", ""));
        return connection.prepareStatement(text);
    }

    // The target

    /**
     * What the tables say of themselves.
     *
     * @param version of the schema
     * @param target absent if nobody made one yet
     */
    record Described(int version, Optional<TargetRow> target) {}

    Described describe() throws SQLException {
        try (PreparedStatement select = prepare(
                        "SELECT",
                        "schema_version",
                        "SELECT v.version, t.target_id, t.generation, t.hide_names, t.keyring, t.mac"
                                + " FROM {schema_version} v LEFT JOIN {target} t ON t.one = v.one WHERE v.one = 1");
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return new Described(0, Optional.empty());
            }
            return new Described(
                    row.getInt(1),
                    row.getObject(2) == null
                            ? Optional.empty()
                            : Optional.of(new TargetRow(
                                    uuid(row, 2), row.getLong(3), row.getBoolean(4), bytes(row, 5), bytes(row, 6))));
        }
    }

    /** Whether there was no target before. */
    boolean insertTarget(TargetRow t) throws SQLException {
        try (PreparedStatement insert = prepare(
                "INSERT",
                "target",
                "INSERT INTO {target} (one, target_id, generation, hide_names, keyring, mac) VALUES (1, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO NOTHING")) {
            insert.setObject(1, t.id());
            insert.setLong(2, t.generation());
            insert.setBoolean(3, t.hideNames());
            insert.setBytes(4, t.keyring());
            insert.setBytes(5, t.mac());
            return insert.executeUpdate() == 1;
        }
    }

    // Secrets

    /**
     * The target that is there now, and what was asked for in it.
     *
     * @param targetId which it is; null if there is none any more
     * @param generation of its keyring
     * @param rows what was found
     */
    record Answer<T>(@Nullable UUID targetId, long generation, List<T> rows) {}

    /** A head and its current version; that is null if it was not asked for, or is not there. */
    record Found(HeadRow head, @Nullable VersionRow version) {}

    private static final String IN_TARGET = " FROM {target} t LEFT JOIN {secret} s ON s.scope_id = ?";

    /** The head of that name, and its current version. */
    Answer<Found> find(UUID scopeId, byte[] nameKey) throws SQLException {
        try (PreparedStatement select = prepare(
                "SELECT",
                "secret_version",
                "SELECT t.target_id, t.generation, " + HEAD + ", " + VERSION + IN_TARGET + " AND s.name_key = ?"
                        + " LEFT JOIN {secret_version} v ON v.secret_id = s.secret_id AND v.version = s.version"
                        + " WHERE t.one = 1")) {
            select.setObject(1, scopeId);
            select.setBytes(2, nameKey);
            return answer(select, true);
        }
    }

    /** The heads of a scope, deleted ones included. */
    Answer<Found> heads(UUID scopeId) throws SQLException {
        try (PreparedStatement select = prepare(
                "SELECT",
                "secret",
                "SELECT t.target_id, t.generation, " + HEAD + IN_TARGET + " WHERE t.one = 1 ORDER BY s.secret_id")) {
            select.setObject(1, scopeId);
            return answer(select, false);
        }
    }

    private static Answer<Found> answer(PreparedStatement select, boolean withVersion) throws SQLException {
        List<Found> rows = new ArrayList<>();
        UUID targetId = null;
        long generation = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                targetId = uuid(row, 1);
                generation = row.getLong(2);
                if (row.getObject(3) != null) {
                    HeadRow head = head(row, 3);
                    boolean there = withVersion && row.getObject(HEAD_COLUMNS + 3) != null;
                    rows.add(new Found(head, there ? version(row, head.secretId(), HEAD_COLUMNS + 3) : null));
                }
            }
        }
        return new Answer<>(targetId, generation, rows);
    }

    Optional<VersionRow> version(UUID secretId, long version) throws SQLException {
        List<VersionRow> found = versions(" AND v.version = ?", secretId, version);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    /** All versions, newest first. */
    List<VersionRow> versions(UUID secretId) throws SQLException {
        return versions("", secretId, null);
    }

    private List<VersionRow> versions(String and, UUID secretId, @Nullable Long version) throws SQLException {
        List<VersionRow> rows = new ArrayList<>();
        try (PreparedStatement select = prepare(
                "SELECT",
                "secret_version",
                "SELECT " + VERSION + " FROM {secret_version} v WHERE v.secret_id = ?" + and
                        + " ORDER BY v.version DESC")) {
            select.setObject(1, secretId);
            if (version != null) {
                select.setLong(2, version);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(version(row, secretId, 1));
                }
            }
        }
        return rows;
    }

    /** Whether a version was made by a write. */
    boolean hasWritten(VersionRow row) throws SQLException {
        try (PreparedStatement select = prepare(
                "SELECT",
                "secret_version",
                "SELECT 1 FROM {secret_version} WHERE secret_id = ? AND version = ? AND write_id = ?")) {
            select.setObject(1, row.secretId());
            select.setLong(2, row.version());
            select.setObject(3, row.writeId());
            try (ResultSet found = select.executeQuery()) {
                return found.next();
            }
        }
    }

    /** Whether the secret is there, deleted or not. */
    boolean exists(UUID secretId) throws SQLException {
        try (PreparedStatement select = prepare("SELECT", "secret", "SELECT 1 FROM {secret} WHERE secret_id = ?")) {
            select.setObject(1, secretId);
            try (ResultSet found = select.executeQuery()) {
                return found.next();
            }
        }
    }

    /** Whether all names were free. */
    boolean insertHeads(List<HeadRow> heads) throws SQLException {
        if (heads.isEmpty()) {
            return true;
        }
        try (PreparedStatement insert = prepare(
                "INSERT",
                "secret",
                "INSERT INTO {secret} (secret_id, scope_id, name_key, name, name_kek_id, name_dek, name_payload, version,"
                        + " deleted, schema_type, created, updated, write_id, digest, mac)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            Batch batch = new Batch(insert, heads.size());
            for (HeadRow h : heads) {
                SealedContent name = h.sealedName();
                insert.setObject(1, h.secretId());
                insert.setObject(2, h.scopeId());
                insert.setBytes(3, h.nameKey());
                insert.setString(4, h.name());
                insert.setObject(5, name == null ? null : name.kekId(), java.sql.Types.INTEGER);
                insert.setBytes(6, name == null ? null : name.wrappedDek());
                insert.setBytes(7, name == null ? null : name.payload());
                insert.setLong(8, h.version());
                insert.setBoolean(9, h.deleted());
                insert.setString(10, h.schemaType());
                insert.setLong(11, h.created());
                insert.setLong(12, h.updated());
                insert.setObject(13, h.writeId());
                insert.setBytes(14, h.digest());
                insert.setBytes(15, h.mac());
                batch.add();
            }
            return batch.sentToOneRowEach();
        }
    }

    /** A head, and the one that takes its place. */
    record Replaced(HeadRow old, HeadRow next) {}

    /** Whether all were still as they were seen. */
    boolean updateHeads(List<Replaced> heads) throws SQLException {
        if (heads.isEmpty()) {
            return true;
        }
        try (PreparedStatement update = prepare(
                "UPDATE",
                "secret",
                "UPDATE {secret} SET version = ?, deleted = ?, schema_type = ?, updated = ?, write_id = ?, digest = ?,"
                        + " mac = ? WHERE secret_id = ? AND version = ? AND write_id = ? AND mac = ?")) {
            Batch batch = new Batch(update, heads.size());
            for (Replaced replaced : heads) {
                HeadRow next = replaced.next();
                update.setLong(1, next.version());
                update.setBoolean(2, next.deleted());
                update.setString(3, next.schemaType());
                update.setLong(4, next.updated());
                update.setObject(5, next.writeId());
                update.setBytes(6, next.digest());
                update.setBytes(7, next.mac());
                update.setObject(8, next.secretId());
                update.setLong(9, replaced.old().version());
                update.setObject(10, replaced.old().writeId());
                update.setBytes(11, replaced.old().mac()); // which covers what a rotation changes
                batch.add();
            }
            return batch.sentToOneRowEach();
        }
    }

    void insertVersions(List<VersionRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = prepare(
                "INSERT",
                "secret_version",
                "INSERT INTO {secret_version} (secret_id, version, schema_type, created, deleted, write_id, kek_id,"
                        + " wrapped_dek, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            Batch batch = new Batch(insert, rows.size());
            for (VersionRow v : rows) {
                insert.setObject(1, v.secretId());
                insert.setLong(2, v.version());
                insert.setString(3, v.schemaType());
                insert.setLong(4, v.created());
                insert.setBoolean(5, v.deleted());
                insert.setObject(6, v.writeId());
                insert.setInt(7, v.content().kekId());
                insert.setBytes(8, v.content().wrappedDek());
                insert.setBytes(9, v.content().payload());
                batch.add();
            }
            batch.sentToOneRowEach();
        }
    }

    /** Removes a secret with all its versions; whether it was still as it was seen. */
    boolean delete(HeadRow head) throws SQLException {
        try (PreparedStatement delete =
                prepare("DELETE", "secret_version", "DELETE FROM {secret_version} WHERE secret_id = ?")) {
            delete.setObject(1, head.secretId());
            delete.executeUpdate();
        }
        try (PreparedStatement delete = prepare(
                "DELETE", "secret", "DELETE FROM {secret} WHERE secret_id = ? AND version = ? AND write_id = ?")) {
            delete.setObject(1, head.secretId());
            delete.setLong(2, head.version());
            delete.setObject(3, head.writeId());
            return delete.executeUpdate() == 1;
        }
    }

    // Rights

    /** The first right that the role lacks of those that all operations need, as GRANT writes it. */
    Optional<String> missingRight() throws SQLException {
        List<String> questions = new ArrayList<>();
        RIGHTS.forEach(right -> questions.add("has_table_privilege(?, ?)"));
        try (PreparedStatement select = connection.prepareStatement("SELECT " + String.join(", ", questions))) {
            for (int i = 0; i < RIGHTS.size(); i++) {
                select.setString(2 * i + 1, prefix + RIGHTS.get(i).table());
                select.setString(2 * i + 2, RIGHTS.get(i).right());
            }
            try (ResultSet row = select.executeQuery()) {
                boolean answered = row.next();
                for (int i = 0; answered && i < RIGHTS.size(); i++) {
                    if (!row.getBoolean(i + 1)) {
                        return Optional.of(RIGHTS.get(i).right() + " ON "
                                + plain(RIGHTS.get(i).table()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether the role may make the tables.
     *
     * @param schema the schema that they would be in, which may be there
     */
    boolean mayMakeTables(String schema) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?)"
                        + " THEN has_schema_privilege(?, 'CREATE')"
                        + " ELSE has_database_privilege(current_database(), 'CREATE') END")) {
            select.setString(1, schema);
            select.setString(2, schema);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Whether there are tables in a schema, but none of coffer's. */
    boolean isOfOthers(String schema) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ?)"
                        + " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ?"
                        + " AND tablename IN ('schema_version', 'flyway_schema_history'))")) {
            select.setString(1, schema);
            select.setString(2, schema);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Whether the server takes no writes now. */
    boolean isReadOnly() throws SQLException {
        try (PreparedStatement show = connection.prepareStatement("SHOW transaction_read_only");
                ResultSet row = show.executeQuery()) {
            return row.next() && "on".equals(row.getString(1));
        }
    }

    // Columns. Whoever writes to the tables may have written anything: what is missing fails at its MAC.

    static HeadRow head(ResultSet row, int at) throws SQLException {
        byte[] payload = row.getBytes(at + 6);
        return new HeadRow(
                uuid(row, at),
                uuid(row, at + 1),
                bytes(row, at + 2),
                row.getString(at + 3),
                payload == null ? null : new SealedContent(row.getInt(at + 4), bytes(row, at + 5), payload),
                row.getLong(at + 7),
                row.getBoolean(at + 8),
                text(row, at + 9),
                row.getLong(at + 10),
                row.getLong(at + 11),
                uuid(row, at + 12),
                bytes(row, at + 13),
                bytes(row, at + 14));
    }

    static VersionRow version(ResultSet row, UUID secretId, int at) throws SQLException {
        return new VersionRow(
                secretId,
                row.getLong(at),
                text(row, at + 1),
                row.getLong(at + 2),
                row.getBoolean(at + 3),
                uuid(row, at + 4),
                new SealedContent(row.getInt(at + 5), bytes(row, at + 6), bytes(row, at + 7)));
    }

    static UUID uuid(ResultSet row, int column) throws SQLException {
        UUID id = row.getObject(column, UUID.class);
        return id == null ? new UUID(0, 0) : id;
    }

    static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    /** One statement with several sets of parameters. The driver asks the server once more before it sends a batch. */
    private record Batch(PreparedStatement statement, int size) {
        void add() throws SQLException {
            if (size > 1) {
                statement.addBatch();
            }
        }

        boolean sentToOneRowEach() throws SQLException {
            if (size == 1) {
                return statement.executeUpdate() == 1;
            }
            for (int count : statement.executeBatch()) {
                if (count != 1) {
                    return false;
                }
            }
            return true;
        }
    }
}
