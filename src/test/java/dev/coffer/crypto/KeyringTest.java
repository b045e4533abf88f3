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
import dev.coffer.secrets.InvalidException;
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
            byte[] clear =
                    clear(rootKey, Keyring.create().withNewIntegrityKey(9).seal(rootKey, STORE), 2);
            for (int length = 0; length < clear.length; length++) {
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, Arrays.copyOf(clear, length)));
            }
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, Arrays.copyOf(clear, clear.length + 1)));
        }
    }

    @Test
    void everyFlippedBitOfTheClearKeyring_givesAWholeKeyringOrTheError() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            byte[] clear = clear(rootKey, revoked().seal(rootKey, STORE), 3);
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
        assertTrue(keyring.verifiesLog(Long.MAX_VALUE, keyring.mac(MESSAGE), MESSAGE));
        Keyring next = keyring.withNewKek().withNewIntegrityKey(Long.MAX_VALUE - 1);
        assertTrue(next.verifiesLog(Long.MAX_VALUE - 1, keyring.mac(MESSAGE), MESSAGE));
        SealedContent moved = Envelope.rewrap(next, binding, sealed, "it");
        assertArrayEquals(new byte[] {42}, Envelope.open(next, binding, moved, "it"));
        try (RootKey rootKey = RootKey.random()) {
            Keyring.open(rootKey, STORE, next.generation(), next.seal(rootKey, STORE));
        }
    }

    /** A KEK keyset with two keys, and two integrity keys. */
    private static Keyring revoked() {
        return Keyring.create().withNewKek().withNewIntegrityKey(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, 1})
    void keysetLengthOutOfBounds_failsBeforeTheArrayIsMade(int length) throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            byte[] clear = clear(rootKey, Keyring.create().seal(rootKey, STORE), 1);
            ClearKeyring entries = ClearKeyring.parse(clear);
            int at = 1 + 9;
            for (int place = 0; place < 3; place++) {
                byte[] changed = length == 1 ? Arrays.copyOf(clear, at + 4) : clear.clone(); // 1, and nothing follows
                ByteBuffer.wrap(changed).putInt(at, length);
                assertNotOpened(rootKey, STORE, 1, sealed(rootKey, changed));
                at += entries.get(place).toByteArray().length;
            }
        }
    }

    @Test
    void emptyKeysets_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear =
                    ClearKeyring.parse(clear(rootKey, Keyring.create().seal(rootKey, STORE), 1));
            for (int place = 0; place < 3; place++) {
                assertNotOpened(rootKey, clear.with(place, clear.get(place).withKeyset(new byte[0])));
            }
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, new byte[1 + 3 * 13]));
        }
    }

    private static void assertNotOpened(RootKey rootKey, ClearKeyring clear) throws GeneralSecurityException {
        assertNotOpened(rootKey, STORE, 1, sealed(rootKey, clear.toByteArray()));
    }

    @Test
    void clearKeyring_isWhatTheFormatSays() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            Keyring keyring = revoked().withNewIntegrityKey(12);
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, keyring.seal(rootKey, STORE), 4));

            assertEquals(
                    List.of(ClearKeyring.KEK, ClearKeyring.FINGERPRINT, 2, 2, 2),
                    clear.entries().stream().map(ClearKeyring.Entry::kind).toList());
            assertEquals(
                    List.of(0L, 0L, 9L, 12L, Long.MAX_VALUE),
                    clear.entries().stream().map(ClearKeyring.Entry::number).toList());
            byte[] again = sealed(rootKey, clear.toByteArray());
            assertDoesNotThrow(() -> use(Keyring.open(rootKey, STORE, 1, again)));
        }
    }

    @Test
    void entriesMissingDoubledOrOutOfOrder_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(
                    clear(rootKey, revoked().withNewIntegrityKey(12).seal(rootKey, STORE), 4));
            int[][] orders = {
                {},
                {0},
                {0, 1},
                {0, 4},
                {1, 4},
                {0, 1, 2}, // without a current integrity key
                {0, 1, 2, 3},
                {0, 1, 3, 2, 4}, // integrity keys out of order
                {0, 1, 4, 3},
                {0, 1, 3, 3, 4}, // twice the same
                {0, 1, 4, 4},
                {1, 0, 4}, // kinds out of order
                {0, 4, 1},
                {4, 0, 1},
                {0, 0, 1, 4}, // two KEK entries
                {0, 1, 0, 4},
                {0, 1, 4, 0},
                {0, 1, 1, 4}, // two fingerprint entries
                {0, 1, 4, 1},
                {4, 4, 4}
            };
            for (int[] order : orders) {
                assertNotOpened(rootKey, clear.picked(order));
            }
            assertDoesNotThrow(() -> Keyring.open(
                    rootKey, STORE, 1, sealed(rootKey, clear.picked(0, 1, 4).toByteArray())));
        }
    }

    @Test
    void countThatLies_fails() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            for (int count = 0; count < 256; count++) {
                byte[] blob = sealed(rootKey, clear.toByteArray(count));
                if (count == 4) {
                    assertEquals(
                            2, Keyring.open(rootKey, STORE, 1, blob).kekIds().size());
                } else {
                    assertNotOpened(rootKey, STORE, 1, blob);
                }
            }
        }
    }

    @Test
    void entryOfAnotherKind_fails() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            for (int place = 0; place < 4; place++) {
                ClearKeyring.Entry entry = clear.get(place);
                for (int kind = 0; kind < 256; kind++) {
                    if (kind != entry.kind()) {
                        assertNotOpened(rootKey, clear.with(place, entry.withKind(kind)));
                    }
                }
            }
            List<ClearKeyring.Entry> more = new ArrayList<>(clear.entries());
            more.add(new ClearKeyring.Entry(4, 0, new byte[0]));
            assertNotOpened(rootKey, new ClearKeyring(more));
        }
    }

    @Test
    void numberThatDoesNotFitItsEntry_fails() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            for (long number : new long[] {1, -1, 9, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertNotOpened(rootKey, clear.with(0, clear.get(0).withNumber(number)));
                assertNotOpened(rootKey, clear.with(1, clear.get(1).withNumber(number)));
            }
            for (long retired : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertNotOpened(rootKey, clear.with(2, clear.get(2).withNumber(retired)));
            }
            for (long current : new long[] {0, 9, 10, -1, Long.MIN_VALUE, Long.MAX_VALUE - 1}) {
                assertNotOpened(rootKey, clear.with(3, clear.get(3).withNumber(current)));
            }
        }
    }

    /** Else a retired key could stand beside the current one, and what it signs be believed. */
    @Test
    void severalKeysInAnEntryOfOne_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            for (int place = 1; place < 4; place++) {
                ClearKeyring.Entry entry = clear.get(place);
                KeysetHandle.Builder two = KeysetHandle.newBuilder(Primitives.parse(entry.keyset(), Primitives.MAC))
                        .setConfiguration(Primitives.MAC)
                        .addEntry(
                                KeysetHandle.generateEntryFromParameters(PredefinedMacParameters.HMAC_SHA256_256BITTAG)
                                        .withRandomId());
                byte[] keyset = Primitives.serialize(two.build(), Primitives.MAC);
                assertNotOpened(rootKey, clear.with(place, entry.withKeyset(keyset)));
            }
        }
    }

    /** Keysets in protobuf format are joined by putting one behind the other; the last one's primary is it. */
    @Test
    void twoKeysWithOneId_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            Keyring first = Keyring.create();
            Keyring third = first.withNewKek().withoutKeks(Set.of(first.primaryKekId()));
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, first.seal(rootKey, STORE), 1));
            byte[] old = clear.get(0).keyset();
            byte[] primary = ClearKeyring.parse(clear(rootKey, third.seal(rootKey, STORE), 3))
                    .get(0)
                    .keyset();

            byte[] joined = sealed(rootKey, withKek(clear, old, primary));
            assertDoesNotThrow(() -> use(Keyring.open(rootKey, STORE, 1, joined)));
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, withKek(clear, old, old)));
            assertNotOpened(rootKey, STORE, 1, sealed(rootKey, withKek(clear, old, old, primary)));
        }
    }

    private static byte[] withKek(ClearKeyring clear, byte[]... keysets) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] keyset : keysets) {
            joined.writeBytes(keyset);
        }
        return clear.with(0, clear.get(0).withKeyset(joined.toByteArray())).toByteArray();
    }

    /** The list is closed for what is read too: a keyset without the 5-byte prefix would wrap what it never unwraps. */
    @Test
    void keysOfAnotherKind_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            for (Parameters kind : List.of(
                    Primitives.AES_256_GCM, // without a prefix
                    PredefinedAeadParameters.AES128_GCM,
                    PredefinedAeadParameters.XCHACHA20_POLY1305,
                    PredefinedAeadParameters.AES256_CTR_HMAC_SHA256)) {
                KeysetHandle keyset = KeysetHandle.generateNew(kind, Primitives.AEAD);
                byte[] changed = Primitives.serialize(keyset, Primitives.AEAD);
                assertNotOpened(rootKey, clear.with(0, clear.get(0).withKeyset(changed)));
            }
            for (int place = 1; place < 4; place++) {
                KeysetHandle keyset =
                        KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_128BITTAG, Primitives.MAC);
                byte[] changed = Primitives.serialize(keyset, Primitives.MAC);
                assertNotOpened(rootKey, clear.with(place, clear.get(place).withKeyset(changed)));
            }
        }
    }

    @Test
    void disabledKeys_fail() throws GeneralSecurityException {
        try (RootKey rootKey = RootKey.random()) {
            ClearKeyring clear = ClearKeyring.parse(clear(rootKey, revoked().seal(rootKey, STORE), 3));
            KeysetHandle kek = Primitives.parse(clear.get(0).keyset(), Primitives.AEAD);
            KeysetHandle.Builder disabled = KeysetHandle.newBuilder(kek).setConfiguration(Primitives.AEAD);
            disabled.getAt(0).setStatus(KeyStatus.DISABLED);
            byte[] changed = Primitives.serialize(disabled.build(), Primitives.AEAD);

            assertNotOpened(rootKey, clear.with(0, clear.get(0).withKeyset(changed)));
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
        assertEquals(4, third.withNewIntegrityKey(1).generation());
        assertEquals("Keyring(generation 2, 2 KEKs)", second.toString());
    }

    @Test
    void laterGeneration_hasTheSameKeys() {
        try (RootKey rootKey = RootKey.random()) {
            Keyring keyring = revoked();
            Keyring later = keyring.atGeneration(17);
            Keyring opened = Keyring.open(rootKey, STORE, 17, later.seal(rootKey, STORE));

            assertEquals(17, later.generation());
            assertEquals(3, keyring.generation());
            assertEquals(keyring.kekIds(), opened.kekIds());
            assertArrayEquals(keyring.mac(MESSAGE), opened.mac(MESSAGE));
            assertArrayEquals(keyring.fingerprint(MESSAGE), opened.fingerprint(MESSAGE));
            assertNotOpened(rootKey, STORE, 3, later.seal(rootKey, STORE));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 2, 0, -1, Long.MIN_VALUE})
    void generationThatIsNotLater_isRefused(long generation) {
        Keyring keyring = revoked();

        assertThrows(IllegalArgumentException.class, () -> keyring.atGeneration(generation));
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
    void retiredIntegrityKey_verifiesTheLogUpToItsLastSequenceAndNothingElse() {
        Keyring before = Keyring.create();
        Keyring after = before.withNewIntegrityKey(9);
        byte[] old = before.mac(MESSAGE);

        for (long sequence : new long[] {0, 1, 8, 9}) {
            assertTrue(after.verifiesLog(sequence, old, MESSAGE), "row " + sequence);
        }
        for (long sequence : new long[] {10, 11, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            assertFalse(after.verifiesLog(sequence, old, MESSAGE), "row " + sequence);
        }
        assertFalse(after.verifies(old, MESSAGE));
        assertFalse(
                after.verifiesLog(9, old, CanonicalBytes.forPurpose("test 1").add("massage")));
        assertFalse(before.verifies(after.mac(MESSAGE), MESSAGE));
    }

    @Test
    void currentIntegrityKey_verifiesNoOlderRows() {
        Keyring before = Keyring.create();
        Keyring after = before.withNewIntegrityKey(9);
        byte[] mac = after.mac(MESSAGE);

        assertFalse(Arrays.equals(before.mac(MESSAGE), mac));
        assertTrue(after.verifies(mac, MESSAGE));
        for (long sequence : new long[] {10, 11, Long.MAX_VALUE}) {
            assertTrue(after.verifiesLog(sequence, mac, MESSAGE), "row " + sequence);
        }
        for (long sequence : new long[] {0, 1, 8, 9}) {
            assertFalse(after.verifiesLog(sequence, mac, MESSAGE), "row " + sequence);
        }
    }

    @Test
    void onlyIntegrityKey_verifiesEveryRow() {
        Keyring keyring = Keyring.create();
        for (long sequence : new long[] {0, 1, Long.MAX_VALUE}) {
            assertTrue(keyring.verifiesLog(sequence, keyring.mac(MESSAGE), MESSAGE), "row " + sequence);
        }
    }

    @Test
    void severalIntegrityKeys_comeBackEachForItsRows() {
        Keyring first = Keyring.create();
        Keyring second = first.withNewIntegrityKey(9);
        Keyring third = second.withNewKek().withNewIntegrityKey(12);
        try (RootKey rootKey = RootKey.random()) {
            Keyring opened = Keyring.open(rootKey, STORE, 4, third.seal(rootKey, STORE));
            Keyring[] signers = {first, second, third};
            long[][] rows = {{1, 9}, {10, 12}, {13, Long.MAX_VALUE}};
            for (int signer = 0; signer < 3; signer++) {
                byte[] mac = signers[signer].mac(MESSAGE);
                for (int time = 0; time < 3; time++) {
                    for (long row : rows[time]) {
                        assertEquals(signer == time, opened.verifiesLog(row, mac, MESSAGE), signer + ", row " + row);
                    }
                }
                assertEquals(signer == 2, opened.verifies(mac, MESSAGE));
                assertArrayEquals(first.fingerprint(MESSAGE), signers[signer].fingerprint(MESSAGE));
            }
            assertArrayEquals(third.mac(MESSAGE), opened.mac(MESSAGE));
            assertEquals(third.kekIds(), opened.kekIds());
        }
    }

    /** What would be sealed and then never open is not made. */
    @Test
    void lastSequenceThatDoesNotGrow_isRefused() {
        Keyring one = Keyring.create();
        Keyring two = one.withNewIntegrityKey(9);
        for (long sequence : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> one.withNewIntegrityKey(sequence));
        }
        for (long sequence : new long[] {9, 8, 0, -1, Long.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> two.withNewIntegrityKey(sequence));
        }
        try (RootKey rootKey = RootKey.random()) {
            Keyring least = one.withNewIntegrityKey(0).withNewIntegrityKey(1);
            assertDoesNotThrow(() -> Keyring.open(rootKey, STORE, 3, least.seal(rootKey, STORE)));
        }
    }

    @Test
    void integrityKeys_haveALimitAndOpenUpToIt() {
        Keyring keyring = Keyring.create();
        for (int i = 1; i < 200; i++) {
            keyring = keyring.withNewIntegrityKey(i);
        }
        Keyring full = keyring;
        try (RootKey rootKey = RootKey.random()) {
            byte[] blob = full.seal(rootKey, STORE);
            Keyring opened = Keyring.open(rootKey, STORE, 200, blob);

            assertTrue(opened.verifies(full.mac(MESSAGE), MESSAGE));
            for (Keyring at : List.of(full, opened)) {
                InvalidException e = assertThrows(InvalidException.class, () -> at.withNewIntegrityKey(200));
                assertEquals(
                        "the keyring of the store has 200 integrity keys, and no room for another", e.getMessage());
                assertTrue(e.hint().isPresent());
            }
            Keyring rotated = opened.withNewKek();
            assertDoesNotThrow(() -> Keyring.open(rootKey, STORE, 201, rotated.seal(rootKey, STORE)));
        }
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
}
