package dev.coffer.storage;

import java.util.Optional;
import java.util.UUID;

/**
 * One entry of the log.
 *
 * @param sequence counts upwards; leaves out numbers only after an older copy was accepted
 * @param kind what happened
 * @param subject the secret, record or slot that it happened to
 * @param version of the subject, or of the keyring
 * @param digest of the columns that do not change afterwards: 32 bytes
 * @param at when, in milliseconds since 1970
 * @param mac over all other columns and the MAC of the row before
 */
public record LogRow(
        long sequence, String kind, Optional<UUID> subject, long version, byte[] digest, long at, byte[] mac) {}
