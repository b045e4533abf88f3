package dev.coffer.crypto;

import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/**
 * The key inside a key file: 256 random bits. The file is text:
 *
 * <pre>
 * # any number of comment lines
 * coffer-key-v1:KEY:CHECK
 * </pre>
 *
 * <p>KEY and CHECK are those of {@link RandomKey}. A file is at most 4 KiB long.
 */
public final class KeyFile extends RandomKey {
    /** The longest key file, in bytes. */
    public static final int MAX_FILE_BYTES = 4_096;

    private static final String COMMENT =
            "# coffer key file: with a copy of the store it opens every secret. Keep it apart from backups.\n";
    private static final String PREFIX = "coffer-key-v1";

    private KeyFile(byte[] key) {
        super(key);
    }

    /** A new random key. */
    public static KeyFile random() {
        return new KeyFile(randomBytes());
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
        try {
            return new KeyFile(parseLine(PREFIX, line));
        } catch (InvalidException e) {
            throw notAKeyFile(path, e.getMessage());
        }
    }

    /** The content of the file; the caller writes it with mode 0600 and wipes it. */
    public byte[] revealFileContent() {
        return ascii(COMMENT + line(PREFIX) + "\n");
    }

    @Override
    public SlotKind kind() {
        return SlotKind.KEY_FILE;
    }

    private static InvalidException notAKeyFile(String path, String why) {
        return new InvalidException(
                path + " is not a coffer key file: " + why,
                path,
                "name the key file that was written when the store was made");
    }
}
