package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    /** Other (control, format, surrogate, private use, unassigned) and the separators of lines and paragraphs. */
    private static final Pattern OBEYED_OR_UNKNOWN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    /** Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, whatever the category. */
    private static final int[][] IGNORABLE = {
        {0x00AD, 0x00AD},
        {0x034F, 0x034F},
        {0x061C, 0x061C},
        {0x115F, 0x1160},
        {0x17B4, 0x17B5},
        {0x180B, 0x180F},
        {0x200B, 0x200F},
        {0x202A, 0x202E},
        {0x2060, 0x206F},
        {0x3164, 0x3164},
        {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFF8},
        {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A},
        {0xE0000, 0xE0FFF}
    };

    @Test
    void everyCharacterThatATerminalObeysOrHides_isEscaped() {
        int escaped = 0;
        for (int c = Character.MIN_CODE_POINT; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            boolean hidden = OBEYED_OR_UNKNOWN.matcher(text).matches() || isIgnorable(c);
            String expected = hidden ? String.format(c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c) : text;
            assertEquals(expected, Printable.text(text));
            escaped += hidden ? 1 : 0;
        }
        assertTrue(escaped > 0x1F + 0x800, "at least controls and surrogates, not " + escaped);
    }

    private static boolean isIgnorable(int codePoint) {
        for (int[] range : IGNORABLE) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain text          | plain text",
                "`größe 名前 😀 é`     | größe 名前 😀 é",
                "`a\tb\r\nc`         | a\\u0009b\\u000d\\u000ac",
                "`\u001b[31mred`     | \\u001b[31mred",
                "\u009b31m           | \\u009b31m",
                "a\u202eb            | a\\u202eb",
                "`nul\u0000`         | nul\\u0000",
                "\ud800x             | \\ud800x",
                "x\udc00             | x\\udc00",
                "back\\slash         | back\\slash",
                "``                  | ``"
            })
    void text_isKeptButForWhatIsEscaped(String text, String expected) {
        assertEquals(expected, Printable.text(text));
    }

    @Test
    void tagCharacters_areEscapedWithEightDigits() {
        assertEquals("a\\U000e0041", Printable.text("a" + Character.toString(0xE0041)));
    }

    @Test
    void quote_cutsAfterSixtyCharacters() {
        assertEquals("'" + "x".repeat(60) + "'", Printable.quote("x".repeat(60)));
        assertEquals("'" + "x".repeat(60) + "…'", Printable.quote("x".repeat(61)));
        assertEquals("''", Printable.quote(""));
    }

    @Test
    void quote_neverCutsThroughACharacter() {
        assertEquals("'" + "😀".repeat(60) + "'", Printable.quote("😀".repeat(60)));
        assertEquals("'" + "😀".repeat(60) + "…'", Printable.quote("😀".repeat(100)));
        assertEquals("'" + "x".repeat(59) + "😀…'", Printable.quote("x".repeat(59) + "😀😀"));
    }

    @Test
    void codePoint_isNamedAsUnicodeDoes() {
        assertEquals("U+0020", Printable.codePoint(' '));
        assertEquals("U+1F600", Printable.codePoint(0x1F600));
    }
}
