package dev.coffer.storage;

import dev.coffer.secrets.Printable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Heads and versions of secrets. */
public final class SecretTable {
    // With the kinds of the index log_secret.
    static final String LAST_CHANGE = "(SELECT max(l.sequence) FROM log l WHERE l.subject = s.secret_id AND l.kind IN"
            + " ('register', 'update', 'delete', 'rollback', 'recover', 'rename', 'purge'))";
    private static final String HEAD = "s.secret_id, s.component_id, s.name, s.version, s.deleted, s.schema_type,"
            + " s.created, s.updated, s.sequence, s.digest, s.mac, " + LAST_CHANGE + " AS last";
    private static final int HEAD_COLUMNS = 12;
    private static final String VERSION = "v.secret_id, v.version, v.schema_type, v.created, v.deleted, v.sequence,"
            + " v.kek_id, v.wrapped_dek, v.payload";
    private static final int VERSION_COLUMNS = 9;

    private static final String CURRENT =
            "SELECT s.secret_id, s.version, s.schema_type, s.created, s.updated, s.sequence,"
                    + " s.digest, s.mac, " + LAST_CHANGE
                    + " AS last, v.schema_type, v.created, v.deleted, v.sequence, v.kek_id, v.wrapped_dek, v.payload,"
                    + " (SELECT max(version) FROM secret_version WHERE secret_id = s.secret_id) AS newest"
                    + " FROM secret s LEFT JOIN secret_version v ON v.secret_id = s.secret_id AND v.version = s.version"
                    + " WHERE s.component_id = ? AND s.name = ? AND s.deleted = 0";

    private final Statements sql;

    SecretTable(Statements sql) {
        this.sql = sql;
    }

    /**
     * The live secret of that name with its current version, if all that the database says of it fits together. Empty also
     * if there is no such secret.
     */
    public Optional<CurrentRow> findSound(UUID componentId, String name) {
        return sql.one(SoundRow.SQL, row -> SoundRow.read(row, componentId, name), componentId, name)
                .flatMap(row -> row);
    }

    /**
     * The live secret of that name with its current version, whether they fit together or not, in one query. What was asked for is
     * not asked back, and what the MAC covers is then the name that was asked for.
     */
    public Optional<CurrentRow> findCurrent(UUID componentId, String name) {
        return sql.one(CURRENT, row -> current(row, componentId, name), componentId, name);
    }

    private static CurrentRow current(ResultSet row, UUID componentId, String name) throws SQLException {
        UUID secretId = Statements.uuid(row.getBytes(1));
        long version = row.getLong(2);
        HeadRow head = new HeadRow(
                secretId,
                componentId,
                name,
                version,
                false,
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getBytes(7),
                row.getBytes(8),
                row.getLong(9));
        byte[] payload = row.getBytes(16);
        VersionRow current = payload == null
                ? null
                : new VersionRow(
                        secretId,
                        version,
                        row.getString(10),
                        row.getLong(11),
                        row.getLong(12) != 0,
                        row.getLong(13),
                        Statements.kekId(row.getLong(14)),
                        row.getBytes(15),
                        payload);
        return new CurrentRow(head, current, row.getLong(17));
    }

    /** The head of the live secret of that name. */
    public Optional<HeadRow> findLive(UUID componentId, String name) {
        return sql.one(
                "SELECT " + HEAD + " FROM secret s WHERE s.component_id = ? AND s.name = ? AND s.deleted = 0",
                row -> head(row, 0),
                componentId,
                name);
    }

    /** The head of the secret of that name that was deleted last. */
    public Optional<HeadRow> findDeleted(UUID componentId, String name) {
        return sql.one(
                "SELECT " + HEAD + " FROM secret s WHERE s.component_id = ? AND s.name = ? AND s.deleted = 1"
                        + " ORDER BY s.sequence DESC LIMIT 1",
                row -> head(row, 0),
                componentId,
                name);
    }

    /** The head with that identity. */
    public Optional<HeadRow> findHead(UUID secretId) {
        return sql.one("SELECT " + HEAD + " FROM secret s WHERE s.secret_id = ?", row -> head(row, 0), secretId);
    }

    /** All live heads of a component, sorted by name. */
    public List<HeadRow> live(UUID componentId) {
        List<HeadRow> heads = new ArrayList<>();
        eachLive(componentId, heads::add);
        heads.sort((one, other) -> Printable.compareCodePoints(one.name(), other.name()));
        return heads;
    }

    /**
     * Passes every live head of a component, in the order of their ids, in which the pages of the tables and of the log's
     * index lie: in that of the names, each would be on another page.
     */
    public void eachLive(UUID componentId, Consumer<HeadRow> visitor) {
        sql.each(
                "SELECT " + HEAD + " FROM secret s WHERE s.secret_id IN"
                        + " (SELECT secret_id FROM secret WHERE component_id = ? AND deleted = 0)",
                row -> visitor.accept(head(row, 0)),
                componentId);
    }

    /** All heads of that name, deleted ones included. */
    public List<HeadRow> named(UUID componentId, String name) {
        return sql.all(
                "SELECT " + HEAD + " FROM secret s WHERE s.component_id = ?1 AND s.name = ?2 AND s.deleted = 0"
                        + " UNION ALL SELECT " + HEAD
                        + " FROM secret s WHERE s.component_id = ?1 AND s.name = ?2 AND s.deleted = 1",
                row -> head(row, 0),
                componentId,
                name);
    }

    /** The ids of all secrets, deleted ones included. */
    public List<UUID> ids() {
        return sql.all("SELECT secret_id FROM secret", row -> Statements.uuid(row.getBytes(1)));
    }

    /** All deleted heads of a component, sorted by name. */
    public List<HeadRow> deleted(UUID componentId) {
        return sql.all(
                "SELECT " + HEAD + " FROM secret s WHERE s.component_id = ? AND s.deleted = 1"
                        + " ORDER BY s.name, s.sequence",
                row -> head(row, 0),
                componentId);
    }

    /** One version. */
    public Optional<VersionRow> findVersion(UUID secretId, long version) {
        return sql.one(
                "SELECT " + VERSION + " FROM secret_version v WHERE v.secret_id = ? AND v.version = ?",
                row -> version(row, 0),
                secretId,
                version);
    }

    /** The numbers of all versions of a secret, newest first. */
    public List<Long> versionNumbers(UUID secretId) {
        return sql.all(
                "SELECT version FROM secret_version WHERE secret_id = ? ORDER BY version DESC",
                row -> row.getLong(1),
                secretId);
    }

    /** The greatest version number of a secret; 0 if there is none. */
    public long newestVersion(UUID secretId) {
        return sql.one(
                        "SELECT coalesce(max(version), 0) FROM secret_version WHERE secret_id = ?",
                        row -> row.getLong(1),
                        secretId)
                .orElse(0L);
    }

    /** Some versions whose DEK is wrapped by a given KEK; which ones, and not all that they hold. */
    public List<LogTable.VersionRef> versionsUnder(int kekId, int limit) {
        return sql.all(
                "SELECT secret_id, version FROM secret_version WHERE kek_id = ? LIMIT ?",
                row -> new LogTable.VersionRef(Statements.uuid(row.getBytes(1)), row.getLong(2)),
                kekId,
                limit);
    }

    /** Some versions whose DEK is wrapped by a given KEK, without their payloads. */
    public List<WithoutPayload> wrappedUnder(int kekId, int limit) {
        return sql.all(
                "SELECT v.secret_id, v.version, v.schema_type, v.created, v.deleted, v.sequence, v.kek_id, v.wrapped_dek,"
                        + " x'', length(v.payload) FROM secret_version v WHERE v.kek_id = ? LIMIT ?",
                row -> new WithoutPayload(version(row, 0), row.getLong(VERSION_COLUMNS + 1)),
                kekId,
                limit);
    }

    /**
     * A version of which the payload was not read.
     *
     * @param row the version, with nothing in place of the payload
     * @param payloadBytes how long the payload is
     */
    public record WithoutPayload(VersionRow row, long payloadBytes) {}

    /** How many versions have their DEK wrapped by a given KEK. */
    public long countVersionsUnder(int kekId) {
        return sql.one("SELECT count(*) FROM secret_version WHERE kek_id = ?", row -> row.getLong(1), kekId)
                .orElse(0L);
    }

    /** The ids of all KEKs that wrap the DEK of some version or record. */
    public List<Long> kekIds() {
        return sql.all(
                "SELECT DISTINCT kek_id FROM secret_version UNION SELECT DISTINCT kek_id FROM record",
                row -> row.getLong(1));
    }

    /** Whether any version has its DEK wrapped by another KEK than that one. */
    public boolean anyVersionNotUnder(int kekId) {
        return sql.one("SELECT 1 FROM secret_version WHERE kek_id < ? OR kek_id > ? LIMIT 1", row -> true, kekId, kekId)
                .isPresent();
    }

    /** Adds a version. */
    public void insert(VersionRow v) {
        sql.run(
                "INSERT INTO secret_version (secret_id, version, schema_type, created, deleted, sequence, kek_id,"
                        + " wrapped_dek, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                v.secretId(),
                v.version(),
                v.schemaType(),
                v.created(),
                v.deleted(),
                v.sequence(),
                v.kekId(),
                v.wrappedDek(),
                v.payload());
    }

    /** Replaces how a version's DEK is wrapped. */
    public void rewrap(VersionRow v) {
        sql.run(
                "UPDATE secret_version SET kek_id = ?, wrapped_dek = ? WHERE secret_id = ? AND version = ?",
                v.kekId(),
                v.wrappedDek(),
                v.secretId(),
                v.version());
    }

    /** Replaces how a version is encrypted. */
    public void reseal(VersionRow v) {
        sql.run(
                "UPDATE secret_version SET kek_id = ?, wrapped_dek = ?, payload = ?, sequence = ?"
                        + " WHERE secret_id = ? AND version = ?",
                v.kekId(),
                v.wrappedDek(),
                v.payload(),
                v.sequence(),
                v.secretId(),
                v.version());
    }

    /** Adds a head. */
    public void insert(HeadRow h) {
        sql.run(
                "INSERT INTO secret (secret_id, component_id, name, version, deleted, schema_type, created, updated,"
                        + " sequence, digest, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                h.secretId(),
                h.componentId(),
                h.name(),
                h.version(),
                h.deleted(),
                h.schemaType(),
                h.created(),
                h.updated(),
                h.sequence(),
                h.digest(),
                h.mac());
    }

    /** Replaces what changes in a head. */
    public void update(HeadRow h) {
        sql.run(
                "UPDATE secret SET name = ?, version = ?, deleted = ?, schema_type = ?, updated = ?, sequence = ?,"
                        + " digest = ?, mac = ? WHERE secret_id = ?",
                h.name(),
                h.version(),
                h.deleted(),
                h.schemaType(),
                h.updated(),
                h.sequence(),
                h.digest(),
                h.mac(),
                h.secretId());
    }

    /** Removes one version. */
    public void deleteVersion(UUID secretId, long version) {
        sql.run("DELETE FROM secret_version WHERE secret_id = ? AND version = ?", secretId, version);
    }

    /** Removes a secret with all versions. */
    public void delete(UUID secretId) {
        sql.run("DELETE FROM secret_version WHERE secret_id = ?", secretId);
        sql.run("DELETE FROM secret WHERE secret_id = ?", secretId);
    }

    /** How many versions there are. */
    public long countVersions() {
        return sql.one("SELECT count(*) FROM secret_version", row -> row.getLong(1))
                .orElse(0L);
    }

    /** Passes every head, in no particular order. */
    public void eachHead(Consumer<HeadRow> visitor) {
        sql.each("SELECT " + HEAD + " FROM secret s", row -> visitor.accept(head(row, 0)));
    }

    /** Passes every head with the greatest number of its versions, 0 if it has none, in the order of their ids. */
    public void eachHeadAndNewest(HeadVisitor visitor) {
        sql.each(
                "SELECT " + HEAD
                        + ", (SELECT coalesce(max(v.version), 0) FROM secret_version v WHERE v.secret_id = s.secret_id)"
                        + " FROM secret s ORDER BY s.secret_id",
                row -> visitor.visit(head(row, 0), row.getLong(HEAD_COLUMNS + 1)));
    }

    /** Hears of one head. */
    public interface HeadVisitor {
        /** A head, and the greatest number of its versions. */
        void visit(HeadRow head, long newestVersion);
    }

    /** Passes every version, in no particular order, with what the log and the head say of it. */
    public void eachVersion(Consumer<KnownVersion> visitor) {
        sql.each(
                "SELECT " + VERSION + ", l.subject, l.version, l.digest, s.version, s.sequence, s.digest"
                        + " FROM secret_version v LEFT JOIN log l ON l.sequence = v.sequence"
                        + " LEFT JOIN secret s ON s.secret_id = v.secret_id",
                row -> visitor.accept(known(row)));
    }

    /**
     * A version beside what is said of it elsewhere.
     *
     * @param row the version
     * @param logged what the row of the log at its sequence is about; null if there is none
     * @param current the version that its head names; 0 if it has no head
     * @param headSequence of its head
     * @param headDigest that its head has of the current version; empty if it has no head
     */
    public record KnownVersion(
            VersionRow row, @Nullable Logged logged, long current, long headSequence, byte[] headDigest) {}

    /** What a row of the log is about. */
    public record Logged(UUID subject, long version, byte[] digest) {}

    private static KnownVersion known(ResultSet row) throws SQLException {
        byte[] subject = row.getBytes(VERSION_COLUMNS + 1);
        byte[] headDigest = row.getBytes(VERSION_COLUMNS + 6);
        return new KnownVersion(
                version(row, 0),
                subject == null
                        ? null
                        : new Logged(
                                Statements.uuid(subject),
                                row.getLong(VERSION_COLUMNS + 2),
                                row.getBytes(VERSION_COLUMNS + 3)),
                row.getLong(VERSION_COLUMNS + 4),
                row.getLong(VERSION_COLUMNS + 5),
                headDigest == null ? new byte[0] : headDigest);
    }

    private static HeadRow head(ResultSet row, int offset) throws SQLException {
        return new HeadRow(
                Statements.uuid(row.getBytes(offset + 1)),
                Statements.uuid(row.getBytes(offset + 2)),
                row.getString(offset + 3),
                row.getLong(offset + 4),
                row.getLong(offset + 5) != 0,
                row.getString(offset + 6),
                row.getLong(offset + 7),
                row.getLong(offset + 8),
                row.getLong(offset + 9),
                row.getBytes(offset + 10),
                row.getBytes(offset + 11),
                row.getLong(offset + 12));
    }

    private static VersionRow version(ResultSet row, int offset) throws SQLException {
        return new VersionRow(
                Statements.uuid(row.getBytes(offset + 1)),
                row.getLong(offset + 2),
                row.getString(offset + 3),
                row.getLong(offset + 4),
                row.getLong(offset + 5) != 0,
                row.getLong(offset + 6),
                Statements.kekId(row.getLong(offset + 7)),
                row.getBytes(offset + 8),
                row.getBytes(offset + 9));
    }
}
