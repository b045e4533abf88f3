package dev.coffer.crypto;

import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Encrypts a whole file as a stream, with Tink's AES-256-GCM-HKDF-SHA-256 in segments of 1 MiB: a segment that was
 * changed, moved or cut off does not open. Each file has its own random key, wrapped by the root key.
 *
 * <pre>
 * wrapped key  60 bytes   nonce, 32 encrypted bytes, tag: AES-256-GCM under the root key
 * body          1 byte    length of this header, with this byte: 40
 *              32 bytes   salt of HKDF-SHA-256, which gives the stream's key from the file's
 *               7 bytes   first part of the nonces; the rest is the number of the segment (4 bytes, big-endian, from
 *                         0) and 1 byte, 1 in the last one
 *              segments   encrypted bytes and a tag of 16: 1 MiB together, the first with this header
 * </pre>
 *
 * <p>Associated data of the wrapped key, and input of HKDF for the body: purpose {@code coffer file key 1}, and the
 * header that the caller puts in front.
 */
public final class FileCipher implements AutoCloseable {
    private static final int SEGMENT_BYTES = 1 << 20; // as Tink's template AES256_GCM_HKDF_1MB
    private static final String PURPOSE = "coffer file key 1";

    private final KeyBytes key;
    private final String what;

    private FileCipher(byte[] key, String what) {
        this.key = new KeyBytes(key, "the cipher of " + what);
        this.what = what;
    }

    /** A cipher with a new random key. */
    public static FileCipher random() {
        return new FileCipher(Random.randBytes(Primitives.KEY_BYTES), "the file");
    }

    /**
     * The cipher whose key was wrapped by {@link #wrap}.
     *
     * @param what the file in words, for errors
     * @throws IntegrityException if the wrapped key or the header was changed, or belongs to another root key
     */
    public static FileCipher unwrap(RootKey rootKey, byte[] wrappedKey, byte[] header, String what) {
        try {
            byte[] key = rootKey.aead().decrypt(wrappedKey, associatedData(header));
            if (key.length != Primitives.KEY_BYTES) {
                throw new GeneralSecurityException("not a file key");
            }
            return new FileCipher(key, what);
        } catch (GeneralSecurityException e) {
            throw new IntegrityException(what + " was changed or is damaged: its key does not open", what, null);
        }
    }

    /** The key under a root key, bound to the header of the file: 60 bytes. */
    public byte[] wrap(RootKey rootKey, byte[] header) {
        byte[] bytes = key.copy();
        try {
            return rootKey.aead().encrypt(bytes, associatedData(header));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM encrypts any 32 bytes", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * A stream that encrypts into another one. Closing it completes the file, also after a failure: whoever writes half
     * of a file has to delete it.
     *
     * @throws IOException if the other stream cannot be written
     */
    public OutputStream encrypting(OutputStream out, byte[] header) throws IOException {
        try {
            return cipher().newEncryptingStream(out, associatedData(header));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a streaming cipher with 32 bytes of key can be made", e);
        }
    }

    /**
     * A stream that decrypts. It hands out each segment once that is verified; that the file ends where it was ended is
     * known only once the stream was read to its end. Reading changed content is an {@link IntegrityException}.
     *
     * @throws IOException if the other stream cannot be read
     */
    public InputStream decrypting(InputStream in, byte[] header) throws IOException {
        try {
            return new VerifiedStream(cipher(), in, associatedData(header), what);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a streaming cipher with 32 bytes of key can be made", e);
        }
    }

    private StreamingAead cipher() throws GeneralSecurityException {
        byte[] bytes = key.copy();
        try {
            return new AesGcmHkdfStreaming(bytes, "HmacSha256", Primitives.KEY_BYTES, SEGMENT_BYTES, 0);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] associatedData(byte[] header) {
        return CanonicalBytes.forPurpose(PURPOSE).add(header).toByteArray();
    }

    /** Overwrites the key. */
    @Override
    public void close() {
        key.close();
    }
}
