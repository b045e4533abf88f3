package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.FileCipher;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.StoreMissingException;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.storage.MarkerFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Backups: complete, authenticated, without the key file; and restoring, which loses nothing either. */
class BackupTest {
    private static final SecretName A = SecretName.of("a");

    private final TestHome home = TestHome.create();
    private final Vault vault = home.vault();
    private final ComponentSecrets secrets = vault.secretsOf(HERE);
    private final Path backup = home.file("backup.coffer");

    BackupTest() {
        secrets.register(secret("a", "k", "1"));
        update("2");
        vault.changeRecords(List.of(new RecordChange.Insert("stack", new UUID(1, 1), "dev", new byte[] {1, 2})));
    }

    @AfterEach
    void removeHome() {
        home.close();
    }

    private void update(String value) {
        secrets.update(secret("a", "k", value), OptionalLong.empty());
    }

    private void backUp() {
        vault.backup(backup, Progress.NONE);
    }

    private RestoreReceipt restore(TestHome to, boolean force) {
        return Vault.restore(to.options(Unlocker.of(() -> KeyInput.keyFile(keyFile()))), backup, force, Progress.NONE);
    }

    private Path keyFile() {
        try (Stream<Path> keys = Files.list(home.file("keys"))) {
            return keys.findFirst().orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(home.folder())) {
            return files.filter(f -> f.getFileName().toString().endsWith(".tmp"))
                    .toList();
        }
    }

    // Writing

    @Test
    void backup_holdsEverything_onAFreshHome() {
        BackupReceipt receipt = vault.backup(backup, Progress.NONE);
        assertEquals(1, receipt.secrets());
        assertEquals(2, receipt.versions());
        assertEquals(backup, receipt.file());
        assertEquals(backup.toFile().length(), receipt.bytes());
        assertFalse(receipt.survivesLossOfKeyFile());
        try (TestHome fresh = TestHome.empty()) {
            RestoreReceipt restored = restore(fresh, false);
            assertEquals(2, restored.versions());
            assertEquals(Optional.empty(), restored.kept());
            try (Vault other = new Vault(fresh.options(Unlocker.of(() -> KeyInput.keyFile(keyFile()))))) {
                assertEquals(Map.of("k", "2"), revealed(other.secretsOf(HERE).get(A)));
                assertEquals(Map.of("k", "1"), revealed(other.secretsOf(HERE).get(A, 1)));
                assertArrayEquals(
                        new byte[] {1, 2},
                        other.findRecord("stack", "dev").orElseThrow().body());
                assertEquals(List.of(), other.verify(Progress.NONE).findings());
                assertEquals(vault.storeId(), other.storeId());
            }
            assertEquals(List.of(), fresh.notices());
        }
    }

    @Test
    void backup_isPrivate_andLeavesNothingBeside() throws IOException {
        backUp();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void backup_excludesTheKeyFile_andEverythingInClear() throws IOException {
        secrets.register(secret("canary-name", "canary-key", "canary-value"));
        backUp();
        String raw = new String(Files.readAllBytes(backup), StandardCharsets.ISO_8859_1);
        for (String canary : List.of("canary-name", "canary-key", "canary-value", "SQLite format")) {
            assertFalse(raw.contains(canary), canary);
        }
        String line = Files.readAllLines(keyFile()).stream()
                .filter(l -> l.startsWith("coffer-key-v1"))
                .findFirst()
                .orElseThrow();
        String key = line.split(":", -1)[1];
        byte[] bytes = Base64.getUrlDecoder().decode(key);
        assertFalse(raw.contains(key));
        assertFalse(raw.contains(HexFormat.of().formatHex(bytes)));
        assertFalse(raw.contains(new String(bytes, StandardCharsets.ISO_8859_1)));
    }

    @Test
    void backup_withAnotherKindOfSlot_survivesTheLossOfTheKeyFile() {
        char[] code = vault.keys().addRecoveryCode();
        assertTrue(vault.backup(backup, Progress.NONE).survivesLossOfKeyFile());
        try (TestHome fresh = TestHome.empty()) {
            Unlocker typed = Unlocker.of(() -> KeyInput.passphrase(code));
            Vault.restore(fresh.options(typed), backup, false, Progress.NONE);
            try (Vault other = new Vault(fresh.options(typed))) {
                assertEquals(Map.of("k", "2"), revealed(other.secretsOf(HERE).get(A)));
            }
        }
    }

    @Test
    void backup_ontoAnExistingFile_isRefused_andLeavesItAlone() throws IOException {
        Files.writeString(backup, "precious");
        assertThrows(StoreExistsException.class, this::backUp);
        assertEquals("precious", Files.readString(backup));
        assertThrows(
                StoreFileException.class,
                () -> vault.backup(home.file("nowhere").resolve("b"), Progress.NONE));
        assertThrows(StoreExistsException.class, () -> vault.backup(home.folder(), Progress.NONE));
    }

    @Test
    void backup_ofADamagedStore_isRefused() throws IOException {
        RawStore.of(home).run("UPDATE secret_version SET payload = zeroblob(285) WHERE version = 1");
        assertThrows(IntegrityException.class, this::backUp);
        assertFalse(Files.exists(backup));
        assertEquals(List.of(), leftovers());
    }

    /** A second row of the store, which coffer never looks at, breaks a constraint of its table. */
    @Test
    void backup_ofAStoreThatSqliteFindsDamaged_isRefused() throws IOException {
        RawStore raw = RawStore.of(home);
        Map<String, Object> second = new java.util.LinkedHashMap<>(raw.row("SELECT * FROM store"));
        second.put("one", 2L);
        raw.put("store", second);
        IntegrityException e = assertThrows(IntegrityException.class, this::backUp);
        assertTrue(e.getMessage().contains("SQLite finds the file damaged"), e.getMessage());
        assertFalse(Files.exists(backup));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void backup_removesWhatKilledOnesLeft() throws IOException {
        Files.writeString(home.file(".backup.coffer." + UUID.randomUUID() + ".tmp"), "half");
        Files.writeString(home.file(".coffer.db.x.tmp"), "half");
        backUp();
        assertEquals(List.of(), leftovers());
    }

    /** By Ctrl-C, which comes in out of the listener. */
    @Test
    void interruptedBackup_leavesNothing() throws IOException {
        Progress interrupting = (done, total) -> {
            throw new IllegalStateException("interrupted");
        };
        assertThrows(IllegalStateException.class, () -> vault.backup(backup, interrupting));
        assertFalse(Files.exists(backup));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void backupAndRestore_tellHowFarTheyAre_upToTheEnd() {
        List<List<Long>> told = new java.util.ArrayList<>();
        Progress progress = (done, total) -> told.add(List.of(done, total));
        vault.backup(backup, progress);
        long bytes = told.get(0).get(1);
        assertTrue(told.get(0).get(0) > 0, told.toString());
        assertTrue(told.indexOf(List.of(bytes, bytes)) > 0, "the copy, in pieces, and then its proof: " + told);
        assertEquals(told.get(told.size() - 1).get(0), told.get(told.size() - 1).get(1), told.toString());
        told.clear();
        Vault.restore(home.options(), backup, true, progress);
        assertEquals(0L, told.get(0).get(0));
        assertEquals(told.get(told.size() - 1).get(0), told.get(told.size() - 1).get(1), told.toString());
    }

    // Tampering

    @Test
    void changedOrCutBackup_isRefused_atEveryRegion_andNothingIsMade() throws IOException {
        backUp();
        byte[] sound = Files.readAllBytes(backup);
        int header = 13 + ByteBuffer.wrap(sound).getInt(9);
        try (TestHome fresh = TestHome.empty()) {
            for (int at = 0; at < sound.length; at += at < header + 200 ? 1 : 997) {
                byte[] changed = sound.clone();
                changed[at] ^= (byte) (1 << at % 8);
                assertRefused(fresh, changed, at);
            }
            for (int length : new int[] {
                0,
                1,
                8,
                9,
                12,
                13,
                100,
                header - 1,
                header,
                header + 30,
                header + 60,
                header + 61,
                header + 85,
                header + 90,
                sound.length / 2,
                sound.length - 16,
                sound.length - 1
            }) {
                assertRefused(fresh, Arrays.copyOf(sound, length), length);
            }
            assertRefused(fresh, Arrays.copyOf(sound, sound.length + 1), sound.length);
            Files.write(backup, sound);
            restore(fresh, false);
            try (Stream<Path> files = Files.list(fresh.folder())) {
                assertEquals(
                        Set.of("coffer.db", "coffer.db.lock", "last-seen", "last-seen.lock"),
                        files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
            }
        }
    }

    /** As it might have been written by a coffer that did not look, or by whoever has the key. */
    @Test
    void damagedStore_inASoundFile_isNotRestored() throws IOException {
        Path copy = home.file("damaged.db");
        Path forged = home.file("forged");
        OpenStore open = vault.open();
        open.database().copyTo(copy);
        new RawStore(copy).change("DELETE FROM secret_version WHERE version = 1");
        BackupHeader header = BackupHeader.of(
                open.storeId(),
                1,
                1,
                Instant.EPOCH,
                open.read(view -> view.tables().keys().slots()));
        try (FileCipher cipher = FileCipher.random();
                OutputStream out = Files.newOutputStream(forged)) {
            out.write(header.bytes());
            out.write(cipher.wrap(open.rootKey(), header.bytes()));
            try (OutputStream body = cipher.encrypting(out, header.bytes())) {
                Files.copy(copy, body);
            }
        }
        IntegrityException e = assertThrows(
                IntegrityException.class, () -> Vault.restore(home.options(), forged, true, Progress.NONE));
        assertTrue(e.getMessage().contains("version 1 of secret a was removed"), e.getMessage());
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A, 1)));
        assertEquals(List.of(), leftovers());
    }

    private void assertRefused(TestHome fresh, byte[] content, int where) throws IOException {
        Files.write(backup, content);
        CofferException e = assertThrows(CofferException.class, () -> restore(fresh, false), () -> "at " + where);
        // Of a slot whose kind became unknown nobody can say more than that the key opens nothing.
        assertTrue(
                Set.of(ExitCode.INTEGRITY, ExitCode.WRONG_KEY).contains(e.exitCode()), () -> "at " + where + ": " + e);
        assertFalse(Files.exists(fresh.location().database()), () -> "at " + where);
    }

    @Test
    void noBackup_isAFileError() {
        assertThrows(StoreFileException.class, () -> restore(home, true));
    }

    @Test
    void wrongKey_restoresNothing() {
        backUp();
        vault.keys();
        try (TestHome fresh = TestHome.empty()) {
            Path other = fresh.file("other.key");
            try (TestHome elsewhere = TestHome.empty()) {
                Vault.create(elsewhere.options(), Optional.of(KeyInput.keyFile(other)));
            }
            VaultOptions wrong = fresh.options(Unlocker.of(() -> KeyInput.keyFile(other)));
            assertThrows(WrongKeyException.class, () -> Vault.restore(wrong, backup, false, Progress.NONE));
            assertFalse(Files.exists(fresh.location().database()));
        }
    }

    // Restoring over something

    @Test
    void restore_overALiveStore_needsForce() {
        backUp();
        update("3");
        assertThrows(StoreExistsException.class, () -> restore(home, false));
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));
    }

    @Test
    void restore_withForce_whileAnotherInstanceHasItOpen_isSeenByIt_andKeepsTheOldStore() {
        backUp();
        update("3");
        secrets.register(secret("b", "k", "v"));
        RestoreReceipt receipt = restore(home, true);
        assertEquals(Map.of("k", "2"), revealed(secrets.get(A)));
        assertThrows(NoSuchSecretException.class, () -> secrets.get(SecretName.of("b")));
        update("4");
        assertEquals(List.of(), vault.verify(Progress.NONE).findings());
        assertEquals(4, home.vault().verify(Progress.NONE).versions() + 1);

        try (TestHome old = TestHome.empty()) {
            Files.copy(receipt.kept().orElseThrow(), old.location().database());
            try (Vault kept = new Vault(old.options(Unlocker.of(() -> KeyInput.keyFile(keyFile()))))) {
                assertEquals(Map.of("k", "3"), revealed(kept.secretsOf(HERE).get(A)));
                assertEquals(Map.of("k", "v"), revealed(kept.secretsOf(HERE).get(SecretName.of("b"))));
                assertEquals(List.of(), kept.verify(Progress.NONE).findings());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void restore_versionsGoOnAboveTheHighestEverSeen() {
        backUp();
        for (int i = 3; i < 9; i++) {
            update(String.valueOf(i));
        }
        restore(home, true);
        update("again");
        try (var secret = secrets.get(A)) {
            assertTrue(secret.version().orElseThrow() > 8);
        }
    }

    /** Whoever committed the last change was killed before the marker moved. */
    @Test
    void restore_overAStoreThatIsAheadOfItsMarker_goesOnAboveTheStore() throws IOException {
        backUp();
        byte[] behind = Files.readAllBytes(home.location().marker());
        for (int i = 3; i < 9; i++) {
            update(String.valueOf(i));
        }
        Files.write(home.location().marker(), behind);
        restore(home, true);
        update("again");
        try (var secret = secrets.get(A)) {
            assertTrue(secret.version().orElseThrow() > 8, secret.version().toString());
        }
        assertEquals(List.of(), home.findings());
        assertEquals(List.of(), home.notices());
    }

    /** A writer that committed before the restore moves the marker late, and the restore was killed before it could. */
    @Test
    void restore_killedBeforeTheMarkerMoved_whileAWriterHadStillToMoveIt_isMendedByTheNextOpening() throws IOException {
        backUp();
        Path marker = home.location().marker();
        byte[] behind = Files.readAllBytes(marker);
        update("3");
        byte[] late = Files.readAllBytes(marker);
        Files.write(marker, behind);
        restore(home, true);
        Files.write(marker, late);
        home.using(
                v -> assertEquals(Map.of("k", "2"), revealed(v.secretsOf(HERE).get(A))));
        assertEquals(List.of(), home.findings());
        assertEquals(List.of(), home.notices());
    }

    @Test
    void restore_overAnOlderCopy_orAnotherStore_goesOnAboveTheMarker() {
        backUp();
        home.closeVaults();
        try (TestHome before = home.copy();
                TestHome other = TestHome.create("another store")) {
            for (int i = 3; i < 9; i++) {
                String value = String.valueOf(i);
                home.using(v -> v.secretsOf(HERE).update(secret("a", "k", value), OptionalLong.empty()));
            }
            try (TestHome after = home.copy()) {
                for (TestHome wrong : List.of(before, other)) {
                    home.takeFrom(after, "coffer.db", "last-seen");
                    home.takeFrom(wrong, "coffer.db");
                    restore(home, true);
                    home.using(v -> {
                        v.secretsOf(HERE).update(secret("a", "k", "again"), OptionalLong.empty());
                        try (var secret = v.secretsOf(HERE).get(A)) {
                            assertTrue(
                                    secret.version().orElseThrow() > 8,
                                    secret.version().toString());
                        }
                    });
                    assertEquals(List.of(), home.findings());
                }
            }
        }
    }

    @Test
    void restore_movesTheMarker() {
        backUp();
        update("3");
        restore(home, true);
        assertEquals(
                RawStore.of(home).value("SELECT max(sequence) FROM log"),
                new MarkerFile(home.location().marker()).read().orElseThrow().sequence());
    }

    @Test
    void restore_intoAFolderThatIsNotThere_makesIt_andRemovesNothingElse() throws IOException {
        backUp();
        Path folder = home.file("new").resolve("home");
        VaultOptions options =
                VaultOptions.at(StoreLocation.inHome(folder), Unlocker.of(() -> KeyInput.keyFile(keyFile())));
        Vault.restore(options, backup, false, Progress.NONE);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        Files.writeString(folder.resolve(".coffer.db.x.tmp"), "by one that was killed");
        Vault.restore(options, backup, true, Progress.NONE);
        assertFalse(Files.exists(folder.resolve(".coffer.db.x.tmp")));
        try (Vault restored = new Vault(options)) {
            assertEquals(Map.of("k", "2"), revealed(restored.secretsOf(HERE).get(A)));
        }
    }

    @Test
    void restore_overAStoreThatLostItsIdentity_keepsIt() {
        backUp();
        home.closeVaults();
        RawStore.of(home).change("DELETE FROM store");
        Path kept = restore(home, true).kept().orElseThrow();
        assertEquals(0L, new RawStore(kept).value("SELECT count(*) FROM store"));
        assertEquals(2L, new RawStore(kept).value("SELECT version FROM secret WHERE name = 'a'"));
        assertFalse(Files.exists(home.file("coffer.db-wal")), "SQLite takes it away with the last connection");
        assertEquals(List.of(), home.findings());
    }

    @Test
    void restore_thatFailsHalfway_changesNothing_andLeavesNothing() throws IOException {
        backUp();
        update("3");
        Clock failing = new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.EPOCH;
            }

            @Override
            public long millis() { // for the row of the log that the restore appends
                throw new IllegalStateException("the clock is broken");
            }
        };
        assertThrows(
                IllegalStateException.class,
                () -> Vault.restore(home.options().withClock(failing), backup, true, Progress.NONE));
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));
        assertEquals(List.of(), leftovers());
        try (Stream<Path> files = Files.list(home.folder())) {
            assertTrue(files.noneMatch(file -> file.getFileName().toString().contains("replaced")));
        }
        assertEquals(List.of(), home.findings());
    }

    @Test
    void restore_whereTheMarkerIsMissing_goesOnAboveTheStore() throws IOException {
        backUp();
        for (int i = 3; i < 9; i++) {
            update(String.valueOf(i));
        }
        Files.delete(home.location().marker());
        restore(home, true);
        update("again");
        try (var secret = secrets.get(A)) {
            assertTrue(secret.version().orElseThrow() > 8, secret.version().toString());
        }
        assertEquals(List.of(), home.findings());
    }

    @Test
    void restore_afterTheStoreVanished_goesOnAboveTheMarker() throws IOException {
        backUp();
        for (int i = 3; i < 9; i++) {
            update(String.valueOf(i));
        }
        home.closeVaults();
        Files.delete(home.location().database());
        restore(home, false);
        home.using(v -> {
            v.secretsOf(HERE).update(secret("a", "k", "again"), OptionalLong.empty());
            assertTrue(v.secretsOf(HERE).versions().getOrDefault(A, 0L) > 8);
        });
        assertEquals(List.of(), home.findings());
    }

    @Test
    void restore_whereItIsNotSafe_changesNothing() throws IOException {
        backUp();
        try (TestHome fresh = TestHome.empty()) {
            Files.createDirectory(fresh.location().marker());
            assertThrows(StoreFileException.class, () -> restore(fresh, false));
            Files.delete(fresh.location().marker());
            Files.setPosixFilePermissions(fresh.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThrows(StoreFileException.class, () -> restore(fresh, false));
            assertFalse(Files.exists(fresh.location().database()));
        }
    }

    @Test
    void restore_twiceAtOneMoment_keepsBothOldStores() {
        backUp();
        VaultOptions still = home.options().withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        RestoreReceipt first = Vault.restore(still, backup, true, Progress.NONE);
        RestoreReceipt second = Vault.restore(still, backup, true, Progress.NONE);
        assertFalse(first.kept().equals(second.kept()));
        assertTrue(Files.exists(first.kept().orElseThrow()));
        assertTrue(Files.exists(second.kept().orElseThrow()));
    }

    @Test
    void restore_ofAnotherStore_locksOutWhoHasTheReplacedOneOpen() {
        try (TestHome other = TestHome.empty()) {
            Vault.create(other.options(), Optional.empty());
            other.using(v -> v.secretsOf(HERE).register(secret("theirs", "k", "v")));
            Path theirs = home.file("theirs");
            other.using(v -> v.backup(theirs, Progress.NONE));
            Path key = other.location().keyFile(storeIdOf(other));
            VaultOptions options = home.options(Unlocker.of(() -> KeyInput.keyFile(key)));
            secrets.names();
            Vault.restore(options, theirs, true, Progress.NONE);
            assertThrows(LockedException.class, secrets::names);
            assertThrows(LockedException.class, () -> update("3"));
            try (Vault now = new Vault(options)) {
                assertEquals(
                        List.of(SecretName.of("theirs")), now.secretsOf(HERE).names());
                // How far the replaced store had come is of no account.
                assertEquals(
                        new WriteReceipt(SecretName.of("new"), 1L, true),
                        now.secretsOf(HERE).register(secret("new", "k", "v")));
            }
            assertEquals(List.of(), home.notices());
            home.closeVaults();
            assertFalse(Files.exists(home.file("coffer.db-wal")), "SQLite takes it away with the last connection");
        }
    }

    private static UUID storeIdOf(TestHome home) {
        try (Vault vault = new Vault(home.options())) {
            return vault.storeId();
        }
    }

    @Test
    void restore_ofWhatARevocationLeftBehind_isUnlockedAgainByWhoHasItsKey() {
        backUp();
        UUID slot = vault.keys().slots().get(0).id();
        Path fresh = home.file("fresh.key");
        Path first = keyFile();
        SlotInfo added = vault.keys().addSlot(KeyInput.keyFile(fresh));
        vault.keys().revoke(slot, Map.of(added.id(), KeyInput.keyFile(fresh)), List.of(), Progress.NONE);
        Vault stranger = home.vault(home.options(Unlocker.of(() -> KeyInput.keyFile(fresh))));
        stranger.secretsOf(HERE).names();
        Vault.restore(home.options(Unlocker.of(() -> KeyInput.keyFile(first))), backup, true, Progress.NONE);
        assertThrows(WrongKeyException.class, stranger.secretsOf(HERE)::names);
        assertEquals(List.of(A), secrets.names());
    }

    @Test
    void restore_afterTheStoreVanished_worksWithoutForce() throws IOException {
        backUp();
        home.closeVaults();
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(home.file("coffer.db" + suffix));
        }
        StoreMissingException e = assertThrows(
                StoreMissingException.class,
                () -> home.using(v -> v.secretsOf(HERE).names()));
        assertTrue(e.hint().orElse("").contains("coffer restore"), e.hint().orElse(""));
        restore(home, false);
        home.using(v -> {
            assertEquals(Map.of("k", "2"), revealed(v.secretsOf(HERE).get(A)));
            v.secretsOf(HERE).update(secret("a", "k", "3"), OptionalLong.empty());
        });
        assertEquals(List.of(), home.findings());
        assertEquals(List.of(), home.notices());
    }

    @Test
    void restore_overADamagedStore_keepsItsFiles() throws IOException {
        backUp();
        home.closeVaults();
        byte[] garbage = "garbage".repeat(1000).getBytes(StandardCharsets.UTF_8);
        Files.write(home.location().database(), garbage);
        RestoreReceipt receipt = restore(home, true);
        Path kept = receipt.kept().orElseThrow();
        assertArrayEquals(garbage, Files.readAllBytes(kept));
        home.using(
                v -> assertEquals(Map.of("k", "2"), revealed(v.secretsOf(HERE).get(A))));
        assertEquals(List.of(), home.findings());
    }

    /** What is in the write-ahead log is part of what is kept, and must not get into what is restored. */
    @Test
    void restore_overAStoreThatCannotBeUsed_keepsItsWriteAheadLog_andDoesNotApplyIt() throws IOException {
        backUp();
        update("3");
        RawStore.of(home).run("PRAGMA user_version = 999"); // of a newer coffer, which has it open
        assertTrue(Files.size(home.file("coffer.db-wal")) > 0);
        Path kept = restore(home, true).kept().orElseThrow();
        assertEquals(999L, new RawStore(kept).value("PRAGMA user_version"));
        assertEquals(3L, new RawStore(kept).value("SELECT version FROM secret WHERE name = 'a'"));
        vault.close();
        home.using(
                v -> assertEquals(Map.of("k", "2"), revealed(v.secretsOf(HERE).get(A))));
        assertEquals(List.of(), home.findings());
    }

    /** What is acknowledged while a restore runs is afterwards in the store that was kept, or in the one restored. */
    @Test
    void restore_amongWriters_losesNothingAcknowledged() throws Exception {
        backUp();
        Vault other = home.vault();
        AtomicBoolean done = new AtomicBoolean();
        List<String> acknowledged = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread writer = new Thread(() -> {
            ComponentSecrets mine = other.secretsOf(HERE);
            for (int i = 0; !done.get(); i++) {
                mine.register(secret("w" + i, "k", "v"));
                acknowledged.add("w" + i);
            }
        });
        writer.start();
        List<Path> kept = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                int seen = acknowledged.size();
                while (acknowledged.size() < seen + 3 && writer.isAlive()) {
                    Thread.onSpinWait();
                }
                kept.add(restore(home, true).kept().orElseThrow());
            }
        } finally {
            done.set(true);
            writer.join();
        }
        java.util.Set<String> found = new java.util.HashSet<>();
        for (Path file : kept) {
            new RawStore(file)
                    .rows("SELECT name FROM secret")
                    .forEach(row -> found.add(String.valueOf(row.get("name"))));
        }
        RawStore.of(home).rows("SELECT name FROM secret").forEach(row -> found.add(String.valueOf(row.get("name"))));
        assertTrue(acknowledged.size() > 10);
        assertTrue(found.containsAll(acknowledged), () -> found + " lacks some of " + acknowledged);
        assertEquals(List.of(), home.findings());
    }
}
