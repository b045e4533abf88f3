package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    /** A public test key, never a store's: the bytes 0 to 31. Its checksum was computed by another implementation. */
    private static final String LINE = "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:b20e190d";

    private static final String KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static KeyFile parse(String text) {
        return KeyFile.parse(text.getBytes(ISO_8859_1), "/keys/my.key");
    }

    private static void assertRefused(byte[] content, String why) {
        InvalidException e = assertThrows(InvalidException.class, () -> KeyFile.parse(content, "/keys/my.key"));
        assertEquals("/keys/my.key is not a coffer key file: " + why, e.getMessage());
        assertEquals("/keys/my.key", e.name().orElseThrow());
        assertTrue(e.hint().isPresent());
    }

    private static void assertRefused(String content, String why) {
        assertRefused(content.getBytes(ISO_8859_1), why);
    }

    @Test
    void writtenFile_isReadBack() {
        try (KeyFile key = KeyFile.random()) {
            byte[] content = key.revealFileContent();
            String text = new String(content, US_ASCII);

            assertTrue(text.matches("#[^\n]*\ncoffer-key-v1:[A-Za-z0-9_-]{43}:[0-9a-f]{8}\n"), "two lines");
            assertTrue(content.length < KeyFile.MAX_FILE_BYTES);
            try (KeyFile read = KeyFile.parse(content, "x")) {
                assertArrayEquals(key.secret(), read.secret());
                assertEquals(key.keyId(), read.keyId());
            }
        }
    }

    @Test
    void knownFile_givesKnownKeyAndId() {
        try (KeyFile key = parse("# comment\n" + LINE + "\n")) {
            assertEquals(KEY, HexFormat.of().formatHex(key.secret()));
            assertEquals("4e586186c86e1706", key.keyId());
            assertTrue(new String(key.revealFileContent(), US_ASCII).endsWith("\n" + LINE + "\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LINE",
                "LINE\n",
                "LINE\r\n",
                "\n\n  \n\t\nLINE\n\n",
                "  LINE\t \n",
                "# one\n# two\n\nLINE\n# three\n",
                "# one\r\n\r\nLINE\r\n# three\r\n",
                "# \u00ff\u00fe no UTF-8 \u00c0\u0080\nLINE\n",
                "#coffer-key-v1:another\nLINE"
            })
    void forgivenVariations_areRead(String pattern) {
        try (KeyFile key = parse(pattern.replace("LINE", LINE))) {
            assertEquals(KEY, HexFormat.of().formatHex(key.secret()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n", "\n\n\n", " \t ", "# only a comment\n", "#"})
    void fileWithoutAKey_isRefused(String text) {
        assertRefused(text, "it holds no key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "coffer-key-v1",
                "coffer-key-v1:",
                "coffer-key-v1::",
                "coffer-key-v2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:00000000",
                "COFFER-KEY-V1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:00000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:0000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:000000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:0000000G",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh:00000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:00000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8:00000000",
                "coffer-key-v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:00000000 # mine",
                "\u0000",
                "\u00ff\u00fe\u0000",
                "-----BEGIN OPENSSH PRIVATE KEY-----"
            })
    void otherLine_isRefused(String text) {
        assertRefused(text + "\n", "its line does not start with coffer-key-v1 or is cut");
    }

    @Test
    void oldMacLineEnds_areRefused() {
        assertRefused("# comment\r" + LINE + "\r", "it holds no key");
        assertRefused(LINE + "\r" + LINE, "its line does not start with coffer-key-v1 or is cut");
    }

    @Test
    void twoKeys_areRefused() {
        assertRefused(LINE + "\n" + LINE + "\n", "it has more than one key");
        assertRefused("hunter2\n" + LINE + "\n", "it has more than one key");
    }

    @Test
    void everyCut_isRefused() {
        for (int length = 0; length < LINE.length(); length++) {
            byte[] cut = LINE.substring(0, length).getBytes(US_ASCII);
            assertThrows(InvalidException.class, () -> KeyFile.parse(cut, "x"), length + " bytes");
        }
    }

    @Test
    void damagedKeyOrChecksum_isRefused() {
        String damaged = "its checksum does not match, so it is damaged";
        int key = LINE.indexOf(':') + 1;
        for (int at = key; at < key + 42; at++) { // the last character has two bits that mean nothing
            char other = LINE.charAt(at) == 'A' ? 'B' : 'A';
            assertRefused(LINE.substring(0, at) + other + LINE.substring(at + 1), damaged);
        }
        for (int at = LINE.length() - 8; at < LINE.length(); at++) {
            char other = LINE.charAt(at) == '0' ? '1' : '0';
            assertRefused(LINE.substring(0, at) + other + LINE.substring(at + 1), damaged);
        }
    }

    @Test
    void tooLongFile_isRefusedBeforeItIsRead() {
        byte[] longest = Arrays.copyOf((LINE + "\n").getBytes(US_ASCII), 4_096);
        Arrays.fill(longest, LINE.length() + 1, longest.length, (byte) '\n');
        KeyFile.parse(longest, "x").close();

        assertRefused(new byte[4_097], "it is longer than 4096 bytes");
        assertRefused(new byte[10_000_000], "it is longer than 4096 bytes");
    }

    @Test
    void bytesThatAreNoText_areRefused() {
        byte[] bytes = new byte[4_096];
        for (int value = 0; value < 256; value++) {
            Arrays.fill(bytes, (byte) value);
            assertThrows(InvalidException.class, () -> KeyFile.parse(bytes, "x"), "byte " + value);
        }
    }

    @Test
    void errors_neverShowTheContent() {
        String secret = LINE.substring(14, 57);
        String[] contents = {LINE + "x", LINE.replace(":AAEC", ":BBBB"), LINE + "\n" + LINE, secret};
        for (String content : contents) {
            InvalidException e =
                    assertThrows(InvalidException.class, () -> KeyFile.parse(content.getBytes(UTF_8), "x"));
            assertFalse((e + e.hint().orElse("")).contains(secret.substring(8, 16)), "shows the content");
            assertEquals(null, e.getCause());
        }
    }

    @Test
    void twoRandomKeys_differ() {
        try (KeyFile one = KeyFile.random();
                KeyFile other = KeyFile.random()) {
            assertFalse(Arrays.equals(one.secret(), other.secret()));
            assertFalse(one.keyId().equals(other.keyId()));
        }
    }
}
