package dev.coffer.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The keys that protect a store's content: the KEK keyset, the integrity keyset and the fingerprint keyset. Immutable
 * and safe for use by several threads; a change makes a new keyring with the next generation.
 *
 * <p>At rest it is one blob:
 *
 * <pre>
 * 1 byte    format, 1
 * 12 bytes  nonce
 * n bytes   AES-256-GCM under the root key of: three times (4 bytes length, Tink keyset in its binary format),
 *           in the order KEK, integrity, fingerprint
 * 16 bytes  tag
 * </pre>
 *
 * <p>Associated data: purpose {@code coffer keyring 1}, format, store id, generation.
 */
public final class Keyring {
    /** The first generation. */
    public static final long FIRST_GENERATION = 1;

    private static final byte FORMAT = 1;
    private static final int KEYSETS = 3;
    private static final int TINK_PREFIX_BYTES = 5; // 0x01 and the key id
    private static final int ALGORITHM_AND_KEY_BYTES = 1 + Primitives.KEY_BYTES;
    private static final byte DEK_AES_256_GCM = 1;

    private final long generation;
    private final KeysetHandle kek;
    private final KeysetHandle integrity;
    private final KeysetHandle fingerprint;
    private final Aead kekAead;
    private final Mac integrityMac;
    private final Mac fingerprintMac;

    private Keyring(long generation, KeysetHandle kek, KeysetHandle integrity, KeysetHandle fingerprint)
            throws GeneralSecurityException {
        this.generation = generation;
        this.kek = kek;
        this.integrity = integrity;
        this.fingerprint = fingerprint;
        this.kekAead = kek.getPrimitive(Primitives.AEAD, Aead.class);
        this.integrityMac = integrity.getPrimitive(Primitives.MAC, Mac.class);
        this.fingerprintMac = fingerprint.getPrimitive(Primitives.MAC, Mac.class);
    }

    /** New keys of the kinds that {@code keysets/templates.json} names. */
    public static Keyring create() {
        KeyTemplates templates = KeyTemplates.fromClassPath();
        try {
            return new Keyring(
                    FIRST_GENERATION,
                    KeysetHandle.generateNew(templates.kek(), Primitives.AEAD),
                    KeysetHandle.generateNew(templates.integrity(), Primitives.MAC),
                    KeysetHandle.generateNew(templates.fingerprint(), Primitives.MAC));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key templates give keys", e);
        }
    }

    /**
     * Opens a blob.
     *
     * @throws IntegrityException if the blob was changed, or belongs to another store, generation or root key
     */
    public static Keyring open(RootKey rootKey, UUID storeId, long generation, byte[] blob) {
        byte[] clear = {};
        try {
            if (blob.length < 1 || blob[0] != FORMAT) {
                throw new GeneralSecurityException("unknown format");
            }
            clear = rootKey.aead()
                    .decrypt(Arrays.copyOfRange(blob, 1, blob.length), associatedData(storeId, generation));
            ByteBuffer in = ByteBuffer.wrap(clear);
            KeysetHandle kek = readKeyset(in, Primitives.AEAD);
            KeysetHandle integrity = readKeyset(in, Primitives.MAC);
            KeysetHandle fingerprint = readKeyset(in, Primitives.MAC);
            if (in.hasRemaining()) {
                throw new GeneralSecurityException("trailing bytes");
            }
            return new Keyring(generation, kek, integrity, fingerprint);
        } catch (GeneralSecurityException | BufferUnderflowException e) {
            throw new IntegrityException(
                    "the keyring of the store was changed, is damaged, or belongs to another store",
                    null,
                    "restore the store from a backup with 'coffer restore'");
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** The blob for this keyring under a root key. */
    public byte[] seal(RootKey rootKey, UUID storeId) {
        byte[][] keysets = new byte[KEYSETS][];
        byte[] clear = {};
        try {
            keysets[0] = Primitives.serialize(kek, Primitives.AEAD);
            keysets[1] = Primitives.serialize(integrity, Primitives.MAC);
            keysets[2] = Primitives.serialize(fingerprint, Primitives.MAC);
            ByteBuffer out = ByteBuffer.allocate(Arrays.stream(keysets)
                    .mapToInt(k -> Integer.BYTES + k.length)
                    .sum());
            for (byte[] keyset : keysets) {
                out.putInt(keyset.length).put(keyset);
            }
            clear = out.array();
            ByteArrayOutputStream blob = new ByteArrayOutputStream();
            blob.write(FORMAT);
            blob.writeBytes(rootKey.aead().encrypt(clear, associatedData(storeId, generation)));
            return blob.toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a keyring that was made can be written", e);
        } finally {
            Arrays.fill(clear, (byte) 0);
            for (byte[] keyset : keysets) {
                if (keyset != null) {
                    Arrays.fill(keyset, (byte) 0);
                }
            }
        }
    }

    private static KeysetHandle readKeyset(ByteBuffer in, Configuration configuration) throws GeneralSecurityException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) { // before the array is made
            throw new GeneralSecurityException("length out of bounds");
        }
        byte[] keyset = new byte[length];
        in.get(keyset);
        try {
            return Primitives.parse(keyset, configuration);
        } finally {
            Arrays.fill(keyset, (byte) 0);
        }
    }

    private static byte[] associatedData(UUID storeId, long generation) {
        return CanonicalBytes.forPurpose("coffer keyring 1")
                .add(FORMAT)
                .add(storeId)
                .add(generation)
                .toByteArray();
    }

    /** Counts up with every change of the keyring. */
    public long generation() {
        return generation;
    }

    /** The id of the KEK that new DEKs are wrapped with. */
    public int primaryKekId() {
        return kek.getPrimary().getId();
    }

    /** The ids of all KEKs, oldest first. */
    public List<Integer> kekIds() {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < kek.size(); i++) {
            ids.add(kek.getAt(i).getId());
        }
        return List.copyOf(ids);
    }

    /** The next generation, with a new primary KEK; the old ones stay for reading. */
    public Keyring withNewKek() {
        Parameters kind = KeyTemplates.fromClassPath().kek();
        KeysetHandle.Builder keys = KeysetHandle.newBuilder(kek).setConfiguration(Primitives.AEAD);
        keys.addEntry(
                KeysetHandle.generateEntryFromParameters(kind).withRandomId().makePrimary());
        return next(keys);
    }

    /**
     * The next generation, without some KEKs. Whatever they wrapped is lost: only for KEKs that nothing refers to.
     *
     * @param ids never the primary's
     */
    public Keyring withoutKeks(Set<Integer> ids) {
        if (ids.contains(primaryKekId())) {
            throw new IllegalArgumentException("the primary KEK cannot be removed");
        }
        KeysetHandle.Builder keys = KeysetHandle.newBuilder(kek).setConfiguration(Primitives.AEAD);
        for (int i = kek.size() - 1; i >= 0; i--) {
            if (ids.contains(kek.getAt(i).getId())) {
                keys.deleteAt(i);
            }
        }
        return next(keys);
    }

    /** The same keys at a later generation. */
    public Keyring atGeneration(long later) {
        if (later <= generation) {
            throw new IllegalArgumentException("a keyring's generation only grows");
        }
        return with(KeysetHandle.newBuilder(kek).setConfiguration(Primitives.AEAD), later);
    }

    private Keyring next(KeysetHandle.Builder keks) {
        return with(keks, generation + 1);
    }

    private Keyring with(KeysetHandle.Builder keks, long newGeneration) {
        try {
            return new Keyring(newGeneration, keks.build(), integrity, fingerprint);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a keyset with one more or less key can be built", e);
        }
    }

    /** A MAC under the integrity keyset: 5 bytes of key id and 32 bytes of HMAC-SHA-256. */
    public byte[] mac(CanonicalBytes message) {
        return computeMac(integrityMac, message);
    }

    /** Whether the MAC is one that this store made for the message. Takes constant time. */
    public boolean verifies(byte[] mac, CanonicalBytes message) {
        try {
            integrityMac.verifyMac(mac, message.toByteArray());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A keyed fingerprint: equal for equal messages of this store, and unlike any plain hash. */
    public byte[] fingerprint(CanonicalBytes message) {
        return computeMac(fingerprintMac, message);
    }

    private static byte[] computeMac(Mac mac, CanonicalBytes message) {
        try {
            return mac.computeMac(message.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC takes any message", e);
        }
    }

    /** A new random DEK; the caller wipes it. */
    byte[] newDek() {
        byte[] dek = Random.randBytes(ALGORITHM_AND_KEY_BYTES);
        dek[0] = DEK_AES_256_GCM;
        return dek;
    }

    /** The cipher of a DEK in clear: a byte that names the algorithm and the key. */
    static Aead dekAead(byte[] dek) throws GeneralSecurityException {
        if (dek.length != ALGORITHM_AND_KEY_BYTES || dek[0] != DEK_AES_256_GCM) {
            throw new GeneralSecurityException("unknown kind of DEK");
        }
        byte[] key = Arrays.copyOfRange(dek, 1, dek.length);
        try {
            return Primitives.aes256Gcm(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    byte[] wrap(byte[] dek, byte[] associatedData) throws GeneralSecurityException {
        return kekAead.encrypt(dek, associatedData);
    }

    byte[] unwrap(int kekId, byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
        // The id in the row decides what rotation works on, so it has to be the one inside the ciphertext.
        if (wrapped.length < TINK_PREFIX_BYTES || ByteBuffer.wrap(wrapped).getInt(1) != kekId) {
            throw new GeneralSecurityException("KEK id differs");
        }
        return kekAead.decrypt(wrapped, associatedData);
    }

    /** Generation and number of KEKs. */
    @Override
    public String toString() {
        return "Keyring(generation " + generation + ", " + kek.size() + " KEKs)";
    }
}
