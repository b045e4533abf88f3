package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNameTest {
    /** A letter outside the basic plane: U+10428, DESERET SMALL LETTER LONG I. */
    private static final String ASTRAL = Character.toString(0x10428);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "_",
                "a-",
                "_-",
                "a.b",
                ".a",
                "a.",
                "...",
                ".hidden/..a/a..",
                "db/prod/password",
                "a/-b",
                "A",
                "name",
                "zenml_schema_name",
                "größe",
                "名前",
                "пароль",
                "كلمة",
                "ٱلسر٣", // Arabic letters and an Arabic-Indic digit
                "ªº",
                "ǅ", // a title-case letter
                "ʰ" // a modifier letter
            })
    void wellFormed_isKeptAsGiven(String text) {
        SecretName name = SecretName.of(text);
        assertEquals(text, name.value());
        assertEquals(text, name.toString());
        assertEquals(SecretName.ofStored(text), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``              | is empty",
                "/               | has an empty segment",
                "/a              | has an empty segment",
                "a/              | has an empty segment",
                "a//b            | has an empty segment",
                ".               | has a segment '.'",
                "..              | has a segment '..'",
                "./a             | has a segment '.'",
                "a/..            | has a segment '..'",
                "a/../b          | has a segment '..'",
                "a/./b           | has a segment '.'",
                "-               | starts with '-'",
                "-a              | starts with '-'",
                "--help          | starts with '-'",
                "-/a             | starts with '-'",
                "` a`            | holds the character U+0020",
                "`a `            | holds the character U+0020",
                "`a b`           | holds the character U+0020",
                "a\\b            | holds the character U+005C",
                "a:b             | holds the character U+003A",
                "a*              | holds the character U+002A",
                "a@b             | holds the character U+0040",
                "{a}             | holds the character U+007B",
                "$a              | holds the character U+0024",
                "a=b             | holds the character U+003D",
                "a%2fb           | holds the character U+0025",
                "~               | holds the character U+007E",
                "½               | holds the character U+00BD",
                "²               | holds the character U+00B2",
                "Ⅷ               | holds the character U+2167",
            })
    void malformed_isRefusedWithTheReason(String text, String reason) {
        assertEquals("the secret name " + Printable.quote(text) + " " + reason, refused(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0000, a NUL",
        "0009, a tab",
        "000A, a line feed",
        "000D, a carriage return",
        "001B, an escape",
        "007F, a delete",
        "0085, a next line",
        "009B, a control sequence introducer",
        "00A0, a space that does not break",
        "00AD, a soft hyphen",
        "0301, a combining mark that joins with nothing before it",
        "034F, a combining grapheme joiner",
        "0903, a spacing mark",
        "115F, a Hangul filler",
        "1160, a Hangul filler",
        "180E, a Mongolian vowel separator",
        "200B, a space without width",
        "200D, a joiner without width",
        "200F, a right-to-left mark",
        "2028, a line separator",
        "2029, a paragraph separator",
        "202E, a bidi override",
        "2066, a bidi isolate",
        "20DD, an enclosing mark",
        "2215, a slash that is none",
        "3000, a wide space",
        "3164, a Hangul filler",
        "E000, private use",
        "FE0F, a variation selector",
        "FEFF, a byte order mark",
        "FF0E, a wide full stop",
        "FF0F, a wide slash",
        "FFA0, a Hangul filler",
        "FFFD, a replacement character",
        "FFFF, no character",
        "1F600, an emoji",
        "E0001, a language tag",
        "E0100, a variation selector",
        "F0000, private use",
        "10FFFF, no character",
    })
    void strangeCharacter_isRefusedAndNamedButNotPrinted(String hex, String what) {
        int codePoint = Integer.parseInt(hex, 16);
        String message = refused("x" + Character.toString(codePoint) + "y");
        assertTrue(message.endsWith(" holds the character U+" + hex), what + ": " + message);
        assertTrue(
                message.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT),
                what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00", "\udc00\ud800", "a\ud83d/b"})
    void halfASurrogatePair_isRefused(String text) {
        assertTrue(refused(text).contains(" holds the character U+D"));
    }

    @Test
    void length_isCountedInCodePoints() {
        assertEquals(255, SecretName.of("a".repeat(255)).value().length());
        assertEquals(510, SecretName.of(ASTRAL.repeat(255)).value().length());
        SecretName.of("a/".repeat(127) + "b");
        for (String tooLong :
                List.of("a".repeat(256), ASTRAL.repeat(256), "a/".repeat(127) + "bb", "a".repeat(100_000))) {
            assertTrue(refused(tooLong).endsWith(" is longer than 255 characters"));
        }
    }

    @Test
    void length_isCountedAfterNormalization() {
        String decomposed = "e\u0301".repeat(255);
        assertEquals("é".repeat(255), SecretName.of(decomposed).value());
        assertTrue(refused("e\u0301".repeat(256)).endsWith(" is longer than 255 characters"));
    }

    @ParameterizedTest
    @CsvSource({
        "e\u0301, \u00e9", // acute accent
        "\u212b, \u00c5", // the sign for Ångström
        "\u2126, \u03a9", // the sign for ohm
        "\u1100\u1161\u11a8, \uac01", // Hangul
        "\uf900, \u8c48", // a compatibility ideograph
        "s\u0307\u0323, \u1e69" // marks in the other order
    })
    void spellingsOfOneText_areOneName(String decomposed, String composed) {
        SecretName name = SecretName.of(decomposed);
        assertEquals(SecretName.of(composed), name);
        assertEquals(composed, name.value());
        assertEquals(SecretName.of(composed).hashCode(), name.hashCode());
        assertEquals(0, name.compareTo(SecretName.of(composed)));
    }

    @Test
    void compatibilityForms_areOtherNames() {
        assertNotEquals(SecretName.of("ﬁ"), SecretName.of("fi"));
        assertNotEquals(SecretName.of("ａ"), SecretName.of("a"));
    }

    @Test
    void case_matters() {
        assertNotEquals(SecretName.of("db"), SecretName.of("DB"));
    }

    @Test
    void refusal_isInvalidAndSaysTheRule() {
        InvalidException e = assertThrows(InvalidException.class, () -> SecretName.of("a b"));
        assertEquals(ExitCode.INVALID, e.exitCode());
        assertEquals("a b", e.name().orElseThrow());
        assertEquals(
                "a name has 1 to 255 letters, digits, '.', '_' and '-', with '/' between segments",
                e.hint().orElseThrow());
    }

    /** The grammar's letters and digits, told by regular expressions instead of {@link Character}. */
    @Test
    void everyCodePoint_isTakenExactlyIfTheGrammarSaysSo() {
        int taken = 0;
        for (int c = Character.MIN_CODE_POINT; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            boolean expected = text.matches("[\\p{L}\\p{Nd}._-]") && !text.matches("[\u115f\u1160\u3164\uffa0]");
            assertEquals(expected ? -1 : c, KeyGrammar.firstStranger(text), () -> Printable.text(text));
            taken += expected ? 1 : 0;
        }
        assertTrue(taken > 100_000, "letters and digits of all scripts, not " + taken);
    }

    @Test
    void order_isThatOfSqlite() throws Exception {
        // U+FF21 sorts behind astral letters as UTF-16, before them as UTF-8.
        List<SecretName> names = new ArrayList<>(List.of(
                        "a/b",
                        "a.b",
                        "a-b",
                        "a_b",
                        "ab",
                        "a",
                        "A",
                        "Z",
                        "é",
                        "名",
                        "\uff21",
                        ASTRAL,
                        ASTRAL + "a",
                        "0",
                        "٣")
                .stream()
                .map(SecretName::of)
                .toList());
        List<String> bySqlite = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE names (name TEXT)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO names VALUES (?)")) {
                for (SecretName name : names) {
                    insert.setString(1, name.value());
                    insert.execute();
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT name FROM names ORDER BY name")) {
                while (rows.next()) {
                    bySqlite.add(rows.getString(1));
                }
            }
        }
        names.sort(null);
        assertEquals(bySqlite, names.stream().map(SecretName::value).toList());
    }

    private static String refused(String text) {
        InvalidException e = assertThrows(InvalidException.class, () -> SecretName.of(text));
        assertFalse(e.hint().isEmpty());
        return e.getMessage();
    }
}
