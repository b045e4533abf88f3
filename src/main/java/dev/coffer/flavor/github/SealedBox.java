package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.agreement.X25519Agreement;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.util.Pack;

/**
 * Libsodium's {@code crypto_box_seal}: a message that only the owner of a public key opens, under a key pair of its own
 * that is thrown away.
 *
 * <pre>
 * box = ephemeral public key (32) | Poly1305 tag (16) | message, encrypted with XSalsa20
 * key = HSalsa20(X25519(ephemeral, recipient)), nonce = BLAKE2b-192(ephemeral public key | recipient)
 * </pre>
 */
final class SealedBox {
    /** The length of a public key. */
    static final int KEY_BYTES = 32;

    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 24;
    private static final int[] SIGMA = Pack.littleEndianToInt("expand 32-byte k".getBytes(US_ASCII), 0, 4);

    private SealedBox() {}

    /**
     * Seals.
     *
     * @param recipient a public key of 32 bytes
     * @throws IllegalArgumentException if that is no key, or one that gives no secret
     */
    static byte[] seal(byte[] message, byte[] recipient, SecureRandom random) {
        return seal(message, recipient, new X25519PrivateKeyParameters(random));
    }

    static byte[] seal(byte[] message, byte[] recipient, X25519PrivateKeyParameters ephemeral) {
        if (recipient.length != KEY_BYTES) {
            throw new IllegalArgumentException("a public key has " + KEY_BYTES + " bytes");
        }
        byte[] box = new byte[KEY_BYTES + TAG_BYTES + message.length];
        ephemeral.generatePublicKey().encode(box, 0);
        byte[] key = sharedKey(ephemeral, recipient);
        byte[] tagKey = new byte[32];
        try {
            XSalsa20Engine cipher = new XSalsa20Engine();
            cipher.init(true, new ParametersWithIV(new KeyParameter(key), nonce(box, recipient)));
            cipher.processBytes(tagKey, 0, tagKey.length, tagKey, 0); // the stream begins with the key of the tag
            cipher.processBytes(message, 0, message.length, box, KEY_BYTES + TAG_BYTES);
            Poly1305 tag = new Poly1305();
            tag.init(new KeyParameter(tagKey));
            tag.update(box, KEY_BYTES + TAG_BYTES, message.length);
            tag.doFinal(box, KEY_BYTES);
            return box;
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(tagKey, (byte) 0);
        }
    }

    private static byte[] nonce(byte[] box, byte[] recipient) {
        Blake2bDigest digest = new Blake2bDigest(NONCE_BYTES * 8);
        digest.update(box, 0, KEY_BYTES);
        digest.update(recipient, 0, KEY_BYTES);
        byte[] nonce = new byte[NONCE_BYTES];
        digest.doFinal(nonce, 0);
        return nonce;
    }

    private static byte[] sharedKey(X25519PrivateKeyParameters ephemeral, byte[] recipient) {
        byte[] shared = new byte[32];
        try {
            X25519Agreement agreement = new X25519Agreement();
            agreement.init(ephemeral);
            agreement.calculateAgreement(new X25519PublicKeyParameters(recipient, 0), shared, 0);
            return hsalsa20(shared);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("a public key that gives no secret", e);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    /** HSalsa20 of an input of zeros: the rounds of Salsa20 without the addition at their end. */
    private static byte[] hsalsa20(byte[] key) {
        int[] state = new int[16];
        for (int i = 0; i < 4; i++) {
            state[5 * i] = SIGMA[i];
        }
        Pack.littleEndianToInt(key, 0, state, 1, 4);
        Pack.littleEndianToInt(key, 16, state, 11, 4);
        int[] mixed = new int[16];
        Salsa20Engine.salsaCore(20, state, mixed);
        byte[] derived = new byte[32];
        for (int i = 0; i < 4; i++) {
            Pack.intToLittleEndian(mixed[5 * i] - state[5 * i], derived, 4 * i);
            Pack.intToLittleEndian(mixed[6 + i] - state[6 + i], derived, 16 + 4 * i);
        }
        Arrays.fill(state, 0);
        Arrays.fill(mixed, 0);
        return derived;
    }
}
