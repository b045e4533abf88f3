package dev.coffer.storage;

import java.util.UUID;

/**
 * A record at rest.
 *
 * @param id its identity
 * @param kind what it is
 * @param name unique among records of its kind
 * @param version counts from 1
 * @param sequence of the log row of its last change
 * @param kekId the KEK that wraps the DEK
 * @param mac over id, kind, name, version, sequence and payload
 * @param wrappedDek the DEK, encrypted
 * @param payload the body, encrypted
 */
public record RecordRow(
        UUID id,
        String kind,
        String name,
        long version,
        long sequence,
        int kekId,
        byte[] mac,
        byte[] wrappedDek,
        byte[] payload) {}
