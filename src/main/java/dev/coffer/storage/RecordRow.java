package dev.coffer.storage;

import java.util.UUID;

/**
 * A record at rest.
 *
 * @param id its identity
 * @param kind what it is
 * @param name unique among records of its kind
 * @param version counts from 1
 * @param kekId the KEK that wraps the DEK
 * @param wrappedDek the DEK, encrypted
 * @param payload the body, encrypted
 * @param sequence of the log row of its last change
 * @param mac over id, kind, name, version and sequence
 */
public record RecordRow(
        UUID id,
        String kind,
        String name,
        long version,
        int kekId,
        byte[] wrappedDek,
        byte[] payload,
        long sequence,
        byte[] mac) {}
