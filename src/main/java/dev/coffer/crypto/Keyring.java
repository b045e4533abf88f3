package dev.coffer.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The keys that protect a store's content: the KEK keyset, the integrity keys and the fingerprint keyset. Immutable and
 * safe for use by several threads; a change makes a new keyring with a later generation.
 *
 * <p>At rest it is one blob: 1 byte format, 1; 12 bytes nonce; what follows, encrypted with AES-256-GCM under the root
 * key; 16 bytes tag. Associated data: purpose {@code coffer keyring 1}, format, store id, generation.
 *
 * <pre>
 * 1 byte    number of entries, then for each:
 * 1 byte    kind: 1 KEK keyset, 2 integrity key, 3 fingerprint keyset
 * 8 bytes   for an integrity key, the last sequence of the log that it may sign; the greatest number for the current
 *           one; else 0
 * 4 bytes   length n
 * n bytes   a Tink keyset in its binary format
 * </pre>
 *
 * <p>The order is KEK, fingerprint, integrity keys from the oldest to the current one; any other does not open. Only the
 * KEK keyset may hold more than one key. Revocation makes a new integrity key: rows of the
 * log that were written before keep the key that they were signed with, everything else is signed anew, and whoever
 * still has the old key can sign nothing that is believed.
 */
public final class Keyring {
    /** The first generation. */
    public static final long FIRST_GENERATION = 1;

    private static final byte FORMAT = 1;
    private static final int TINK_PREFIX_BYTES = 5; // 0x01 and the key id
    private static final int ALGORITHM_AND_KEY_BYTES = 1 + Primitives.KEY_BYTES;
    private static final byte DEK_AES_256_GCM = 1;
    private static final int ENTRY_HEADER_BYTES = 1 + Long.BYTES + Integer.BYTES;
    private static final int MAX_INTEGRITY_KEYS = 200; // the number of entries is one byte
    private static final byte KEK = 1;
    private static final byte INTEGRITY = 2;
    private static final byte FINGERPRINT = 3;

    private final long generation;
    private final KeysetHandle kek;
    private final List<IntegrityKey> integrity;
    private final KeysetHandle fingerprint;
    private final Aead kekAead;
    private final Mac fingerprintMac;

    /** A key that signs, and how far in the log it may. */
    private record IntegrityKey(KeysetHandle keyset, Mac mac, long lastSequence) {
        static IntegrityKey of(KeysetHandle keyset, long lastSequence) throws GeneralSecurityException {
            return new IntegrityKey(keyset, keyset.getPrimitive(Primitives.MAC, Mac.class), lastSequence);
        }
    }

    private Keyring(long generation, KeysetHandle kek, List<IntegrityKey> integrity, KeysetHandle fingerprint)
            throws GeneralSecurityException {
        this.generation = generation;
        this.kek = kek;
        this.integrity = List.copyOf(integrity);
        this.fingerprint = fingerprint;
        this.kekAead = kek.getPrimitive(Primitives.AEAD, Aead.class);
        this.fingerprintMac = fingerprint.getPrimitive(Primitives.MAC, Mac.class);
    }

    /** New keys of the kinds that {@code keysets/templates.json} names. */
    public static Keyring create() {
        KeyTemplates templates = KeyTemplates.fromClassPath();
        try {
            return new Keyring(
                    FIRST_GENERATION,
                    KeysetHandle.generateNew(templates.kek(), Primitives.AEAD),
                    List.of(IntegrityKey.of(
                            KeysetHandle.generateNew(templates.integrity(), Primitives.MAC), Long.MAX_VALUE)),
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
            return read(generation, ByteBuffer.wrap(clear));
        } catch (GeneralSecurityException | BufferUnderflowException e) {
            throw new IntegrityException(
                    "the keyring of the store was changed, is damaged, or belongs to another store",
                    null,
                    "restore the store from a backup with 'coffer restore'");
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    private static Keyring read(long generation, ByteBuffer in) throws GeneralSecurityException {
        int count = Byte.toUnsignedInt(in.get());
        KeysetHandle kek = null;
        KeysetHandle fingerprint = null;
        List<IntegrityKey> integrity = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte kind = in.get();
            long number = in.getLong();
            if (i == 0 && kind == KEK && number == 0) {
                kek = readKeyset(in, Primitives.AEAD, KeyTemplates.AEADS.values());
            } else if (i == 1 && kind == FINGERPRINT && number == 0) {
                fingerprint = single(readKeyset(in, Primitives.MAC, KeyTemplates.MACS.values()));
            } else if (i > 1 && kind == INTEGRITY) {
                integrity.add(
                        IntegrityKey.of(single(readKeyset(in, Primitives.MAC, KeyTemplates.MACS.values())), number));
            } else {
                throw new GeneralSecurityException("unexpected entry");
            }
        }
        if (in.hasRemaining() || kek == null || fingerprint == null || !ascending(integrity)) {
            throw new GeneralSecurityException("entries are missing, out of order, or too many");
        }
        return new Keyring(generation, kek, integrity, fingerprint);
    }

    private static boolean ascending(List<IntegrityKey> keys) {
        long last = -1;
        for (IntegrityKey key : keys) {
            if (key.lastSequence() <= last) {
                return false;
            }
            last = key.lastSequence();
        }
        return last == Long.MAX_VALUE;
    }

    /** The blob for this keyring under a root key. */
    public byte[] seal(RootKey rootKey, UUID storeId) {
        List<byte[]> keysets = new ArrayList<>();
        byte[] clear = {};
        try {
            keysets.add(Primitives.serialize(kek, Primitives.AEAD));
            keysets.add(Primitives.serialize(fingerprint, Primitives.MAC));
            for (IntegrityKey key : integrity) {
                keysets.add(Primitives.serialize(key.keyset(), Primitives.MAC));
            }
            ByteBuffer out = ByteBuffer.allocate(1
                    + keysets.stream()
                            .mapToInt(k -> ENTRY_HEADER_BYTES + k.length)
                            .sum());
            out.put((byte) keysets.size());
            put(out, KEK, 0, keysets.get(0));
            put(out, FINGERPRINT, 0, keysets.get(1));
            for (int i = 0; i < integrity.size(); i++) {
                put(out, INTEGRITY, integrity.get(i).lastSequence(), keysets.get(2 + i));
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
            keysets.forEach(keyset -> Arrays.fill(keyset, (byte) 0));
        }
    }

    private static void put(ByteBuffer out, byte kind, long number, byte[] keyset) {
        out.put(kind).putLong(number).putInt(keyset.length).put(keyset);
    }

    private static KeysetHandle readKeyset(
            ByteBuffer in, Configuration configuration, Collection<? extends Parameters> kinds)
            throws GeneralSecurityException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) { // before the array is made
            throw new GeneralSecurityException("length out of bounds");
        }
        byte[] keyset = new byte[length];
        in.get(keyset);
        try {
            return checked(Primitives.parse(keyset, configuration), kinds);
        } finally {
            Arrays.fill(keyset, (byte) 0);
        }
    }

    /** Tink reads many kinds of keys, also disabled ones and such as leave no key id in what they wrap. */
    private static KeysetHandle checked(KeysetHandle keyset, Collection<? extends Parameters> kinds)
            throws GeneralSecurityException {
        for (int i = 0; i < keyset.size(); i++) {
            KeysetHandle.Entry entry = keyset.getAt(i);
            if (entry.getStatus() != KeyStatus.ENABLED
                    || !kinds.contains(entry.getKey().getParameters())) {
                throw new GeneralSecurityException("a key of a kind that coffer does not make");
            }
        }
        return keyset;
    }

    /** A second key in a keyset would verify too: a retired one beside the current one, for all of the store. */
    private static KeysetHandle single(KeysetHandle keyset) throws GeneralSecurityException {
        if (keyset.size() != 1) {
            throw new GeneralSecurityException("more than one key");
        }
        return keyset;
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

    /**
     * The next generation, with a new integrity key.
     *
     * @param lastSequence the last row of the log that was signed with the one in use; everything but the log up to it
     *     has to be signed anew. Greater than at the time before, for else the key in use could sign nothing
     * @throws InvalidException if there are 200 integrity keys already, from 199 revocations
     */
    public Keyring withNewIntegrityKey(long lastSequence) {
        if (integrity.size() >= MAX_INTEGRITY_KEYS) {
            throw new InvalidException(
                    "the keyring of the store has " + integrity.size() + " integrity keys, and no room for another",
                    null,
                    "make a new store with 'coffer init' and put the secrets there with 'coffer secret register'");
        }
        long before =
                integrity.size() == 1 ? -1 : integrity.get(integrity.size() - 2).lastSequence();
        if (lastSequence <= before || lastSequence == Long.MAX_VALUE) { // it would be sealed and never open
            throw new IllegalArgumentException("sequence " + lastSequence + " does not follow " + before);
        }
        List<IntegrityKey> keys = new ArrayList<>(integrity.subList(0, integrity.size() - 1));
        try {
            IntegrityKey current = integrity.get(integrity.size() - 1);
            keys.add(new IntegrityKey(current.keyset(), current.mac(), lastSequence));
            keys.add(IntegrityKey.of(
                    KeysetHandle.generateNew(KeyTemplates.fromClassPath().integrity(), Primitives.MAC),
                    Long.MAX_VALUE));
            return new Keyring(generation + 1, kek, keys, fingerprint);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key templates give keys", e);
        }
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

    /** A MAC with the current integrity key: 5 bytes of key id and 32 bytes of HMAC-SHA-256. */
    public byte[] mac(CanonicalBytes message) {
        return computeMac(integrity.get(integrity.size() - 1).mac(), message);
    }

    /** Whether the MAC is one that this store made for the message with its current key. Takes constant time. */
    public boolean verifies(byte[] mac, CanonicalBytes message) {
        return verifies(integrity.get(integrity.size() - 1), mac, message);
    }

    /** As {@link #verifies}, for a row of the log, with the key that was the current one at that sequence. */
    public boolean verifiesLog(long sequence, byte[] mac, CanonicalBytes message) {
        for (IntegrityKey key : integrity) {
            if (sequence <= key.lastSequence()) {
                return verifies(key, mac, message);
            }
        }
        return false;
    }

    private static boolean verifies(IntegrityKey key, byte[] mac, CanonicalBytes message) {
        try {
            key.mac().verifyMac(mac, message.toByteArray());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * A keyed fingerprint: equal for equal messages of this store, whatever becomes of its other keys, and unlike any plain
     * hash.
     */
    public byte[] fingerprint(CanonicalBytes message) {
        return computeMac(fingerprintMac, message);
    }

    private static byte[] computeMac(Mac mac, CanonicalBytes message) {
        byte[] bytes = message.toByteArray();
        try {
            return mac.computeMac(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC takes any message", e);
        } finally {
            Arrays.fill(bytes, (byte) 0); // a fingerprint may be one of a secret value
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
