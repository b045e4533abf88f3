package dev.coffer.crypto;

import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/**
 * The key that an item of the operating system's keychain holds: the line {@code coffer-keychain-v1:KEY:CHECK} of
 * {@link RandomKey} and nothing else.
 */
public final class KeychainKey extends RandomKey {
    private static final String PREFIX = "coffer-keychain-v1";

    private KeychainKey(byte[] key) {
        super(key);
    }

    /** A new random key. */
    public static KeychainKey random() {
        return new KeychainKey(randomBytes());
    }

    /**
     * Reads what the keychain holds.
     *
     * @param content the bytes of the item
     * @throws InvalidException if it is not such a key, or damaged
     */
    public static KeychainKey parse(byte[] content) {
        try {
            return new KeychainKey(parseLine(PREFIX, new String(content, StandardCharsets.ISO_8859_1)));
        } catch (InvalidException e) {
            throw new InvalidException("the item in the keychain is not a coffer key: " + e.getMessage(), null, null);
        }
    }

    /** The content of the item; the caller wipes it. */
    public byte[] revealItemContent() {
        return ascii(line(PREFIX));
    }

    @Override
    public SlotKind kind() {
        return SlotKind.KEYCHAIN;
    }
}
