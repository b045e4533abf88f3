package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassphraseTest {
    @ParameterizedTest
    @ValueSource(
            strings = {" ", "x", " leading and trailing ", "tab\tand\nnewline\r\n", "nul\u0000", "naïve \ud83d\ude00"})
    void text_isTakenAsItsUtf8(String text) {
        try (Passphrase fromText = Passphrase.of(text.toCharArray());
                Passphrase fromBytes = Passphrase.of(text.getBytes(UTF_8))) {
            assertArrayEquals(text.getBytes(UTF_8), fromText.secret());
            assertArrayEquals(text.getBytes(UTF_8), fromBytes.secret());
        }
    }

    @Test
    void bytesThatAreNoText_areTakenAsTheyAre() {
        byte[] bytes = {0, (byte) 0xff, (byte) 0xc0, (byte) 0x80};
        try (Passphrase passphrase = Passphrase.of(bytes)) {
            assertArrayEquals(bytes, passphrase.secret());
        }
    }

    /** The JDK's lenient encoder would make one question mark of all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\ude00", "\ude00\ud83d", "abc\ud83d", "\ud83dabc"})
    void halfASurrogatePair_isRefused(String text) {
        InvalidException e = assertThrows(InvalidException.class, () -> Passphrase.of(text.toCharArray()));
        assertFalse(String.valueOf(e.getMessage()).contains(text));
    }

    @Test
    void emptyPassphrase_isRefused() {
        assertThrows(InvalidException.class, () -> Passphrase.of(new byte[0]));
        assertThrows(InvalidException.class, () -> Passphrase.of(new char[0]));
    }

    @Test
    void length_isCountedInBytes() {
        char[] characters = new char[2_048];
        Arrays.fill(characters, 'ü');
        try (Passphrase longest = Passphrase.of(characters)) {
            assertEquals(4_096, longest.secret().length);
        }
        char[] oneMore = Arrays.copyOf(characters, 2_049);
        oneMore[2_048] = 'u';
        assertThrows(InvalidException.class, () -> Passphrase.of(oneMore));
        assertThrows(InvalidException.class, () -> Passphrase.of(new byte[4_097]));
        assertThrows(InvalidException.class, () -> Passphrase.of(new byte[10_000_000]));
    }

    @Test
    void argument_isCopiedAndLeftAlone() {
        byte[] bytes = {'a', 'b'};
        char[] characters = {'a', 'b'};
        try (Passphrase fromBytes = Passphrase.of(bytes);
                Passphrase fromText = Passphrase.of(characters)) {
            assertArrayEquals(new byte[] {'a', 'b'}, bytes);
            assertArrayEquals(new char[] {'a', 'b'}, characters);
            bytes[0] = 0;
            characters[0] = 0;
            assertArrayEquals(new byte[] {'a', 'b'}, fromBytes.secret());
            assertArrayEquals(new byte[] {'a', 'b'}, fromText.secret());
        }
    }

    @Test
    void errors_neverShowThePassphrase() {
        char[] tooLong = "hunter2 ".repeat(600).toCharArray();

        InvalidException e = assertThrows(InvalidException.class, () -> Passphrase.of(tooLong));
        assertFalse(e.toString().contains("hunter2"));
        assertTrue(e.getMessage().contains("4096"));
    }
}
