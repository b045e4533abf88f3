package dev.coffer.storage;

import java.util.UUID;

/**
 * One version of a secret at rest.
 *
 * @param secretId the secret
 * @param version counts from 1
 * @param schemaType the TYPE that it has
 * @param created when it was written, in milliseconds since 1970
 * @param deleted whether it is a tombstone
 * @param sequence of the log row that holds the digest of this row
 * @param kekId the KEK that wraps the DEK
 * @param wrappedDek the DEK, encrypted
 * @param payload the content, encrypted
 */
public record VersionRow(
        UUID secretId,
        long version,
        String schemaType,
        long created,
        boolean deleted,
        long sequence,
        int kekId,
        byte[] wrappedDek,
        byte[] payload) {}
