package dev.coffer.secrets;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * One value of a secret: valid UTF-8 text of at most 1 MiB, kept as it came, never trimmed, expanded or re-encoded.
 *
 * <p>It shows itself nowhere: {@link #toString()} is redacted, equality is identity, there is no bean getter and it is
 * not serializable. {@link #close()} overwrites the bytes. What a JVM cannot promise: the garbage collector may have
 * copied the array before, and a {@link String} made by {@link #revealText()} lives until it is collected.
 *
 * <p>Safe for use by several threads.
 */
public final class SecretValue implements AutoCloseable {
    /** The longest value, in bytes of UTF-8: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    private final byte[] utf8;
    private boolean closed;

    private SecretValue(byte[] utf8) {
        this.utf8 = utf8;
    }

    /**
     * A value from UTF-8 bytes, which are copied.
     *
     * @throws InvalidException if the bytes are not UTF-8 text, or more than 1 MiB
     */
    public static SecretValue ofUtf8(byte[] utf8) {
        checkSize(utf8.length);
        byte[] kept = utf8.clone(); // what is checked is what is kept, whatever becomes of the array meanwhile
        char[] decoded = new char[kept.length]; // no character takes less than one byte
        try {
            CoderResult result =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(kept), CharBuffer.wrap(decoded), true);
            if (result.isError()) {
                Arrays.fill(kept, (byte) 0);
                throw notText();
            }
            return new SecretValue(kept);
        } finally {
            Arrays.fill(decoded, '\0');
        }
    }

    /**
     * A value from text. Pass a {@link CharBuffer} over a {@code char[]} to be able to wipe the original.
     *
     * @throws InvalidException if the text has unpaired surrogates, or is more than 1 MiB of UTF-8
     */
    public static SecretValue of(CharSequence text) {
        checkSize(text.length()); // a character takes at least one byte
        byte[] ascii = new byte[text.length()];
        for (int i = 0; i < ascii.length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                Arrays.fill(ascii, (byte) 0);
                return encoded(text);
            }
            ascii[i] = (byte) c;
        }
        return new SecretValue(ascii);
    }

    private static SecretValue encoded(CharSequence text) {
        byte[] encoded = new byte[3 * text.length()]; // and at most three, a surrogate pair four
        try {
            ByteBuffer target = ByteBuffer.wrap(encoded);
            CoderResult result = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), target, true);
            if (result.isError()) {
                throw notText();
            }
            checkSize(target.position());
            return new SecretValue(Arrays.copyOf(encoded, target.position()));
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** An independent copy with a life of its own. */
    public synchronized SecretValue copy() {
        return new SecretValue(open().clone());
    }

    /** The length in bytes of UTF-8. */
    public synchronized int size() {
        return open().length;
    }

    /** A copy of the bytes in clear; the caller wipes it. */
    public synchronized byte[] revealUtf8() {
        return open().clone();
    }

    /** The text in clear. It cannot be wiped: prefer {@link #revealUtf8()} where the bytes will do. */
    public synchronized String revealText() {
        return new String(open(), StandardCharsets.UTF_8);
    }

    /** Whether both hold the same bytes, told in time that does not depend on where they differ. */
    public boolean sameAs(SecretValue other) {
        byte[] mine = revealUtf8();
        byte[] theirs = other.revealUtf8();
        try {
            return MessageDigest.isEqual(mine, theirs);
        } finally {
            Arrays.fill(mine, (byte) 0);
            Arrays.fill(theirs, (byte) 0);
        }
    }

    /** Overwrites the bytes. Using the value afterwards is an {@link IllegalStateException}. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(utf8, (byte) 0);
    }

    /** Always the same words. */
    @Override
    public String toString() {
        return "SecretValue(redacted)";
    }

    private byte[] open() {
        if (closed) {
            throw new IllegalStateException("this secret value was closed");
        }
        return utf8;
    }

    private static void checkSize(int bytes) {
        if (bytes > MAX_BYTES) {
            throw new InvalidException(
                    "a value is " + bytes + " bytes long; the limit is " + MAX_BYTES + " (1 MiB)",
                    null,
                    "keep large content in a file and the key to it in coffer");
        }
    }

    private static InvalidException notText() {
        return new InvalidException(
                "a value is not valid UTF-8 text", null, "encode binary content as base64 and store that");
    }
}
