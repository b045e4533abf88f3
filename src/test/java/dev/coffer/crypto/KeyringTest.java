package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyringTest {
    private static final UUID STORE = new UUID(1, 2);
    private static final CanonicalBytes MESSAGE =
            CanonicalBytes.forPurpose("test 1").add("message");

    private static void assertNotOpened(RootKey rootKey, UUID store, long generation, byte[] blob) {
        IntegrityException e =
                assertThrows(IntegrityException.class, () -> Keyring.open(rootKey, store, generation, blob));
        assertEquals("the keyring of the store was changed, is damaged, or belongs to another store", e.getMessage());
    }

    @Test
    void sealedKeyring_opensWithTheSameKeys() {
        try (RootKey rootKey = RootKey.random()) {
            Keyring keyring = Keyring.create().withNewKek();
            Keyring opened = Keyring.open(rootKey, STORE, 2, keyring.seal(rootKey, STORE));

            assertEquals(2, opened.generation());
            assertEquals(keyring.kekIds(), opened.kekIds());
            assertEquals(keyring.primaryKekId(), opened.primaryKekId());
            assertTrue(opened.verifies(keyring.mac(MESSAGE), MESSAGE));
            assertArrayEquals(keyring.fingerprint(MESSAGE), opened.fingerprint(MESSAGE));
            Binding binding = new Binding("secret", STORE, STORE, 1, "arbitrary");
            SealedContent sealed = Envelope.seal(keyring, binding, new byte[] {42});
            assertArrayEquals(new byte[] {42}, Envelope.open(opened, binding, sealed, "it"));
        }
    }

    @Test
    void sealingTwice_givesOtherBytes() {
        try (RootKey rootKey = RootKey.random()) {
            Keyring keyring = Keyring.create();
            assertFalse(Arrays.equals(keyring.seal(rootKey, STORE), keyring.seal(rootKey, STORE)));
        }
    }

    @Test
    void otherRootKeyStoreOrGeneration_fails() {
        try (RootKey rootKey = RootKey.random();
                RootKey other = RootKey.random()) {
            byte[] blob = Keyring.create().seal(rootKey, STORE);

            assertNotOpened(other, STORE, 1, blob);
            assertNotOpened(rootKey, new UUID(2, 1), 1, blob);
            assertNotOpened(rootKey, STORE, 0, blob);
            assertNotOpened(rootKey, STORE, 2, blob);
            assertNotOpened(rootKey, STORE, -1, blob);
        }
    }

    @Test
    void everyFlippedBit_fails() {
        try (RootKey rootKey = RootKey.random()) {
            byte[] blob = Keyring.create().seal(rootKey, STORE);
            for (int bit = 0; bit < blob.length * 8; bit++) {
                assertNotOpened(rootKey, STORE, 1, Bytes.flipped(blob, bit));
            }
        }
    }

    @Test
    void everyTruncationAndAnExtension_fails() {
        try (RootKey rootKey = RootKey.random()) {
            byte[] blob = Keyring.create().seal(rootKey, STORE);
            for (int length = 0; length < blob.length; length++) {
                assertNotOpened(rootKey, STORE, 1, Arrays.copyOf(blob, length));
            }
            assertNotOpened(rootKey, STORE, 1, Arrays.copyOf(blob, blob.length + 1));
        }
    }

    @Test
    void blob_showsNoKeyset() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            byte[] blob = Keyring.create().seal(rootKey, STORE);
            byte[] clear = clear(rootKey, blob, 1);
            String shown = new String(blob, ISO_8859_1);

            assertTrue(new String(clear, ISO_8859_1).contains("type.googleapis.com"));
            assertFalse(shown.contains("googleapis"));
        }
    }

    /** What only somebody with the root key can make: a bug, or a newer coffer. Never anything but the one error. */
    @Test
    void everyTruncationOfTheClearKeyring_fails() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            byte[] clear = clear(rootKey, Keyring.create().seal(rootKey, STORE), 1);
            for (int length = 0; length < clear.length; length++) {
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, Arrays.copyOf(clear, length)));
            }
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, Arrays.copyOf(clear, clear.length + 1)));
        }
    }

    @Test
    void everyFlippedBitOfTheClearKeyring_givesAWholeKeyringOrTheError() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            byte[] clear = clear(rootKey, Keyring.create().withNewKek().seal(rootKey, STORE), 2);
            int refused = 0;
            for (int bit = 0; bit < clear.length * 8; bit++) {
                byte[] blob = sealed(rootKey, Bytes.flipped(clear, bit));
                try {
                    use(Keyring.open(rootKey, STORE, 1, blob));
                } catch (IntegrityException e) {
                    refused++;
                }
            }
            assertTrue(refused > clear.length, "only key bytes and ids may pass: " + refused);
        }
    }

    /** Every operation works, so that a keyring that opened never fails later. */
    static void use(Keyring keyring) {
        Binding binding = new Binding("secret", STORE, STORE, 1, "arbitrary");
        SealedContent sealed = Envelope.seal(keyring, binding, new byte[] {42});
        assertArrayEquals(new byte[] {42}, Envelope.open(keyring, binding, sealed, "it"));
        assertTrue(keyring.kekIds().contains(keyring.primaryKekId()));
        assertTrue(keyring.verifies(keyring.mac(MESSAGE), MESSAGE));
        assertArrayEquals(keyring.fingerprint(MESSAGE), keyring.fingerprint(MESSAGE));
        Keyring next = keyring.withNewKek();
        SealedContent moved = Envelope.rewrap(next, binding, sealed, "it");
        assertArrayEquals(new byte[] {42}, Envelope.open(next, binding, moved, "it"));
        try (RootKey rootKey = RootKey.random()) {
            Keyring.open(rootKey, STORE, next.generation(), next.seal(rootKey, STORE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, 1})
    void keysetLengthOutOfBounds_failsBeforeTheArrayIsMade(int length) throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            assertNotOpened(
                    rootKey,
                    STORE,
                    1,
                    sealed(rootKey, ByteBuffer.allocate(4).putInt(length).array()));
        }
    }

    @Test
    void emptyKeysets_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, new byte[12]));
        }
    }

    @Test
    void keysetsInAnotherOrder_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            List<byte[]> keysets = keysets(clear(rootKey, Keyring.create().seal(rootKey, STORE), 1));
            assertDoesNotThrow(() -> Keyring.open(rootKey, STORE, 1, sealed(rootKey, joined(keysets, 0, 1, 2))));
            for (int[] order : new int[][] {{1, 0, 2}, {1, 2, 0}, {0, 1}, {0, 1, 2, 2}, {0, 0, 0}, {1, 1, 1}}) {
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, joined(keysets, order)));
            }
        }
    }

    /** The list is closed for what is read too: a keyset without the 5-byte prefix would wrap what it never unwraps. */
    @Test
    void keysOfAnotherKind_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            List<byte[]> keysets = keysets(clear(rootKey, Keyring.create().seal(rootKey, STORE), 1));
            for (Parameters kind : List.of(
                    Primitives.AES_256_GCM, // without a prefix
                    PredefinedAeadParameters.AES128_GCM,
                    PredefinedAeadParameters.XCHACHA20_POLY1305,
                    PredefinedAeadParameters.AES256_CTR_HMAC_SHA256)) {
                KeysetHandle keyset = KeysetHandle.generateNew(kind, Primitives.AEAD);
                List<byte[]> changed = new ArrayList<>(keysets);
                changed.set(0, Primitives.serialize(keyset, Primitives.AEAD));
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, joined(changed, 0, 1, 2)));
            }
            for (int place : new int[] {1, 2}) {
                KeysetHandle keyset =
                        KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_128BITTAG, Primitives.MAC);
                List<byte[]> changed = new ArrayList<>(keysets);
                changed.set(place, Primitives.serialize(keyset, Primitives.MAC));
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, joined(changed, 0, 1, 2)));
            }
        }
    }

    @Test
    void disabledKeys_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            Keyring keyring = Keyring.create().withNewKek();
            List<byte[]> keysets = keysets(clear(rootKey, keyring.seal(rootKey, STORE), 2));
            KeysetHandle kek = Primitives.parse(keysets.get(0), Primitives.AEAD);
            KeysetHandle.Builder disabled = KeysetHandle.newBuilder(kek).setConfiguration(Primitives.AEAD);
            disabled.getAt(0).setStatus(KeyStatus.DISABLED);
            List<byte[]> changed = new ArrayList<>(keysets);
            changed.set(0, Primitives.serialize(disabled.build(), Primitives.AEAD));

            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, joined(changed, 0, 1, 2)));
        }
    }

    @Test
    void generation_countsEveryChange() {
        Keyring first = Keyring.create();
        Keyring second = first.withNewKek();
        Keyring third = second.withoutKeks(Set.of(first.primaryKekId()));

        assertEquals(Keyring.FIRST_GENERATION, first.generation());
        assertEquals(2, second.generation());
        assertEquals(3, third.generation());
        assertEquals("Keyring(generation 2, 2 KEKs)", second.toString());
    }

    @Test
    void newKek_isPrimaryAndListedLast() {
        Keyring first = Keyring.create();
        Keyring third = first.withNewKek().withNewKek();

        assertEquals(3, third.kekIds().size());
        assertEquals(3, Set.copyOf(third.kekIds()).size());
        assertEquals(first.primaryKekId(), third.kekIds().get(0));
        assertEquals(third.primaryKekId(), third.kekIds().get(2));
        assertEquals(List.of(first.primaryKekId()), first.kekIds());
    }

    @Test
    void removedKeks_areGoneAndOthersStay() {
        Keyring first = Keyring.create();
        Keyring second = first.withNewKek();
        Keyring third = second.withNewKek();

        assertEquals(
                List.of(second.primaryKekId(), third.primaryKekId()),
                third.withoutKeks(Set.of(first.primaryKekId())).kekIds());
        assertEquals(
                List.of(third.primaryKekId()),
                third.withoutKeks(Set.of(first.primaryKekId(), second.primaryKekId()))
                        .kekIds());
        assertEquals(third.kekIds(), third.withoutKeks(Set.of()).kekIds());
    }

    @Test
    void primaryKek_cannotBeRemoved() {
        Keyring keyring = Keyring.create().withNewKek();

        assertThrows(IllegalArgumentException.class, () -> keyring.withoutKeks(Set.of(keyring.primaryKekId())));
        assertThrows(IllegalArgumentException.class, () -> keyring.withoutKeks(Set.copyOf(keyring.kekIds())));
    }

    @Test
    void mac_verifiesItsMessageAlone() {
        Keyring keyring = Keyring.create();
        byte[] mac = keyring.mac(MESSAGE);

        assertEquals(37, mac.length);
        assertArrayEquals(mac, keyring.mac(MESSAGE));
        assertTrue(keyring.verifies(mac, MESSAGE));
        assertFalse(keyring.verifies(mac, CanonicalBytes.forPurpose("test 1").add("massage")));
        assertFalse(keyring.verifies(mac, CanonicalBytes.forPurpose("test 2").add("message")));
        assertFalse(Keyring.create().verifies(mac, MESSAGE));
    }

    @Test
    void changedMac_doesNotVerify() {
        Keyring keyring = Keyring.create();
        byte[] mac = keyring.mac(MESSAGE);
        for (int bit = 0; bit < mac.length * 8; bit++) {
            assertFalse(keyring.verifies(Bytes.flipped(mac, bit), MESSAGE), "bit " + bit);
        }
        for (int length = 0; length < mac.length; length++) {
            assertFalse(keyring.verifies(Arrays.copyOf(mac, length), MESSAGE), length + " bytes");
        }
        assertFalse(keyring.verifies(Arrays.copyOf(mac, mac.length + 1), MESSAGE));
    }

    @Test
    void macOfBeforeARotation_stillVerifies() {
        Keyring before = Keyring.create();
        byte[] mac = before.mac(MESSAGE);
        byte[] fingerprint = before.fingerprint(MESSAGE);
        Keyring after = before.withNewKek().withoutKeks(Set.of(before.primaryKekId()));

        assertTrue(after.verifies(mac, MESSAGE));
        assertArrayEquals(fingerprint, after.fingerprint(MESSAGE));
    }

    @Test
    void fingerprint_isUnlikeMacAndPlainHash() {
        Keyring keyring = Keyring.create();
        byte[] fingerprint = keyring.fingerprint(MESSAGE);
        byte[] tag = Arrays.copyOfRange(fingerprint, 5, 37);

        assertEquals(37, fingerprint.length);
        assertFalse(Arrays.equals(fingerprint, keyring.mac(MESSAGE)));
        assertFalse(Arrays.equals(tag, Arrays.copyOfRange(keyring.mac(MESSAGE), 5, 37)));
        assertFalse(Arrays.equals(tag, MESSAGE.sha256()));
        assertFalse(keyring.verifies(fingerprint, MESSAGE));
        assertFalse(Arrays.equals(fingerprint, Keyring.create().fingerprint(MESSAGE)));
        assertNotEquals(
                Arrays.toString(fingerprint),
                Arrays.toString(
                        keyring.fingerprint(CanonicalBytes.forPurpose("test 1").add("massage"))));
    }

    @Test
    void closedRootKey_sealsAndOpensNothing() {
        RootKey rootKey = RootKey.random();
        Keyring keyring = Keyring.create();
        byte[] blob = keyring.seal(rootKey, STORE);
        rootKey.close();

        assertThrows(IllegalStateException.class, () -> keyring.seal(rootKey, STORE));
        assertThrows(IllegalStateException.class, () -> Keyring.open(rootKey, STORE, 1, blob));
    }

    static byte[] clear(RootKey rootKey, byte[] blob, long generation) throws GeneralSecurityException {
        return rootKey.aead().decrypt(Arrays.copyOfRange(blob, 1, blob.length), associatedData(generation));
    }

    static byte[] sealed(RootKey rootKey, byte[] clear) throws GeneralSecurityException {
        byte[] encrypted = rootKey.aead().encrypt(clear, associatedData(1));
        return ByteBuffer.allocate(1 + encrypted.length)
                .put((byte) 1)
                .put(encrypted)
                .array();
    }

    /** Written out once more: it is part of the format. */
    private static byte[] associatedData(long generation) {
        return CanonicalBytes.forPurpose("coffer keyring 1")
                .add(1L)
                .add(STORE)
                .add(generation)
                .toByteArray();
    }

    private static List<byte[]> keysets(byte[] clear) {
        List<byte[]> keysets = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(clear);
        while (in.hasRemaining()) {
            byte[] keyset = new byte[in.getInt()];
            in.get(keyset);
            keysets.add(keyset);
        }
        assertEquals(3, keysets.size());
        return keysets;
    }

    private static byte[] joined(List<byte[]> keysets, int... order) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int place : order) {
            out.writeBytes(
                    ByteBuffer.allocate(4).putInt(keysets.get(place).length).array());
            out.writeBytes(keysets.get(place));
        }
        return out.toByteArray();
    }
}
