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
 * The key inside a key file: 256 random bits. The file is text:
 *
 * <pre>
 * # any number of comment lines
 * coffer-key-v1:KEY:CHECK
 * </pre>
 *
 * <p>KEY is the key in base64url without padding, 43 characters. CHECK is the first 4 bytes, in hexadecimal, of the
 * SHA-256 of the purpose {@code coffer key check 1} and the key, so that a damaged file is told from a wrong one. A file
 * is at most 4 KiB long.
 */
public final class KeyFile extends Credential {
    /** The longest key file, in bytes. */
    public static final int MAX_FILE_BYTES = 4_096;

    private static final String COMMENT =
            "# coffer key file: with a copy of the store it opens every secret. Keep it apart from backups.\n";
    private static final int CHECK_BYTES = 4;
    private static final int ID_BYTES = 8;
    private static final Pattern LINE = Pattern.compile("coffer-key-v1:([A-Za-z0-9_-]{43}):([0-9a-f]{8})");

    private KeyFile(byte[] key) {
        super(key);
    }

    /** A new random key. */
    public static KeyFile random() {
        return new KeyFile(Random.randBytes(Primitives.KEY_BYTES));
    }

    /**
     * Reads the text of a key file.
     *
     * @param content the bytes of the file
     * @param path where they came from, for errors
     * @throws InvalidException if it is not a key file, or damaged
     */
    public static KeyFile parse(byte[] content, String path) {
        if (content.length > MAX_FILE_BYTES) {
            throw notAKeyFile(path, "it is longer than " + MAX_FILE_BYTES + " bytes");
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String line = null;
        for (String candidate : text.split("\r?\n", -1)) {
            if (candidate.isBlank() || candidate.startsWith("#")) {
                continue;
            }
            if (line != null) {
                throw notAKeyFile(path, "it has more than one key");
            }
            line = candidate.strip();
        }
        if (line == null) {
            throw notAKeyFile(path, "it holds no key");
        }
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            throw notAKeyFile(path, "its line does not start with coffer-key-v1 or is cut");
        }
        byte[] key = Base64.getUrlDecoder().decode(m.group(1));
        byte[] check = HexFormat.of().parseHex(m.group(2));
        if (!MessageDigest.isEqual(check, check(key))) {
            Arrays.fill(key, (byte) 0);
            throw notAKeyFile(path, "its checksum does not match, so it is damaged");
        }
        return new KeyFile(key);
    }

    /** The content of the file; the caller writes it with mode 0600 and wipes it. */
    public byte[] revealFileContent() {
        byte[] key = secret();
        try {
            String text = COMMENT + "coffer-key-v1:"
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(key) + ":"
                    + HexFormat.of().formatHex(check(key)) + "\n";
            return text.getBytes(StandardCharsets.US_ASCII);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * A public name for the key, by which the slot that it opens is found: the first 16 hexadecimal digits of the
     * SHA-256 of the purpose {@code coffer key id 1} and the key.
     */
    public String keyId() {
        byte[] key = secret();
        try {
            return HexFormat.of().formatHex(CanonicalBytes.sha256OfKey("coffer key id 1", key), 0, ID_BYTES);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public SlotKind kind() {
        return SlotKind.KEY_FILE;
    }

    private static byte[] check(byte[] key) {
        return Arrays.copyOf(CanonicalBytes.sha256OfKey("coffer key check 1", key), CHECK_BYTES);
    }

    private static InvalidException notAKeyFile(String path, String why) {
        return new InvalidException(
                path + " is not a coffer key file: " + why,
                path,
                "name the key file that was written when the store was made");
    }
}
