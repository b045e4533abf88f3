package dev.coffer.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SecretValueProperties {
    @Property
    void anyText_comesBackAsItWas(@ForAll("texts") String text) {
        try (SecretValue value = SecretValue.of(text);
                SecretValue again = SecretValue.ofUtf8(value.revealUtf8())) {
            assertEquals(text, value.revealText());
            assertArrayEquals(text.getBytes(UTF_8), value.revealUtf8());
            assertEquals(text.getBytes(UTF_8).length, value.size());
            assertEquals(text, again.revealText());
        }
    }

    /** The JDK's lenient decoder replaces what is no UTF-8, so only UTF-8 survives there and back. */
    @Property
    void bytes_areTakenExactlyIfTheyAreUtf8(@ForAll("bytes") byte[] bytes) {
        boolean isText = Arrays.equals(bytes, new String(bytes, UTF_8).getBytes(UTF_8));
        if (isText) {
            assertArrayEquals(bytes, SecretValue.ofUtf8(bytes).revealUtf8());
        } else {
            assertThrows(InvalidException.class, () -> SecretValue.ofUtf8(bytes));
        }
    }

    /** The JDK's lenient encoder writes a question mark for half a pair. */
    @Property
    void utf16_isTakenExactlyIfItsSurrogatesArePaired(@ForAll("utf16") String text) {
        boolean isPaired = text.equals(new String(text.getBytes(UTF_8), UTF_8));
        if (isPaired) {
            assertEquals(text, SecretValue.of(text).revealText());
        } else {
            assertThrows(InvalidException.class, () -> SecretValue.of(text));
        }
    }

    @Property
    void sameAs_isEqualityOfText(@ForAll("texts") String left, @ForAll("texts") String right) {
        assertEquals(left.equals(right), SecretValue.of(left).sameAs(SecretValue.of(right)));
        assertTrue(SecretValue.of(left).sameAs(SecretValue.of(left).copy()));
        assertFalse(SecretValue.of(left).sameAs(SecretValue.of(left + "\u0000")));
    }

    @Property
    void toString_neverDependsOnTheText(@ForAll("texts") String text) {
        SecretValue value = SecretValue.of(text);
        assertEquals("SecretValue(redacted)", value.toString());
        assertFalse(value.equals(SecretValue.of(text)));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> scalars = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0x7F),
                Arbitraries.integers().between(0, 0xD7FF),
                Arbitraries.integers().between(0xE000, 0x10FFFF),
                Arbitraries.of(0, (int) '\n', (int) '=', (int) '$', 0xFEFF, 0xFFFF, 0x10FFFF));
        return scalars.list().ofMaxSize(200).map(list -> {
            StringBuilder text = new StringBuilder();
            list.forEach(text::appendCodePoint);
            return text.toString();
        });
    }

    /** Noise, and text with one byte changed or the end cut off. */
    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(12);
        Arbitrary<byte[]> damaged = Combinators.combine(
                        texts(),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.bytes(),
                        Arbitraries.of(true, false))
                .as(SecretValueProperties::damage);
        return Arbitraries.oneOf(noise, damaged, texts().map(text -> text.getBytes(UTF_8)));
    }

    private static byte[] damage(String text, int position, byte replacement, boolean cut) {
        byte[] bytes = text.getBytes(UTF_8);
        if (position < bytes.length) {
            bytes[position] = replacement;
            return cut ? Arrays.copyOf(bytes, position) : bytes;
        }
        return bytes;
    }

    @Provide
    Arbitrary<String> utf16() {
        return Arbitraries.of('a', 'é', '\u0000', '\ud83d', '\ude00', '\udbff', '\udc00')
                .list()
                .ofMaxSize(6)
                .map(list -> {
                    StringBuilder text = new StringBuilder();
                    list.forEach(text::append);
                    return text.toString();
                });
    }
}
