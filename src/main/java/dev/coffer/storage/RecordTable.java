package dev.coffer.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Records. */
public final class RecordTable {
    private static final String COLUMNS = "record_id, kind, name, version, sequence, kek_id, mac, wrapped_dek, payload";

    private final Statements sql;

    RecordTable(Statements sql) {
        this.sql = sql;
    }

    /** The record of that kind and name. */
    public Optional<RecordRow> find(String kind, String name) {
        return sql.one("SELECT " + COLUMNS + " FROM record WHERE kind = ? AND name = ?", RecordTable::read, kind, name);
    }

    /** The record with that identity. */
    public Optional<RecordRow> find(UUID id) {
        return sql.one("SELECT " + COLUMNS + " FROM record WHERE record_id = ?", RecordTable::read, id);
    }

    /** All records of a kind, sorted by name. */
    public List<RecordRow> list(String kind) {
        return sql.all("SELECT " + COLUMNS + " FROM record WHERE kind = ? ORDER BY name", RecordTable::read, kind);
    }

    /** All records of a kind whose names begin with some text, sorted by name. */
    public List<RecordRow> list(String kind, String beginning) {
        int last = beginning.length() - 1;
        String end = beginning.substring(0, last) + (char) (beginning.charAt(last) + 1); // a range: the index serves it
        return sql.all(
                "SELECT " + COLUMNS + " FROM record WHERE kind = ? AND name >= ? AND name < ? ORDER BY name",
                RecordTable::read,
                kind,
                beginning,
                end);
    }

    /** All records. */
    public List<RecordRow> all() {
        return sql.all("SELECT " + COLUMNS + " FROM record ORDER BY kind, name", RecordTable::read);
    }

    /** Some records whose DEK is wrapped by a given KEK. */
    public List<RecordRow> under(int kekId, int limit) {
        return sql.all("SELECT " + COLUMNS + " FROM record WHERE kek_id = ? LIMIT ?", RecordTable::read, kekId, limit);
    }

    /** Whether any record has its DEK wrapped by another KEK than that one. */
    public boolean anyNotUnder(int kekId) {
        return sql.one("SELECT 1 FROM record WHERE kek_id < ? OR kek_id > ? LIMIT 1", row -> true, kekId, kekId)
                .isPresent();
    }

    /** Replaces how a record's DEK is wrapped. */
    public void rewrap(RecordRow r) {
        sql.run("UPDATE record SET kek_id = ?, wrapped_dek = ? WHERE record_id = ?", r.kekId(), r.wrappedDek(), r.id());
    }

    /** Adds a record, or replaces all columns of the one with the same identity. */
    public void put(RecordRow r) {
        sql.run(
                "INSERT INTO record (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (record_id) DO UPDATE SET kind = excluded.kind, name = excluded.name,"
                        + " version = excluded.version, kek_id = excluded.kek_id, wrapped_dek = excluded.wrapped_dek,"
                        + " payload = excluded.payload, sequence = excluded.sequence, mac = excluded.mac",
                r.id(),
                r.kind(),
                r.name(),
                r.version(),
                r.sequence(),
                r.kekId(),
                r.mac(),
                r.wrappedDek(),
                r.payload());
    }

    /** Removes a record. */
    public void delete(UUID id) {
        sql.run("DELETE FROM record WHERE record_id = ?", id);
    }

    private static RecordRow read(ResultSet row) throws SQLException {
        return new RecordRow(
                Statements.uuid(row.getBytes(1)),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                Statements.kekId(row.getLong(6)),
                row.getBytes(7),
                row.getBytes(8),
                row.getBytes(9));
    }
}
