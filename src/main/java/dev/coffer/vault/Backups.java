package dev.coffer.vault;

import dev.coffer.crypto.FileCipher;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.RootKey;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.storage.LockFile;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.StoreRow;
import dev.coffer.storage.Tables;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Writes and restores backups; see {@link BackupHeader} for the file. */
final class Backups {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String RESTORED = "the store was restored";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final VaultOptions options;
    private final StoreLocation location;

    Backups(VaultOptions options) {
        this.options = options;
        this.location = options.location();
    }

    BackupReceipt backup(OpenStore open, Path target, Progress progress) {
        Path file = target.toAbsolutePath().normalize();
        if (PrivateFiles.exists(file)) {
            throw new StoreExistsException(
                    "there is a file " + file + " already; it was not touched", file.toString(), "name another file");
        }
        if (!Files.isDirectory(file.resolveSibling("."))) {
            throw new StoreFileException(
                    "there is no folder " + file.getParent(), file.toString(), "make the folder first");
        }
        return LockFile.holding(location.lockFile(), () -> {
            new StoreCreation(options).sweep();
            PrivateFiles.sweepTemporaries(file);
            Path copy = temporary();
            Path written = PrivateFiles.createTemporary(file);
            try {
                open.inTurn(() -> {
                    open.database().copyTo(copy);
                    return true;
                });
                BackupHeader header = encrypt(open, copy, written, progress);
                StoreCreation.deleteDatabase(copy);
                VerifyReport proof = prove(open, header, written, progress);
                PrivateFiles.moveIntoPlace(written, file);
                boolean survives = header.slots().stream()
                        .anyMatch(labelled -> labelled.slot().kind().isText());
                return new BackupReceipt(file, size(file), proof.secrets(), proof.versions(), survives);
            } finally {
                StoreCreation.deleteDatabase(copy);
                PrivateFiles.deleteQuietly(written);
            }
        });
    }

    private Path temporary() {
        return PrivateFiles.createTemporary(location.database());
    }

    private BackupHeader encrypt(OpenStore open, Path copy, Path written, Progress progress) {
        try (StoreDatabase database = StoreDatabase.open(copy);
                FileCipher cipher = FileCipher.random()) {
            BackupHeader header = database.read(tables -> BackupHeader.of(
                    open.storeId(),
                    StoreDatabase.SCHEMA,
                    tables.log().tail().orElseThrow().sequence(),
                    options.clock().instant(),
                    tables.keys().slots()));
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(written), BUFFER_BYTES);
                    InputStream in = Files.newInputStream(copy)) {
                out.write(header.bytes());
                out.write(cipher.wrap(open.rootKey(), header.bytes()));
                try (OutputStream body = cipher.encrypting(out, header.bytes())) {
                    copy(in, body, size(copy), progress);
                }
            }
            return header;
        } catch (IOException e) {
            throw PrivateFiles.trouble("the backup cannot be written", written, e);
        }
    }

    /** Restores the file just written into a temporary one and verifies every row of it. */
    private VerifyReport prove(OpenStore open, BackupHeader header, Path written, Progress progress) {
        Path proof = temporary();
        try {
            decrypt(open.rootKey(), written, proof);
            VerifyReport report = verify(open.rootKey(), header, proof, progress);
            requireSound(report, written);
            return report;
        } finally {
            StoreCreation.deleteDatabase(proof);
        }
    }

    RestoreReceipt restore(Path backup, boolean force, Progress progress) {
        Path file = backup.toAbsolutePath().normalize();
        BackupHeader header = readHeader(file);
        requireFree(force);
        PrivateFiles.createFolders(location.dataFolder());
        PrivateFiles.requirePrivateFolder(location.dataFolder());
        return LockFile.holding(location.lockFile(), () -> {
            requireFree(force); // somebody may have made one before the lock was taken
            new MarkerFile(location.marker()).requireWritable();
            new StoreCreation(options).sweep();
            Path restored = temporary();
            // Labels stand in the encrypted part, and would name files of another machine.
            try (RootKey rootKey = new Unlocking(options)
                    .unlock(header.storeId(), header.slots(), false)
                    .rootKey()) {
                decrypt(rootKey, file, restored);
                VerifyReport report = verify(rootKey, header, restored, progress);
                requireSound(report, file);
                Optional<Path> kept = putInPlace(rootKey, header, restored);
                return new RestoreReceipt(location.database(), report.secrets(), report.versions(), kept);
            } finally {
                StoreCreation.deleteDatabase(restored);
            }
        });
    }

    private void requireFree(boolean force) {
        if (PrivateFiles.exists(location.database()) && !force) {
            throw new StoreExistsException(
                    "there is a store in " + location.database() + " already; it was not touched",
                    location.database().toString(),
                    "'--force' replaces it and keeps it beside");
        }
    }

    private static BackupHeader readHeader(Path file) {
        try (DataInputStream in = open(file)) {
            return BackupHeader.read(in, file.toString());
        } catch (IOException e) {
            throw PrivateFiles.trouble("the backup " + file + " cannot be read", file, e);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
    }

    private static void decrypt(RootKey rootKey, Path from, Path to) {
        try (DataInputStream in = open(from)) {
            BackupHeader header = BackupHeader.read(in, from.toString());
            byte[] wrappedKey = in.readNBytes(BackupHeader.WRAPPED_KEY_BYTES);
            try (FileCipher cipher = FileCipher.unwrap(rootKey, wrappedKey, header.bytes(), "the backup " + from);
                    OutputStream out = Files.newOutputStream(to)) {
                InputStream body = cipher.decrypting(in, header.bytes());
                byte[] buffer = new byte[BUFFER_BYTES];
                while (true) {
                    int read = body.read(buffer); // changed content is an IntegrityException of its own
                    if (read < 0) {
                        return;
                    }
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            throw PrivateFiles.trouble("the backup " + from + " cannot be unpacked", to, e);
        }
    }

    private VerifyReport verify(RootKey rootKey, BackupHeader header, Path file, Progress progress) {
        try (StoreDatabase database = StoreDatabase.open(file)) {
            List<String> structure = database.checkStructure();
            return database.read(tables -> {
                StoreRow store = tables.keys().store().orElseThrow();
                Keyring keyring = Keyring.open(rootKey, header.storeId(), store.generation(), store.keyring());
                return new Verification(new StoreView(tables, keyring, header.storeId()), progress)
                        .run(() -> structure);
            });
        }
    }

    private static void requireSound(VerifyReport report, Path file) {
        if (!report.sound()) {
            throw new IntegrityException(
                    "the store in the backup " + file + " is not sound: "
                            + report.findings().get(0).sentence(),
                    file.toString(),
                    "'coffer verify' names all damage");
        }
    }

    private Optional<Path> putInPlace(RootKey rootKey, BackupHeader header, Path restored) {
        if (!PrivateFiles.exists(location.database())) {
            moveInto(rootKey, header, restored);
            return Optional.empty();
        }
        Optional<StoreDatabase> live = openLive();
        if (live.isEmpty()) {
            Path kept = keepFiles();
            moveInto(rootKey, header, restored);
            return Optional.of(kept);
        }
        try (StoreDatabase database = live.get()) {
            return Optional.of(replace(database, rootKey, header, restored));
        }
    }

    /** Where there is no store, or none that can be used: the restored file becomes the store. */
    private void moveInto(RootKey rootKey, BackupHeader header, Path restored) {
        MarkerFile markerFile = new MarkerFile(location.marker());
        Optional<Marker> seen = markerFile.readIfSound();
        Marker marker;
        try (StoreDatabase database = StoreDatabase.open(restored)) {
            marker = database.write(tables -> accept(tables, rootKey, header, seen, seen, 0));
            database.checkpoint();
        }
        StoreCreation.deleteJournals(location.database()); // they belong to what is replaced
        PrivateFiles.moveIntoPlace(restored, location.database());
        OpenStore.follow(options, markerFile, marker, RESTORED);
    }

    /** The store that is replaced; empty if it cannot be read. */
    private Optional<StoreDatabase> openLive() {
        StoreDatabase database = null;
        try {
            database = StoreDatabase.open(location.database());
            database.read(Backups::head);
            return Optional.of(database);
        } catch (IntegrityException | NewerStoreException | NoSuchElementException | IllegalStateException e) {
            if (database != null) {
                database.close();
            }
            return Optional.empty();
        }
    }

    private static Marker head(Tables tables) {
        LogRow tail = tables.log().tail().orElseThrow();
        return new Marker(tables.keys().store().orElseThrow().storeId(), tail.sequence(), tail.mac());
    }

    /** What a store was when its content was replaced. */
    private record Replaced(Marker head, Optional<Marker> seen, long generation) {}

    /** Replaces the content of a store that others may be using, and keeps what they wrote to the last moment. */
    private Path replace(StoreDatabase live, RootKey rootKey, BackupHeader header, Path restored) {
        MarkerFile markerFile = new MarkerFile(location.marker());
        Path kept = freeName();
        boolean done = false;
        try {
            Marker marker = live.replaceWith(restored, tables -> keep(tables, markerFile, kept), (tables, replaced) -> {
                Optional<Marker> furthest = later(replaced.seen(), replaced.head(), header);
                return accept(tables, rootKey, header, furthest, replaced.seen(), replaced.generation());
            });
            done = true;
            OpenStore.checkpoint(options, live);
            OpenStore.follow(options, markerFile, marker, RESTORED);
            return kept;
        } finally {
            if (!done) {
                PrivateFiles.deleteQuietly(kept);
            }
        }
    }

    private Replaced keep(Tables live, MarkerFile markerFile, Path kept) {
        Marker head = head(live);
        Path partial = temporary();
        // Another connection, because SQLite copies no database inside of a transaction.
        try (StoreDatabase reading = StoreDatabase.open(location.database())) {
            reading.copyTo(partial);
            PrivateFiles.moveIntoPlace(partial, kept);
        } finally {
            PrivateFiles.deleteQuietly(partial);
        }
        Optional<Marker> seen = markerFile.readIfSound();
        if (seen.filter(marker -> marker.storeId().equals(head.storeId())).isPresent()) {
            // Whoever committed the last change may not have moved the marker yet, and would move it to a change that
            // the restored store knows nothing of.
            markerFile.advance(head);
            seen = markerFile.readIfSound();
        }
        return new Replaced(head, seen, live.keys().generation());
    }

    /** The files as they are: what is not moved into the database yet is in the write-ahead log. */
    private Path keepFiles() {
        Path kept = freeName();
        try {
            for (String suffix : List.of("-wal", "")) {
                Path from =
                        location.database().resolveSibling(location.database().getFileName() + suffix);
                if (PrivateFiles.exists(from)) {
                    Path partial = temporary();
                    try (OutputStream out = Files.newOutputStream(partial)) { // it is private from the beginning
                        Files.copy(from, out);
                    }
                    PrivateFiles.moveIntoPlace(partial, kept.resolveSibling(kept.getFileName() + suffix));
                }
            }
            return kept;
        } catch (IOException e) {
            throw PrivateFiles.trouble("the store that is there cannot be kept", kept, e);
        }
    }

    private Path freeName() {
        String name = location.database().getFileName() + ".replaced-"
                + STAMP.format(options.clock().instant());
        Path free = location.database().resolveSibling(name);
        for (int i = 2; PrivateFiles.exists(free); i++) {
            free = location.database().resolveSibling(name + "-" + i);
        }
        return free;
    }

    /** Whichever of two has seen more of the store that is restored. */
    private static Optional<Marker> later(Optional<Marker> seen, Marker live, BackupHeader header) {
        Optional<Marker> mine = Optional.of(live).filter(m -> m.storeId().equals(header.storeId()));
        Optional<Marker> marked = seen.filter(m -> m.storeId().equals(header.storeId()));
        if (mine.isPresent() && marked.isPresent()) {
            return mine.get().sequence() > marked.get().sequence() ? mine : marked;
        }
        return mine.or(() -> marked);
    }

    /** Lets the restored store follow what was seen. */
    private Marker accept(
            Tables tables,
            RootKey rootKey,
            BackupHeader header,
            Optional<Marker> furthest,
            Optional<Marker> seen,
            long liveGeneration) {
        StoreRow store = tables.keys().store().orElseThrow();
        Keyring keyring = Keyring.open(rootKey, header.storeId(), store.generation(), store.keyring());
        StoreChange change = new StoreChange(tables, keyring, header.storeId(), options.clock());
        change.accept(LogKind.RESTORE, furthest, seen);
        // Whoever has the replaced store open notices by the generation that its keyring is another one.
        Keyring next = keyring.atGeneration(Math.max(liveGeneration, store.generation()) + 1);
        change.putKeyring(next, next.seal(rootKey, header.storeId()));
        return change.marker();
    }

    private static void copy(InputStream in, OutputStream out, long total, Progress progress) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            done += read;
            progress.at(done, total);
        }
        Arrays.fill(buffer, (byte) 0);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw PrivateFiles.trouble("the file " + file + " cannot be read", file, e);
        }
    }
}
