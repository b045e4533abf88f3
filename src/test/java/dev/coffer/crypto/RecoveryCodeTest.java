package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryCodeTest {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /** A public test code, never a store's. Its checksum was computed by another implementation, in Python. */
    private static final String KNOWN = "29DT-9V9P-FZ41-2PN3-XGTQ-XHRG-B6HE-PD3X-XP5A";

    private static RecoveryCode parse(String typed) {
        return RecoveryCode.parse(typed.toCharArray());
    }

    private static boolean isRefused(String typed) {
        try (RecoveryCode read = parse(typed)) {
            return read.kind() != SlotKind.RECOVERY_CODE;
        } catch (InvalidException e) {
            return true;
        }
    }

    /** All 36 × 31 of them. By chance, one in a million would pass the checksum of 20 bits. */
    @Test
    void everySingleSubstitution_isCaught() {
        Set<String> missed = new LinkedHashSet<>();
        int tried = 0;
        for (int at = 0; at < KNOWN.length(); at++) {
            for (int i = 0; i < ALPHABET.length(); i++) {
                char c = ALPHABET.charAt(i);
                if (KNOWN.charAt(at) != '-' && KNOWN.charAt(at) != c) {
                    String typed = KNOWN.substring(0, at) + c + KNOWN.substring(at + 1);
                    tried++;
                    if (!isRefused(typed)) {
                        missed.add(typed);
                    }
                }
            }
        }
        assertEquals(36 * 31, tried);
        assertEquals(Set.of(), missed);
    }

    @Test
    void everyTranspositionOfNeighbours_isCaught() {
        String symbols = KNOWN.replace("-", "");
        int tried = 0;
        for (int at = 0; at + 1 < symbols.length(); at++) {
            if (symbols.charAt(at) != symbols.charAt(at + 1)) {
                tried++;
                String typed = symbols.substring(0, at)
                        + symbols.charAt(at + 1)
                        + symbols.charAt(at)
                        + symbols.substring(at + 2);
                assertTrue(isRefused(typed), typed);
            }
        }
        assertTrue(tried > 25, "the code has few equal neighbours: " + tried);
    }

    @Test
    void symbolLostOrRepeated_isCaught() {
        String symbols = KNOWN.replace("-", "");
        for (int at = 0; at < symbols.length(); at++) {
            assertTrue(isRefused(symbols.substring(0, at) + symbols.substring(at + 1)));
            assertTrue(isRefused(symbols.substring(0, at + 1) + symbols.substring(at)));
        }
    }

    @Test
    void knownCode_givesKnownBytes() {
        try (RecoveryCode code = parse(KNOWN)) {
            assertEquals(
                    "125ba4ed367fc8115aa3ec357ec71059a2eb347d", HexFormat.of().formatHex(code.secret()));
            assertArrayEquals(KNOWN.toCharArray(), code.revealText());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-----",
                "hunter2",
                "29DT-9V9P-FZ41-2PN3-XGTQ-XHRG-B6HE-PD3X",
                "29DT-9V9P-FZ41-2PN3-XGTQ-XHRG-B6HE-PD3X-XP5U", // no code has a U
                "29DT-9V9P-FZ41-2PN3-XGTQ-XHRG-B6HE-XP5!",
                "29DT-9V9P-FZ41-2PN3-XGTQ-XHRG-B6HE-PD3X-\u0660\u0660\u0660\u0660", // digits of another script
                "\ud83d\ude00"
            })
    void otherText_isRefused(String typed) {
        InvalidException e = assertThrows(InvalidException.class, () -> parse(typed));

        assertTrue(e.getMessage().startsWith("this is not a valid recovery code: "), e.getMessage());
        assertEquals("a code has 9 groups of 4 letters and digits", e.hint().orElseThrow());
        assertFalse(RecoveryCode.looksLikeOne(typed.toCharArray()));
    }

    @Test
    void veryLongText_isRefused() {
        assertTrue(isRefused("0".repeat(10_000_000)));
        assertFalse(RecoveryCode.looksLikeOne(new char[10_000_000]));
    }

    @Test
    void errors_neverShowWhatWasTyped() {
        String typo = KNOWN.substring(0, 43) + (KNOWN.endsWith("0") ? '1' : '0');

        InvalidException e = assertThrows(InvalidException.class, () -> parse(typo));
        assertFalse(e.toString().contains("9V9P"), e.toString());
        assertTrue(e.getMessage().contains("checksum"));
    }

    /** 36 letters, none of them a U: a passphrase that has the shape of a code and is none. */
    @Test
    void passphraseOfThatShape_isNoCode() {
        String passphrase = "correct horse battery staple winter apple";

        assertEquals(36, passphrase.replace(" ", "").length());
        assertFalse(RecoveryCode.looksLikeOne(passphrase.toCharArray()));
    }

    @Test
    void typedText_isLeftAlone() {
        char[] typed = KNOWN.toLowerCase(Locale.ROOT).toCharArray();
        char[] before = typed.clone();
        parse(new String(typed)).close();
        assertTrue(RecoveryCode.looksLikeOne(typed));

        assertArrayEquals(before, typed);
    }

    @Test
    void twoRandomCodes_differ() {
        try (RecoveryCode one = RecoveryCode.random();
                RecoveryCode other = RecoveryCode.random()) {
            assertFalse(new String(one.revealText()).equals(new String(other.revealText())));
        }
    }
}
