package dev.coffer.crypto;

import java.util.UUID;

/**
 * What a sealed content belongs to; it opens nowhere else.
 *
 * @param purpose what kind of row it is in, for instance {@code secret}
 * @param storeId the store
 * @param id the secret or record; not its name, so that a rename leaves the content alone
 * @param version the version of it
 * @param type the schema's TYPE, or the record's kind
 * @param created when the version was written, in milliseconds since 1970; 0 for records
 * @param deleted whether the version is a tombstone; never for records
 */
public record Binding(String purpose, UUID storeId, UUID id, long version, String type, long created, boolean deleted) {
    /** For content that has neither a time nor a tombstone, as records. */
    public Binding(String purpose, UUID storeId, UUID id, long version, String type) {
        this(purpose, storeId, id, version, type, 0, false);
    }
}
