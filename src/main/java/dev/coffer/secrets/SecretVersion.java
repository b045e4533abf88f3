package dev.coffer.secrets;

import java.time.Instant;
import java.util.List;

/**
 * One entry of a secret's history.
 *
 * @param version counts from 1 and never goes back; numbers may be left out
 * @param schemaType the TYPE that the version has
 * @param created when it was written
 * @param keys its keys in order; empty for a tombstone
 * @param origin how it came to be, for instance {@code register}, {@code update}, {@code rollback to 3}
 * @param deleted whether it is a tombstone
 */
public record SecretVersion(
        long version, String schemaType, Instant created, List<String> keys, String origin, boolean deleted) {
    /** Copies the keys. */
    public SecretVersion {
        keys = List.copyOf(keys);
    }
}
