package dev.coffer.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The store's identity, its keyring and its key slots. */
public final class KeyTable {
    private static final String SLOT =
            "slot_id, kind, parameters, wrapped_root_key, checksum, label, created, sequence, mac";

    private final Statements sql;

    KeyTable(Statements sql) {
        this.sql = sql;
    }

    /** Which store this is; empty only in a file that is not complete. */
    public Optional<StoreRow> store() {
        return sql.one(
                "SELECT store_id, generation, keyring FROM store WHERE one = 1",
                row -> new StoreRow(Statements.uuid(row.getBytes(1)), row.getLong(2), row.getBytes(3)));
    }

    /** The keyring's generation. */
    public long generation() {
        return sql.one("SELECT generation FROM store WHERE one = 1", row -> row.getLong(1))
                .orElse(0L);
    }

    /** Says which store this is, once. */
    public void insertStore(StoreRow row) {
        sql.run(
                "INSERT INTO store (one, store_id, generation, keyring) VALUES (1, ?, ?, ?)",
                row.storeId(),
                row.generation(),
                row.keyring());
    }

    /** Replaces the keyring. */
    public void updateKeyring(long generation, byte[] keyring) {
        sql.run("UPDATE store SET generation = ?, keyring = ? WHERE one = 1", generation, keyring);
    }

    /** All key slots, oldest first. */
    public List<SlotRow> slots() {
        return sql.all("SELECT " + SLOT + " FROM slot ORDER BY sequence", KeyTable::slot);
    }

    /** Adds a slot, or replaces the one with the same identity. */
    public void putSlot(SlotRow s) {
        sql.run(
                "INSERT OR REPLACE INTO slot (" + SLOT + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                s.id(),
                s.kind(),
                s.parameters(),
                s.wrappedRootKey(),
                s.checksum(),
                s.label(),
                s.created(),
                s.sequence(),
                s.mac());
    }

    /** Removes a slot. */
    public void deleteSlot(UUID id) {
        sql.run("DELETE FROM slot WHERE slot_id = ?", id);
    }

    private static SlotRow slot(ResultSet row) throws SQLException {
        return new SlotRow(
                Statements.uuid(row.getBytes(1)),
                row.getString(2),
                row.getString(3),
                row.getBytes(4),
                row.getBytes(5),
                row.getString(6),
                row.getLong(7),
                row.getLong(8),
                row.getBytes(9));
    }
}
