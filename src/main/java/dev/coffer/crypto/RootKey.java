package dev.coffer.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.Random;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** The 256-bit key that every key slot wraps and that encrypts the keyring and the keys of backups. */
public final class RootKey implements AutoCloseable {
    private final byte[] key;
    private boolean closed;

    private RootKey(byte[] key) {
        this.key = key;
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
        return Primitives.aes256Gcm(bytes());
    }

    byte[] bytes() {
        if (closed) {
            throw new IllegalStateException("the root key was closed");
        }
        return key;
    }

    /** An independent copy with a life of its own. */
    public RootKey copy() {
        return new RootKey(bytes().clone());
    }

    /** Overwrites the key. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public String toString() {
        return "RootKey(redacted)";
    }
}
