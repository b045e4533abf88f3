package dev.coffer.secrets;

/** Public text made safe for a terminal: control, invisible and unassigned characters are escaped, long text is cut. */
public final class Printable {
    private static final int QUOTED_LENGTH = 60; // keeps an error on one line of an 80-column terminal

    private Printable() {}

    /** The text between single quotes, escaped, cut after 60 characters. */
    public static String quote(String text) {
        String escaped = text(text);
        if (escaped.codePointCount(0, escaped.length()) > QUOTED_LENGTH) {
            escaped = escaped.substring(0, escaped.offsetByCodePoints(0, QUOTED_LENGTH)) + "…";
        }
        return "'" + escaped + "'";
    }

    /** The text with every character that a terminal might obey or hide written as {@code \\u} and hexadecimal digits. */
    public static String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isPlain(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format(c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c));
            }
        });
        return out.toString();
    }

    /** A name for one character, for instance {@code U+0020}. */
    static String codePoint(int codePoint) {
        return String.format("U+%04X", codePoint);
    }

    /** Orders by Unicode code points, as SQLite orders UTF-8 text. Negative, zero or positive. */
    public static int compareCodePoints(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        for (int i = 0; i < shorter; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) { // half of a pair stands for more than any single character does
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
            }
        }
        return left.length() - right.length();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> !isInvisible(c);
        };
    }

    /**
     * Whether a character shows nothing although its category is a letter's or a mark's. These are the ranges of the
     * property Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt, less the format characters and the
     * unassigned ones; java.lang.Character does not know the property.
     */
    static boolean isInvisible(int c) {
        return c == 0x034F // combining grapheme joiner
                || (c >= 0x115F && c <= 0x1160) // Hangul fillers
                || (c >= 0x17B4 && c <= 0x17B5) // inherent vowels of Khmer
                || (c >= 0x180B && c <= 0x180F) // variation selectors of Mongolian
                || c == 0x3164 // Hangul filler
                || (c >= 0xFE00 && c <= 0xFE0F) // variation selectors
                || c == 0xFFA0 // halfwidth Hangul filler
                || (c >= 0xE0100 && c <= 0xE01EF); // variation selectors
    }
}
