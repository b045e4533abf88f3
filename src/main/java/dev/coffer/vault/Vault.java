package dev.coffer.vault;

import dev.coffer.component.ExtensionJars;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.Specimen;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.RecordRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted store. Constructing one does nothing; the first operation finds the store, holds it against its marker,
 * unlocks it and keeps it open until {@link #close()}. Safe for use by several threads, and by several processes on one
 * store.
 *
 * <p>Every operation may throw the errors of opening: store missing, locked, wrong key, older copy, newer store,
 * integrity and file trouble.
 */
public final class Vault implements RecordStore, AutoCloseable {

    private final VaultOptions options;
    private @Nullable OpenStore store;
    private @Nullable SchemaCatalog schemas;
    private boolean closed;

    /** A vault over the store that the options name. */
    public Vault(VaultOptions options) {
        this.options = options;
    }

    /**
     * Begins, on a thread of its own, to set up what opening a store will need. For processes that end after a few
     * operations: they would wait for the ciphers after they have waited for the database. Touches no store.
     */
    public static void warmUp() {
        Thread ahead = new Thread(Specimen::open, "coffer warm-up");
        ahead.setDaemon(true);
        ahead.setUncaughtExceptionHandler((thread, e) -> {}); // whoever opens the store meets it too, and says it
        try {
            ahead.start();
        } catch (OutOfMemoryError e) {
            // There may be no more threads, by a limit: then nothing is set up ahead.
        }
    }

    StoreLocation location() {
        return options.location();
    }

    /**
     * Makes a new store, with one key slot.
     *
     * @param key what the slot is made from; empty makes a random key file in the location's folder for keys
     */
    public static NewStore create(VaultOptions options, Optional<KeyInput> key) {
        return new StoreCreation(options).create(key);
    }

    /** The secrets of one component. Opens nothing yet. */
    public ComponentSecrets secretsOf(UUID componentId) {
        return new ComponentSecrets(this, componentId);
    }

    /** The secrets of one component, and the records, as a synchronization needs them. Opens nothing yet. */
    public SyncStore syncStore(UUID componentId) {
        return new SyncedSecrets(this, componentId);
    }

    /** Key slots and rotation. Opens nothing yet. */
    public KeyService keys() {
        return new KeyService(this, options);
    }

    /** Walks the whole store and names everything that is not as coffer wrote it. */
    public VerifyReport verify(Progress progress) {
        if (isOpenOrMissing()) {
            return onOpen(open -> verify(open, progress));
        }
        // What opening refuses is among what there is to find: this one is not kept for other operations.
        try (OpenStore unchecked = OpenStore.open(options, OpenStore.Checks.MARKER_ALONE)) {
            return verify(unchecked, progress);
        }
    }

    private synchronized boolean isOpenOrMissing() {
        requireOpen();
        return store != null || !PrivateFiles.exists(options.location().database());
    }

    private static VerifyReport verify(OpenStore open, Progress progress) {
        // SQLite's own check takes about as long as coffer's: the two go on side by side, each on a connection of its
        // own.
        FutureTask<List<String>> structure =
                new FutureTask<>(() -> open.database().checkStructure());
        Thread beside = new Thread(structure, "coffer-structure");
        beside.setDaemon(true);
        beside.start();
        return open.read(view -> new Verification(view, progress).run(() -> result(structure)));
    }

    private static <T> T result(FutureTask<T> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // SQLite does not stop half way: what is asked for is told first
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof CofferException told) {
                        throw told;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Writes an encrypted copy of the store into a new file, and proves that it can be restored. */
    public BackupReceipt backup(Path target, Progress progress) {
        return new Backups(options).backup(open(), target, progress);
    }

    /**
     * Brings a backup back.
     *
     * @param options where to, and the key to the backup
     * @param force whether a store that is there may be replaced; it is kept beside
     */
    public static RestoreReceipt restore(VaultOptions options, Path backup, boolean force, Progress progress) {
        return new Backups(options).restore(backup, force, progress);
    }

    /** Looks a store over, also one that cannot be opened, and asks nobody for its key. Never throws what it finds. */
    public static Diagnosis examine(VaultOptions options) {
        return new Examination(options).run();
    }

    /** Opens the store whatever its marker says, and lets the marker follow it. Versions continue above all seen. */
    public void acceptOlder() {
        MarkerFile markerFile = new MarkerFile(options.location().marker());
        markerFile.requireWritable();
        Optional<Marker> seen = markerFile.readIfSound();
        if (!PrivateFiles.exists(options.location().database())) {
            throw new StoreCreation(options).missing();
        }
        OpenStore open = OpenStore.open(options, OpenStore.Checks.WITHOUT_MARKER);
        OpenStore before;
        synchronized (this) {
            before = closed ? open : store;
            store = closed ? null : open;
        }
        if (before != null) {
            before.close();
        }
        Marker accepted =
                onOpen(current -> current.inTurn(() -> current.database().write(tables -> {
                    StoreChange change = current.change(tables);
                    change.accept(LogKind.ACCEPT_OLDER, seen, seen);
                    // Whoever has the store open notices by the generation that it is not the one that they opened.
                    Keyring next =
                            change.keyring().atGeneration(change.keyring().generation() + 1);
                    change.putKeyring(next, next.seal(current.rootKey(), change.storeId()));
                    return change.marker();
                })));
        OpenStore.follow(options, open.marker(), accepted, "the store was accepted");
    }

    /** Says cheaply whether operations would work: empty if so, else the error that they would meet. */
    public Optional<CofferException> check() {
        try {
            read(view -> view.tables().log().tail());
            return Optional.empty();
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }

    /** The identity of the store. */
    public UUID storeId() {
        return open().storeId();
    }

    @Override
    public Optional<StoredRecord> findRecord(String kind, String name) {
        return read(view -> view.tables().records().find(kind, name).map(row -> stored(view, row)));
    }

    @Override
    public Optional<StoredRecord> findRecord(UUID id) {
        return read(view -> view.tables().records().find(id).map(row -> stored(view, row)));
    }

    @Override
    public List<StoredRecord> listRecords(String kind) {
        return read(view -> view.tables().records().list(kind).stream()
                .map(row -> stored(view, row))
                .toList());
    }

    static StoredRecord stored(StoreView view, RecordRow row) {
        return new StoredRecord(row.kind(), row.id(), row.name(), row.version(), view.body(row));
    }

    @Override
    public void changeRecords(List<RecordChange> changes) {
        boolean removed = write(change -> RecordChanges.apply(this, change, changes));
        if (removed) {
            checkpoint();
        }
    }

    <T> T read(Function<StoreView, T> work) {
        return onOpen(open -> open.read(work));
    }

    <T> T write(Function<StoreChange, T> work) {
        return onOpen(open -> open.write(work));
    }

    /** Runs work on the open store; unlocks the store again if its keys were renewed meanwhile, and repeats the work. */
    <T> T onOpen(Function<OpenStore, T> work) {
        for (int attempt = 1; ; attempt++) {
            OpenStore open = open();
            try {
                return work.apply(open);
            } catch (OpenStore.KeysRenewed e) {
                if (attempt == OpenStore.UNLOCKINGS) {
                    throw OpenStore.renewed(options);
                }
                reopen(open);
                open.closeAsRenewed(); // outside of this object's monitor, which its users may be waiting for
            }
        }
    }

    private synchronized void reopen(OpenStore stale) {
        requireOpen();
        if (store == stale) {
            OpenStore next = OpenStore.open(options, OpenStore.Checks.ALL);
            if (!next.storeId().equals(stale.storeId())) {
                next.close();
                throw OpenStore.renewed(options); // what was read of one store does not go on in another one
            }
            store = next;
        }
    }

    /** Overwrites what a change that is committed removed, or says why that has to wait. */
    void checkpoint() {
        onOpen(open -> open.inTurn(() -> {
            OpenStore.checkpoint(options, open.database());
            return true;
        }));
    }

    /** What secrets are held against when they are written. */
    public synchronized SchemaCatalog schemas() {
        if (schemas == null) {
            schemas = options.schemas().get().with(RecordSchemas.of(this, extensions()));
        }
        return schemas;
    }

    /** How many live secrets of a schema type, whichever component has them, are like this. Each one is read. */
    public int countSecrets(String schemaType, Predicate<Secret> like) {
        return Outgrown.count(this, schemaType, like);
    }

    /** The jars of extensions, which are kept beside the store. */
    public ExtensionJars extensions() {
        return new ExtensionJars(options.location().dataFolder().resolve("extensions"));
    }

    /** The same schemas, as a change sees them: it cannot read the store beside itself. */
    SchemaCatalog schemas(StoreChange change) {
        return schemas().with(RecordSchemas.of(change, extensions()));
    }

    OptionalInt keepVersions() {
        return options.keepVersions();
    }

    synchronized OpenStore open() {
        requireOpen();
        if (store == null) {
            if (!PrivateFiles.exists(options.location().database())) {
                StoreCreation creation = new StoreCreation(options);
                if (!options.createIfMissing()) {
                    throw creation.missing();
                }
                store = createAndOpen(creation);
            } else {
                store = OpenStore.open(options, OpenStore.Checks.ALL);
            }
        }
        return store;
    }

    /** With one reading of the key: what comes from a pipe can be read only once. */
    private OpenStore createAndOpen(StoreCreation creation) {
        try (KeyInput given = options.unlocker().given().orElse(null)) {
            creation.createForFirstUse(Optional.ofNullable(given));
            Unlocker again = given == null
                    ? options.unlocker()
                    : new Unlocker() {
                        @Override
                        public Optional<KeyInput> given() {
                            return Optional.of(given);
                        }

                        @Override
                        public Optional<KeyInput> ask(Set<String> kinds) {
                            return Optional.empty();
                        }
                    };
            return OpenStore.open(options.withUnlocker(again), OpenStore.Checks.ALL);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this vault was closed");
        }
    }

    /** Forgets all keys and closes the database. Repeatable. */
    @Override
    public void close() {
        OpenStore open;
        synchronized (this) {
            closed = true;
            open = store;
            store = null;
        }
        if (open != null) { // waits for the operations that are running, which may come here for the store meanwhile
            open.close();
        }
    }
}
