package dev.coffer.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.Random;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The 256-bit key that every key slot wraps and that encrypts the keyring and the keys of backups. One thread may close
 * it while another one uses it.
 */
public final class RootKey implements AutoCloseable {
    private final KeyBytes key;

    private RootKey(byte[] key) {
        this.key = new KeyBytes(key, "the root key");
    }

    /** A new random root key. */
    public static RootKey random() {
        return new RootKey(Random.randBytes(Primitives.KEY_BYTES));
    }

    /** Takes the array over. */
    static RootKey of(byte[] key) {
        if (key.length != Primitives.KEY_BYTES) {
            throw new IllegalArgumentException("a root key has " + Primitives.KEY_BYTES + " bytes");
        }
        return new RootKey(key);
    }

    Aead aead() throws GeneralSecurityException {
        byte[] bytes = bytes();
        try {
            return Primitives.aes256Gcm(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** A copy; the caller wipes it. */
    byte[] bytes() {
        return key.copy();
    }

    /** An independent copy with a life of its own. */
    public RootKey copy() {
        return new RootKey(bytes());
    }

    /** Overwrites the key. */
    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "RootKey(redacted)";
    }
}
