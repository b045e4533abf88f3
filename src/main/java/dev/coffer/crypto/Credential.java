package dev.coffer.crypto;

/**
 * What somebody brings to unlock a store. It wipes itself when closed and never shows itself. One thread may close it
 * while another one uses it.
 */
public abstract sealed class Credential implements AutoCloseable permits Passphrase, RandomKey, RecoveryCode {
    private final KeyBytes secret;

    Credential(byte[] secret) {
        this.secret = new KeyBytes(secret, "this credential");
    }

    /** The kind of slot that it can open. */
    public abstract SlotKind kind();

    /** A copy of the bytes; the caller wipes it. */
    byte[] secret() {
        return secret.copy();
    }

    /** Overwrites the bytes. */
    @Override
    public final void close() {
        secret.close();
    }

    /** The kind alone. */
    @Override
    public final String toString() {
        return kind().text() + " (redacted)";
    }
}
