package dev.coffer.flavor.postgres;

import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.SealedContent;
import dev.coffer.crypto.SlotKind;
import dev.coffer.flavor.postgres.TargetTables.Replaced;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The tables of a target, as far as its keys are concerned. */
final class KeyTables {
    private final TargetTables tables;

    KeyTables(TargetTables tables) {
        this.tables = tables;
    }

    /**
     * A key slot at rest.
     *
     * @param slot not authenticated: whoever may write to the table may have made it
     * @param created when it was added, in milliseconds since 1970
     */
    record SlotRow(KeySlot slot, long created) {}

    /** The key slots, oldest first; those of kinds that this coffer does not know are left out. */
    List<SlotRow> slots() throws SQLException {
        List<SlotRow> slots = new ArrayList<>();
        try (PreparedStatement select = tables.prepare(
                        "SELECT",
                        "slot",
                        "SELECT slot_id, kind, parameters, wrapped_root_key, checksum, created FROM {slot}"
                                + " ORDER BY created, slot_id LIMIT " + (KeySlot.MAX_SLOTS + 1));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                for (SlotKind kind : SlotKind.values()) {
                    if (kind.text().equals(row.getString(2))) {
                        slots.add(new SlotRow(
                                new KeySlot(
                                        TargetTables.uuid(row, 1),
                                        kind,
                                        TargetTables.text(row, 3),
                                        TargetTables.bytes(row, 4),
                                        TargetTables.bytes(row, 5)),
                                row.getLong(6)));
                    }
                }
            }
        }
        return slots;
    }

    void insertSlot(KeySlot s, long created) throws SQLException {
        try (PreparedStatement insert = tables.prepare(
                "INSERT",
                "slot",
                "INSERT INTO {slot} (slot_id, kind, parameters, wrapped_root_key, checksum, created)"
                        + " VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setObject(1, s.id());
            insert.setString(2, s.kind().text());
            insert.setString(3, s.parameters());
            insert.setBytes(4, s.wrappedRootKey());
            insert.setBytes(5, s.checksum());
            insert.setLong(6, created);
            insert.executeUpdate();
        }
    }

    /** Whether the slot was there. */
    boolean deleteSlot(UUID id) throws SQLException {
        try (PreparedStatement delete = tables.prepare("DELETE", "slot", "DELETE FROM {slot} WHERE slot_id = ?")) {
            delete.setObject(1, id);
            return delete.executeUpdate() == 1;
        }
    }

    /** Whether the target was still as it was seen. Of two that do this at once, one waits and finds it changed. */
    boolean replaceTarget(TargetRow old, TargetRow next) throws SQLException {
        try (PreparedStatement update = tables.prepare(
                "UPDATE",
                "target",
                "UPDATE {target} SET generation = ?, keyring = ?, mac = ? WHERE target_id = ? AND generation = ?")) {
            update.setLong(1, next.generation());
            update.setBytes(2, next.keyring());
            update.setBytes(3, next.mac());
            update.setObject(4, old.id());
            update.setLong(5, old.generation());
            return update.executeUpdate() == 1;
        }
    }

    /** Whether the target is there. Others who do this wait until the transaction ends. */
    boolean lockTarget(UUID targetId) throws SQLException {
        try (PreparedStatement update =
                tables.prepare("UPDATE", "target", "UPDATE {target} SET generation = generation WHERE target_id = ?")) {
            update.setObject(1, targetId);
            return update.executeUpdate() == 1;
        }
    }

    // KEKs

    /** Makes a KEK one that rows may refer to. */
    void insertKek(int id, long created) throws SQLException {
        try (PreparedStatement insert = tables.prepare(
                "INSERT", "kek", "INSERT INTO {kek} (kek_id, created) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setInt(1, id);
            insert.setLong(2, created);
            insert.executeUpdate();
        }
    }

    /** Fails with a foreign key's error if a row refers to it. */
    void deleteKek(int id) throws SQLException {
        try (PreparedStatement delete = tables.prepare("DELETE", "kek", "DELETE FROM {kek} WHERE kek_id = ?")) {
            delete.setInt(1, id);
            delete.executeUpdate();
        }
    }

    /**
     * A KEK in the tables.
     *
     * @param created when it was made, in milliseconds since 1970
     * @param versions how many versions of secrets it wraps
     */
    record KekRow(long created, long versions) {}

    Map<Integer, KekRow> keks() throws SQLException {
        Map<Integer, KekRow> keks = new LinkedHashMap<>();
        try (PreparedStatement select = tables.prepare(
                        "SELECT",
                        "kek",
                        "SELECT k.kek_id, k.created, COUNT(v.version) FROM {kek} k"
                                + " LEFT JOIN {secret_version} v ON v.kek_id = k.kek_id GROUP BY k.kek_id, k.created");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keks.put(row.getInt(1), new KekRow(row.getLong(2), row.getLong(3)));
            }
        }
        return keks;
    }

    // Rotation

    /**
     * A version whose DEK has to be wrapped anew.
     *
     * @param head of its secret, not checked
     */
    record Wrapped(HeadRow head, VersionRow version) {}

    /** Versions after one that are not under a KEK, in a fixed order. */
    List<Wrapped> versionsNotUnder(int kek, UUID afterId, long afterVersion, int limit) throws SQLException {
        List<Wrapped> rows = new ArrayList<>();
        try (PreparedStatement select = tables.prepare(
                "SELECT",
                "secret_version",
                "SELECT " + TargetTables.HEAD + ", " + TargetTables.VERSION
                        + " FROM {secret_version} v JOIN {secret} s ON s.secret_id = v.secret_id WHERE v.kek_id <> ?"
                        + " AND (v.secret_id > ? OR (v.secret_id = ? AND v.version > ?))"
                        + " ORDER BY v.secret_id, v.version LIMIT " + limit)) {
            select.setInt(1, kek);
            select.setObject(2, afterId);
            select.setObject(3, afterId);
            select.setLong(4, afterVersion);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    HeadRow head = TargetTables.head(row, 1);
                    rows.add(new Wrapped(
                            head, TargetTables.version(row, head.secretId(), TargetTables.HEAD_COLUMNS + 1)));
                }
            }
        }
        return rows;
    }

    /** Heads after one whose sealed names are not under a KEK, in a fixed order. */
    List<HeadRow> namesNotUnder(int kek, UUID afterId, int limit) throws SQLException {
        List<HeadRow> rows = new ArrayList<>();
        try (PreparedStatement select = tables.prepare(
                "SELECT",
                "secret",
                "SELECT " + TargetTables.HEAD + " FROM {secret} s WHERE s.name_kek_id IS NOT NULL"
                        + " AND s.name_kek_id <> ? AND s.secret_id > ? ORDER BY s.secret_id LIMIT " + limit)) {
            select.setInt(1, kek);
            select.setObject(2, afterId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(TargetTables.head(row, 1));
                }
            }
        }
        return rows;
    }

    /** A version, and its content sealed anew. */
    record Resealed(VersionRow old, SealedContent next) {}

    /** Replaces what is still as it was seen; which of them were. */
    boolean[] replace(List<Resealed> versions, boolean withPayload) throws SQLException {
        try (PreparedStatement update = tables.prepare(
                "UPDATE",
                "secret_version",
                "UPDATE {secret_version} SET kek_id = ?, wrapped_dek = ?" + (withPayload ? ", payload = ?" : "")
                        + " WHERE secret_id = ? AND version = ? AND wrapped_dek = ?")) {
            for (Resealed one : versions) {
                int at = 1;
                update.setInt(at++, one.next().kekId());
                update.setBytes(at++, one.next().wrappedDek());
                if (withPayload) {
                    update.setBytes(at++, one.next().payload());
                }
                update.setObject(at++, one.old().secretId());
                update.setLong(at++, one.old().version());
                update.setBytes(at, one.old().content().wrappedDek());
                update.addBatch();
            }
            int[] counts = update.executeBatch();
            boolean[] replaced = new boolean[counts.length];
            for (int i = 0; i < counts.length; i++) {
                replaced[i] = counts[i] == 1;
            }
            return replaced;
        }
    }

    /** Replaces digest, sealed name and MAC of the heads that are still as they were seen. */
    void replaceHeads(List<Replaced> heads) throws SQLException {
        if (heads.isEmpty()) {
            return;
        }
        try (PreparedStatement update = tables.prepare(
                "UPDATE",
                "secret",
                "UPDATE {secret} SET name_kek_id = ?, name_dek = ?, name_payload = ?, digest = ?, mac = ?"
                        + " WHERE secret_id = ? AND mac = ?")) {
            for (Replaced one : heads) {
                HeadRow next = one.next();
                SealedContent name = next.sealedName();
                update.setObject(1, name == null ? null : name.kekId(), java.sql.Types.INTEGER);
                update.setBytes(2, name == null ? null : name.wrappedDek());
                update.setBytes(3, name == null ? null : name.payload());
                update.setBytes(4, next.digest());
                update.setBytes(5, next.mac());
                update.setObject(6, next.secretId());
                update.setBytes(7, one.old().mac());
                update.addBatch();
            }
            update.executeBatch();
        }
    }
}
