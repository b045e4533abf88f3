package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.crypto.KdfParameters;
import dev.coffer.crypto.RootKey;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.storage.SlotRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Key slots, revocation and rotation. */
class KeyServiceTest {
    private static final SecretName A = SecretName.of("a");
    private static final String PASSPHRASE = "correct horse battery staple";

    private final TestHome home = TestHome.create();
    private final Vault vault = home.vault();
    private final ComponentSecrets secrets = vault.secretsOf(HERE);

    KeyServiceTest() {
        secrets.register(secret("a", "k", "1"));
        secrets.update(secret("a", "k", "2"), OptionalLong.empty());
        secrets.register(secret("gone", "k", "1"));
        secrets.delete(SecretName.of("gone"), OptionalLong.empty());
    }

    @AfterEach
    void removeHome() {
        home.close();
    }

    private static Unlocker typed(String text) {
        return Unlocker.of(() -> KeyInput.passphrase(text.toCharArray()));
    }

    private static Unlocker file(Path file) {
        return Unlocker.of(() -> KeyInput.keyFile(file));
    }

    private Map<String, String> readWith(Unlocker unlocker) {
        try (Vault other = new Vault(home.options(unlocker))) {
            return revealed(other.secretsOf(HERE).get(A));
        }
    }

    private void assertSound(Unlocker unlocker) {
        try (Vault other = new Vault(home.options(unlocker))) {
            assertEquals(List.of(), other.verify(Progress.NONE).findings());
        }
    }

    private SlotInfo addPassphrase(String text) {
        try (KeyInput input = KeyInput.passphrase(text.toCharArray())) {
            return vault.keys().addSlot(input);
        }
    }

    private Path ownKeyFile() {
        return home.location().keyFile(vault.storeId());
    }

    // Unlocking

    @Test
    void passphrase_unlocks_andTouchesNoData() {
        Object before = RawStore.of(home).rows("SELECT * FROM secret_version").toString();
        addPassphrase(PASSPHRASE);
        assertEquals(Map.of("k", "2"), readWith(typed(PASSPHRASE)));
        assertEquals(2, vault.keys().slots().size());
        assertNotEquals("", before);
        assertSound(typed(PASSPHRASE));
    }

    @Test
    void wrongPassphrase_isWrongKey() {
        addPassphrase(PASSPHRASE);
        for (String wrong : List.of("x", PASSPHRASE + " ", PASSPHRASE.toUpperCase(Locale.ROOT))) {
            assertThrows(WrongKeyException.class, () -> readWith(typed(wrong)));
        }
    }

    @Test
    void wrongKeyFile_isWrongKey() {
        Path other = home.file("other.key");
        try (TestHome elsewhere = TestHome.empty()) {
            Vault.create(elsewhere.options(), Optional.of(KeyInput.keyFile(other)));
        }
        assertThrows(WrongKeyException.class, () -> readWith(file(other)));
    }

    @Test
    void noKey_isLocked() throws IOException {
        try (TestHome other = TestHome.empty()) {
            NewStore made = Vault.create(other.options(), Optional.empty());
            Files.delete(made.newKeyFile().orElseThrow());
            LockedException e = assertThrows(
                    LockedException.class,
                    () -> other.using(v -> v.secretsOf(HERE).names()));
            assertTrue(e.hint().orElse("").contains("COFFER_KEY_FILE"));
        }
    }

    @Test
    void keyFileThatOthersCanRead_isRefused() throws IOException {
        Files.setPosixFilePermissions(
                ownKeyFile(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
        StoreFileException e = assertThrows(StoreFileException.class, () -> readWith(Unlocker.NONE));
        assertTrue(e.hint().orElse("").contains("chmod 600"));
    }

    @Test
    void damagedKeyFile_isInvalid() throws IOException {
        Files.writeString(ownKeyFile(), "coffer-key-v1:half");
        assertThrows(InvalidException.class, () -> readWith(Unlocker.NONE));
    }

    @Test
    void keyFileInAnotherPlace_isFoundByItsLabel() throws IOException {
        Path elsewhere = home.file("elsewhere.key");
        vault.keys().addSlot(KeyInput.keyFile(elsewhere));
        Files.delete(ownKeyFile());
        assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
        assertTrue(Files.exists(elsewhere));
    }

    @Test
    void recoveryCode_unlocks_howeverItIsTyped() {
        char[] code = vault.keys().addRecoveryCode();
        String text = new String(code);
        assertEquals(44, text.length());
        for (String typed : List.of(
                text,
                text.toLowerCase(Locale.ROOT),
                text.replace("-", ""),
                text.replace('-', ' '),
                "  " + text + "\n",
                text.replace('0', 'O').replace('1', 'I'),
                text.replace('0', 'o').replace('1', 'l'))) {
            assertEquals(Map.of("k", "2"), readWith(typed(typed)), "typed differently");
        }
        char[] typo = code.clone();
        typo[0] = typo[0] == 'A' ? 'B' : 'A';
        assertThrows(WrongKeyException.class, () -> readWith(typed(new String(typo))));
    }

    /** 36 letters may be a passphrase, too. */
    @Test
    void passphraseOfTheShapeOfARecoveryCode_unlocksBesideARecoverySlot() {
        String alike = "abcdefghjkmnpqrstvwxyzabcdefghjkmnpq".substring(0, 36);
        addPassphrase(alike);
        Arrays.fill(vault.keys().addRecoveryCode(), '\0');
        assertEquals(Map.of("k", "2"), readWith(typed(alike)));
    }

    @Test
    void asking_goesOnUntilAKeyFits() {
        try (TestHome other = TestHome.empty()) {
            Vault.create(other.options(), Optional.of(KeyInput.passphrase(PASSPHRASE.toCharArray())));
            List<String> answers = new ArrayList<>(List.of("wrong", "also wrong", PASSPHRASE, "wrong"));
            Unlocker asked = new Unlocker() {
                @Override
                public Optional<KeyInput> given() {
                    return Optional.empty();
                }

                @Override
                public Optional<KeyInput> ask(Set<String> kinds) {
                    assertEquals(Set.of("passphrase"), kinds);
                    return answers.isEmpty()
                            ? Optional.empty()
                            : Optional.of(KeyInput.passphrase(answers.remove(0).toCharArray()));
                }
            };
            assertEquals(
                    List.of(), other.vault(other.options(asked)).secretsOf(HERE).names());
            assertEquals(List.of("wrong"), answers);
            Vault second = other.vault(other.options(asked));
            assertThrows(WrongKeyException.class, () -> second.secretsOf(HERE).names());
            assertThrows(
                    LockedException.class,
                    () -> other.using(v -> v.secretsOf(HERE).names()));
        }
    }

    // Slots

    @Test
    void removedSlot_opensNothing_andTheOthersDo() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        vault.keys().removeSlot(slot.id());
        assertThrows(WrongKeyException.class, () -> readWith(typed(PASSPHRASE)));
        assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
        assertSound(Unlocker.NONE);
    }

    @Test
    void lastSlot_isNotRemoved() {
        UUID only = vault.keys().slots().get(0).id();
        assertThrows(InvalidException.class, () -> vault.keys().removeSlot(only));
        assertThrows(InvalidException.class, () -> vault.keys().revoke(only, Map.of(), List.of(), Progress.NONE));
        assertThrows(NoSuchRecordException.class, () -> vault.keys().removeSlot(UUID.randomUUID()));
        assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
    }

    @Test
    void slots_areShownWithKindCostAndTime() {
        addPassphrase(PASSPHRASE);
        vault.keys().addRecoveryCode();
        List<SlotInfo> slots = vault.keys().slots();
        assertEquals(
                List.of("key-file", "passphrase", "recovery-code"),
                slots.stream().map(SlotInfo::kind).toList());
        assertTrue(slots.get(0).parameters().startsWith("key "), slots.get(0).parameters());
        assertTrue(slots.get(1).parameters().contains("Argon2id"), slots.get(1).parameters());
        assertTrue(slots.get(0).label().endsWith(".key"));
        assertFalse(slots.toString().contains(PASSPHRASE));
    }

    /** As a newer coffer may make one. */
    @Test
    void slotOfAKindThatIsNotKnown_isShown_andIsNotKeptByARevocation() {
        UUID later = new UUID(8, 8);
        vault.write(change -> {
            byte[] wrapped = {1, 2, 3};
            long sequence =
                    change.append(LogKind.SLOT, Optional.of(later), 0, RowMacs.slotDigest("retina", "left", wrapped));
            change.tables()
                    .keys()
                    .putSlot(change.signed(new SlotRow(
                            later, "retina", "left", wrapped, new byte[32], "eye", 5, sequence, new byte[0])));
            return true;
        });
        assertSound(Unlocker.NONE);
        assertEquals(
                new SlotInfo(later, "retina", "eye", "left", Optional.empty(), Instant.ofEpochMilli(5)),
                vault.keys().slots().stream()
                        .filter(slot -> slot.id().equals(later))
                        .findFirst()
                        .orElseThrow());
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().stream()
                .filter(info -> info.kind().equals("key-file"))
                .findFirst()
                .orElseThrow()
                .id();
        KeyInput key = KeyInput.keyFile(ownKeyFile());
        InvalidException e = assertThrows(
                InvalidException.class,
                () -> vault.keys().revoke(slot.id(), Map.of(keyFile, key, later, key), List.of(), Progress.NONE));
        assertTrue(e.getMessage().contains("retina"), e.getMessage());
        assertEquals(Optional.of("drop it"), e.hint());
        vault.keys().revoke(slot.id(), Map.of(keyFile, key), List.of(later), Progress.NONE);
        assertEquals(1, vault.keys().slots().size());
        assertSound(Unlocker.NONE);
    }

    // Revocation

    @Test
    void revokedCredential_opensNeitherTheStoreNorAnyDek() throws Exception {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        List<String> deksBefore = hexes("wrapped_dek");
        List<String> payloadsBefore = hexes("payload");
        try (TestHome stolen = home.copy()) {
            RotationReceipt receipt = vault.keys()
                    .revoke(slot.id(), Map.of(keyFile, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
            assertEquals(4, receipt.versions());
            assertEquals(vault.keys().status().generation(), receipt.generation());
            assertThrows(WrongKeyException.class, () -> readWith(typed(PASSPHRASE)));
            assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
            assertEquals(Map.of("k", "2"), revealed(secrets.get(A)));
            assertEquals(1, vault.keys().status().keks().size());
            assertTrue(hexes("wrapped_dek").stream().noneMatch(deksBefore::contains));
            assertTrue(hexes("payload").stream().noneMatch(payloadsBefore::contains));
            assertSound(Unlocker.NONE);

            // The old slot and the old keyring, put into the new store, open nothing of it.
            home.closeVaults();
            RawStore old = RawStore.of(stolen);
            RawStore renewed = RawStore.of(home);
            renewed.put("slot", old.row("SELECT * FROM slot WHERE kind = 'passphrase'"));
            assertThrows(IntegrityException.class, () -> readWith(typed(PASSPHRASE)));
            renewed.put("store", old.row("SELECT * FROM store"));
            assertThrows(IntegrityException.class, () -> readWith(typed(PASSPHRASE)));
        }
    }

    private List<String> hexes(String column) {
        return RawStore.of(home).rows("SELECT " + column + " FROM secret_version").stream()
                .map(row -> HexFormat.of().formatHex((byte[]) row.getOrDefault(column, new byte[0])))
                .toList();
    }

    @Test
    void revoke_locksOutTheRevokedCredential_andOtherOpenVaultsUnlockAgain() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        ComponentSecrets revoked = home.vault(home.options(typed(PASSPHRASE))).secretsOf(HERE);
        revoked.names();
        Vault other = home.vault();
        ComponentSecrets others = other.secretsOf(HERE);
        others.names();
        vault.keys().revoke(slot.id(), Map.of(keyFile, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
        assertThrows(WrongKeyException.class, () -> revoked.get(A));
        assertThrows(WrongKeyException.class, () -> revoked.register(secret("b", "k", "v")));
        assertEquals(Map.of("k", "2"), revealed(others.get(A)));
        vault.keys()
                .revoke(
                        addPassphrase(PASSPHRASE).id(),
                        Map.of(vault.keys().slots().get(0).id(), KeyInput.keyFile(ownKeyFile())),
                        List.of(),
                        Progress.NONE);
        others.register(secret("b", "k", "v"));
        assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
        assertSound(Unlocker.NONE);
    }

    @Test
    void revoke_whileOthersWork_disturbsNobody() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        try {
            List<Future<Integer>> working = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                // Two threads share a vault, the third has its own.
                ComponentSecrets own = (i < 2 ? vault : home.vault()).secretsOf(HERE);
                SecretName name = SecretName.of("worker-" + i);
                working.add(threads.submit(() -> {
                    int writes = 0;
                    own.register(secret(name.value(), "k", "0"));
                    while (!done.get()) {
                        own.update(secret(name.value(), "k", "" + ++writes), OptionalLong.empty());
                    }
                    return writes;
                }));
            }
            try (Vault revoking = new Vault(home.options())) {
                for (int i = 0; i < 5; i++) {
                    UUID kept = revoking.keys().slots().get(0).id();
                    UUID removed = revoking.keys()
                            .addSlot(KeyInput.keyFile(home.file(i + ".key")))
                            .id();
                    revoking.keys()
                            .revoke(removed, Map.of(kept, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
                }
            }
            done.set(true);
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Map.of("k", "" + working.get(i).get(60, TimeUnit.SECONDS)),
                        revealed(secrets.get(SecretName.of("worker-" + i))));
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertSound(Unlocker.NONE);
    }

    /** The slots were looked at, and then their root key was renewed. */
    @Test
    void open_whileTheKeysAreRenewed_unlocksAgain() {
        secrets.register(secret("db", "k", "v"));
        List<UUID> removed = new ArrayList<>();
        Unlocker slow = Unlocker.of(() -> {
            if (removed.isEmpty()) {
                try (Vault revoking = new Vault(home.options())) {
                    UUID kept = revoking.keys().slots().get(0).id();
                    removed.add(revoking.keys()
                            .addSlot(KeyInput.keyFile(home.file("other.key")))
                            .id());
                    revoking.keys()
                            .revoke(
                                    removed.get(0),
                                    Map.of(kept, KeyInput.keyFile(ownKeyFile())),
                                    List.of(),
                                    Progress.NONE);
                }
            }
            return KeyInput.keyFile(ownKeyFile());
        });
        try (Vault opened = new Vault(home.options(slow))) {
            assertEquals(Map.of("k", "v"), revealed(opened.secretsOf(HERE).get(SecretName.of("db"))));
        }
        assertEquals(1, removed.size());
    }

    @Test
    void open_whileTheKeysAreRenewedAgainAndAgain_isTold_andEnds() {
        int[] asked = {0};
        Unlocker tooSlow = Unlocker.of(() -> {
            try (Vault revoking = new Vault(home.options())) {
                UUID kept = revoking.keys().slots().get(0).id();
                UUID removed = revoking.keys()
                        .addSlot(KeyInput.keyFile(home.file(++asked[0] + ".key")))
                        .id();
                revoking.keys().revoke(removed, Map.of(kept, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
            }
            return KeyInput.keyFile(ownKeyFile());
        });
        LockedException e = assertThrows(LockedException.class, () -> readWith(tooSlow));
        assertTrue(e.getMessage().contains("were renewed"), e.getMessage());
        assertEquals(Optional.of("open it again"), e.hint());
        assertEquals(OpenStore.UNLOCKINGS, asked[0]);
        assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
    }

    @Test
    void revocation_leavesNoOldRootKeyAndNoOldConnection() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        Vault other = home.vault();
        RootKey mine = vault.open().rootKey();
        RootKey theirs = other.open().rootKey();
        vault.keys().revoke(slot.id(), Map.of(keyFile, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
        assertEquals(Map.of("k", "2"), revealed(other.secretsOf(HERE).get(A)));
        assertThrows(IllegalStateException.class, mine::copy);
        assertThrows(IllegalStateException.class, theirs::copy);
        home.closeVaults();
        assertFalse(Files.exists(home.file("coffer.db-wal")), "SQLite takes it away with the last connection");
    }

    /** Once the root key is renewed there is no way back. */
    @Test
    void revokeAndNewDeks_onADamagedStore_renewNothing() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        secrets.register(secret("damaged", "k", "v"));
        RawStore raw = RawStore.of(home);
        raw.change("DELETE FROM secret WHERE name = 'damaged'");
        Object before = raw.rows("SELECT hex(keyring) FROM store");
        assertThrows(
                IntegrityException.class,
                () -> vault.keys()
                        .revoke(slot.id(), Map.of(keyFile, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE));
        IntegrityException e =
                assertThrows(IntegrityException.class, () -> vault.keys().rotateDeks(Progress.NONE));
        assertTrue(e.getMessage().startsWith("the store is not sound (1 finding)"), e.getMessage());
        assertEquals(before, raw.rows("SELECT hex(keyring) FROM store"));
        assertEquals(Map.of("k", "2"), readWith(typed(PASSPHRASE)));
        vault.keys().rotate(Progress.NONE);
        assertEquals(1, vault.keys().status().keks().size());
    }

    @Test
    void revoke_withoutDecidingForEverySlot_changesNothing() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        SlotInfo second = addPassphrase("second passphrase");
        UUID keyFile = vault.keys().slots().get(0).id();
        long generation = vault.keys().status().generation();
        KeyInput key = KeyInput.keyFile(ownKeyFile());
        assertThrows(
                InvalidException.class,
                () -> vault.keys().revoke(slot.id(), Map.of(keyFile, key), List.of(), Progress.NONE));
        assertThrows(
                InvalidException.class,
                () -> vault.keys()
                        .revoke(
                                slot.id(),
                                Map.of(keyFile, key, second.id(), key),
                                List.of(second.id()),
                                Progress.NONE));
        try (KeyInput wrong = KeyInput.passphrase("wrong".toCharArray())) {
            assertThrows(
                    WrongKeyException.class,
                    () -> vault.keys()
                            .revoke(slot.id(), Map.of(keyFile, key, second.id(), wrong), List.of(), Progress.NONE));
        }
        assertEquals(generation, vault.keys().status().generation());
        assertEquals(Map.of("k", "2"), readWith(typed(PASSPHRASE)));
        vault.keys().revoke(slot.id(), Map.of(keyFile, key), List.of(second.id()), Progress.NONE);
        assertThrows(WrongKeyException.class, () -> readWith(typed("second passphrase")));
        assertEquals(1, vault.keys().slots().size());
        assertSound(Unlocker.NONE);
    }

    // Rotation

    @Test
    void rotate_wrapsEveryDekAnew_andLeavesPayloadsAndLogAlone() {
        List<String> deks = hexes("wrapped_dek");
        List<String> payloads = hexes("payload");
        long kek = (Long) RawStore.of(home).value("SELECT DISTINCT kek_id FROM secret_version");
        RotationReceipt receipt = vault.keys().rotate(Progress.NONE);
        assertEquals(4, receipt.versions());
        assertFalse(receipt.resumed());
        assertTrue(hexes("wrapped_dek").stream().noneMatch(deks::contains));
        assertEquals(payloads, hexes("payload"));
        assertNotEquals(kek, RawStore.of(home).value("SELECT DISTINCT kek_id FROM secret_version"));
        assertFalse(vault.keys().status().rotationPending());
        assertEquals(1, vault.keys().status().keks().size());
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A, 1)));
        assertSound(Unlocker.NONE);
    }

    @Test
    void rotateDeks_encryptsEverythingAnew() {
        List<String> payloads = hexes("payload");
        vault.keys().rotateDeks(Progress.NONE);
        assertTrue(hexes("payload").stream().noneMatch(payloads::contains));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A, 1)));
        assertSound(Unlocker.NONE);
    }

    /** Interrupted by an exception out of the listener, which is where Ctrl-C comes in. */
    @Test
    void interruptedRotation_isResumed() {
        for (boolean deks : new boolean[] {false, true}) {
            Progress interrupting = (done, total) -> {
                if (done > 0 || total == 0) {
                    throw new IllegalStateException("interrupted");
                }
            };
            assertThrows(IllegalStateException.class, () -> {
                if (deks) {
                    vault.keys().rotateDeks(interrupting);
                } else {
                    vault.keys().rotate(interrupting);
                }
            });
            assertTrue(vault.keys().status().rotationPending());
            assertEquals(Map.of("k", "2"), readWith(Unlocker.NONE));
            secrets.update(secret("a", "k", "3" + deks), OptionalLong.empty());
            RotationReceipt receipt = vault.keys().rotate(Progress.NONE);
            assertTrue(receipt.resumed());
            assertFalse(vault.keys().status().rotationPending());
            assertSound(Unlocker.NONE);
            secrets.update(secret("a", "k", "2"), OptionalLong.empty());
        }
    }

    @Test
    void status_tellsEveryKek_withWhatIsUnderIt_andSinceWhenTheNewestIs() {
        Instant noon = Instant.parse("2026-06-01T12:00:00.123Z");
        Vault then = home.vault(home.options().withClock(Clock.fixed(noon, ZoneOffset.UTC)));
        KeyStatus before = vault.keys().status();
        assertEquals(vault.storeId(), before.storeId());
        assertEquals(1, before.generation());
        assertEquals(List.of(new KeyStatus.Kek(kekInUse(), true, 4)), before.keks());
        assertEquals(vault.keys().slots(), before.slots());
        String old = kekInUse();
        assertThrows(IllegalStateException.class, () -> then.keys().rotate(interrupting(0)));
        secrets.update(secret("a", "k", "3"), OptionalLong.empty());
        KeyStatus during = vault.keys().status();
        assertEquals(2, during.generation());
        assertTrue(during.rotationPending());
        assertEquals(noon, during.keksSince());
        assertEquals(
                List.of(
                        new KeyStatus.Kek(old, false, 4),
                        new KeyStatus.Kek(during.keks().get(1).id(), true, 1)),
                during.keks());
        assertEquals(3, then.keys().rotate(Progress.NONE).generation());
        assertEquals(noon, vault.keys().status().keksSince());
    }

    /** To accept a store, or to restore one, makes no new key: an old one stays old. */
    @Test
    void status_ofAStoreThatWasAcceptedOrRestored_tellsWhenItsKeyWasMade() {
        Instant made = vault.keys().status().keksSince();
        Instant later = made.plusSeconds(1_000);
        Vault then = home.vault(home.options().withClock(Clock.fixed(later, ZoneOffset.UTC)));
        then.acceptOlder();
        assertEquals(made, vault.keys().status().keksSince());
        Path backup = home.file("backup");
        then.backup(backup, Progress.NONE);
        Vault.restore(home.options().withClock(Clock.fixed(later, ZoneOffset.UTC)), backup, true, Progress.NONE);
        assertEquals(made, vault.keys().status().keksSince());
        then.keys().rotate(Progress.NONE);
        assertEquals(later, vault.keys().status().keksSince());
    }

    private String kekInUse() {
        return String.format(
                "%08x", ((Long) RawStore.of(home).value("SELECT DISTINCT kek_id FROM secret_version")).intValue());
    }

    /** Interrupts when that many are done. */
    private static Progress interrupting(long at) {
        return (done, total) -> {
            if (done >= at) {
                throw new IllegalStateException("interrupted");
            }
        };
    }

    private void putRecords() {
        vault.changeRecords(List.of(
                new RecordChange.Insert("stack", new UUID(1, 1), "one", new byte[] {1}),
                new RecordChange.Insert("stack", new UUID(1, 2), "two", new byte[] {2})));
    }

    private Map<String, List<Byte>> records() {
        Map<String, List<Byte>> bodies = new TreeMap<>();
        try (Vault other = new Vault(home.options())) {
            other.listRecords("stack").forEach(record -> bodies.put(record.name(), List.of(record.body()[0])));
        }
        return bodies;
    }

    private List<Object> column(String sql) {
        return RawStore.of(home).rows(sql).stream()
                .map(row -> row.values().iterator().next())
                .toList();
    }

    @Test
    void records_areWrappedAnew_orEncryptedAnew_andStayWhatTheyWere() {
        putRecords();
        Map<String, List<Byte>> before = records();
        List<Object> payloads = column("SELECT hex(payload) FROM record ORDER BY name");
        List<Object> deks = column("SELECT hex(wrapped_dek) FROM record ORDER BY name");
        vault.keys().rotate(Progress.NONE);
        assertEquals(payloads, column("SELECT hex(payload) FROM record ORDER BY name"));
        assertTrue(column("SELECT hex(wrapped_dek) FROM record").stream().noneMatch(deks::contains));
        assertEquals(
                column("SELECT DISTINCT kek_id FROM secret_version"), column("SELECT DISTINCT kek_id FROM record"));
        assertEquals(before, records());
        vault.keys().rotateDeks(Progress.NONE);
        assertTrue(column("SELECT hex(payload) FROM record").stream().noneMatch(payloads::contains));
        assertEquals(before, records());
        assertEquals(2L, RawStore.of(home).value("SELECT count(*) FROM record"), "no note of the rotation stays");
        assertSound(Unlocker.NONE);
    }

    @Test
    void records_areSignedAnew_byARevocation() {
        putRecords();
        Map<String, List<Byte>> before = records();
        List<Object> macs = column("SELECT hex(mac) FROM record");
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        vault.keys().revoke(slot.id(), Map.of(keyFile, KeyInput.keyFile(ownKeyFile())), List.of(), Progress.NONE);
        assertEquals(before, records());
        assertTrue(column("SELECT hex(mac) FROM record").stream().noneMatch(macs::contains));
        assertSound(Unlocker.NONE);
    }

    private void registerMoreThanOneBatch() {
        List<Secret> many = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            many.add(secret("many-" + i, "k", "v"));
        }
        secrets.registerAll(many);
    }

    @Test
    void newDeks_afterAnInterruptedRotation_areMadeForEverything() {
        registerMoreThanOneBatch();
        List<String> payloads = hexes("payload");
        assertThrows(IllegalStateException.class, () -> vault.keys().rotate(interrupting(1)));
        RotationReceipt receipt = vault.keys().rotateDeks(Progress.NONE);
        assertFalse(receipt.resumed());
        assertEquals(604, receipt.versions());
        assertTrue(hexes("payload").stream().noneMatch(payloads::contains));
        assertSound(Unlocker.NONE);
        assertThrows(IllegalStateException.class, () -> vault.keys().rotateDeks(interrupting(1)));
        RotationReceipt resumed = vault.keys().rotateDeks(Progress.NONE);
        assertTrue(resumed.resumed());
        assertEquals(104, resumed.versions());
        assertSound(Unlocker.NONE);
    }

    @Test
    void rotation_tellsHowFarItIs_fromNoneToAll() {
        registerMoreThanOneBatch();
        List<List<Long>> told = new ArrayList<>();
        vault.keys().rotate((done, total) -> told.add(List.of(done, total)));
        assertEquals(List.of(List.of(0L, 604L), List.of(500L, 604L), List.of(604L, 604L), List.of(604L, 604L)), told);
    }

    /** As one finds it that lost the race to finish what was interrupted. */
    @Test
    void rotation_thatAnotherProcessFinished_isDone() {
        RotationReceipt first = vault.keys().rotate(Progress.NONE);
        assertEquals(
                new RotationReceipt(first.generation(), 0, true), new KeyRotation(vault).finish(true, Progress.NONE));
    }

    /** What a batch holds is bounded by its bytes, too: others write between two. */
    @Test
    @Tag("slow")
    void rotation_ofLargeVersions_goesInSmallerSteps() {
        SecretValue large = SecretValue.of("x".repeat(SecretValue.MAX_BYTES));
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < 6; i++) {
            content.put("k" + i, large);
        }
        for (int i = 0; i < 4; i++) {
            secrets.register(Secret.of(SecretName.of("large-" + i), content));
        }
        for (boolean deks : new boolean[] {false, true}) {
            Set<Long> told = new TreeSet<>();
            Progress progress = (done, total) -> told.add(done);
            assertEquals(
                    8, (deks ? vault.keys().rotateDeks(progress) : vault.keys().rotate(progress)).versions());
            assertEquals(3, told.size(), told.toString());
        }
    }

    @Test
    void versionUnderAKeyThatNobodyKnows_endsARotation_insteadOfKeepingItGoing() {
        RawStore.of(home).run("UPDATE secret_version SET kek_id = 12345 WHERE version = 1");
        IntegrityException e =
                assertThrows(IntegrityException.class, () -> vault.keys().rotate(Progress.NONE));
        assertTrue(e.getMessage().contains("3039"), e.getMessage());
        assertEquals(2, vault.keys().status().keks().size(), "no key is destroyed that something may need");
    }

    @Test
    void newDeks_forASecretWhoseEntryIsGone_areRefused() {
        RawStore.of(home).change("DELETE FROM secret WHERE name = 'gone'");
        assertThrows(
                IntegrityException.class,
                () -> new KeyRotation(vault).rotate(true, Progress.NONE)); // as if it went after the verification
    }

    @Test
    void newDeks_makeNothingGenuine_thatWasChanged() {
        RawStore.of(home)
                .change("UPDATE secret_version SET created = created + 1 WHERE version = 1 AND secret_id ="
                        + " (SELECT secret_id FROM secret WHERE name = 'a')");
        assertThrows(IntegrityException.class, () -> new KeyRotation(vault).rotate(true, Progress.NONE));
        assertThrows(IntegrityException.class, () -> secrets.get(A, 1));
    }

    // Meanwhile

    /** The derivation of a new slot's key takes half a second, in which others go on. */
    @Test
    void slot_addedWhileTheRootKeyIsRenewed_opensTheStore() {
        UUID keyFile = vault.keys().slots().get(0).id();
        List<UUID> removed = new ArrayList<>();
        Vault[] adding = new Vault[1];
        adding[0] = home.vault(home.options().withPassphraseCost(() -> {
            if (removed.isEmpty()) {
                removed.add(new UUID(0, 0));
                removed.add(adding[0]
                        .keys()
                        .addSlot(KeyInput.keyFile(home.file("other.key")))
                        .id());
                adding[0]
                        .keys()
                        .revoke(
                                removed.get(1),
                                Map.of(keyFile, KeyInput.keyFile(ownKeyFile())),
                                List.of(),
                                Progress.NONE);
            }
            return KdfParameters.cheapest();
        }));
        try (KeyInput input = KeyInput.passphrase(PASSPHRASE.toCharArray())) {
            adding[0].keys().addSlot(input);
        }
        assertEquals(Map.of("k", "2"), readWith(typed(PASSPHRASE)));
        assertEquals(2, vault.keys().slots().size());
        assertSound(typed(PASSPHRASE));
    }

    @Test
    void slots_changedWhileOneIsRevoked_keepEverythingAsItIs() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        SlotInfo second = addPassphrase("second passphrase");
        List<UUID> added = new ArrayList<>();
        Vault revoking = home.vault(home.options().withPassphraseCost(() -> {
            if (added.isEmpty()) {
                added.add(slot.id());
                added.add(addPassphrase("third passphrase").id());
            }
            return KdfParameters.cheapest();
        }));
        try (KeyInput kept = KeyInput.passphrase("second passphrase".toCharArray())) {
            UUID keyFile = vault.keys().slots().get(0).id();
            ConflictException e = assertThrows(
                    ConflictException.class,
                    () -> revoking.keys()
                            .revoke(slot.id(), Map.of(second.id(), kept), List.of(keyFile), Progress.NONE));
            assertTrue(e.hint().isPresent());
        }
        assertEquals(4, vault.keys().slots().size());
        for (String text : List.of(PASSPHRASE, "second passphrase", "third passphrase")) {
            assertEquals(Map.of("k", "2"), readWith(typed(text)));
        }
        assertEquals(1, vault.keys().status().keks().size());
    }

    @Test
    void revoke_ofSlotsThatAreNotThere_changesNothing() {
        SlotInfo slot = addPassphrase(PASSPHRASE);
        UUID keyFile = vault.keys().slots().get(0).id();
        KeyInput key = KeyInput.keyFile(ownKeyFile());
        UUID none = new UUID(9, 9);
        for (Executable revocation : List.<Executable>of(
                () -> vault.keys().revoke(none, Map.of(keyFile, key), List.of(slot.id()), Progress.NONE),
                () -> vault.keys().revoke(slot.id(), Map.of(keyFile, key, none, key), List.of(), Progress.NONE),
                () -> vault.keys().revoke(slot.id(), Map.of(keyFile, key), List.of(none), Progress.NONE),
                () -> vault.keys().inKeychain(none))) {
            NoSuchRecordException e = assertThrows(NoSuchRecordException.class, revocation);
            assertTrue(e.getMessage().contains(none.toString()), e.getMessage());
        }
        assertThrows(InvalidException.class, () -> vault.keys().inKeychain(keyFile));
        assertThrows(
                InvalidException.class,
                () -> vault.keys().revoke(slot.id(), Map.of(), List.of(keyFile), Progress.NONE));
        assertEquals(1, vault.keys().status().generation());
        assertEquals(Map.of("k", "2"), readWith(typed(PASSPHRASE)));
    }

    @Test
    void slotForText_isOneThatAPersonCanType() {
        assertFalse(vault.keys().hasSlotForText());
        SlotInfo slot = addPassphrase(PASSPHRASE);
        assertTrue(vault.keys().hasSlotForText());
        vault.keys().removeSlot(slot.id());
        vault.keys().addRecoveryCode();
        assertTrue(vault.keys().hasSlotForText());
    }
}
