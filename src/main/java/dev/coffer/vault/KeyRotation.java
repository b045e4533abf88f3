package dev.coffer.vault;

import dev.coffer.crypto.Envelope;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.SealedContent;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Progress;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogTable;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SecretTable;
import dev.coffer.storage.VersionRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Moves a store from its old KEKs to a new one, in batches of one transaction each, while others read and write. A
 * batch is found by what is still under an old KEK, so that an interrupted rotation goes on where it was. An old KEK is
 * destroyed in a transaction that finds nothing under it.
 */
final class KeyRotation {
    private static final int BATCH = 500; // about a tenth of a second, so that writers hardly notice
    private static final long BATCH_BYTES = 16L << 20; // bounds the memory and the write-ahead log, too
    private static final String KIND = "maintenance";
    private static final String RESEALING = "resealing";

    private final Vault vault;

    KeyRotation(Vault vault) {
        this.vault = vault;
    }

    /** Notes that everything under old KEKs has to be encrypted anew and not only wrapped anew. */
    static void markResealing(StoreChange change) {
        if (change.tables().records().find(KIND, RESEALING).isEmpty()) {
            change.putRecord(UUID.randomUUID(), KIND, RESEALING, 1, new byte[0]);
        }
    }

    RotationReceipt rotate(boolean reseal, Progress progress) {
        while (true) {
            Optional<Boolean> resumed = vault.write(change -> begin(change, reseal));
            if (resumed.isPresent()) {
                return finish(resumed.get(), progress);
            }
            finish(true, Progress.NONE); // what is wrapped anew already would not be encrypted anew
        }
    }

    /** Whether a rotation goes on that was begun before; empty if that one has to be finished by itself. */
    private Optional<Boolean> begin(StoreChange change, boolean reseal) {
        if (reseal && onlyRewrapping(change)) {
            return Optional.empty();
        }
        boolean pending = change.keyring().kekIds().size() > 1;
        if (!pending) {
            Keyring next = change.keyring().withNewKek();
            change.putKeyring(next, next.seal(vault.open().rootKey(), change.storeId()));
        }
        if (reseal) {
            markResealing(change);
        }
        return Optional.of(pending);
    }

    private static boolean onlyRewrapping(StoreView view) {
        return view.keyring().kekIds().size() > 1
                && view.tables().records().find(KIND, RESEALING).isEmpty();
    }

    RotationReceipt finish(boolean resumed, Progress progress) {
        long total = vault.read(view -> {
            long count = 0;
            for (int id : old(view.keyring())) {
                count += view.tables().secrets().countVersionsUnder(id);
            }
            return count;
        });
        long done = 0;
        progress.at(0, total);
        while (true) {
            Batch moved = vault.write(this::moveBatch);
            done += moved.versions();
            progress.at(Math.min(done, total), total);
            if (moved.versions() + moved.records() == 0) {
                Optional<Long> generation = vault.write(this::destroyOldKeks);
                if (generation.isPresent()) {
                    vault.checkpoint(); // the old keyring is in the write-ahead log until then
                    return new RotationReceipt(generation.get(), done, resumed);
                }
                vault.read(KeyRotation::requireKnownKeks);
            }
        }
    }

    private static List<Integer> old(Keyring keyring) {
        List<Integer> ids = new ArrayList<>(keyring.kekIds());
        ids.remove(Integer.valueOf(keyring.primaryKekId()));
        return ids;
    }

    private record Batch(int versions, int records) {}

    private Batch moveBatch(StoreChange change) {
        boolean reseal = change.tables()
                .records()
                .find(KIND, RESEALING)
                .map(change::checked)
                .isPresent();
        for (int kek : old(change.keyring())) {
            List<RecordRow> records = change.tables().records().under(kek, BATCH);
            records.forEach(row -> move(change, row, reseal));
            Batch moved = new Batch(moveVersions(change, kek, reseal), records.size());
            if (moved.versions() + moved.records() > 0) {
                return moved;
            }
        }
        return new Batch(0, 0);
    }

    private static int moveVersions(StoreChange change, int kek, boolean reseal) {
        return reseal ? resealVersions(change, kek) : rewrapVersions(change, kek);
    }

    private static int resealVersions(StoreChange change, int kek) {
        int moved = 0;
        long bytes = 0;
        for (LogTable.VersionRef ref : change.tables().secrets().versionsUnder(kek, BATCH)) {
            VersionRow row = change.tables()
                    .secrets()
                    .findVersion(ref.secretId(), ref.version())
                    .orElseThrow();
            reseal(change, row);
            moved++;
            bytes += row.payload().length;
            if (bytes > BATCH_BYTES) {
                break;
            }
        }
        return moved;
    }

    /** To SQLite a row that changes is a row that is written, its payload included. */
    private static int rewrapVersions(StoreChange change, int kek) {
        int moved = 0;
        long bytes = 0;
        for (SecretTable.WithoutPayload version : change.tables().secrets().wrappedUnder(kek, BATCH)) {
            rewrap(change, version.row());
            moved++;
            bytes += version.payloadBytes();
            if (bytes > BATCH_BYTES) {
                break;
            }
        }
        return moved;
    }

    private static void move(StoreChange change, RecordRow row, boolean reseal) {
        if (reseal) {
            change.putRecord(row.id(), row.kind(), row.name(), row.version(), change.body(row));
            return;
        }
        SealedContent next = Envelope.rewrap(
                change.keyring(),
                change.binding(change.checked(row)),
                StoreView.sealed(row),
                row.kind() + " " + row.name());
        change.tables()
                .records()
                .rewrap(new RecordRow(
                        row.id(),
                        row.kind(),
                        row.name(),
                        row.version(),
                        row.sequence(),
                        next.kekId(),
                        row.mac(),
                        next.wrappedDek(),
                        next.payload()));
    }

    private static void rewrap(StoreChange change, VersionRow row) {
        SealedContent next = Envelope.rewrap(change.keyring(), change.binding(row), StoreView.sealed(row), what(row));
        change.tables().secrets().rewrap(StoreChange.with(row, next, row.sequence()));
    }

    private static void reseal(StoreChange change, VersionRow row) {
        change.logged(row, row.secretId().toString()); // what was tampered with is not made genuine
        byte[] clear = Envelope.open(change.keyring(), change.binding(row), StoreView.sealed(row), what(row));
        try {
            SealedContent next = Envelope.seal(change.keyring(), change.binding(row), clear);
            byte[] digest = RowMacs.versionDigest(StoreChange.with(row, next, 0));
            long sequence = change.append(LogKind.RESEAL, Optional.of(row.secretId()), row.version(), digest);
            change.tables().secrets().reseal(StoreChange.with(row, next, sequence));
            HeadRow head = change.tables()
                    .secrets()
                    .findHead(row.secretId())
                    .map(change::checked)
                    .orElseThrow(() -> new IntegrityException(
                            "the entry of secret " + row.secretId() + " was removed from the store",
                            row.secretId().toString(),
                            "'coffer verify' names all damage"));
            if (head.version() == row.version()) {
                change.tables().secrets().update(change.signed(head.withDigest(digest)));
            }
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** Empty if something came under an old KEK meanwhile, else the keyring's generation. */
    private Optional<Long> destroyOldKeks(StoreChange change) {
        int primary = change.keyring().primaryKekId();
        if (change.tables().secrets().anyVersionNotUnder(primary)
                || change.tables().records().anyNotUnder(primary)) {
            return Optional.empty();
        }
        Set<Integer> old = new LinkedHashSet<>(old(change.keyring()));
        change.tables().records().find(KIND, RESEALING).map(change::checked).ifPresent(change::removeRecord);
        if (old.isEmpty()) {
            return Optional.of(change.keyring().generation());
        }
        Keyring next = change.keyring().withoutKeks(old);
        change.putKeyring(next, next.seal(vault.open().rootKey(), change.storeId()));
        return Optional.of(next.generation());
    }

    /** Without this, a row under a KEK that nobody knows would keep a rotation going for ever. */
    private static boolean requireKnownKeks(StoreView view) {
        Set<Long> known =
                view.keyring().kekIds().stream().map(Integer::longValue).collect(Collectors.toSet());
        for (long kek : view.tables().secrets().kekIds()) {
            if (!known.contains(kek)) {
                throw new IntegrityException(
                        "a version refers to the key " + Long.toHexString(kek) + ", which the store does not have",
                        null,
                        "'coffer verify' names all damage");
            }
        }
        return true;
    }

    private static String what(VersionRow row) {
        return "version " + row.version() + " of secret " + row.secretId();
    }
}
