package dev.coffer.storage;

import java.util.UUID;

/**
 * The head of the log as it was last seen, kept outside the database.
 *
 * @param storeId which store
 * @param sequence of the log's last row
 * @param mac of that row
 */
public record Marker(UUID storeId, long sequence, byte[] mac) {}
