package dev.coffer.storage;

import java.util.UUID;

/**
 * The one row that says which store this is.
 *
 * @param storeId bound into everything that is encrypted or authenticated
 * @param generation of the keyring
 * @param keyring the sealed keyring
 */
public record StoreRow(UUID storeId, long generation, byte[] keyring) {}
