package dev.coffer.crypto;

import java.nio.ByteBuffer;
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
    private static final int CAPACITY = 256; // most associated data, and most rows

    private ByteBuffer out = ByteBuffer.allocate(CAPACITY);

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
        byte[] utf8 = field.getBytes(StandardCharsets.UTF_8);
        if (mayBeReplaced(utf8)) {
            requirePairs(field);
        }
        return add(utf8);
    }

    /** What the JDK puts in the place of half a pair. */
    private static boolean mayBeReplaced(byte[] utf8) {
        for (byte b : utf8) {
            if (b == '?') {
                return true;
            }
        }
        return false;
    }

    private static void requirePairs(String field) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(field)) {
            throw new IllegalArgumentException("text with half of a surrogate pair");
        }
    }

    /** Appends a number. */
    public CanonicalBytes add(long field) {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(field);
        return this;
    }

    /** Appends a truth value, as the number 1 or 0. */
    public CanonicalBytes add(boolean field) {
        return add(field ? 1L : 0L);
    }

    /** Appends an identity. */
    public CanonicalBytes add(UUID field) {
        room(Integer.BYTES + 2 * Long.BYTES)
                .putInt(2 * Long.BYTES)
                .putLong(field.getMostSignificantBits())
                .putLong(field.getLeastSignificantBits());
        return this;
    }

    /** Appends bytes. */
    public CanonicalBytes add(byte[] field) {
        room(Math.addExact(Integer.BYTES, field.length)).putInt(field.length).put(field);
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int needed = Math.addExact(out.position(), bytes);
            byte[] grown = Arrays.copyOf(out.array(), (int) Math.min(Integer.MAX_VALUE - 8, 2L * needed));
            int position = out.position();
            wipe(); // what is left behind
            out = ByteBuffer.wrap(grown).position(position);
        }
        return out;
    }

    /** All fields so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Overwrites all fields so far, for one of them was a secret value. Nothing is to be made of these bytes afterwards. */
    public void wipe() {
        Arrays.fill(out.array(), (byte) 0);
    }

    /** The SHA-256 of all fields so far: 32 bytes. It is not keyed: never make one of secret values. */
    public byte[] sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(out.array(), 0, out.position());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** The SHA-256 of a purpose and a random key, of which no copy stays behind: the two never outgrow the buffer. */
    static byte[] sha256OfKey(String purpose, byte[] key) {
        CanonicalBytes bytes = forPurpose(purpose).add(key);
        try {
            return bytes.sha256();
        } finally {
            bytes.wipe();
        }
    }
}
