package dev.coffer.crypto;

import dev.coffer.secrets.InvalidException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A passphrase: 1 to 4,096 bytes, taken as they are; text is taken as UTF-8. */
public final class Passphrase extends Credential {
    /** The longest passphrase, in bytes. */
    public static final int MAX_BYTES = 4_096;

    private Passphrase(byte[] bytes) {
        super(bytes);
    }

    /**
     * A passphrase from bytes, which are copied.
     *
     * @throws InvalidException if it is empty or too long
     */
    public static Passphrase of(byte[] bytes) {
        if (bytes.length == 0) {
            throw new InvalidException("the passphrase is empty", null, "type at least one character");
        }
        if (bytes.length > MAX_BYTES) {
            throw new InvalidException("the passphrase is longer than " + MAX_BYTES + " bytes", null, null);
        }
        return new Passphrase(bytes.clone());
    }

    /**
     * A passphrase from characters, which are copied.
     *
     * @throws InvalidException if it is empty, too long, or holds half of a surrogate pair, for which UTF-8 has no bytes
     */
    public static Passphrase of(char[] characters) {
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(characters));
        } catch (CharacterCodingException e) {
            throw new InvalidException(
                    "the passphrase holds half of a character", null, "type it again, or give it as a file");
        }
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        encoded.clear();
        while (encoded.hasRemaining()) {
            encoded.put((byte) 0);
        }
        try {
            return of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public SlotKind kind() {
        return SlotKind.PASSPHRASE;
    }
}
