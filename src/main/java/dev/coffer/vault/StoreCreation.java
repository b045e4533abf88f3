package dev.coffer.vault;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeyFile;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.Keyring;
import dev.coffer.crypto.RootKey;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.secrets.StoreMissingException;
import dev.coffer.storage.LockFile;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.StoreRow;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes stores. A store is built completely in a file with another name and then given its own, so that there is never
 * half of one; a lock keeps two processes from doing it at once.
 *
 * <p>The order matters to a process that is killed: first the file under construction, whose name holds the store's id,
 * then the key file, then the content, then the marker, then the name. Whoever comes next finds the first and knows that
 * the key file and the marker of that id belong to nothing.
 */
final class StoreCreation {
    private static final Pattern KEY_FILE_NAME = Pattern.compile("([0-9a-f-]{36})\\.key");
    private static final Pattern UNDER_CONSTRUCTION = Pattern.compile("\\.new-([0-9a-f-]{36})");

    private final VaultOptions options;
    private final StoreLocation location;

    StoreCreation(VaultOptions options) {
        this.options = options;
        this.location = options.location();
    }

    /** Makes a store because a command needs one, with the key that the user named, if any; says so. */
    void createForFirstUse(Optional<KeyInput> given) {
        try {
            NewStore made = create(given);
            options.notices()
                    .warn("made a new store in " + made.database()
                            + made.newKeyFile()
                                    .map(file -> ", unlocked by the key file " + file)
                                    .orElse("")
                            + "; 'coffer backup FILE' makes a copy that survives this machine");
        } catch (StoreExistsException e) {
            // Another process made it in the meantime; this one uses it.
        }
    }

    NewStore create(Optional<KeyInput> key) {
        PrivateFiles.createFolders(location.dataFolder());
        PrivateFiles.requirePrivateFolder(location.dataFolder());
        return LockFile.holding(location.lockFile(), () -> {
            if (PrivateFiles.exists(location.database())) {
                throw new StoreExistsException(
                        "there is a store in " + location.database() + " already; it was not touched",
                        location.database().toString(),
                        "use it as it is, or name another place with --home");
            }
            sweep();
            refuseIfVanished();
            return build(key);
        });
    }

    private NewStore build(Optional<KeyInput> key) {
        UUID storeId = UUID.randomUUID();
        Path construction = location.dataFolder().resolve(".new-" + storeId);
        Runnable takeBack = () -> {};
        boolean done = false;
        try {
            PrivateFiles.createFileOrFail(construction);
            KeyInput.NewCredential made = key.map(KeyInput::newCredential).orElseGet(() -> newKeyFile(storeId));
            takeBack = made.takeBack();
            Marker marker;
            String kind;
            try (Credential credential = made.credential()) {
                kind = credential.kind().text();
                marker = fill(construction, storeId, credential, made.label());
            }
            new MarkerFile(location.marker()).follow(marker);
            PrivateFiles.moveIntoPlace(construction, location.database());
            done = true;
            return new NewStore(storeId, location.database(), kind, made.madeFile());
        } finally {
            if (!done) {
                removeMarker(storeId);
                takeBack.run();
                deleteDatabase(construction);
            }
        }
    }

    private KeyInput.NewCredential newKeyFile(UUID storeId) {
        KeyFile key = KeyFile.random();
        Path file = location.keyFile(storeId);
        KeyInput.write(file, key);
        return KeyInput.NewCredential.withNewFile(key, file);
    }

    private Marker fill(Path file, UUID storeId, Credential credential, String label) {
        try (RootKey rootKey = RootKey.random();
                StoreDatabase database = StoreDatabase.create(file)) {
            Keyring keyring = Keyring.create();
            byte[] blob = keyring.seal(rootKey, storeId);
            KeySlot slot =
                    KeySlot.seal(storeId, credential, options.passphraseCost().get(), rootKey);
            Marker marker = database.write(tables -> {
                tables.keys().insertStore(new StoreRow(storeId, keyring.generation(), blob));
                StoreChange change = new StoreChange(tables, keyring, storeId, options.clock());
                change.append(LogKind.CREATE, Optional.empty(), keyring.generation(), RowMacs.keyringDigest(blob));
                change.putSlot(slot, label);
                for (RecordChange.Insert record : options.firstRecords().get()) {
                    change.putRecord(record.id(), record.kind(), record.name(), 1, record.body());
                }
                return change.marker();
            });
            database.checkpoint();
            return marker;
        }
    }

    /** Why there is no store: it never was, or it vanished. */
    StoreMissingException missing() {
        Optional<StoreMissingException> vanished = vanished();
        return vanished.orElseGet(() -> new StoreMissingException(
                "there is no store in " + location.database(),
                location.database().toString(),
                "'coffer init' makes one"));
    }

    private void refuseIfVanished() {
        Optional<StoreMissingException> vanished = vanished();
        if (vanished.isPresent()) {
            throw vanished.get();
        }
    }

    private Optional<StoreMissingException> vanished() {
        List<Path> traces = new ArrayList<>();
        if (PrivateFiles.exists(location.marker()) && !isUnderConstruction(markedStore())) {
            traces.add(location.marker());
        }
        for (Path file : list(location.keysFolder())) {
            Matcher name = KEY_FILE_NAME.matcher(file.getFileName().toString());
            if (name.matches() && !isUnderConstruction(Optional.of(name.group(1)))) {
                traces.add(file);
            }
        }
        return traces.isEmpty()
                ? Optional.empty()
                : Optional.of(new StoreMissingException(
                        "the store in " + location.database() + " is gone, but " + traces.get(0)
                                + " shows that there was one",
                        location.database().toString(),
                        "put the file back or restore a backup with 'coffer restore'; to start anew, move away: "
                                + String.join(
                                        " ",
                                        traces.stream()
                                                .map(PrivateFiles::quoted)
                                                .toList())));
    }

    private Optional<String> markedStore() {
        return new MarkerFile(location.marker())
                .readIfSound()
                .map(marker -> marker.storeId().toString());
    }

    private boolean isUnderConstruction(Optional<String> storeId) {
        return storeId.map(id -> location.dataFolder().resolve(".new-" + id))
                .filter(PrivateFiles::exists)
                .isPresent();
    }

    private void removeMarker(UUID storeId) {
        if (markedStore().equals(Optional.of(storeId.toString()))) {
            PrivateFiles.deleteQuietly(location.marker());
        }
    }

    /** Removes what killed processes left. Only while holding the lock. */
    void sweep() {
        for (Path file : list(location.dataFolder())) {
            String name = file.getFileName().toString();
            Matcher construction = UNDER_CONSTRUCTION.matcher(name);
            if (construction.matches()) {
                UUID storeId = UUID.fromString(construction.group(1));
                removeMarker(storeId);
                PrivateFiles.sweepTemporaries(location.keyFile(storeId));
                PrivateFiles.deleteQuietly(location.keyFile(storeId));
                deleteDatabase(file);
            } else if (name.startsWith("." + location.database().getFileName() + ".")
                    && (name.endsWith(".tmp") || name.endsWith(".tmp.lock"))) {
                deleteDatabase(file);
            }
        }
    }

    static void deleteDatabase(Path file) {
        deleteJournals(file);
        PrivateFiles.deleteQuietly(file);
    }

    static void deleteJournals(Path file) {
        for (String suffix : new String[] {"-wal", "-shm", "-journal"}) {
            PrivateFiles.deleteQuietly(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    static List<Path> list(Path folder) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(files::add);
            } catch (IOException e) {
                throw PrivateFiles.trouble("the folder " + folder + " cannot be listed", folder, e);
            }
        }
        files.sort(null);
        return files;
    }
}
