package dev.coffer.secrets;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * The name of a secret, the same for every flavor. The grammar, in full:
 *
 * <pre>
 * name    = segment *( "/" segment )      1–255 characters (Unicode code points) in all
 * segment = 1*( letter / digit / "." / "_" / "-" )   but not "." and not ".."
 * letter  = any Unicode letter (general category L), but not the Hangul fillers, which show nothing
 * digit   = any Unicode decimal digit (general category Nd)
 * </pre>
 *
 * <p>A name does not start with {@code -}, so that it is never mistaken for an option. It is kept in Unicode
 * normalization form C (NFC): two spellings of one text are one name. Case matters: {@code db} and {@code DB} are two
 * names, and a flavor whose provider folds case encodes or refuses them. Everything else (spaces, control characters,
 * invisible and combining marks, empty segments) is refused.
 *
 * <p>The order is that of the Unicode code points.
 */
public final class SecretName implements Comparable<SecretName> {
    /** The longest name, in Unicode code points. */
    public static final int MAX_LENGTH = 255;

    private final String value;

    private SecretName(String value) {
        this.value = value;
    }

    /**
     * The name with that text, brought into NFC.
     *
     * @throws InvalidException if the text breaks the grammar
     */
    public static SecretName of(String value) {
        String nfc = isAscii(value) || Normalizer.isNormalized(value, Normalizer.Form.NFC)
                ? value
                : Normalizer.normalize(value, Normalizer.Form.NFC);
        String trouble = troubleWith(nfc);
        if (trouble != null) {
            throw new InvalidException(
                    "the secret name " + Printable.quote(value) + " " + trouble,
                    Printable.text(value),
                    "a name has 1 to 255 letters, digits, '.', '_' and '-', with '/' between segments");
        }
        return new SecretName(nfc);
    }

    /** Such a text is in NFC, and Java need not load its tables for that. */
    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    /**
     * The name of a secret that a flavor of ours stored. It is not held against the grammar again: a newer Java runtime
     * may know more letters than this one, and a stored secret is always readable.
     */
    public static SecretName ofStored(String value) {
        return new SecretName(value);
    }

    /** The text, in NFC. */
    public String value() {
        return value;
    }

    private static @Nullable String troubleWith(String text) {
        if (text.isEmpty()) {
            return "is empty";
        }
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            return "is longer than " + MAX_LENGTH + " characters";
        }
        if (text.startsWith("-")) {
            return "starts with '-'";
        }
        for (String segment : text.split("/", -1)) {
            if (segment.isEmpty()) {
                return "has an empty segment";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has a segment '" + segment + "'";
            }
            int stranger = KeyGrammar.firstStranger(segment);
            if (stranger >= 0) {
                return "holds the character " + Printable.codePoint(stranger);
            }
        }
        return null;
    }

    @Override
    public int compareTo(SecretName other) {
        return Printable.compareCodePoints(value, other.value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretName name && value.equals(name.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** The text itself. */
    @Override
    public String toString() {
        return value;
    }
}
