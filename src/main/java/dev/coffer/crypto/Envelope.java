package dev.coffer.crypto;

import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Seals content under a fresh DEK and the DEK under the KEK.
 *
 * <p>Associated data of both: purpose ({@code coffer dek 1} or {@code coffer payload 1}), format, and all fields of the
 * {@link Binding}. What is encrypted is {@code length (4 bytes) ‖ content ‖ zeros} up to a size class, so that the
 * length of the ciphertext does not tell the length of a short value:
 *
 * <pre>
 * size classes: 256, 512, 1,024, 2,048, 4,096 bytes, then every multiple of 4,096
 * </pre>
 */
public final class Envelope {
    private static final byte FORMAT = 1;
    private static final int SMALLEST = 256;
    private static final int LARGEST_POWER = 4_096;

    private Envelope() {}

    /** Seals content, which is not kept. */
    public static SealedContent seal(Keyring keyring, Binding binding, byte[] content) {
        byte[] dek = keyring.newDek();
        byte[] padded = pad(content);
        try {
            byte[] encrypted = Keyring.dekAead(dek).encrypt(padded, associatedData("coffer payload 1", binding));
            ByteArrayOutputStream payload = new ByteArrayOutputStream(1 + encrypted.length);
            payload.write(FORMAT);
            payload.writeBytes(encrypted);
            return new SealedContent(
                    keyring.primaryKekId(),
                    keyring.wrap(dek, associatedData("coffer dek 1", binding)),
                    payload.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM encrypts any content", e);
        } finally {
            Arrays.fill(dek, (byte) 0);
            Arrays.fill(padded, (byte) 0);
        }
    }

    /**
     * Opens content; the caller wipes it.
     *
     * @param what the content's owner in words, for errors
     * @throws IntegrityException if anything was changed, or belongs elsewhere
     */
    public static byte[] open(Keyring keyring, Binding binding, SealedContent sealed, String what) {
        byte[] dek = {};
        byte[] padded = {};
        try {
            if (sealed.payload().length < 1 || sealed.payload()[0] != FORMAT) {
                throw new GeneralSecurityException("unknown format");
            }
            dek = keyring.unwrap(sealed.kekId(), sealed.wrappedDek(), associatedData("coffer dek 1", binding));
            padded = Keyring.dekAead(dek)
                    .decrypt(
                            Arrays.copyOfRange(sealed.payload(), 1, sealed.payload().length),
                            associatedData("coffer payload 1", binding));
            return unpad(padded);
        } catch (GeneralSecurityException e) {
            throw new IntegrityException(
                    "the content of " + what + " does not open: it was changed, moved, or is damaged",
                    what,
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        } finally {
            Arrays.fill(dek, (byte) 0);
            Arrays.fill(padded, (byte) 0);
        }
    }

    /**
     * The same content with its DEK wrapped under the primary KEK. The DEK is opaque bytes here.
     *
     * @throws IntegrityException if the wrapped DEK was changed, or belongs elsewhere
     */
    public static SealedContent rewrap(Keyring keyring, Binding binding, SealedContent sealed, String what) {
        byte[] associatedData = associatedData("coffer dek 1", binding);
        byte[] dek = {};
        try {
            dek = keyring.unwrap(sealed.kekId(), sealed.wrappedDek(), associatedData);
            return new SealedContent(keyring.primaryKekId(), keyring.wrap(dek, associatedData), sealed.payload());
        } catch (GeneralSecurityException e) {
            throw new IntegrityException(
                    "the key of " + what + " does not open: it was changed, moved, or is damaged",
                    what,
                    "'coffer verify' names all damage; 'coffer restore' brings back a backup");
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }

    private static byte[] associatedData(String purpose, Binding binding) {
        return CanonicalBytes.forPurpose(purpose)
                .add(FORMAT)
                .add(binding.purpose())
                .add(binding.storeId())
                .add(binding.id())
                .add(binding.version())
                .add(binding.type())
                .add(binding.created())
                .add(binding.deleted())
                .toByteArray();
    }

    private static byte[] pad(byte[] content) {
        return ByteBuffer.allocate(sizeClass(Math.addExact(Integer.BYTES, content.length)))
                .putInt(content.length)
                .put(content)
                .array();
    }

    private static byte[] unpad(byte[] padded) throws GeneralSecurityException {
        if (padded.length < SMALLEST) {
            throw new GeneralSecurityException("shorter than the smallest size class");
        }
        int length = ByteBuffer.wrap(padded).getInt();
        if (length < 0 || length > padded.length - Integer.BYTES) { // before the array is made
            throw new GeneralSecurityException("length out of bounds");
        }
        return Arrays.copyOfRange(padded, Integer.BYTES, Integer.BYTES + length);
    }

    static int sizeClass(int length) {
        if (length > LARGEST_POWER) {
            return Math.multiplyExact(Math.addExact(length, LARGEST_POWER - 1) / LARGEST_POWER, LARGEST_POWER);
        }
        int size = SMALLEST;
        while (size < length) {
            size *= 2;
        }
        return size;
    }
}
