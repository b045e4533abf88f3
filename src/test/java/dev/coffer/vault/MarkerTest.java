package dev.coffer.vault;

import static dev.coffer.vault.TamperedStore.ALPHA;
import static dev.coffer.vault.TamperedStore.BETA;
import static dev.coffer.vault.TamperedStore.assertSound;
import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.revealed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.OlderCopyException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.StoreMissingException;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that is not the one last seen: told, told apart, and accepted only on demand. */
class MarkerTest {
    private static TestHome original;

    private TestHome home;

    @BeforeAll
    static void makeStore() {
        original = TamperedStore.create();
    }

    @AfterAll
    static void removeStore() {
        original.close();
    }

    @BeforeEach
    void copyStore() {
        home = original.copy();
    }

    @AfterEach
    void removeCopy() {
        home.close();
    }

    private void update(String name, String value) {
        home.using(vault -> vault.secretsOf(HERE).update(TestHome.secret(name, "k", value), OptionalLong.empty()));
    }

    private String refusal() {
        return assertThrows(
                        OlderCopyException.class,
                        () -> home.using(vault -> vault.secretsOf(HERE).names()))
                .getMessage();
    }

    private Marker marker() {
        return new MarkerFile(home.location().marker()).read().orElseThrow();
    }

    private long versionOf(SecretName name) {
        long[] version = new long[1];
        home.using(vault -> {
            try (var secret = vault.secretsOf(HERE).get(name)) {
                version[0] = secret.version().orElseThrow();
            }
        });
        return version[0];
    }

    // Told apart

    @Test
    void olderCopy_isRefused_byEveryOperation() {
        update("alpha", "newer");
        home.takeFrom(original, "coffer.db");
        assertTrue(refusal().contains("is an older copy"), refusal());
        assertThrows(
                OlderCopyException.class,
                () -> home.using(v -> v.secretsOf(HERE).register(TestHome.secret("new", "k", "v"))));
        assertThrows(OlderCopyException.class, () -> home.using(v -> v.verify(Progress.NONE)));
        assertThrows(OlderCopyException.class, () -> home.using(v -> v.backup(home.file("b"), Progress.NONE)));
        assertThrows(OlderCopyException.class, () -> home.using(v -> v.keys().rotate(Progress.NONE)));
        home.using(vault -> assertEquals(
                OlderCopyException.class, vault.check().orElseThrow().getClass()));
    }

    @Test
    void anotherHistory_isRefused() {
        try (TestHome fork = home.copy()) {
            update("alpha", "here");
            fork.using(v -> v.secretsOf(HERE).update(TestHome.secret("alpha", "k", "there"), OptionalLong.empty()));
            home.takeFrom(fork, "coffer.db");
            assertTrue(refusal().contains("has another history than the one last seen"), refusal());
        }
    }

    @Test
    void anotherStore_isRefused() {
        try (TestHome other = TestHome.empty()) {
            Vault.create(other.options(), Optional.empty());
            home.takeFrom(other, "coffer.db");
            assertTrue(refusal().contains("is another store"), refusal());
        }
    }

    @Test
    void rowsAreReadOnly_whileReadingDoesNotMoveTheMarker() throws IOException {
        String before = Files.readString(home.location().marker());
        home.using(vault -> {
            vault.secretsOf(HERE).names();
            vault.verify(Progress.NONE);
            vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a3"), OptionalLong.empty()); // changes nothing
        });
        assertEquals(before, Files.readString(home.location().marker()));
    }

    // Accepting

    @Test
    void acceptOlder_opensIt_andVersionsGoOnAboveAllEverSeen() {
        for (int i = 4; i <= 9; i++) {
            update("alpha", "a" + i);
        }
        long seen = marker().sequence();
        home.takeFrom(original, "coffer.db");
        home.using(Vault::acceptOlder);
        home.using(vault ->
                assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA))));
        update("alpha", "again");
        assertTrue(versionOf(ALPHA) > 9, "version " + versionOf(ALPHA));
        assertTrue(marker().sequence() > seen);
        assertSound(home);
    }

    /** Renaming touches the head but writes no version, and new DEKs touch the version but are none. */
    @Test
    void acceptOlder_thenRenameAndRotate_thenUpdate_goesOnAboveAllEverSeen() {
        for (int i = 4; i <= 9; i++) {
            update("alpha", "a" + i);
        }
        home.takeFrom(original, "coffer.db");
        home.using(vault -> {
            vault.acceptOlder();
            vault.secretsOf(HERE).rename(ALPHA, SecretName.of("omega"));
            vault.keys().rotateDeks(Progress.NONE);
        });
        update("omega", "again");
        assertTrue(versionOf(SecretName.of("omega")) > 9, "version " + versionOf(SecretName.of("omega")));
        assertSound(home);
    }

    @Test
    void acceptOlder_newSecretsDoNotReuseNumbersOfLostOnes() {
        home.using(v -> v.secretsOf(HERE).register(TestHome.secret("lost", "k", "1")));
        home.takeFrom(original, "coffer.db");
        home.using(Vault::acceptOlder);
        home.using(v -> v.secretsOf(HERE).register(TestHome.secret("lost", "k", "2")));
        assertTrue(versionOf(SecretName.of("lost")) > 1);
    }

    @Test
    void acceptOlder_recordsGoOnAboveAllEverSeen() {
        for (int i = 1; i <= 3; i++) {
            int version = i;
            home.using(v -> v.changeRecords(List.of(
                    new RecordChange.Replace(TamperedStore.RECORD, version, "first", new byte[] {(byte) version}))));
        }
        home.takeFrom(original, "coffer.db");
        home.using(Vault::acceptOlder);
        home.using(v -> {
            v.changeRecords(List.of(new RecordChange.Replace(TamperedStore.RECORD, 1, "first", new byte[] {7})));
            assertTrue(v.findRecord("target", "first").orElseThrow().version() > 4);
        });
        assertSound(home);
    }

    @Test
    void acceptOlder_ofAnotherStore_opensIt() {
        try (TestHome other = TestHome.empty()) {
            Vault.create(other.options(), Optional.empty());
            other.using(v -> v.secretsOf(HERE).register(TestHome.secret("theirs", "k", "v")));
            home.takeFrom(other, "coffer.db");
            Path key = other.file("keys").resolve(keyFileOf(other));
            VaultOptions options = home.options(Unlocker.of(() -> KeyInput.keyFile(key)));
            try (Vault vault = new Vault(options)) {
                vault.acceptOlder();
                assertEquals(
                        List.of(SecretName.of("theirs")), vault.secretsOf(HERE).names());
                var next = vault.secretsOf(HERE).register(TestHome.secret("new", "k", "v"));
                assertEquals(1, next.version(), "how far another store had come is of no account");
            }
            assertEquals(
                    new MarkerFile(other.location().marker())
                            .read()
                            .orElseThrow()
                            .storeId(),
                    marker().storeId());
        }
    }

    private static String keyFileOf(TestHome home) {
        String[] files = home.file("keys").toFile().list();
        return files == null ? "" : files[0];
    }

    @Test
    void acceptOlder_withTheStoreOpenAlready_goesOnWithIt() {
        home.using(vault -> {
            vault.secretsOf(HERE).names();
            vault.acceptOlder();
            vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "v"), OptionalLong.empty());
        });
        assertSound(home);
    }

    @Test
    void acceptOlder_withoutStore_isStoreMissing() throws IOException {
        Files.delete(home.location().database());
        assertThrows(StoreMissingException.class, () -> home.using(Vault::acceptOlder));
    }

    /** The process ended between the commit and the move of the marker. */
    @Test
    void acceptOlder_killedBeforeTheMarkerMoved_isMendedByTheNextOpening() {
        update("alpha", "newer");
        try (TestHome before = home.copy()) {
            home.takeFrom(original, "coffer.db");
            home.using(Vault::acceptOlder);
            home.takeFrom(before, "last-seen");
        }
        home.using(vault -> vault.secretsOf(HERE).names());
        assertEquals(List.of(), home.notices());
        assertEquals(RawStore.of(home).value("SELECT max(sequence) FROM log"), marker().sequence());
        update("alpha", "a");
        assertSound(home);
        assertTrue(versionOf(ALPHA) > 4);
    }

    @Test
    void restore_killedBeforeTheMarkerMoved_isMendedByTheNextOpening() {
        home.using(v -> v.backup(home.file("backup"), Progress.NONE));
        update("alpha", "newer");
        try (TestHome before = home.copy()) {
            Vault.restore(home.options(), home.file("backup"), true, Progress.NONE);
            home.takeFrom(before, "last-seen");
        }
        home.using(vault ->
                assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA))));
        update("alpha", "a");
        assertTrue(versionOf(ALPHA) > 4);
        assertSound(home);
    }

    /** A row that says so is not enough: it has to be coffer's. */
    @Test
    void forgedAcceptance_isRefused() {
        update("alpha", "newer");
        Marker seen = marker();
        home.takeFrom(original, "coffer.db");
        RawStore raw = RawStore.of(home);
        Map<String, Object> row =
                new java.util.LinkedHashMap<>(raw.row("SELECT * FROM log ORDER BY sequence DESC LIMIT 1"));
        row.put("sequence", seen.sequence() + 1);
        row.put("kind", "accept-older");
        row.put("digest", RowMacs.markerDigest(seen));
        raw.put("log", row);
        assertThrows(
                IntegrityException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
        assertEquals(seen.sequence(), marker().sequence());
    }

    /** The rows after one hold its MAC and not what else it says: only a look at the row itself tells. */
    @Test
    void forgedAcceptance_inTheMiddleOfTheLog_isRefused() {
        update("alpha", "newer");
        Marker seen = marker();
        home.takeFrom(original, "coffer.db");
        RawStore.of(home).change("UPDATE log SET kind = 'accept-older', digest = ? WHERE sequence = 5", (Object)
                RowMacs.markerDigest(seen));
        IntegrityException e = assertThrows(
                IntegrityException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
        assertTrue(e.getMessage().contains("row 5 of the log was changed"), e.getMessage());
        assertEquals(seen.sequence(), marker().sequence());
    }

    @Test
    void putBackAfterAcceptance_theGivenUpHistoryIsRefused() {
        for (int i = 0; i < 5; i++) {
            update("alpha", "newer " + i);
        }
        try (TestHome givenUp = home.copy()) {
            home.takeFrom(original, "coffer.db");
            home.using(Vault::acceptOlder);
            home.takeFrom(givenUp, "coffer.db");
            refusal();
        }
    }

    // The marker itself

    @Test
    void missingMarker_warns_andIsMadeAgain() throws IOException {
        String before = Files.readString(home.location().marker());
        Files.delete(home.location().marker());
        home.using(vault -> vault.secretsOf(HERE).names());
        assertEquals(1, home.notices().size());
        assertTrue(
                home.notices().get(0).contains("was missing and is made again"),
                home.notices().get(0));
        assertEquals(before, Files.readString(home.location().marker()));
        home.using(vault -> vault.secretsOf(HERE).names());
        assertEquals(1, home.notices().size());
    }

    /** Whoever makes or restores a store writes the marker last. */
    @Test
    void markerThatIsMadeWhileTheStoreIsOpened_wasNotMissing() throws IOException {
        Path marker = home.location().marker();
        byte[] content = Files.readAllBytes(marker);
        Files.delete(marker);
        Path key = home.location().keysFolder().resolve(keyFileOf(home));
        Unlocker meanwhile = Unlocker.of(() -> {
            write(marker, content);
            return KeyInput.keyFile(key);
        });
        try (Vault vault = new Vault(home.options(meanwhile))) {
            vault.secretsOf(HERE).names();
        }
        assertEquals(List.of(), home.notices());
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void missingMarker_isSaid_alsoWhereNobodyCanBeWaitedFor() throws IOException {
        Files.delete(home.location().marker());
        Files.deleteIfExists(home.location().lockFile());
        Files.createDirectory(home.location().lockFile());
        home.using(vault -> vault.secretsOf(HERE).names());
        assertEquals(1, home.notices().size());
        assertTrue(Files.exists(home.location().marker()));
    }

    @Test
    void acceptance_whoseMarkerCannotBeMoved_isSaid_andMendedByTheNextOpening() throws IOException {
        Path marker = home.location().marker();
        update("alpha", "newer");
        byte[] newer = Files.readAllBytes(marker);
        home.takeFrom(original, "coffer.db");
        Path key = home.location().keysFolder().resolve(keyFileOf(home));
        Unlocker meanwhile = Unlocker.of(() -> {
            replaceByFolder(marker);
            return KeyInput.keyFile(key);
        });
        try (Vault vault = new Vault(home.options(meanwhile))) {
            vault.acceptOlder();
        }
        assertEquals(1, home.notices().size());
        assertTrue(
                home.notices().get(0).startsWith("the store was accepted, but the marker was not moved: "),
                home.notices().get(0));
        Files.delete(marker);
        Files.write(marker, newer);
        home.using(vault ->
                assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA))));
        assertEquals(RawStore.of(home).value("SELECT max(sequence) FROM log"), marker().sequence());
    }

    private static void replaceByFolder(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.createDirectory(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Telling its maker that a change failed which is committed would be wrong. */
    @Test
    void markerThatCannotBeMovedAfterTheCommit_isSaid_andUndoesNothing() {
        UUID id = new UUID(9, 9);
        home.using(vault -> vault.write(change -> {
            write(home.location().marker(), "damaged meanwhile".getBytes(StandardCharsets.UTF_8));
            change.putRecord(id, "stack", "mine", 1, new byte[] {1});
            return true;
        }));
        assertEquals(1, home.notices().size());
        assertTrue(
                home.notices().get(0).startsWith("the change was saved, but the marker was not moved: "),
                home.notices().get(0));
        home.using(Vault::acceptOlder);
        home.using(vault -> assertTrue(vault.findRecord(id).isPresent()));
    }

    @Test
    void damagedMarker_isRefused_untilTheStoreIsAccepted() throws IOException {
        for (String damaged : List.of("", "nonsense", "coffer-last-seen-v1 x 1 00\n", "\0".repeat(100_000))) {
            Files.writeString(home.location().marker(), damaged);
            IntegrityException e = assertThrows(
                    IntegrityException.class,
                    () -> home.using(vault -> vault.secretsOf(HERE).names()));
            assertTrue(e.hint().orElse("").contains("--accept-older"));
        }
        home.using(Vault::acceptOlder);
        home.using(vault -> vault.secretsOf(HERE).names());
    }

    @Test
    void markerBehindTheStore_isFine() {
        update("alpha", "newer");
        home.takeFrom(original, "last-seen");
        home.using(vault -> vault.secretsOf(HERE).names());
        assertSound(home);
        assertEquals(List.of(), home.notices());
    }

    @Test
    void markerThatCannotBeMoved_refusesTheWrite_beforeAnythingChanges() throws IOException {
        Vault vault = home.vault();
        vault.secretsOf(HERE).names();
        Files.delete(home.location().marker());
        Files.createDirectory(home.location().marker());
        assertThrows(
                StoreFileException.class,
                () -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "v"), OptionalLong.empty()));
        assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA)));
        assertEquals(Map.of("k", "b2"), revealed(vault.secretsOf(HERE).get(BETA)));
        Files.delete(home.location().marker());
        vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "v"), OptionalLong.empty());
        assertEquals(Map.of("k", "v"), revealed(vault.secretsOf(HERE).get(ALPHA)));
    }

    @Test
    void marker_neverMovesBack() {
        MarkerFile file = new MarkerFile(home.location().marker());
        Marker now = marker();
        file.advance(new Marker(now.storeId(), now.sequence() - 1, new byte[] {1}));
        assertEquals(now.sequence(), marker().sequence());
        file.advance(new Marker(now.storeId(), now.sequence() + 1, new byte[] {1}));
        assertEquals(now.sequence() + 1, marker().sequence());
    }

    @Test
    void killedWhileMovingTheMarker_leavesNoHeapOfFiles() throws IOException {
        Files.writeString(home.file(".last-seen.tmp"), "half");
        update("alpha", "newer");
        try (var files = Files.list(home.folder())) {
            assertEquals(
                    0,
                    files.filter(f -> f.getFileName().toString().startsWith(".last-seen"))
                            .count());
        }
    }
}
