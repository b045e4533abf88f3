package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyGrammarTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "_",
                ".",
                "..",
                "a-b",
                "DB_PASSWORD",
                "tls.crt",
                "1st",
                "größe",
                "名前",
                "name",
                "set",
                "zenml_schema_name",
                "arbitrary_kv_pairs",
                "class",
                "values"
            })
    void wellFormed_isKeptAsGivenAndNoneIsReserved(String key) {
        assertEquals(key, KeyGrammar.check(key));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``        | is empty",
                "-         | starts with '-'",
                "--key     | starts with '-'",
                "a/b       | holds the character U+002F",
                "a b       | holds the character U+0020",
                "a=b       | holds the character U+003D",
                "a:        | holds the character U+003A",
                "`a\n`     | holds the character U+000A",
                "`a\u0000` | holds the character U+0000",
                "a\u200b   | holds the character U+200B",
                "\u3164    | holds the character U+3164",
                "\ud83d    | holds the character U+D83D",
            })
    void malformed_isRefusedWithTheReason(String key, String reason) {
        InvalidException e = assertThrows(InvalidException.class, () -> KeyGrammar.check(key));
        assertEquals("the key " + Printable.quote(key) + " " + reason, e.getMessage());
        assertEquals(Printable.text(key), e.name().orElseThrow());
        assertEquals(
                "a key has 1 to 255 letters, digits, '.', '_' and '-'", e.hint().orElseThrow());
    }

    @Test
    void length_isCountedInCodePoints() {
        String astral = Character.toString(0x10428);
        assertEquals(510, KeyGrammar.check(astral.repeat(255)).length());
        for (String tooLong : new String[] {astral.repeat(256), "k".repeat(256)}) {
            InvalidException e = assertThrows(InvalidException.class, () -> KeyGrammar.check(tooLong));
            assertTrue(e.getMessage().endsWith(" is longer than 255 characters"), e.getMessage());
        }
    }

    @Test
    void spellingsOfOneText_areOneKey() {
        assertEquals("cl\u00e9", KeyGrammar.check("cle\u0301"));
        assertEquals(255, KeyGrammar.check("e\u0301".repeat(255)).length());
    }
}
