package dev.coffer.crypto;

import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 256 random bits that are kept somewhere as one line of text:
 *
 * <pre>
 * PREFIX:KEY:CHECK
 * </pre>
 *
 * <p>KEY is the key in base64url without padding, 43 characters. CHECK is the first 4 bytes, in hexadecimal, of the
 * SHA-256 of the purpose {@code coffer key check 1} and the key, so that a damaged key is told from a wrong one.
 */
public abstract sealed class RandomKey extends Credential permits KeyFile, KeychainKey {
    private static final int CHECK_BYTES = 4;
    private static final int ID_BYTES = 8;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{" + 2 * ID_BYTES + "}");
    private static final Pattern KEY_AND_CHECK = Pattern.compile("([A-Za-z0-9_-]{43}):([0-9a-f]{8})");

    RandomKey(byte[] key) {
        super(key);
    }

    /**
     * A public name for the key, by which the slot that it opens is found: the first 16 hexadecimal digits of the
     * SHA-256 of the purpose {@code coffer key id 1} and the key.
     */
    public final String keyId() {
        byte[] key = secret();
        try {
            return HexFormat.of().formatHex(CanonicalBytes.sha256OfKey("coffer key id 1", key), 0, ID_BYTES);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    static boolean isKeyId(String text) {
        return ID.matcher(text).matches();
    }

    static byte[] randomBytes() {
        return Random.randBytes(Primitives.KEY_BYTES);
    }

    /** The line, without an end of line. */
    final String line(String prefix) {
        byte[] key = secret();
        try {
            return prefix + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(key) + ":"
                    + HexFormat.of().formatHex(check(key));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * The key in a line; the caller wipes it.
     *
     * @throws InvalidException if the line is none, or damaged; its message says why, as half a sentence
     */
    static byte[] parseLine(String prefix, String line) {
        Matcher m = KEY_AND_CHECK.matcher(line.startsWith(prefix + ":") ? line.substring(prefix.length() + 1) : "");
        if (!m.matches()) {
            throw new InvalidException("its line does not start with " + prefix + " or is cut", null, null);
        }
        byte[] key = Base64.getUrlDecoder().decode(m.group(1));
        if (!MessageDigest.isEqual(HexFormat.of().parseHex(m.group(2)), check(key))) {
            Arrays.fill(key, (byte) 0);
            throw new InvalidException("its checksum does not match, so it is damaged", null, null);
        }
        return key;
    }

    private static byte[] check(byte[] key) {
        return Arrays.copyOf(CanonicalBytes.sha256OfKey("coffer key check 1", key), CHECK_BYTES);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
