package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.Credential;
import dev.coffer.crypto.KeyFile;
import dev.coffer.crypto.KeySlot;
import dev.coffer.crypto.KeychainKey;
import dev.coffer.crypto.SlotKind;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.WrongKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which keys are looked for and where, what is told if none fits, and what becomes of what was given. */
class UnlockingTest {
    private static final String PASSPHRASE = "correct horse battery";

    private final TestHome home = TestHome.empty();
    private final Path keyFile = home.file("my.key");

    @AfterEach
    void removeHome() {
        home.close();
    }

    private void createWithKeyFile() {
        Vault.create(home.options(), Optional.of(KeyInput.keyFile(keyFile)));
    }

    private void createWithPassphrase() {
        try (KeyInput passphrase = KeyInput.passphrase(PASSPHRASE.toCharArray())) {
            Vault.create(home.options(), Optional.of(passphrase));
        }
    }

    private void open(Unlocker unlocker) {
        try (Vault vault = new Vault(home.options(unlocker))) {
            assertEquals(List.of(), vault.secretsOf(HERE).names());
        }
    }

    private <X extends CofferException> X assertShut(Class<X> error, Unlocker unlocker) {
        return assertThrows(error, () -> open(unlocker));
    }

    /** Answers as a person would, and notes what they were asked for. */
    private static final class Person implements Unlocker {
        final List<Set<String>> asked = new ArrayList<>();
        private final List<String> answers;

        Person(String... answers) {
            this.answers = new ArrayList<>(List.of(answers));
        }

        @Override
        public Optional<KeyInput> given() {
            return Optional.empty();
        }

        @Override
        public Optional<KeyInput> ask(Set<String> kinds) {
            asked.add(kinds);
            return answers.isEmpty()
                    ? Optional.empty()
                    : Optional.of(KeyInput.passphrase(answers.remove(0).toCharArray()));
        }
    }

    // Key files that are found

    @Test
    void labelsThatNameNoKeyFile_areLeftAlone() throws IOException {
        createWithKeyFile();
        open(Unlocker.NONE);
        RawStore raw = RawStore.of(home);
        for (String label : List.of(
                "",
                "my.key",
                "\0",
                home.folder().toString(),
                home.file("gone.key").toString())) {
            raw.change("UPDATE slot SET label = ?", label);
            LockedException e = assertShut(LockedException.class, Unlocker.NONE);
            assertEquals("the store is locked and no key was given", e.getMessage());
            assertEquals(Optional.of("name its key file in COFFER_KEY_FILE"), e.hint());
        }
    }

    @Test
    void keyFileThatALabelNames_andCannotBeUsed_isPassedOver() throws IOException {
        createWithKeyFile();
        byte[] sound = Files.readAllBytes(keyFile);
        Files.writeString(keyFile, "coffer-key-v1:half");
        assertShut(LockedException.class, Unlocker.NONE);
        Files.write(keyFile, sound);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r--r--"));
        assertShut(LockedException.class, Unlocker.NONE);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        open(Unlocker.NONE);
    }

    @Test
    void keyFileOfAnotherStore_inThePlaceOfTheOwn_isPassedOver() throws IOException {
        createWithKeyFile();
        UUID storeId;
        try (Vault vault = new Vault(home.options())) {
            storeId = vault.storeId();
        }
        try (KeyFile other = KeyFile.random()) {
            KeyInput.write(home.location().keyFile(storeId), other);
        }
        open(Unlocker.NONE);
        Files.delete(keyFile);
        assertShut(LockedException.class, Unlocker.NONE);
    }

    // Asking

    @Test
    void person_isAskedForWhatOpensTheStore_andForNothingElse() {
        createWithKeyFile();
        Person person = new Person(PASSPHRASE);
        open(person);
        assertEquals(List.of(), person.asked, "the key file is there");
        try (Vault vault = new Vault(home.options())) {
            Arrays.fill(vault.keys().addRecoveryCode(), '\0');
            try (KeyInput passphrase = KeyInput.passphrase(PASSPHRASE.toCharArray())) {
                vault.keys().addSlot(passphrase);
            }
        }
        assertTrue(keyFile.toFile().delete());
        open(person);
        assertEquals(List.of(Set.of("passphrase", "recovery-code")), person.asked);
        LockedException e = assertShut(LockedException.class, new Person());
        assertTrue(
                e.hint().orElse("").contains("COFFER_PASSPHRASE_FILE"), e.hint().toString());
    }

    @Test
    void person_isNotAsked_ifTextOpensNothing() throws IOException {
        createWithKeyFile();
        Files.delete(keyFile);
        Person person = new Person(PASSPHRASE);
        assertShut(LockedException.class, person);
        assertEquals(List.of(), person.asked);
    }

    @Test
    void whatIsNoRecoveryCode_isAWrongKey_whereOnlyOneOpensTheStore() throws IOException {
        createWithKeyFile();
        try (Vault vault = new Vault(home.options())) {
            Arrays.fill(vault.keys().addRecoveryCode(), '\0');
        }
        Unlocker typed = Unlocker.of(() -> KeyInput.passphrase(PASSPHRASE.toCharArray()));
        WrongKeyException e = assertShut(WrongKeyException.class, typed);
        assertTrue(e.getMessage().startsWith("no key slot opens with this: "), e.getMessage());
        assertFalse(e.getMessage().contains(PASSPHRASE));
        Files.delete(keyFile);
        assertShut(WrongKeyException.class, new Person(PASSPHRASE));
    }

    // Slots

    @Test
    void moreSlotsThanAStoreHas_areRefused_beforeAKeyIsTried() {
        createWithKeyFile();
        RawStore raw = RawStore.of(home);
        raw.run(
                "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                        + " INSERT INTO slot SELECT randomblob(16), kind, parameters, wrapped_root_key, checksum, label,"
                        + " created, sequence, mac FROM slot, n",
                KeySlot.MAX_SLOTS + 1);
        int[] asked = {0};
        Unlocker counting = Unlocker.of(() -> {
            asked[0]++;
            return KeyInput.keyFile(keyFile);
        });
        IntegrityException e = assertShut(IntegrityException.class, counting);
        assertTrue(e.getMessage().contains("at most " + KeySlot.MAX_SLOTS), e.getMessage());
        assertEquals(0, asked[0]);
        raw.change("DELETE FROM slot WHERE rowid = (SELECT max(rowid) FROM slot)");
        open(counting); // as many as there can be
    }

    // What is given

    @Test
    void passphrase_isCopied_andWipedWhenItIsClosed() {
        createWithPassphrase();
        byte[] bytes = PASSPHRASE.getBytes(StandardCharsets.UTF_8);
        char[] characters = PASSPHRASE.toCharArray();
        List<KeyInput> inputs = List.of(KeyInput.passphrase(bytes), KeyInput.passphrase(characters));
        Arrays.fill(bytes, (byte) 'x');
        Arrays.fill(characters, 'x');
        for (KeyInput input : inputs) {
            assertEquals("KeyInput(redacted)", input.toString());
            open(Unlocker.of(() -> input)); // closes it
            assertShut(WrongKeyException.class, Unlocker.of(() -> input));
        }
    }

    @Test
    void passphrase_hasALength() {
        assertThrows(InvalidException.class, () -> KeyInput.passphrase(new byte[0]));
        assertThrows(InvalidException.class, () -> KeyInput.passphrase(new char[0]));
        assertThrows(InvalidException.class, () -> KeyInput.passphrase(new byte[1 << 20]));
    }

    // Making a key

    @Test
    void keyFile_isMadeInAFolderOfItsOwn_andNeverOverAnother() throws IOException {
        Path file = home.file("new").resolve("folder").resolve("a.key");
        try (KeyFile key = KeyFile.random();
                KeyFile other = KeyFile.random()) {
            KeyInput.write(file, key);
            byte[] written = Files.readAllBytes(file);
            InvalidException e = assertThrows(InvalidException.class, () -> KeyInput.write(file, other));
            assertEquals("there is a file " + file + " already", e.getMessage());
            assertArrayEquals(written, Files.readAllBytes(file));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling("."))));
        }
    }

    @Test
    void keyFile_madeForASlotThatCannotBeAdded_isTakenBack_andOneThatWasThereIsNot() throws IOException {
        createWithKeyFile();
        Path left = home.file(".other.key." + UUID.randomUUID() + ".tmp"); // by a process that was killed
        Files.writeString(left, "half");
        Path other = home.file("other.key");
        VaultOptions failing = home.options().withPassphraseCost(() -> {
            throw new InvalidException("no cost", null, null);
        });
        try (Vault vault = new Vault(failing)) {
            assertThrows(InvalidException.class, () -> vault.keys().addSlot(KeyInput.keyFile(other)));
            assertFalse(Files.exists(other));
            assertFalse(Files.exists(left));
            Path beside = Files.writeString(home.file(".my.key." + UUID.randomUUID() + ".tmp"), "half");
            assertThrows(InvalidException.class, () -> vault.keys().addSlot(KeyInput.keyFile(keyFile)));
            assertTrue(Files.exists(keyFile));
            assertFalse(Files.exists(beside));
            assertEquals(1, vault.keys().slots().size());
        }
    }

    @Test
    void itemsOfAKeychain_areWiped_onTheWayInAndOut() {
        List<byte[]> seen = new ArrayList<>();
        FakeKeychain items = new FakeKeychain();
        Keychain watched = new Keychain() {
            @Override
            public boolean isPresent() {
                return true;
            }

            @Override
            public void put(String keyId, String label, byte[] content) {
                items.put(keyId, label, content);
                seen.add(content);
            }

            @Override
            public Optional<byte[]> find(String keyId) {
                Optional<byte[]> found = items.find(keyId);
                found.ifPresent(seen::add);
                return found;
            }

            @Override
            public void remove(String keyId) {}

            @Override
            public String removal(String keyId) {
                return "";
            }
        };
        KeyInput.newInKeychain(watched, "x").newCredential().credential().close();
        assertEquals(2, seen.size());
        for (byte[] content : seen) {
            assertTrue(content.length > 0);
            assertArrayEquals(new byte[content.length], content);
        }
    }

    /** Keeps something else than it was given. */
    private static final class Forgetful implements Keychain {
        final List<String> removed = new ArrayList<>();
        private final boolean failsToRemove;

        Forgetful(boolean failsToRemove) {
            this.failsToRemove = failsToRemove;
        }

        @Override
        public boolean isPresent() {
            return true;
        }

        @Override
        public void put(String keyId, String label, byte[] content) {}

        @Override
        public Optional<byte[]> find(String keyId) {
            try (KeychainKey other = KeychainKey.random()) {
                return Optional.of(other.revealItemContent());
            }
        }

        @Override
        public void remove(String keyId) {
            removed.add(keyId);
            if (failsToRemove) {
                throw new LockedException("it is locked by now", null, null);
            }
        }

        @Override
        public String removal(String keyId) {
            return "";
        }
    }

    @Test
    void keychainThatGivesAnotherKeyBack_isNotReliedOn_andItsItemIsTakenBack() {
        for (boolean failsToRemove : new boolean[] {false, true}) {
            Forgetful keychain = new Forgetful(failsToRemove);
            LockedException e = assertThrows(
                    LockedException.class,
                    () -> KeyInput.newInKeychain(keychain, "x").newCredential());
            assertTrue(e.getMessage().contains("did not keep the key"), e.getMessage());
            assertEquals(1, keychain.removed.size());
        }
    }

    @Test
    void keychain_isAskedForTheItemThatTheSlotNames() {
        FakeKeychain keychain = new FakeKeychain();
        KeyInput.NewCredential made = KeyInput.newInKeychain(keychain, "x").newCredential();
        made.credential().close();
        Map.Entry<String, byte[]> item = keychain.items.entrySet().iterator().next();
        Set<SlotKind> kinds = EnumSet.of(SlotKind.KEYCHAIN);
        try (Credential read = KeyInput.inKeychain(keychain, item.getKey()).credential(kinds)) {
            assertEquals(SlotKind.KEYCHAIN, read.kind());
        }
        LockedException e = assertThrows(
                LockedException.class,
                () -> KeyInput.inKeychain(keychain, "0000000000000000").credential(kinds));
        assertTrue(e.hint().isPresent());
        made.takeBack().run();
        assertEquals(Map.of(), keychain.items);
    }
}
