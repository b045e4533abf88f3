package dev.coffer.vault;

/**
 * What a rotation came to.
 *
 * @param generation of the keyring afterwards
 * @param versions how many versions were wrapped or sealed anew
 * @param resumed whether it finished a rotation that was interrupted, instead of starting one
 */
public record RotationReceipt(long generation, long versions, boolean resumed) {}
