package dev.coffer.crypto;

import java.util.Arrays;

/**
 * Bytes of a key that another thread may wipe at any moment, for instance when the process is told to end. Whoever asks
 * for them gets a whole copy or an error: half a key, or zeros, would encrypt as well as a key does.
 */
final class KeyBytes implements AutoCloseable {
    private final byte[] bytes;
    private final String owner;
    private boolean closed;

    /**
     * Takes the array over.
     *
     * @param owner what holds the key, for errors
     */
    KeyBytes(byte[] bytes, String owner) {
        this.bytes = bytes;
        this.owner = owner;
    }

    /**
     * A copy; the caller wipes it.
     *
     * @throws IllegalStateException after {@link #close}
     */
    synchronized byte[] copy() {
        if (closed) {
            throw new IllegalStateException(owner + " was closed");
        }
        return bytes.clone();
    }

    /** Overwrites the bytes. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }
}
