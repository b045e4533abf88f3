package dev.coffer.secrets;

import java.util.UUID;

/**
 * What a store says of a secret without opening it.
 *
 * @param id its identity, which survives renames and deletion
 * @param name the name that it has, or had when it was deleted
 * @param version the version that is current, a tombstone's too
 * @param schemaType its schema's TYPE
 * @param deleted whether the current version is a tombstone
 */
public record SecretHead(UUID id, SecretName name, long version, String schemaType, boolean deleted) {}
