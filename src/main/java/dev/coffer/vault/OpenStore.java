package dev.coffer.vault;

import dev.coffer.crypto.CanonicalBytes;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.RootKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.OlderCopyException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.storage.CurrentRow;
import dev.coffer.storage.LockFile;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.StoreRow;
import dev.coffer.storage.Tables;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store that was found, held against its marker and unlocked. Threads take turns; processes do by SQLite. */
final class OpenStore implements AutoCloseable {
    /** How often one operation unlocks the store, while others renew the keys again and again. */
    static final int UNLOCKINGS = 5;

    private static final int MARKER_ATTEMPTS = 3;

    private final VaultOptions options;
    private final StoreDatabase database;
    private final MarkerFile marker;
    private final UUID storeId;
    private final GenuineRows genuineRows;
    private final ReentrantLock turn = new ReentrantLock(true);
    private RootKey rootKey;
    private Keyring keyring;
    private boolean closed;
    private boolean renewed;

    private OpenStore(VaultOptions options, StoreDatabase database, UUID storeId, RootKey rootKey, Keyring keyring) {
        this.options = options;
        this.database = database;
        this.marker = new MarkerFile(options.location().marker());
        this.storeId = storeId;
        this.genuineRows = new GenuineRows(database);
        this.rootKey = rootKey;
        this.keyring = keyring;
    }

    /**
     * The keys of the store were renewed, or the store was replaced, while it was open: it has to be unlocked again.
     * Never leaves this package.
     */
    static final class KeysRenewed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        KeysRenewed() {
            super("the store has to be unlocked again", null, false, false);
        }
    }

    /** What a store has to pass before it is used. */
    enum Checks {
        /** The marker; and that keyring, slot and the end of the log are what was written last. */
        ALL,
        /** All but the marker: for accepting an older copy. */
        WITHOUT_MARKER,
        /** The marker alone: for a verification, which looks at the rest itself and names all that is wrong. */
        MARKER_ALONE
    }

    /**
     * Opens and unlocks.
     *
     * @param checks what it has to pass
     */
    static OpenStore open(VaultOptions options, Checks checks) {
        for (int attempt = 1; ; attempt++) {
            try {
                return openOnce(options, checks);
            } catch (KeysRenewed e) { // between the look at the slots and the first use of their key
                if (attempt == UNLOCKINGS) {
                    throw renewed(options);
                }
            }
        }
    }

    /** What is told when the keys are renewed again and again, or it is another store all of a sudden. */
    static LockedException renewed(VaultOptions options) {
        return new LockedException(
                "the keys of the store were renewed, or the store was replaced, while it was open",
                options.location().database().toString(),
                "open it again");
    }

    private static OpenStore openOnce(VaultOptions options, Checks checks) {
        boolean holdAgainstMarker = checks != Checks.WITHOUT_MARKER;
        Path file = options.location().database();
        requirePrivate(options.location());
        MarkerFile marker = new MarkerFile(options.location().marker());
        // Read before the database, so that a change in between leaves the database ahead and not behind.
        Optional<Marker> seen = holdAgainstMarker ? marker.read() : Optional.empty();
        StoreDatabase database = StoreDatabase.open(file);
        try {
            Found found = find(options, database, marker, seen);
            KeySlot.Unlocked unlocked =
                    new Unlocking(options).unlock(found.store().storeId(), labelled(found.slots()), true);
            Keyring keyring = keyring(unlocked.rootKey(), found.store());
            OpenStore open = new OpenStore(options, database, found.store().storeId(), unlocked.rootKey(), keyring);
            if (checks != Checks.MARKER_ALONE) {
                open.read(view -> check(view, unlocked.slotId()));
            }
            if (holdAgainstMarker) {
                open.mendMarker(seen, found);
            }
            return open;
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    private static Keyring keyring(RootKey rootKey, StoreRow store) {
        try {
            return Keyring.open(rootKey, store.storeId(), store.generation(), store.keyring());
        } catch (IntegrityException e) {
            rootKey.close();
            throw e;
        }
    }

    private record Found(StoreRow store, List<SlotRow> slots, Optional<LogRow> superseding) {}

    /** What can be told only with the keyring: is it the newest, and may the slot that was used be there? */
    private static boolean check(StoreView view, UUID slotId) {
        requireNewest(view.tables(), view.tables().keys().store().orElseThrow().keyring(), view.keyring());
        view.tables().keys().slots().stream()
                .filter(row -> row.id().equals(slotId))
                .forEach(view::checked);
        view.tables().log().tail().ifPresent(view::checked);
        return true;
    }

    private static void requireNewest(Tables tables, byte[] blob, Keyring keyring) {
        Optional<LogRow> last = tables.log().lastKeyringRow();
        if (last.isEmpty()
                || last.get().version() != keyring.generation()
                || !MessageDigest.isEqual(last.get().digest(), RowMacs.keyringDigest(blob))) {
            throw new IntegrityException(
                    "the keyring of the store is not the one that was written last: an older one was put back",
                    null,
                    "restore a backup with 'coffer restore'");
        }
    }

    private static Found find(
            VaultOptions options, StoreDatabase database, MarkerFile marker, Optional<Marker> firstSeen) {
        Optional<Marker> seen = firstSeen;
        for (int attempt = 1; ; attempt++) {
            Optional<Marker> held = seen;
            try {
                return database.read(tables -> {
                    StoreRow store = tables.keys()
                            .store()
                            .orElseThrow(() -> new IntegrityException(
                                    "the store " + options.location().database() + " has lost its identity",
                                    options.location().database().toString(),
                                    "restore a backup with 'coffer restore'"));
                    Optional<LogRow> superseding = held.flatMap(m -> MarkerCheck.compare(
                            m, tables, store.storeId(), options.location().database()));
                    return new Found(store, tables.keys().slots(), superseding);
                });
            } catch (OlderCopyException e) {
                // Somebody may have restored the store since the marker was read.
                seen = marker.read();
                if (attempt == MARKER_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void requirePrivate(StoreLocation location) {
        Path file = location.database();
        PrivateFiles.requirePrivateFolder(location.dataFolder());
        PrivateFiles.requirePrivate(file);
        PrivateFiles.requirePrivate(file.resolveSibling(file.getFileName() + "-wal"));
        PrivateFiles.requirePrivate(file.resolveSibling(file.getFileName() + "-shm"));
    }

    static List<Unlocking.LabelledSlot> labelled(List<SlotRow> rows) {
        List<Unlocking.LabelledSlot> slots = new ArrayList<>();
        for (SlotRow row : rows) {
            for (SlotKind kind : SlotKind.values()) {
                if (kind.text().equals(row.kind())) { // slots of kinds that only a newer coffer knows stay unused
                    slots.add(new Unlocking.LabelledSlot(
                            new KeySlot(row.id(), kind, row.parameters(), row.wrappedRootKey(), row.checksum()),
                            row.label()));
                }
            }
        }
        return slots;
    }

    private void mendMarker(Optional<Marker> seen, Found found) {
        if (seen.isPresent() ? found.superseding().isEmpty() : wasJustMade()) {
            return;
        }
        found.superseding().ifPresent(row -> read(view -> view.checked(row)));
        if (seen.isEmpty()) {
            options.notices()
                    .warn("the marker " + marker.file()
                            + " was missing and is made again: an older copy of the store would not have been noticed");
        }
        follow(options, marker, database.read(OpenStore::head), "the store was opened");
    }

    /** Empties the write-ahead log after a change; that this fails does not undo the change. */
    static void checkpoint(VaultOptions options, StoreDatabase database) {
        boolean done;
        try {
            done = database.checkpoint();
        } catch (StoreFileException e) {
            done = false;
        }
        if (!done) {
            options.notices()
                    .warn("the change was saved, but the bytes that it removed are not overwritten yet: other processes"
                            + " read the store, or the disk is full; the last process that closes the store does it");
        }
    }

    /** Lets the marker follow another history that is in place. The log says the same until that works. */
    static void follow(VaultOptions options, MarkerFile marker, Marker to, String done) {
        try {
            marker.follow(to);
        } catch (CofferException e) {
            options.notices().warn(done + ", but the marker was not moved: " + e.getMessage());
        }
    }

    /** Whether the marker is there after all: whoever makes or restores a store writes it last, holding the lock. */
    private boolean wasJustMade() {
        try {
            return LockFile.holding(
                    options.location().lockFile(), () -> marker.read().isPresent());
        } catch (StoreFileException e) {
            return false; // on a read-only medium there is nobody to wait for
        }
    }

    private static Marker head(Tables tables) {
        LogRow tail = tables.log()
                .tail()
                .orElseThrow(() -> new IntegrityException("the log of the store is empty", null, "restore a backup"));
        return new Marker(tables.keys().store().orElseThrow().storeId(), tail.sequence(), tail.mac());
    }

    UUID storeId() {
        return storeId;
    }

    StoreDatabase database() {
        return database;
    }

    MarkerFile marker() {
        return marker;
    }

    /** A change over tables whose transaction the caller holds. */
    StoreChange change(Tables tables) {
        return new StoreChange(tables, current(tables), storeId, options.clock());
    }

    /** Runs work on one snapshot. */
    <T> T read(Function<StoreView, T> work) {
        return inTurn(() -> database.read(tables -> work.apply(new StoreView(tables, current(tables), storeId))));
    }

    /**
     * Runs work on the current version of a live secret, which one query finds and which is genuine. Empty if there is no
     * such secret, or it is not what this keyring made, as after a change of the keyring: {@link #read} tells what is to be
     * told then.
     */
    <T> Optional<T> readCurrent(UUID componentId, String name, BiFunction<StoreView, CurrentRow, T> work) {
        return inTurn(() -> {
            try {
                return database.query(tables -> {
                    StoreView view = new StoreView(tables, keyring, storeId);
                    return genuine(view, componentId, name).map(row -> work.apply(view, row));
                });
            } catch (IntegrityException e) {
                return Optional.empty();
            }
        });
    }

    private Optional<CurrentRow> genuine(StoreView view, UUID componentId, String name) {
        Optional<CurrentRow> kept = genuineRows.find(componentId, name);
        if (kept.isPresent()) {
            return kept;
        }
        genuineRows.prepare();
        Optional<CurrentRow> found = view.tables().secrets().findSound(componentId, name);
        found.ifPresent(row -> {
            view.current(view.checked(row.head()), row.version(), row.newestVersion());
            genuineRows.keep(row);
        });
        return found;
    }

    /** Runs work that writes; what it appended to the log is in the marker afterwards. */
    <T> T write(Function<StoreChange, T> work) {
        return inTurn(() -> {
            marker.requireWritable();
            @Nullable Marker[] moved = new @Nullable Marker[1];
            T result = database.write(tables -> {
                StoreChange change = change(tables);
                T value = work.apply(change);
                moved[0] = change.appended() ? change.marker() : null;
                return value;
            });
            genuineRows.forget(); // what was purged is nowhere, then
            if (moved[0] != null) {
                advance(moved[0]);
            }
            return result;
        });
    }

    private void advance(Marker to) {
        try {
            marker.advance(to);
        } catch (CofferException e) {
            // The change is committed: telling its maker that it failed would be wrong.
            options.notices().warn("the change was saved, but the marker was not moved: " + e.getMessage());
        }
    }

    /** Runs work that has the database to itself among the threads of this process. */
    <T> T inTurn(java.util.function.Supplier<T> work) {
        turn.lock();
        try {
            if (renewed) {
                throw new KeysRenewed();
            }
            if (closed) {
                throw new IllegalStateException("this vault was closed");
            }
            return work.get();
        } finally {
            turn.unlock();
        }
    }

    private Keyring current(Tables tables) {
        if (tables.keys().generation() != keyring.generation()) {
            StoreRow row = tables.keys().store().orElseThrow();
            try {
                Keyring next = Keyring.open(rootKey, storeId, row.generation(), row.keyring());
                requireNewest(tables, row.keyring(), next);
                keyring = next;
                genuineRows.forget();
            } catch (IntegrityException e) {
                throw new KeysRenewed();
            }
        }
        return keyring;
    }

    /** The keyed fingerprint of a message: no change of the keyring ever gives it another. */
    byte[] fingerprint(CanonicalBytes message) {
        return inTurn(() -> keyring.fingerprint(message));
    }

    /** The root key; not a copy. */
    RootKey rootKey() {
        return rootKey;
    }

    /** Takes a new root key over, after the transaction that made it was committed. */
    void renewRootKey(RootKey next) {
        genuineRows.forget();
        rootKey.close();
        rootKey = next;
    }

    /** Closes it because another one takes its place; whoever still works with this one is told so. */
    void closeAsRenewed() {
        turn.lock();
        try {
            renewed = true;
            close();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                genuineRows.forget();
                rootKey.close();
                database.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
