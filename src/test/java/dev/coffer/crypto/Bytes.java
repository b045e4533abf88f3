package dev.coffer.crypto;

/** Damage for tests. */
final class Bytes {
    private Bytes() {}

    /** A copy with one bit turned over. */
    static byte[] flipped(byte[] bytes, int bit) {
        byte[] changed = bytes.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }
}
