package dev.coffer.storage;

/**
 * What a listing needs of a live secret.
 *
 * @param head the head
 * @param schemaType the current version's TYPE; empty if that version is not there
 * @param updated when the current version was written, in milliseconds since 1970
 */
public record ListingRow(HeadRow head, String schemaType, long updated) {}
