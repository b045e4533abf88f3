package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.StoreMissingException;
import dev.coffer.storage.Marker;
import dev.coffer.storage.MarkerFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store is made whole or not at all, never over another one, and never where one vanished. */
class StoreCreationTest {
    private static final UUID HALF = UUID.fromString("12345678-1234-1234-1234-123456789abc");

    private final TestHome home = TestHome.empty();
    private final StoreLocation location = home.location();

    @AfterEach
    void removeHome() {
        home.close();
    }

    /** All files but locks, by their place in the home. */
    private Set<String> files() {
        try (Stream<Path> all = Files.walk(home.folder())) {
            return all.filter(Files::isRegularFile)
                    .map(file -> home.folder().relativize(file).toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name) throws IOException {
        Path file = home.file(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void writeMarker(UUID storeId) {
        new MarkerFile(location.marker()).follow(new Marker(storeId, 1, new byte[32]));
    }

    private void assertNothingMade(Class<? extends CofferException> error, VaultOptions options) {
        Set<String> before = files();
        assertThrows(error, () -> Vault.create(options, Optional.empty()));
        assertEquals(before, files());
    }

    // At the first use

    @Test
    void missingStore_isMadeAtTheFirstUse_andThatIsSaidOnce() {
        Vault vault = home.vault(home.options().creatingIfMissing());
        vault.secretsOf(HERE).register(secret("a", "k", "v"));
        Path key = location.keyFile(vault.storeId());
        assertEquals(
                List.of("made a new store in " + location.database() + ", unlocked by the key file " + key
                        + "; 'coffer backup FILE' makes a copy that survives this machine"),
                home.notices());
        assertTrue(Files.exists(key));
        Vault again = home.vault(home.options().creatingIfMissing());
        assertEquals(
                List.of("a"),
                again.secretsOf(HERE).names().stream().map(name -> name.value()).toList());
        assertEquals(1, home.notices().size());
    }

    /** What comes from a pipe can be read only once. */
    @Test
    void missingStore_isMadeAndOpened_withOneReadingOfTheKeyGiven() {
        List<KeyInput> given = new ArrayList<>();
        Unlocker once = Unlocker.of(() -> {
            given.add(KeyInput.passphrase("correct horse battery".toCharArray()));
            return given.get(0);
        });
        Vault vault = home.vault(home.options(once).creatingIfMissing());
        vault.secretsOf(HERE).register(secret("a", "k", "v"));
        assertEquals(1, given.size());
        assertEquals("passphrase", vault.keys().slots().get(0).kind());
        assertFalse(home.notices().get(0).contains("key file"), home.notices().get(0));
        assertEquals(
                Set.of(),
                Set.copyOf(
                        files().stream().filter(name -> name.endsWith(".key")).toList()));
    }

    @Test
    void storeThatAnotherProcessMadeMeanwhile_isUsed() {
        Vault.create(home.options(), Optional.empty());
        Set<String> before = files();
        new StoreCreation(home.options()).createForFirstUse(Optional.empty());
        assertEquals(before, files());
        assertEquals(List.of(), home.notices());
    }

    @Test
    void missingStore_isMadeByNobodyElse() {
        StoreMissingException e = assertThrows(
                StoreMissingException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
        assertEquals("there is no store in " + location.database(), e.getMessage());
        assertEquals(Optional.of("'coffer init' makes one"), e.hint());
        assertThrows(
                StoreMissingException.class, () -> home.using(vault -> vault.verify(dev.coffer.secrets.Progress.NONE)));
        assertEquals(Set.of(), files());
    }

    // What is made

    @Test
    void newStore_holdsItsFirstRecords_andIsPrivate() throws IOException {
        UUID id = new UUID(1, 1);
        RecordChange.Insert record = new RecordChange.Insert("stack", id, "default", new byte[] {1, 2});
        NewStore made = Vault.create(home.options().withFirstRecords(() -> List.of(record)), Optional.empty());
        assertEquals(location.database(), made.database());
        assertEquals("key-file", made.slotKind());
        assertEquals(Optional.of(location.keyFile(made.storeId())), made.newKeyFile());
        home.using(vault -> {
            assertArrayEquals(
                    new byte[] {1, 2},
                    vault.findRecord("stack", "default").orElseThrow().body());
            assertEquals(made.storeId(), vault.storeId());
        });
        assertEquals(List.of(), home.findings());
        assertEquals(List.of(), home.notices());
        for (String file : files()) {
            assertEquals(
                    "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.file(file))), file);
        }
        assertEquals(Set.of("coffer.db", "last-seen", "keys/" + made.storeId() + ".key"), files());
    }

    @Test
    void newStore_makesItsFolder() throws IOException {
        Path folder = home.file("new").resolve("home");
        VaultOptions options = VaultOptions.at(StoreLocation.inHome(folder), Unlocker.NONE);
        Vault.create(options, Optional.empty());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        try (Vault vault = new Vault(options)) {
            assertEquals(List.of(), vault.secretsOf(HERE).names());
        }
    }

    @Test
    void keyFileThatIsThereAlready_isTaken_andStays() {
        Path key = home.file("my.key");
        try (TestHome other = TestHome.empty()) {
            assertEquals(
                    Optional.of(key),
                    Vault.create(other.options(), Optional.of(KeyInput.keyFile(key)))
                            .newKeyFile());
        }
        NewStore made = Vault.create(home.options(), Optional.of(KeyInput.keyFile(key)));
        assertEquals(Optional.empty(), made.newKeyFile());
        assertEquals(Set.of("coffer.db", "last-seen", "my.key"), files());
        assertEquals(List.of(), home.findings());
    }

    @Test
    void existingStore_isNotTouched() throws IOException {
        Vault.create(home.options(), Optional.empty());
        byte[] before = Files.readAllBytes(location.database());
        assertNothingMade(StoreExistsException.class, home.options());
        assertArrayEquals(before, Files.readAllBytes(location.database()));
    }

    @Test
    void folderThatOthersCanChange_getsNoStore() throws IOException {
        Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwxrwx---"));
        assertNothingMade(StoreFileException.class, home.options());
    }

    // What fails leaves nothing

    @Test
    void creationThatFails_leavesNothing_atEachStep() throws IOException {
        write("damaged.key");
        assertThrows(
                InvalidException.class,
                () -> Vault.create(home.options(), Optional.of(KeyInput.keyFile(home.file("damaged.key")))));
        assertEquals(Set.of("damaged.key"), files());
        VaultOptions failing = home.options().withPassphraseCost(() -> {
            throw new InvalidException("no cost", null, null);
        });
        assertNothingMade(InvalidException.class, failing);
        assertThrows(
                InvalidException.class,
                () -> Vault.create(failing, Optional.of(KeyInput.keyFile(home.file("new.key")))));
        assertEquals(Set.of("damaged.key"), files());
        Files.createDirectory(location.marker());
        assertNothingMade(StoreFileException.class, home.options());
    }

    // Where one vanished

    @Test
    void markerOrKeyFileOfAVanishedStore_keepsANewOneFromBeingMade() throws IOException {
        UUID gone = UUID.randomUUID();
        Path key = location.keyFile(gone);
        write("keys/" + gone + ".key");
        StoreMissingException e =
                assertThrows(StoreMissingException.class, () -> Vault.create(home.options(), Optional.empty()));
        assertEquals(
                "the store in " + location.database() + " is gone, but " + key + " shows that there was one",
                e.getMessage());
        assertTrue(e.hint().orElse("").endsWith("move away: " + key), e.hint().toString());
        writeMarker(gone);
        assertNothingMade(StoreMissingException.class, home.options());
        StoreMissingException both = assertThrows(
                StoreMissingException.class,
                () -> home.vault(home.options().creatingIfMissing())
                        .secretsOf(HERE)
                        .names());
        assertTrue(both.getMessage().contains(location.marker() + " shows"), both.getMessage());
        assertTrue(both.hint().orElse("").endsWith("move away: " + location.marker() + " " + key));
        Files.delete(key);
        assertNothingMade(StoreMissingException.class, home.options());
        Files.delete(location.marker());
        write("keys/mine.key"); // named after no store
        write("keys/" + gone + ".key.old");
        Vault.create(home.options(), Optional.empty());
    }

    @Test
    void damagedMarker_isATraceToo() throws IOException {
        write("last-seen");
        assertNothingMade(StoreMissingException.class, home.options());
    }

    // What killed processes left

    @Test
    void halfMadeStore_isNoTrace_andIsSweptByTheNext() throws IOException {
        write(".new-" + HALF);
        write(".new-" + HALF + "-wal");
        write(".new-" + HALF + "-shm");
        write(".new-" + HALF + "-journal");
        write("keys/" + HALF + ".key");
        write("keys/." + HALF + ".key." + UUID.randomUUID() + ".tmp");
        writeMarker(HALF);
        StoreMissingException e = assertThrows(
                StoreMissingException.class,
                () -> home.using(vault -> vault.secretsOf(HERE).names()));
        assertEquals("there is no store in " + location.database(), e.getMessage());
        NewStore made = Vault.create(home.options(), Optional.empty());
        assertEquals(Set.of("coffer.db", "last-seen", "keys/" + made.storeId() + ".key"), files());
        assertEquals(List.of(), home.findings());
    }

    @Test
    void halfMadeStore_takesNoMarkerOfAnotherAlong() throws IOException {
        UUID other = UUID.randomUUID();
        write(".new-" + HALF);
        write("keys/" + HALF + ".key");
        writeMarker(other);
        assertThrows(StoreMissingException.class, () -> Vault.create(home.options(), Optional.empty()));
        assertEquals(Set.of("last-seen"), files());
        assertEquals(
                other, new MarkerFile(location.marker()).read().orElseThrow().storeId());
    }

    @Test
    void temporaryFiles_ofTheStoreAlone_areSwept() throws IOException {
        List<String> swept = List.of(".coffer.db.x.tmp", ".coffer.db.x.tmp-wal", ".coffer.db.x.tmp-shm");
        List<String> left = List.of(".other.db.x.tmp", "coffer.db.x.tmp", ".coffer.db.x", ".new-x", "x.new-" + HALF);
        for (String name : swept) {
            write(name);
        }
        for (String name : left) {
            write(name);
        }
        Files.writeString(home.file(".coffer.db.x.tmp.lock"), "");
        new StoreCreation(home.options()).sweep();
        assertEquals(new TreeSet<>(left), files());
        assertFalse(Files.exists(home.file(".coffer.db.x.tmp.lock")));
    }
}
