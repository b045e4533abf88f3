package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.WrongKeyException;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySlotTest {
    private static final UUID STORE = UUID.fromString("6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1");
    private static final String SALT = "AAECAwQFBgcICQoLDA0ODw";

    private static Credential credential(SlotKind kind) {
        return switch (kind) {
            case PASSPHRASE -> Passphrase.of("correct horse battery staple".getBytes(UTF_8));
            case KEY_FILE -> KeyFile.random();
            case RECOVERY_CODE -> RecoveryCode.random();
            case KEYCHAIN -> KeychainKey.random();
        };
    }

    private static KeySlot seal(Credential credential, RootKey rootKey) {
        return KeySlot.seal(STORE, credential, KdfParameters.cheapest(), rootKey);
    }

    @ParameterizedTest
    @EnumSource
    void credential_opensItsSlot(SlotKind kind) {
        try (Credential credential = credential(kind);
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(credential, rootKey);

            assertEquals(kind, slot.kind());
            assertEquals(60, slot.wrappedRootKey().length);
            assertEquals(32, slot.checksum().length);
            assertTrue(slot.mightOpenWith(credential));
            try (RootKey opened = slot.open(STORE, credential)) {
                assertArrayEquals(rootKey.bytes(), opened.bytes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherCredentialOfTheKind_isTheWrongKey(SlotKind kind) {
        try (Credential credential = credential(kind);
                Credential other = kind == SlotKind.PASSPHRASE
                        ? Passphrase.of("correct horse battery stable".getBytes(UTF_8))
                        : credential(kind);
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(credential, rootKey);

            WrongKeyException e = assertThrows(WrongKeyException.class, () -> slot.open(STORE, other));
            assertEquals("wrong " + kind.text().replace('-', ' '), e.getMessage());
        }
    }

    /** A slot of another kind is not damaged, and nothing is derived for it. */
    @ParameterizedTest
    @EnumSource
    void credentialOfAnotherKind_isTheWrongKey(SlotKind kind) {
        try (Credential credential = credential(kind);
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(credential, rootKey);
            for (SlotKind otherKind : SlotKind.values()) {
                if (otherKind != kind) {
                    try (Credential other = credential(otherKind)) {
                        assertFalse(slot.mightOpenWith(other));
                        assertThrows(WrongKeyException.class, () -> slot.open(STORE, other), otherKind.text());
                    }
                }
            }
        }
    }

    @Test
    void sameCredentialTwice_givesSlotsWithNothingInCommon() {
        try (Credential credential = credential(SlotKind.PASSPHRASE);
                RootKey rootKey = RootKey.random()) {
            KeySlot one = seal(credential, rootKey);
            KeySlot other = seal(credential, rootKey);

            assertFalse(one.id().equals(other.id()));
            assertFalse(one.parameters().equals(other.parameters()));
            assertFalse(Arrays.equals(one.wrappedRootKey(), other.wrappedRootKey()));
        }
    }

    @Test
    void keyFileSlot_namesTheKeyAndNothingOfIt() {
        try (KeyFile key = KeyFile.random();
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(key, rootKey);

            assertEquals("$keyfile$id=" + key.keyId(), slot.parameters());
            assertTrue(key.keyId().matches("[0-9a-f]{16}"));
            assertEquals("key " + key.keyId(), slot.describeParameters());
        }
    }

    @Test
    void keychainSlot_namesTheKeyAndNothingOfIt() {
        try (KeychainKey key = KeychainKey.random();
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(key, rootKey);

            assertEquals("$keychain$id=" + key.keyId(), slot.parameters());
            assertEquals(Optional.of(key.keyId()), slot.keyId());
            assertEquals("key " + key.keyId(), slot.describeParameters());
        }
    }

    /** The id becomes an argument of a command. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$keychain$id=",
                "$keychain$id=--help",
                "$keychain$id=0123456789ABCDEF",
                "$keyfile$id=0123456789abcdef",
                "$keychain$id=0123456789abcdef0"
            })
    void keychainSlotWithoutAnId_namesNoKey(String parameters) {
        assertEquals(
                Optional.empty(),
                new KeySlot(UUID.randomUUID(), SlotKind.KEYCHAIN, parameters, new byte[60], new byte[32]).keyId());
    }

    @Test
    void passphraseSlot_saysItsCost() {
        try (Credential credential = credential(SlotKind.PASSPHRASE);
                RootKey rootKey = RootKey.random()) {
            assertEquals(
                    "Argon2id, 19 MiB, 2 passes, 1 lanes",
                    seal(credential, rootKey).describeParameters());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyChange_isAnIntegrityFailure(SlotKind kind) {
        try (Credential credential = credential(kind);
                RootKey rootKey = RootKey.random()) {
            KeySlot s = seal(credential, rootKey);
            UUID other = UUID.randomUUID();

            assertChanged(other, s, credential);
            assertChanged(
                    STORE, new KeySlot(other, kind, s.parameters(), s.wrappedRootKey(), s.checksum()), credential);
            for (SlotKind otherKind : SlotKind.values()) {
                if (otherKind != kind) {
                    assertChanged(
                            STORE,
                            new KeySlot(s.id(), otherKind, s.parameters(), s.wrappedRootKey(), s.checksum()),
                            credential);
                }
            }
            for (int i = 0; i < s.parameters().length(); i++) {
                StringBuilder parameters = new StringBuilder(s.parameters());
                parameters.setCharAt(i, (char) (parameters.charAt(i) ^ 1));
                assertChanged(
                        STORE,
                        new KeySlot(s.id(), kind, parameters.toString(), s.wrappedRootKey(), s.checksum()),
                        credential);
            }
            for (int bit = 0; bit < s.wrappedRootKey().length * 8; bit++) {
                byte[] wrapped = Bytes.flipped(s.wrappedRootKey(), bit);
                assertChanged(STORE, new KeySlot(s.id(), kind, s.parameters(), wrapped, s.checksum()), credential);
            }
            for (int bit = 0; bit < s.checksum().length * 8; bit++) {
                byte[] checksum = Bytes.flipped(s.checksum(), bit);
                assertChanged(
                        STORE, new KeySlot(s.id(), kind, s.parameters(), s.wrappedRootKey(), checksum), credential);
            }
            for (int length = 0; length < 60; length++) {
                byte[] wrapped = Arrays.copyOf(s.wrappedRootKey(), length);
                assertChanged(STORE, new KeySlot(s.id(), kind, s.parameters(), wrapped, s.checksum()), credential);
            }
            for (int length = 0; length < 32; length++) {
                byte[] checksum = Arrays.copyOf(s.checksum(), length);
                assertChanged(
                        STORE, new KeySlot(s.id(), kind, s.parameters(), s.wrappedRootKey(), checksum), credential);
            }
        }
    }

    private static void assertChanged(UUID store, KeySlot slot, Credential credential) {
        IntegrityException e = assertThrows(IntegrityException.class, () -> slot.open(store, credential));
        assertEquals(slot.id().toString(), e.name().orElseThrow());
    }

    /** Whoever recomputes the checksum gets past it, and no further. */
    @Test
    void changedPassphraseSlotWithItsChecksum_doesNotOpen() {
        try (Credential credential = credential(SlotKind.PASSPHRASE);
                RootKey rootKey = RootKey.random()) {
            KeySlot s = seal(credential, rootKey);
            KeySlot moved = withChecksum(STORE, UUID.randomUUID(), s.kind(), s.parameters(), s.wrappedRootKey());
            KeySlot foreign = withChecksum(UUID.randomUUID(), s.id(), s.kind(), s.parameters(), s.wrappedRootKey());
            KeySlot stronger =
                    withChecksum(STORE, s.id(), s.kind(), s.parameters().replace("t=2", "t=3"), s.wrappedRootKey());

            assertThrows(WrongKeyException.class, () -> moved.open(STORE, credential));
            assertThrows(IntegrityException.class, () -> foreign.open(STORE, credential));
            assertThrows(WrongKeyException.class, () -> stronger.open(STORE, credential));
            for (int at = 0; at < 60; at++) {
                KeySlot flipped = withChecksum(
                        STORE, s.id(), s.kind(), s.parameters(), Bytes.flipped(s.wrappedRootKey(), 8 * at + at % 8));
                assertThrows(WrongKeyException.class, () -> flipped.open(STORE, credential), "byte " + at);
            }
        }
    }

    @Test
    void changedRecoveryCodeSlotWithItsChecksum_doesNotOpen() {
        try (RecoveryCode code = RecoveryCode.random();
                Passphrase passphrase = Passphrase.of(code.secret());
                RootKey rootKey = RootKey.random()) {
            KeySlot s = seal(code, rootKey);
            KeySlot flipped =
                    withChecksum(STORE, s.id(), s.kind(), s.parameters(), Bytes.flipped(s.wrappedRootKey(), 100));
            // The same bytes as a passphrase give the same key: only the kind in the associated data keeps them apart.
            KeySlot otherKind = withChecksum(STORE, s.id(), SlotKind.PASSPHRASE, s.parameters(), s.wrappedRootKey());

            assertThrows(WrongKeyException.class, () -> flipped.open(STORE, code));
            assertThrows(WrongKeyException.class, () -> otherKind.open(STORE, passphrase));
        }
    }

    @Test
    void changedKeyFileSlotWithItsChecksum_isAnIntegrityFailure() {
        try (KeyFile key = KeyFile.random();
                KeyFile other = KeyFile.random();
                RootKey rootKey = RootKey.random()) {
            KeySlot s = seal(key, rootKey);
            for (int bit = 0; bit < 60 * 8; bit++) {
                KeySlot flipped =
                        withChecksum(STORE, s.id(), s.kind(), s.parameters(), Bytes.flipped(s.wrappedRootKey(), bit));
                assertChanged(STORE, flipped, key);
            }
            KeySlot moved = withChecksum(STORE, UUID.randomUUID(), s.kind(), s.parameters(), s.wrappedRootKey());
            KeySlot renamed = withChecksum(STORE, s.id(), s.kind(), "$keyfile$id=" + other.keyId(), s.wrappedRootKey());

            assertChanged(STORE, moved, key);
            assertChanged(STORE, renamed, other); // names the other key, and does not open with it
            assertThrows(WrongKeyException.class, () -> renamed.open(STORE, key));
        }
    }

    /** No credential can be wrong for a slot that has room for no root key. */
    @ParameterizedTest
    @EnumSource
    void wrappedKeyOfAnotherLength_isAnIntegrityFailure(SlotKind kind) throws GeneralSecurityException {
        try (Credential credential = credential(kind);
                RootKey rootKey = RootKey.random()) {
            KeySlot s = seal(credential, rootKey);
            for (int length : new int[] {0, 1, 27, 28, 59, 61, 1_000}) {
                byte[] wrapped = Arrays.copyOf(s.wrappedRootKey(), length);
                assertChanged(STORE, withChecksum(STORE, s.id(), kind, s.parameters(), wrapped), credential);
            }
        }
    }

    /** The parameters come from a file that others may have written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$keyfile$id=0011223344556677",
                "half of a surrogate pair \ud83d",
                "\u0000",
                "$argon2id$v=19$m=1073741824,t=3,p=4$" + SALT, // 2^30 KiB are a TiB
                "$argon2id$v=19$m=999999999,t=3,p=4$" + SALT,
                "$argon2id$v=19$m=1048577,t=3,p=4$" + SALT,
                "$argon2id$v=19$m=19455,t=3,p=4$" + SALT,
                "$argon2id$v=19$m=8,t=1,p=1$" + SALT,
                "$argon2id$v=19$m=65536,t=9999,p=4$" + SALT,
                "$argon2id$v=19$m=65536,t=1,p=4$" + SALT,
                "$argon2id$v=19$m=65536,t=3,p=9999$" + SALT,
                "$argon2id$v=19$m=65536,t=3,p=4$AAAA"
            })
    void parametersOutOfBounds_areRefusedBeforeMemoryIsTaken(String parameters) {
        try (Credential credential = credential(SlotKind.PASSPHRASE)) {
            KeySlot slot =
                    withChecksumIfEncodable(STORE, UUID.randomUUID(), SlotKind.PASSPHRASE, parameters, new byte[60]);
            assertThrows(IntegrityException.class, () -> slot.open(STORE, credential)); // loads what is needed

            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThrows(IntegrityException.class, () -> slot.open(STORE, credential));
            long taken = threads.getCurrentThreadAllocatedBytes() - before;

            assertTrue(taken >= 0 && taken < 1 << 20, taken + " bytes were taken");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closedRootKey_isNotSealed(SlotKind kind) {
        RootKey rootKey = RootKey.random();
        rootKey.close();
        try (Credential credential = credential(kind)) {
            assertThrows(IllegalStateException.class, () -> seal(credential, rootKey));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closedCredential_opensNothing(SlotKind kind) {
        Credential credential = credential(kind);
        try (RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(credential, rootKey);
            credential.close();
            assertThrows(IllegalStateException.class, () -> slot.open(STORE, credential));
        }
    }

    /** Somebody who writes to where the slots are adds some that take a minute each. */
    @Test
    void costlySlots_areTriedLast() {
        String costly = "$argon2id$v=19$m=1048576,t=20,p=16$" + SALT;
        try (Credential credential = credential(SlotKind.PASSPHRASE);
                RootKey rootKey = RootKey.random()) {
            List<KeySlot> slots = new ArrayList<>();
            for (int i = 1; i < KeySlot.MAX_SLOTS; i++) {
                slots.add(withChecksum(STORE, UUID.randomUUID(), SlotKind.PASSPHRASE, costly, new byte[60]));
            }
            slots.add(seal(credential, rootKey));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(10),
                    () -> KeySlot.openAny(STORE, slots, credential)
                            .orElseThrow()
                            .rootKey()
                            .close());
        }
    }

    @Test
    void slotsThatTogetherAskForTooMuchWork_areNotAllTried() {
        long each = KdfParameters.cheapest().work();
        try (Credential credential = credential(SlotKind.PASSPHRASE);
                Credential other = Passphrase.of("another one".getBytes(UTF_8));
                RootKey rootKey = RootKey.random()) {
            List<KeySlot> slots = List.of(seal(other, rootKey), seal(other, rootKey), seal(credential, rootKey));
            IntegrityException e =
                    assertThrows(IntegrityException.class, () -> KeySlot.openAny(STORE, slots, credential, 2 * each));
            assertTrue(e.getMessage().contains("more work")
                    && e.getMessage().contains(slots.get(2).id().toString()));
            KeySlot.openAny(STORE, slots, credential, 3 * each)
                    .orElseThrow()
                    .rootKey()
                    .close();
            assertEquals(Optional.empty(), KeySlot.openAny(STORE, slots.subList(0, 2), credential, 2 * each));
        }
    }

    @Test
    void toString_saysKindAndId() {
        try (Credential credential = credential(SlotKind.KEY_FILE);
                RootKey rootKey = RootKey.random()) {
            KeySlot slot = seal(credential, rootKey);
            assertEquals("KeySlot(key-file " + slot.id() + ")", slot.toString());
        }
    }

    private static KeySlot withChecksumIfEncodable(
            UUID store, UUID id, SlotKind kind, String parameters, byte[] wrapped) {
        return UTF_8.newEncoder().canEncode(parameters)
                ? withChecksum(store, id, kind, parameters, wrapped)
                : new KeySlot(id, kind, parameters, wrapped, new byte[32]);
    }

    /** As whoever edits the file could write it. */
    private static KeySlot withChecksum(UUID store, UUID id, SlotKind kind, String parameters, byte[] wrapped) {
        byte[] checksum = CanonicalBytes.forPurpose("coffer slot checksum 1")
                .add(store)
                .add(id)
                .add(kind.text())
                .add(parameters)
                .add(wrapped)
                .sha256();
        return new KeySlot(id, kind, parameters, wrapped, checksum);
    }
}
