package dev.coffer.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SecretNameProperties {
    /** The grammar of {@link SecretName}, written as a regular expression. */
    private static final Pattern GRAMMAR = Pattern.compile(
            "(?!-)(?:(?!\\.{1,2}(?:/|$))[\\p{L}\\p{Nd}._-]+)(?:/(?!\\.{1,2}(?:/|$))[\\p{L}\\p{Nd}._-]+)*");

    private static final Pattern INVISIBLE_LETTER = Pattern.compile("[\u115f\u1160\u3164\uffa0]");

    @Property
    void text_isANameExactlyIfItsNormalFormMatchesTheGrammar(@ForAll("candidates") String text) {
        String nfc = Normalizer.normalize(text, Normalizer.Form.NFC);
        boolean expected = GRAMMAR.matcher(nfc).matches()
                && !INVISIBLE_LETTER.matcher(nfc).find()
                && nfc.codePointCount(0, nfc.length()) <= 255;
        if (expected) {
            assertEquals(nfc, SecretName.of(text).value());
        } else {
            assertThrows(InvalidException.class, () -> SecretName.of(text));
        }
    }

    @Property
    void nameOfAName_isTheSame(@ForAll("names") SecretName name) {
        assertEquals(name, SecretName.of(name.value()));
        assertEquals(name, SecretName.of(Normalizer.normalize(name.value(), Normalizer.Form.NFD)));
    }

    @Property
    void order_isThatOfTheBytesOfUtf8(@ForAll("names") SecretName left, @ForAll("names") SecretName right) {
        int byBytes = Arrays.compareUnsigned(
                left.value().getBytes(UTF_8), right.value().getBytes(UTF_8));
        assertEquals(Integer.signum(byBytes), Integer.signum(left.compareTo(right)));
        assertEquals(left.equals(right), left.compareTo(right) == 0);
    }

    @Property
    void refusedName_isPrintedOnOneShortLine(@ForAll String text) {
        try {
            SecretName.of(text);
        } catch (InvalidException e) {
            assertTrue(e.getMessage().codePoints().noneMatch(Character::isISOControl), e.getMessage());
            assertTrue(e.getMessage().length() < 300, e.getMessage());
        }
    }

    /** Names, near misses and noise. */
    @Provide
    Arbitrary<String> candidates() {
        return Arbitraries.oneOf(
                pieces(0, 12, false), pieces(0, 12, true), Arbitraries.strings(), pieces(250, 260, false));
    }

    @Provide
    Arbitrary<SecretName> names() {
        return pieces(1, 8, false)
                .filter(text -> GRAMMAR.matcher(Normalizer.normalize(text, Normalizer.Form.NFC))
                        .matches())
                .map(SecretName::of);
    }

    private static Arbitrary<String> pieces(int least, int most, boolean evil) {
        Arbitrary<String> letters = Arbitraries.of(
                "a", "Z", "0", "é", "ß", "名", "\uff21", Character.toString(0x10428), "٣", "\u1100\u1161");
        Arbitrary<String> signs = Arbitraries.of(".", "_", "-", "/", "/", "..");
        Arbitrary<String> strangers = Arbitraries.of(
                " ", "\u0000", "\u0301", "\u200b", "\u202e", "\ud800", "\u3164", "\\", "😀", "\n", "½", "\ufe0f");
        Arbitrary<String> piece =
                evil ? Arbitraries.oneOf(letters, signs, strangers) : Arbitraries.oneOf(letters, letters, signs);
        return piece.list().ofMinSize(least).ofMaxSize(most).map(list -> String.join("", list));
    }
}
