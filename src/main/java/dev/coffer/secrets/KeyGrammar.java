package dev.coffer.secrets;

import java.text.Normalizer;

/**
 * The grammar of the keys inside a secret: 1–255 Unicode letters, decimal digits, {@code .}, {@code _} and {@code -},
 * not starting with {@code -}, in normalization form C. Letters that show nothing (the Hangul fillers) are refused. No
 * key is reserved.
 */
public final class KeyGrammar {
    /** The longest key, in Unicode code points. */
    public static final int MAX_LENGTH = 255;

    private KeyGrammar() {}

    /**
     * Checks a key and brings it into normalization form C.
     *
     * @return the key as it is stored
     * @throws InvalidException if the key breaks the grammar
     */
    public static String check(String key) {
        String nfc = Normalizer.isNormalized(key, Normalizer.Form.NFC)
                ? key
                : Normalizer.normalize(key, Normalizer.Form.NFC);
        int stranger = firstStranger(nfc);
        String trouble = null;
        if (nfc.isEmpty()) {
            trouble = "is empty";
        } else if (nfc.codePointCount(0, nfc.length()) > MAX_LENGTH) {
            trouble = "is longer than " + MAX_LENGTH + " characters";
        } else if (nfc.startsWith("-")) {
            trouble = "starts with '-'";
        } else if (stranger >= 0) {
            trouble = "holds the character " + Printable.codePoint(stranger);
        }
        if (trouble != null) {
            throw new InvalidException(
                    "the key " + Printable.quote(key) + " " + trouble,
                    Printable.text(key),
                    "a key has 1 to 255 letters, digits, '.', '_' and '-'");
        }
        return nfc;
    }

    /** The first code point that neither a key nor a segment of a name may hold; -1 if there is none. */
    static int firstStranger(String text) {
        return text.codePoints()
                .filter(c -> !(isLetterOrDecimal(c) || c == '.' || c == '_' || c == '-'))
                .findFirst()
                .orElse(-1);
    }

    private static boolean isLetterOrDecimal(int codePoint) {
        return (Character.isLetter(codePoint) || Character.isDigit(codePoint)) && !Printable.isInvisible(codePoint);
    }
}
