package dev.coffer.flavor.postgres;

import dev.coffer.crypto.SealedContent;
import java.util.UUID;

/**
 * One version of a secret at rest.
 *
 * @param secretId the secret
 * @param version counts from 1
 * @param schemaType the TYPE that it has
 * @param created when it was written, in milliseconds since 1970
 * @param deleted whether it is a tombstone
 * @param writeId the write that made it
 * @param content the content, sealed
 */
record VersionRow(
        UUID secretId,
        long version,
        String schemaType,
        long created,
        boolean deleted,
        UUID writeId,
        SealedContent content) {
    /** The same version, sealed anew. */
    VersionRow withContent(SealedContent other) {
        return new VersionRow(secretId, version, schemaType, created, deleted, writeId, other);
    }
}
