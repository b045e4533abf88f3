package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Writes any text with few characters, so that it can be read again and no two texts are written alike. A text of these
 * alone stands for itself, unless it looks like one that is written otherwise; of all others each byte of UTF-8 that is no
 * letter and no digit is written as {@code _} and two hexadecimal digits.
 *
 * @param upperCase whether there are upper-case letters among the characters
 * @param reserved texts that must not stand for themselves
 */
record GcpEncoding(boolean upperCase, Predicate<String> reserved) {
    /** The text as it is written. */
    String encode(String text) {
        return isPlain(text) && !reserved.test(text) && decode(text).equals(text) ? text : escape(text);
    }

    /** The text that is written as this; the same if there is none. */
    String decode(String encoded) {
        return unescape(encoded)
                .filter(text -> !text.equals(encoded) && encode(text).equals(encoded))
                .orElse(encoded);
    }

    private boolean isPlain(String text) {
        return text.chars().allMatch(c -> isAlphanumeric(c) || c == '-' || c == '_');
    }

    private boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upperCase && c >= 'A' && c <= 'Z');
    }

    private String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (isAlphanumeric(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('_').append(HexFormat.of().toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    private Optional<String> unescape(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (isAlphanumeric(c)) {
                bytes.write(c);
            } else if (c == '_'
                    && i + 2 < escaped.length()
                    && HexFormat.isHexDigit(escaped.charAt(i + 1))
                    && HexFormat.isHexDigit(escaped.charAt(i + 2))) {
                bytes.write(HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        return GcpPayload.text(bytes.toByteArray());
    }
}
