package dev.coffer.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The log, and the questions that {@code verify} asks of it. */
public final class LogTable {
    private static final String COLUMNS = "l.sequence, l.kind, l.subject, l.version, l.digest, l.at, l.mac";
    private static final String WRITES = "('register', 'update', 'delete', 'rollback', 'recover')"; // as log_write

    private static final String STATES = "('slot', 'slot-remove', 'record', 'record-remove')"; // as the index log_state
    private static final String ABOUT_SECRETS =
            "('register', 'update', 'delete', 'rollback', 'recover', 'rename', 'purge')"; // as the index log_secret

    private static final UUID NOBODY = new UUID(-1, -1);

    private final Statements sql;

    LogTable(Statements sql) {
        this.sql = sql;
    }

    /** The last row. */
    public Optional<LogRow> tail() {
        return sql.one("SELECT " + COLUMNS + " FROM log l ORDER BY l.sequence DESC LIMIT 1", LogTable::read);
    }

    /** The row at a sequence. */
    public Optional<LogRow> find(long sequence) {
        return sql.one("SELECT " + COLUMNS + " FROM log l WHERE l.sequence = ?", LogTable::read, sequence);
    }

    /** The row before a sequence. */
    public Optional<LogRow> previous(long sequence) {
        return sql.one(
                "SELECT " + COLUMNS + " FROM log l WHERE l.sequence < ? ORDER BY l.sequence DESC LIMIT 1",
                LogTable::read,
                sequence);
    }

    /** The row of the keyring's last change. */
    public Optional<LogRow> lastKeyringRow() {
        return sql.one(
                "SELECT " + COLUMNS + " FROM log l WHERE l.kind IN ('create', 'keyring')"
                        + " ORDER BY l.sequence DESC LIMIT 1",
                LogTable::read);
    }

    /**
     * When the keys were last changed, in milliseconds since 1970. Accepting or restoring a store only numbers its keyring
     * anew.
     */
    public long lastKeyChange() {
        return sql.one(
                        "SELECT l.at FROM log l WHERE l.kind IN ('create', 'keyring') AND NOT EXISTS (SELECT 1 FROM log a"
                                + " WHERE a.sequence = l.sequence - 1 AND a.kind IN ('accept-older', 'restore'))"
                                + " ORDER BY l.sequence DESC LIMIT 1",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** The row that accepted another history, if there is one with that digest. */
    public Optional<LogRow> findSuperseding(byte[] digest) {
        return sql.one(
                "SELECT " + COLUMNS + " FROM log l WHERE l.kind IN ('accept-older', 'restore') AND l.digest = ?"
                        + " ORDER BY l.sequence DESC LIMIT 1",
                LogTable::read,
                digest);
    }

    /** The greatest sequence that any other table refers to. */
    public long greatestSequenceInUse() {
        return sql.one(
                        "SELECT max((SELECT coalesce(max(sequence), 0) FROM secret),"
                                + " (SELECT coalesce(max(sequence), 0) FROM secret_version),"
                                + " (SELECT coalesce(max(sequence), 0) FROM record),"
                                + " (SELECT coalesce(max(sequence), 0) FROM slot))",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** Adds a row. */
    public void insert(LogRow row) {
        sql.run(
                "INSERT INTO log (sequence, kind, subject, version, digest, at, mac) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row.sequence(),
                row.kind(),
                row.subject().map(Statements::bytes).orElse(new byte[0]),
                row.version(),
                row.digest(),
                row.at(),
                row.mac());
    }

    /** The rows that accepted another history. */
    public List<LogRow> acceptances() {
        return sql.all(
                "SELECT " + COLUMNS + " FROM log l WHERE l.kind IN ('accept-older', 'restore') ORDER BY l.sequence",
                LogTable::read);
    }

    /** The last row about a record or slot. */
    public Optional<LogRow> lastStateChange(UUID subject) {
        return sql.one(
                "SELECT " + COLUMNS + " FROM log l WHERE l.subject = ?"
                        + " AND l.kind IN ('slot', 'slot-remove', 'record', 'record-remove')"
                        + " ORDER BY l.sequence DESC LIMIT 1",
                LogTable::read,
                subject);
    }

    /** Whether anything was ever written under the identity of a secret, one that was purged included. */
    public boolean knowsSecret(UUID secretId) {
        return sql.one(
                        "SELECT 1 FROM log WHERE subject = ? AND kind IN " + ABOUT_SECRETS + " LIMIT 1",
                        row -> true,
                        secretId)
                .isPresent();
    }

    /** How many rows there are. */
    public long count() {
        return sql.one("SELECT count(*) FROM log", row -> row.getLong(1)).orElse(0L);
    }

    /** Passes every row in order. */
    public void each(Consumer<LogRow> visitor) {
        sql.each("SELECT " + COLUMNS + " FROM log l ORDER BY l.sequence", row -> visitor.accept(read(row)));
    }

    /** Writes of versions that are gone although nothing removed them. In the order of an index: no search jumps. */
    public List<LogRow> writesOfMissingVersions(int limit) {
        return sql.all(
                "SELECT " + COLUMNS + " FROM log l INDEXED BY log_write WHERE l.kind IN " + WRITES
                        + " AND NOT EXISTS (SELECT 1 FROM secret_version v"
                        + "   WHERE v.secret_id = l.subject AND v.version = l.version)"
                        + " AND NOT EXISTS (SELECT 1 FROM log g WHERE g.kind IN ('purge', 'prune')"
                        + "   AND g.subject = l.subject AND g.sequence > l.sequence"
                        + "   AND (g.kind = 'purge' OR g.version = l.version))"
                        + " ORDER BY l.subject, l.version LIMIT ?",
                LogTable::read,
                limit);
    }

    /** Versions that are stored although a later row of the log removed them. */
    public List<VersionRef> versionsThatCameBack(int limit) {
        return sql.all(
                "SELECT DISTINCT v.secret_id, v.version FROM log g CROSS JOIN secret_version v"
                        + " ON v.secret_id = g.subject AND v.sequence < g.sequence"
                        + " AND (g.kind = 'purge' OR g.version = v.version)"
                        + " WHERE g.kind IN ('purge', 'prune') LIMIT ?",
                row -> new VersionRef(Statements.uuid(row.getBytes(1)), row.getLong(2)),
                limit);
    }

    /** A version by its key. */
    public record VersionRef(UUID secretId, long version) {}

    /** The last row about each record and slot, and about each secret that has no head. */
    public void eachLastChangeBesideHeads(LastChangeVisitor visitor) {
        sql.each(
                "SELECT l.subject, l.sequence, l.kind, l.version FROM ("
                        + "SELECT subject, max(sequence) AS last FROM log WHERE kind IN " + STATES + " GROUP BY subject"
                        + " UNION ALL SELECT w.subject, max(w.sequence) FROM log w WHERE w.kind IN " + ABOUT_SECRETS
                        + " AND NOT EXISTS (SELECT 1 FROM secret s WHERE s.secret_id = w.subject) GROUP BY w.subject"
                        + ") g CROSS JOIN log l ON l.sequence = g.last WHERE length(l.subject) = 16",
                row -> visitor.visit(
                        Statements.uuid(row.getBytes(1)), row.getLong(2), row.getString(3), row.getLong(4)));
    }

    /** Hears of the last change of a subject. */
    public interface LastChangeVisitor {
        /** The last change of one subject. */
        void visit(UUID subject, long sequence, String kind, long version);
    }

    private static LogRow read(ResultSet row) throws SQLException {
        byte[] subject = row.getBytes(3);
        return new LogRow(
                row.getLong(1),
                row.getString(2),
                subject(subject),
                row.getLong(4),
                row.getBytes(5),
                row.getLong(6),
                row.getBytes(7));
    }

    /** One of a wrong length is nobody's: it reads as an id that does not fit the row's MAC. */
    private static Optional<UUID> subject(byte @Nullable [] bytes) {
        if (bytes != null && bytes.length == 0) {
            return Optional.empty();
        }
        return Optional.of(bytes != null && bytes.length == 16 ? Statements.uuid(bytes) : NOBODY);
    }
}
