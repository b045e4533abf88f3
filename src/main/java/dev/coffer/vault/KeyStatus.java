package dev.coffer.vault;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The state of a store's keys.
 *
 * @param storeId the store
 * @param generation of the keyring
 * @param keks all KEKs, oldest first; the last one is the one in use
 * @param keksSince when the one in use was made, or the rotation to it finished
 * @param rotationPending whether a rotation was interrupted and has to be finished
 * @param slots all key slots, oldest first
 */
public record KeyStatus(
        UUID storeId,
        long generation,
        List<Kek> keks,
        Instant keksSince,
        boolean rotationPending,
        List<SlotInfo> slots) {
    /**
     * One KEK.
     *
     * @param id as Tink numbers it, in hexadecimal
     * @param primary whether new DEKs are wrapped with it
     * @param versions how many versions of secrets it wraps
     */
    public record Kek(String id, boolean primary, long versions) {}

    /** Copies the lists. */
    public KeyStatus {
        keks = List.copyOf(keks);
        slots = List.copyOf(slots);
    }
}
