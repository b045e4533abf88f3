package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CanonicalBytesProperties {
    /** What can be read back can only have been written in one way. */
    @Property
    void fields_areReadBackFromTheBytes(@ForAll("fieldLists") List<byte[]> fields) {
        CanonicalBytes bytes = CanonicalBytes.forPurpose("test 1");
        fields.forEach(bytes::add);

        List<String> expected = new ArrayList<>(List.of(Arrays.toString("test 1".getBytes(StandardCharsets.UTF_8))));
        fields.forEach(field -> expected.add(Arrays.toString(field)));
        assertEquals(expected, split(bytes.toByteArray()));
    }

    /** Lists of few short fields over a small alphabet, so that their concatenations are often equal. */
    @Property
    void differentFields_giveDifferentBytes(
            @ForAll("similar") List<String> one, @ForAll("similar") List<String> other) {
        assertEquals(
                one.equals(other),
                Arrays.equals(of(one).toByteArray(), of(other).toByteArray()));
        assertEquals(
                one.equals(other), Arrays.equals(of(one).sha256(), of(other).sha256()));
    }

    /** The JDK's lenient encoder writes a question mark for half a pair, and so makes two texts one. */
    @Property
    void text_isTakenExactlyIfItsSurrogatesArePaired(@ForAll("utf16") String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (text.equals(new String(utf8, StandardCharsets.UTF_8))) {
            assertArrayEquals(
                    CanonicalBytes.forPurpose("test 1").add(utf8).toByteArray(),
                    CanonicalBytes.forPurpose("test 1").add(text).toByteArray());
        } else {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> CanonicalBytes.forPurpose("test 1").add(text));
        }
    }

    @Property
    void numbersTruthAndIdentities_areFixedLength(
            @ForAll long number, @ForAll boolean truth, @ForAll long most, @ForAll long least) {
        byte[] bytes = CanonicalBytes.forPurpose("")
                .add(number)
                .add(truth)
                .add(new UUID(most, least))
                .toByteArray();

        assertArrayEquals(
                ByteBuffer.allocate(48)
                        .putInt(0)
                        .putInt(8)
                        .putLong(number)
                        .putInt(8)
                        .putLong(truth ? 1 : 0)
                        .putInt(16)
                        .putLong(most)
                        .putLong(least)
                        .array(),
                bytes);
    }

    private static CanonicalBytes of(List<String> fields) {
        CanonicalBytes bytes = CanonicalBytes.forPurpose("test 1");
        fields.forEach(bytes::add);
        return bytes;
    }

    private static List<String> split(byte[] bytes) {
        List<String> fields = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            byte[] field = new byte[in.getInt()];
            in.get(field);
            fields.add(Arrays.toString(field));
        }
        return fields;
    }

    @Provide
    static Arbitrary<List<byte[]>> fieldLists() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300).list().ofMaxSize(12);
    }

    @Provide
    static Arbitrary<List<String>> similar() {
        return Arbitraries.strings()
                .withChars('\u0000', '\u0001', '\u0004', 'a')
                .ofMaxLength(6)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    static Arbitrary<String> utf16() {
        return Arbitraries.strings()
                .withChars('a', '?', '\ud83d', '\ude00', '\u20ac', '\u0000')
                .ofMaxLength(5);
    }
}
