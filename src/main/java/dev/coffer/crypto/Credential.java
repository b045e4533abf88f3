package dev.coffer.crypto;

import java.util.Arrays;

/** What somebody brings to unlock a store. It wipes itself when closed and never shows itself. */
public abstract sealed class Credential implements AutoCloseable permits Passphrase, KeyFile, RecoveryCode {
    private final byte[] secret;
    private boolean closed;

    Credential(byte[] secret) {
        this.secret = secret;
    }

    /** The kind of slot that it can open. */
    public abstract SlotKind kind();

    /** The bytes themselves; not a copy. */
    byte[] secret() {
        if (closed) {
            throw new IllegalStateException("this credential was closed");
        }
        return secret;
    }

    /** Overwrites the bytes. */
    @Override
    public final void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }

    /** The kind alone. */
    @Override
    public final String toString() {
        return kind().text() + " (redacted)";
    }
}
