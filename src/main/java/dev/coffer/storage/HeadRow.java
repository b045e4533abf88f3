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
 * @param schemaType the current version's TYPE
 * @param created when it was first registered, in milliseconds since 1970
 * @param updated when the current version was written, in milliseconds since 1970
 * @param sequence of the log row of its last change
 * @param digest of the current version's columns that do not change until it is sealed anew: 32 bytes
 * @param mac over all other columns
 * @param lastChange the sequence of the last row of the log about the secret, a purge included: that of this row, unless
 *     somebody put an older one back. Not a column.
 */
public record HeadRow(
        UUID secretId,
        UUID componentId,
        String name,
        long version,
        boolean deleted,
        String schemaType,
        long created,
        long updated,
        long sequence,
        byte[] digest,
        byte[] mac,
        long lastChange) {
    /** A row that is written, and is the last about its secret. */
    public HeadRow(
            UUID secretId,
            UUID componentId,
            String name,
            long version,
            boolean deleted,
            String schemaType,
            long created,
            long updated,
            long sequence,
            byte[] digest,
            byte[] mac) {
        this(
                secretId,
                componentId,
                name,
                version,
                deleted,
                schemaType,
                created,
                updated,
                sequence,
                digest,
                mac,
                sequence);
    }

    /** The same with another MAC. */
    public HeadRow withMac(byte[] other) {
        return new HeadRow(
                secretId,
                componentId,
                name,
                version,
                deleted,
                schemaType,
                created,
                updated,
                sequence,
                digest,
                other,
                lastChange);
    }

    /** The same with another digest; its MAC is no longer right. */
    public HeadRow withDigest(byte[] other) {
        return new HeadRow(
                secretId,
                componentId,
                name,
                version,
                deleted,
                schemaType,
                created,
                updated,
                sequence,
                other,
                mac,
                lastChange);
    }
}
