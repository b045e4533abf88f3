package dev.coffer.crypto;

import com.google.crypto.tink.Aead;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One way to unlock a store: the root key, encrypted with AES-256-GCM under a key that a credential gives.
 *
 * <p>Associated data: purpose {@code coffer slot 1}, store id, slot id, kind, parameters. The parameters are text: for
 * a passphrase and a recovery code the PHC string of {@link KdfParameters}, for a key file {@code $keyfile$id=} and for
 * the keychain {@code $keychain$id=}, each with the key's id.
 *
 * <p>A wrong passphrase and an edited slot fail alike in the cipher. The checksum, which is not keyed, tells damage and
 * careless edits apart from a wrong passphrase before any derivation; whoever recomputes it still does not get the slot
 * to open, and is told from the row's MAC once another slot opened the store.
 *
 * @param id the slot's identity
 * @param kind what opens it
 * @param parameters how
 * @param wrappedRootKey nonce, 32 encrypted bytes, tag: 60 bytes
 * @param checksum 32 bytes: SHA-256 of the purpose {@code coffer slot checksum 1}, the store id and all of the above
 */
public record KeySlot(UUID id, SlotKind kind, String parameters, byte[] wrappedRootKey, byte[] checksum) {
    private static final String KEY_FILE_PREFIX = "$keyfile$id=";
    private static final String KEYCHAIN_PREFIX = "$keychain$id=";
    /** The most slots that are tried: whoever writes to where they are could add any number, each half a second's work. */
    public static final int MAX_SLOTS = 32;

    private static final int WRAPPED_BYTES = 12 + Primitives.KEY_BYTES + 16;

    /** A new slot for a credential. Takes about half a second for a passphrase. */
    public static KeySlot seal(UUID storeId, Credential credential, KdfParameters kdf, RootKey rootKey) {
        UUID id = UUID.randomUUID();
        String parameters = credential instanceof RandomKey key ? parameters(key) : kdf.format();
        byte[] slotKey = slotKey(credential, parameters);
        byte[] root = {};
        try {
            root = rootKey.bytes();
            byte[] wrapped = Primitives.aes256Gcm(slotKey)
                    .encrypt(root, associatedData(storeId, id, credential.kind(), parameters));
            return new KeySlot(
                    id,
                    credential.kind(),
                    parameters,
                    wrapped,
                    checksum(storeId, id, credential.kind(), parameters, wrapped));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM encrypts any 32 bytes", e);
        } finally {
            Arrays.fill(root, (byte) 0);
            Arrays.fill(slotKey, (byte) 0);
        }
    }

    /** Whether the slot is of the credential's kind and, for a random key, names that very key. */
    public boolean mightOpenWith(Credential credential) {
        return kind == credential.kind()
                && (!(credential instanceof RandomKey key) || parameters.equals(parameters(key)));
    }

    /** The id of the random key that the slot names; empty if it is opened by text, or names none. */
    public Optional<String> keyId() {
        String prefix = prefix(kind);
        return Optional.of(parameters)
                .filter(text -> !prefix.isEmpty() && text.startsWith(prefix))
                .map(text -> text.substring(prefix.length()))
                .filter(RandomKey::isKeyId);
    }

    private static String parameters(RandomKey key) {
        return prefix(key.kind()) + key.keyId();
    }

    private static String prefix(SlotKind kind) {
        return switch (kind) {
            case KEY_FILE -> KEY_FILE_PREFIX;
            case KEYCHAIN -> KEYCHAIN_PREFIX;
            case PASSPHRASE, RECOVERY_CODE -> "";
        };
    }

    /** Whether the checksum is that of the slot; any change by chance or carelessness breaks it. */
    public boolean isIntact(UUID storeId) {
        // The parameters may come from JSON, which can hold what UTF-8 cannot: nothing that coffer ever wrote.
        return StandardCharsets.US_ASCII.newEncoder().canEncode(parameters)
                && MessageDigest.isEqual(checksum, checksum(storeId, id, kind, parameters, wrappedRootKey));
    }

    /**
     * The root key.
     *
     * @throws WrongKeyException if the credential is not the slot's
     * @throws IntegrityException if the slot was changed or is damaged
     */
    public RootKey open(UUID storeId, Credential credential) {
        if (!isIntact(storeId)) {
            throw changed("its checksum does not match");
        }
        if (wrappedRootKey.length != WRAPPED_BYTES) {
            throw changed("it has no room for a root key");
        }
        if (credential.kind() != kind) {
            throw wrongKey();
        }
        byte[] key = slotKey(credential, parameters);
        try {
            Aead aead = Primitives.aes256Gcm(key);
            return RootKey.of(aead.decrypt(wrappedRootKey, associatedData(storeId, id, kind, parameters)));
        } catch (GeneralSecurityException e) {
            if (mightOpenWith(credential) && credential instanceof RandomKey) {
                throw changed("it does not open with the very key that it names");
            }
            throw wrongKey();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * What unlocking came to.
     *
     * @param rootKey the root key
     * @param slotId the slot that it came from
     */
    public record Unlocked(RootKey rootKey, UUID slotId) {}

    /**
     * Tries every slot that the credential may be for, the cheapest first; a damaged one does not stand in the way of the
     * others. All derivations together take not much longer than the costliest one that is allowed: whoever writes to where
     * the slots are could add slots that take a minute each.
     *
     * @return empty if the credential opens none of them
     * @throws IntegrityException if none opens, and one that was changed, or was not tried for its cost, may have been the
     *     credential's
     */
    public static Optional<Unlocked> openAny(UUID storeId, List<KeySlot> slots, Credential credential) {
        return openAny(storeId, slots, credential, KdfParameters.MAX_WORK);
    }

    static Optional<Unlocked> openAny(UUID storeId, List<KeySlot> slots, Credential credential, long maxWork) {
        IntegrityException damage = null;
        long work = 0;
        // One that was changed may be the credential's, whatever it says now.
        List<KeySlot> candidates = slots.stream()
                .filter(slot -> slot.mightOpenWith(credential) || !slot.isIntact(storeId))
                .sorted((one, other) -> Long.compare(one.work(), other.work()))
                .toList();
        for (KeySlot slot : candidates) {
            work += slot.work();
            if (work > maxWork) {
                throw slot.tooCostly();
            }
            try {
                return Optional.of(new Unlocked(slot.open(storeId, credential), slot.id()));
            } catch (WrongKeyException e) {
                // Another slot of the kind may be the one.
            } catch (IntegrityException e) {
                damage = e;
            }
        }
        if (damage != null) {
            throw damage;
        }
        return Optional.empty();
    }

    /** What the derivation costs; 0 if there is none, or none that is begun. */
    private long work() {
        try {
            return prefix(kind).isEmpty() ? KdfParameters.parse(parameters).work() : 0;
        } catch (IntegrityException e) {
            return 0;
        }
    }

    private IntegrityException tooCostly() {
        return new IntegrityException(
                "the " + kind.text() + " slots together ask for more work than coffer does: slot " + id
                        + " and costlier ones were not tried",
                id.toString(),
                "remove the slots that nobody of you added; 'coffer key slot list' shows what each costs");
    }

    /** The derivation's cost in words, or the random key's id. */
    public String describeParameters() {
        String prefix = prefix(kind);
        return prefix.isEmpty()
                ? KdfParameters.parse(parameters).toString()
                : "key " + parameters.substring(Math.min(parameters.length(), prefix.length()));
    }

    private static byte[] slotKey(Credential credential, String parameters) {
        byte[] secret = credential.secret();
        if (credential instanceof RandomKey) {
            return secret;
        }
        try {
            return KdfParameters.parse(parameters).derive(secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] associatedData(UUID storeId, UUID id, SlotKind kind, String parameters) {
        return CanonicalBytes.forPurpose("coffer slot 1")
                .add(storeId)
                .add(id)
                .add(kind.text())
                .add(parameters)
                .toByteArray();
    }

    private static byte[] checksum(UUID storeId, UUID id, SlotKind kind, String parameters, byte[] wrapped) {
        return CanonicalBytes.forPurpose("coffer slot checksum 1")
                .add(storeId)
                .add(id)
                .add(kind.text())
                .add(parameters)
                .add(wrapped)
                .sha256();
    }

    private WrongKeyException wrongKey() {
        return new WrongKeyException("wrong " + kind.text().replace('-', ' '), null, null);
    }

    private IntegrityException changed(String why) {
        return new IntegrityException(
                "the " + kind.text() + " slot " + id + " was changed or is damaged: " + why,
                id.toString(),
                "unlock with another slot, or restore the store from a backup with 'coffer restore'");
    }

    /** Kind and id. */
    @Override
    public String toString() {
        return "KeySlot(" + kind.text() + " " + id + ")";
    }
}
