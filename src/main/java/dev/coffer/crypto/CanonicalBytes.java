package dev.coffer.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;

/**
 * Builds the bytes that a MAC, a digest or an AEAD is computed over, so that two different lists of fields never give
 * the same bytes. Each field is written as
 *
 * <pre>
 * 4 bytes  length n of the field, big-endian
 * n bytes  the field: text as UTF-8, a number as 8 bytes big-endian, a UUID as 16 bytes
 * </pre>
 *
 * <p>The first field is the purpose, so that bytes made for one use never serve another.
 */
public final class CanonicalBytes {
    private final Buffer out = new Buffer();

    private CanonicalBytes() {}

    /** Starts with the purpose, for instance {@code coffer head 1}; the number is the version of the field list. */
    public static CanonicalBytes forPurpose(String purpose) {
        return new CanonicalBytes().add(purpose);
    }

    /**
     * Appends text.
     *
     * @throws IllegalArgumentException if a surrogate stands alone, for which UTF-8 has no bytes: the JDK would write a
     *     question mark, and two texts would give the same bytes
     */
    public CanonicalBytes add(String field) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(field));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return add(bytes);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text with half of a surrogate pair", e);
        }
    }

    /** Appends a number. */
    public CanonicalBytes add(long field) {
        return add(ByteBuffer.allocate(Long.BYTES).putLong(field).array());
    }

    /** Appends a truth value, as the number 1 or 0. */
    public CanonicalBytes add(boolean field) {
        return add(field ? 1L : 0L);
    }

    /** Appends an identity. */
    public CanonicalBytes add(UUID field) {
        return add(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(field.getMostSignificantBits())
                .putLong(field.getLeastSignificantBits())
                .array());
    }

    /** Appends bytes. */
    public CanonicalBytes add(byte[] field) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
        out.writeBytes(field);
        return this;
    }

    /** All fields so far. */
    public byte[] toByteArray() {
        return out.toByteArray();
    }

    /** The SHA-256 of all fields so far: 32 bytes. It is not keyed: never make one of secret values. */
    public byte[] sha256() {
        return out.sha256();
    }

    /** The SHA-256 of a purpose and a random key, of which no copy stays behind. */
    static byte[] sha256OfKey(String purpose, byte[] key) {
        CanonicalBytes bytes = forPurpose(purpose).add(key);
        try {
            return bytes.sha256();
        } finally {
            bytes.out.wipe();
        }
    }

    private static final class Buffer extends ByteArrayOutputStream {
        Buffer() {
            super(160); // most associated data; growing would leave a copy behind
        }

        byte[] sha256() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(buf, 0, count);
                return digest.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java runtime has SHA-256", e);
            }
        }

        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
