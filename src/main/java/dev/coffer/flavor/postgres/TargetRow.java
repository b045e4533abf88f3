package dev.coffer.flavor.postgres;

import java.util.UUID;

/**
 * Which target this is.
 *
 * @param id its identity
 * @param generation of the keyring
 * @param hideNames whether names are sealed
 * @param keyring the keyring, encrypted under the root key that the slots wrap
 * @param mac over all of the above
 */
record TargetRow(UUID id, long generation, boolean hideNames, byte[] keyring, byte[] mac) {
    /** The same with another MAC. */
    TargetRow withMac(byte[] other) {
        return new TargetRow(id, generation, hideNames, keyring, other);
    }
}
