package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final Keyring KEYRING = Keyring.create();
    private static final Binding BINDING =
            new Binding("secret", new UUID(1, 2), new UUID(3, 4), 5, "arbitrary", 1_700_000_000_000L, true);
    private static final byte[] CONTENT = {'h', 'u', 'n', 't', 'e', 'r', '2'};

    private static SealedContent seal(byte[] content) {
        return Envelope.seal(KEYRING, BINDING, content);
    }

    private static void assertFails(Keyring keyring, Binding binding, SealedContent sealed) {
        IntegrityException e =
                assertThrows(IntegrityException.class, () -> Envelope.open(keyring, binding, sealed, "secret x"));
        assertEquals("the content of secret x does not open: it was changed, moved, or is damaged", e.getMessage());
        assertEquals("secret x", e.name().orElseThrow());
    }

    private static void assertRewrapFails(Keyring keyring, Binding binding, SealedContent sealed) {
        assertThrows(IntegrityException.class, () -> Envelope.rewrap(keyring, binding, sealed, "secret x"));
    }

    @Test
    void everyFlippedBitOfTheWrappedDek_fails() {
        SealedContent s = seal(CONTENT);
        assertEquals(66, s.wrappedDek().length);
        for (int bit = 0; bit < s.wrappedDek().length * 8; bit++) {
            SealedContent changed = new SealedContent(s.kekId(), Bytes.flipped(s.wrappedDek(), bit), s.payload());
            assertFails(KEYRING, BINDING, changed);
            assertRewrapFails(KEYRING, BINDING, changed);
        }
    }

    /** As above, by somebody who edits the column of the KEK id to fit. */
    @Test
    void everyFlippedBitOfTheKekIdInBothPlaces_fails() {
        SealedContent s = seal(CONTENT);
        for (int bit = 8; bit < 5 * 8; bit++) {
            byte[] wrapped = Bytes.flipped(s.wrappedDek(), bit);
            SealedContent changed = new SealedContent(ByteBuffer.wrap(wrapped).getInt(1), wrapped, s.payload());
            assertNotEquals(s.kekId(), changed.kekId());
            assertFails(KEYRING, BINDING, changed);
            assertRewrapFails(KEYRING, BINDING, changed);
        }
    }

    @Test
    void everyFlippedBitOfThePayload_fails() {
        SealedContent s = seal(CONTENT);
        assertEquals(1 + 12 + 256 + 16, s.payload().length);
        for (int bit = 0; bit < s.payload().length * 8; bit++) {
            assertFails(
                    KEYRING, BINDING, new SealedContent(s.kekId(), s.wrappedDek(), Bytes.flipped(s.payload(), bit)));
        }
    }

    @Test
    void everyTruncationAndAnExtension_fails() {
        SealedContent s = seal(CONTENT);
        for (int length = 0; length < s.payload().length; length++) {
            assertFails(
                    KEYRING, BINDING, new SealedContent(s.kekId(), s.wrappedDek(), Arrays.copyOf(s.payload(), length)));
        }
        for (int length = 0; length < s.wrappedDek().length; length++) {
            SealedContent cut = new SealedContent(s.kekId(), Arrays.copyOf(s.wrappedDek(), length), s.payload());
            assertFails(KEYRING, BINDING, cut);
            assertRewrapFails(KEYRING, BINDING, cut);
        }
        assertFails(
                KEYRING,
                BINDING,
                new SealedContent(s.kekId(), s.wrappedDek(), Arrays.copyOf(s.payload(), s.payload().length + 1)));
        SealedContent longer = new SealedContent(s.kekId(), Arrays.copyOf(s.wrappedDek(), 67), s.payload());
        assertFails(KEYRING, BINDING, longer);
        assertRewrapFails(KEYRING, BINDING, longer);
    }

    @Test
    void lengthThatFits_opens() throws Exception {
        for (int length : new int[] {0, 1, 252}) {
            byte[] clear = ByteBuffer.allocate(256).putInt(length).array();
            assertArrayEquals(new byte[length], Envelope.open(KEYRING, BINDING, sealedClear(clear), "secret x"));
        }
    }

    /** Without the tag's protection, by whoever knows the DEK: the length inside is held against the bounds too. */
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 253, 256, Integer.MAX_VALUE, Integer.MAX_VALUE - 4})
    void lengthBeyondThePadding_fails(int length) throws Exception {
        assertFails(
                KEYRING,
                BINDING,
                sealedClear(ByteBuffer.allocate(256).putInt(length).array()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 255})
    void clearShorterThanTheSmallestClass_fails(int size) throws Exception {
        assertFails(KEYRING, BINDING, sealedClear(new byte[size]));
    }

    @Test
    void dekOfAnotherKind_fails() throws Exception {
        SealedContent s = seal(CONTENT);
        byte[] associatedData = associatedData("coffer dek 1");
        byte[] dek = KEYRING.unwrap(s.kekId(), s.wrappedDek(), associatedData);
        byte[][] others = {{}, {1}, Arrays.copyOf(dek, 32), Arrays.copyOf(dek, 34), Bytes.flipped(dek, 0)};
        for (byte[] other : others) {
            byte[] wrapped = KEYRING.wrap(other, associatedData);
            assertFails(KEYRING, BINDING, new SealedContent(s.kekId(), wrapped, s.payload()));
        }
        // To rotation a DEK is opaque bytes.
        SealedContent opaque = new SealedContent(s.kekId(), KEYRING.wrap(new byte[] {1}, associatedData), s.payload());
        SealedContent rewrapped = Envelope.rewrap(KEYRING, BINDING, opaque, "secret x");
        assertArrayEquals(new byte[] {1}, KEYRING.unwrap(s.kekId(), rewrapped.wrappedDek(), associatedData));
    }

    private static SealedContent sealedClear(byte[] clear) throws Exception {
        byte[] dek = KEYRING.newDek();
        byte[] encrypted = Keyring.dekAead(dek).encrypt(clear, associatedData("coffer payload 1"));
        byte[] payload = ByteBuffer.allocate(1 + encrypted.length)
                .put((byte) 1)
                .put(encrypted)
                .array();
        return new SealedContent(KEYRING.primaryKekId(), KEYRING.wrap(dek, associatedData("coffer dek 1")), payload);
    }

    /** Written out once more: it is part of the format. */
    private static byte[] associatedData(String purpose) {
        return CanonicalBytes.forPurpose(purpose)
                .add(1L)
                .add(BINDING.purpose())
                .add(BINDING.storeId())
                .add(BINDING.id())
                .add(BINDING.version())
                .add(BINDING.type())
                .add(1_700_000_000_000L)
                .add(1L)
                .toByteArray();
    }

    @Test
    void everyFieldOfTheBinding_isHeldTo() {
        SealedContent sealed = seal(CONTENT);
        Binding b = BINDING;
        UUID other = new UUID(9, 9);
        Binding[] others = {
            new Binding("record", b.storeId(), b.id(), b.version(), b.type(), b.created(), true),
            new Binding("", b.storeId(), b.id(), b.version(), b.type(), b.created(), true),
            new Binding("secret", other, b.id(), b.version(), b.type(), b.created(), true),
            new Binding("secret", b.storeId(), other, b.version(), b.type(), b.created(), true),
            new Binding("secret", b.id(), b.storeId(), b.version(), b.type(), b.created(), true),
            new Binding("secret", b.storeId(), b.id(), 4, b.type(), b.created(), true),
            new Binding("secret", b.storeId(), b.id(), 6, b.type(), b.created(), true),
            new Binding("secret", b.storeId(), b.id(), -5, b.type(), b.created(), true),
            new Binding("secret", b.storeId(), b.id(), b.version(), "aws", b.created(), true),
            new Binding("secret", b.storeId(), b.id(), b.version(), "arbitrary ", b.created(), true),
            new Binding("arbitrary", b.storeId(), b.id(), b.version(), "secret", b.created(), true),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type(), b.created() - 1, true),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type(), b.created() + 1, true),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type(), -b.created(), true),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type(), 0, true),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type(), b.created(), false),
            new Binding("secret", b.storeId(), b.id(), b.version(), b.type())
        };
        for (Binding binding : others) {
            assertFails(KEYRING, binding, sealed);
            assertRewrapFails(KEYRING, binding, sealed);
        }
    }

    @Test
    void bindingWithoutTimeAndTombstone_isThatOfZeroAndFalse() {
        Binding five = new Binding("record", new UUID(1, 2), new UUID(3, 4), 5, "schema");
        Binding seven = new Binding("record", new UUID(1, 2), new UUID(3, 4), 5, "schema", 0, false);

        assertEquals(seven, five);
        assertArrayEquals(CONTENT, Envelope.open(KEYRING, seven, Envelope.seal(KEYRING, five, CONTENT), "record x"));
    }

    @Test
    void partsOfTwoSealsOfTheSameBinding_doNotMix() {
        SealedContent one = seal(CONTENT);
        SealedContent other = seal(CONTENT);

        assertFails(KEYRING, BINDING, new SealedContent(one.kekId(), other.wrappedDek(), one.payload()));
        assertFails(KEYRING, BINDING, new SealedContent(one.kekId(), one.wrappedDek(), other.payload()));
    }

    @Test
    void kekIdOfAnotherKek_fails() {
        Keyring two = KEYRING.withNewKek();
        SealedContent old = seal(CONTENT);

        for (int id : new int[] {two.primaryKekId(), old.kekId() + 1, 0, -1}) {
            SealedContent changed = new SealedContent(id, old.wrappedDek(), old.payload());
            assertFails(two, BINDING, changed);
            assertRewrapFails(two, BINDING, changed);
        }
        assertArrayEquals(CONTENT, Envelope.open(two, BINDING, old, "secret x"));
    }

    @Test
    void otherKeyring_fails() {
        SealedContent sealed = seal(CONTENT);
        Keyring other = Keyring.create();

        assertFails(other, BINDING, sealed);
        assertFails(other, BINDING, new SealedContent(other.primaryKekId(), sealed.wrappedDek(), sealed.payload()));
        assertRewrapFails(other, BINDING, sealed);
    }

    @Test
    void rewrap_movesTheDekAndKeepsThePayload() {
        SealedContent old = seal(CONTENT);
        Keyring two = KEYRING.withNewKek();
        SealedContent moved = Envelope.rewrap(two, BINDING, old, "secret x");

        assertEquals(two.primaryKekId(), moved.kekId());
        assertSame(old.payload(), moved.payload());
        assertFalse(Arrays.equals(old.wrappedDek(), moved.wrappedDek()));
        assertArrayEquals(CONTENT, Envelope.open(two, BINDING, moved, "secret x"));
        assertArrayEquals(CONTENT, Envelope.open(two, BINDING, old, "secret x"));

        Keyring without = two.withoutKeks(Set.of(old.kekId()));
        assertArrayEquals(CONTENT, Envelope.open(without, BINDING, moved, "secret x"));
        assertFails(without, BINDING, old);
        assertRewrapFails(without, BINDING, old);
        assertFails(KEYRING, BINDING, moved);
    }

    @ParameterizedTest
    @CsvSource({
        // content, size class
        "0, 256",
        "1, 256",
        "30, 256",
        "251, 256",
        "252, 256",
        "253, 512",
        "508, 512",
        "509, 1024",
        "1020, 1024",
        "1021, 2048",
        "2044, 2048",
        "2045, 4096",
        "4092, 4096",
        "4093, 8192",
        "8188, 8192",
        "8189, 12288",
        "65532, 65536",
        "1048572, 1048576",
        "1048573, 1052672"
    })
    void length_isHiddenInASizeClass(int length, int sizeClass) {
        SealedContent sealed = seal(new byte[length]);

        assertEquals(sizeClass, Envelope.sizeClass(4 + length));
        assertEquals(1 + 12 + sizeClass + 16, sealed.payload().length);
        assertEquals(66, sealed.wrappedDek().length);
    }

    /** Contents of the greatest secret stay far below; a wrapped number would make a class that is too small. */
    @Test
    void sizeClass_neverOverflows() {
        assertEquals(Integer.MAX_VALUE - 4095, Envelope.sizeClass(Integer.MAX_VALUE - 4095));
        for (int length : new int[] {Integer.MAX_VALUE - 4094, Integer.MAX_VALUE}) {
            assertThrows(ArithmeticException.class, () -> Envelope.sizeClass(length));
        }
    }

    @Test
    void argument_isLeftAlone() {
        byte[] content = CONTENT.clone();
        SealedContent sealed = seal(content);
        byte[] wrapped = sealed.wrappedDek().clone();
        byte[] payload = sealed.payload().clone();
        Envelope.open(KEYRING, BINDING, sealed, "secret x");

        assertArrayEquals(CONTENT, content);
        assertArrayEquals(wrapped, sealed.wrappedDek());
        assertArrayEquals(payload, sealed.payload());
    }

    @Test
    void toString_saysTheLengthAlone() {
        assertEquals("SealedContent(285 bytes)", seal(CONTENT).toString());
        assertTrue(seal(new byte[300]).toString().contains("541"));
    }
}
