package dev.coffer.storage;

import java.util.UUID;

/**
 * The head of a secret: who it is and which version is current.
 *
 * @param secretId its identity, which survives renames and deletion
 * @param componentId the component that it belongs to
 * @param name its name
 * @param version the current version
 * @param deleted whether that version is a tombstone
 * @param created when it was first registered, in milliseconds since 1970
 * @param sequence of the log row of its last change
 * @param mac over all other columns
 */
public record HeadRow(
        UUID secretId,
        UUID componentId,
        String name,
        long version,
        boolean deleted,
        long created,
        long sequence,
        byte[] mac) {}
