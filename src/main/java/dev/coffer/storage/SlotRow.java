package dev.coffer.storage;

import java.util.UUID;

/**
 * A key slot at rest.
 *
 * @param id its identity
 * @param kind what opens it
 * @param parameters how
 * @param wrappedRootKey the root key, encrypted
 * @param checksum tells damage from a wrong credential
 * @param label for people, for instance where the key file is
 * @param created when it was added, in milliseconds since 1970
 * @param sequence of the log row that wrote it
 * @param mac over all other columns
 */
public record SlotRow(
        UUID id,
        String kind,
        String parameters,
        byte[] wrappedRootKey,
        byte[] checksum,
        String label,
        long created,
        long sequence,
        byte[] mac) {}
