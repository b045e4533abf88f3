package dev.coffer.flavor.postgres;

import dev.coffer.crypto.SealedContent;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The head of a secret: who it is and which version is current.
 *
 * @param secretId its identity; another one after it was purged
 * @param scopeId whose it is
 * @param nameKey a MAC of its name in the scope
 * @param name its name in clear; null if names are hidden
 * @param sealedName its name, sealed; null if names are in clear
 * @param version the current version
 * @param deleted whether that version is a tombstone
 * @param schemaType the current version's TYPE
 * @param created when it was first registered, in milliseconds since 1970
 * @param updated when the current version was written, in milliseconds since 1970
 * @param writeId the write that made the current version
 * @param digest of the current version's row: 32 bytes
 * @param mac over all other columns
 */
record HeadRow(
        UUID secretId,
        UUID scopeId,
        byte[] nameKey,
        @Nullable String name,
        @Nullable SealedContent sealedName,
        long version,
        boolean deleted,
        String schemaType,
        long created,
        long updated,
        UUID writeId,
        byte[] digest,
        byte[] mac) {
    /** The same with another MAC. */
    HeadRow withMac(byte[] other) {
        return new HeadRow(
                secretId,
                scopeId,
                nameKey,
                name,
                sealedName,
                version,
                deleted,
                schemaType,
                created,
                updated,
                writeId,
                digest,
                other);
    }

    /** The same with another digest; its MAC is no longer right. */
    HeadRow withDigest(byte[] other) {
        return new HeadRow(
                secretId,
                scopeId,
                nameKey,
                name,
                sealedName,
                version,
                deleted,
                schemaType,
                created,
                updated,
                writeId,
                other,
                mac);
    }

    /** The same with its name sealed anew. */
    HeadRow withSealedName(SealedContent other) {
        return new HeadRow(
                secretId,
                scopeId,
                nameKey,
                name,
                other,
                version,
                deleted,
                schemaType,
                created,
                updated,
                writeId,
                digest,
                mac);
    }

    /** The head after a write of another version; its MAC is no longer right. */
    HeadRow at(VersionRow row, byte[] rowDigest) {
        return new HeadRow(
                secretId,
                scopeId,
                nameKey,
                name,
                sealedName,
                row.version(),
                row.deleted(),
                row.schemaType(),
                created,
                row.created(),
                row.writeId(),
                rowDigest,
                mac);
    }
}
