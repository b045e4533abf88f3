package dev.coffer.vault;

import dev.coffer.crypto.Binding;
import dev.coffer.crypto.Envelope;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.SealedContent;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.Tables;
import dev.coffer.storage.VersionRow;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** One transaction that writes: appends to the log and signs the rows that it puts. */
final class StoreChange extends StoreView {
    private static final byte[] NO_PREVIOUS_MAC = {};

    private final Clock clock;
    private Optional<LogRow> tail;
    private boolean appended;

    StoreChange(Tables tables, Keyring keyring, UUID storeId, Clock clock) {
        super(tables, keyring, storeId);
        this.clock = clock;
        this.tail = tables.log().tail();
        this.tail.ifPresent(this::checked); // nothing is built upon a row that somebody else wrote
    }

    /** Now, in milliseconds since 1970; for showing only. */
    long now() {
        return clock.millis();
    }

    /** Appends what happened to the log and returns the row's sequence. */
    long append(LogKind kind, Optional<UUID> subject, long version, byte[] digest) {
        return appendAt(Math.addExact(lastSequence(), 1), kind, subject, version, digest);
    }

    /** As {@link #append}, leaving out sequences that a history which was given up may have used. */
    long appendAt(long sequence, LogKind kind, Optional<UUID> subject, long version, byte[] digest) {
        byte[] previousMac = tail.map(LogRow::mac).orElse(NO_PREVIOUS_MAC);
        LogRow unsigned = new LogRow(sequence, kind.text(), subject, version, digest, now(), new byte[0]);
        byte[] mac = keyring().mac(RowMacs.log(storeId(), previousMac, unsigned));
        LogRow row = new LogRow(sequence, kind.text(), subject, version, digest, unsigned.at(), mac);
        tables().log().insert(row);
        tail = Optional.of(row);
        appended = true;
        return sequence;
    }

    /** The last sequence of the log; 0 if it is empty. */
    long lastSequence() {
        return tail.map(LogRow::sequence).orElse(0L);
    }

    /** Whether anything was appended. */
    boolean appended() {
        return appended;
    }

    /** The log's head after this change. */
    Marker marker() {
        LogRow last = tail.orElseThrow(
                () -> new IntegrityException("the log of the store is empty", null, "restore a backup"));
        return new Marker(storeId(), last.sequence(), last.mac());
    }

    /** The same head with a fresh MAC. */
    HeadRow signed(HeadRow h) {
        return h.withMac(keyring().mac(RowMacs.head(storeId(), h)));
    }

    /** The same record with a fresh MAC. */
    RecordRow signed(RecordRow r) {
        byte[] mac = keyring().mac(RowMacs.record(storeId(), r));
        return new RecordRow(
                r.id(), r.kind(), r.name(), r.version(), r.sequence(), r.kekId(), mac, r.wrappedDek(), r.payload());
    }

    /** The same slot with a fresh MAC. */
    SlotRow signed(SlotRow s) {
        byte[] mac = keyring().mac(RowMacs.slot(storeId(), s));
        return new SlotRow(
                s.id(),
                s.kind(),
                s.parameters(),
                s.wrappedRootKey(),
                s.checksum(),
                s.label(),
                s.created(),
                s.sequence(),
                mac);
    }

    /** Adds a version with its log row; returns it as it was written. */
    VersionRow insertVersion(LogKind kind, VersionRow unsealed, byte[] clear) {
        SealedContent sealed = Envelope.seal(keyring(), binding(unsealed), clear);
        VersionRow row = with(unsealed, sealed, 0);
        long sequence = append(kind, Optional.of(row.secretId()), row.version(), RowMacs.versionDigest(row));
        VersionRow written = with(unsealed, sealed, sequence);
        tables().secrets().insert(written);
        return written;
    }

    /** Seals a record anew and puts it, with its log row. */
    void putRecord(UUID id, String kind, String name, long version, byte[] body) {
        SealedContent sealed = Envelope.seal(keyring(), new Binding("record", storeId(), id, version, kind), body);
        long sequence =
                append(LogKind.RECORD, Optional.of(id), version, RowMacs.recordDigest(kind, name, sealed.payload()));
        tables().records()
                .put(signed(new RecordRow(
                        id,
                        kind,
                        name,
                        version,
                        sequence,
                        sealed.kekId(),
                        new byte[0],
                        sealed.wrappedDek(),
                        sealed.payload())));
    }

    /** Removes a record, with its log row. */
    void removeRecord(RecordRow row) {
        append(LogKind.RECORD_REMOVE, Optional.of(row.id()), row.version(), RowMacs.nothing());
        tables().records().delete(row.id());
    }

    /** Adds a key slot, with its log row. */
    void putSlot(KeySlot slot, String label) {
        long sequence = append(
                LogKind.SLOT,
                Optional.of(slot.id()),
                0,
                RowMacs.slotDigest(slot.kind().text(), slot.parameters(), slot.wrappedRootKey()));
        tables().keys()
                .putSlot(signed(new SlotRow(
                        slot.id(),
                        slot.kind().text(),
                        slot.parameters(),
                        slot.wrappedRootKey(),
                        slot.checksum(),
                        label,
                        now(),
                        sequence,
                        new byte[0])));
    }

    /** Removes a key slot, with its log row. */
    void removeSlot(SlotRow row) {
        append(LogKind.SLOT_REMOVE, Optional.of(row.id()), 0, RowMacs.nothing());
        tables().keys().deleteSlot(row.id());
    }

    /**
     * Appends that another history than the one last seen goes on from here. Sequence and versions continue above
     * everything that the history given up may have used: each of its versions took one sequence.
     *
     * @param furthest how far this store was ever seen to be
     * @param seen the marker that is superseded
     */
    void accept(LogKind kind, Optional<Marker> furthest, Optional<Marker> seen) {
        long floor = furthest.filter(m -> m.storeId().equals(storeId()))
                .map(Marker::sequence)
                .orElse(0L);
        long last = tail.map(LogRow::sequence).orElse(0L);
        byte[] digest = seen.map(RowMacs::markerDigest).orElseGet(RowMacs::nothing);
        appendAt(Math.max(last, floor) + 1, kind, Optional.empty(), floor, digest);
    }

    /** Puts a keyring, with its log row. */
    void putKeyring(Keyring next, byte[] blob) {
        append(LogKind.KEYRING, Optional.empty(), next.generation(), RowMacs.keyringDigest(blob));
        tables().keys().updateKeyring(next.generation(), blob);
    }

    static VersionRow with(VersionRow v, SealedContent sealed, long sequence) {
        return new VersionRow(
                v.secretId(),
                v.version(),
                v.schemaType(),
                v.created(),
                v.deleted(),
                sequence,
                sealed.kekId(),
                sealed.wrappedDek(),
                sealed.payload());
    }
}
