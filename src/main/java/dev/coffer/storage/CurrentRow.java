package dev.coffer.storage;

import org.jspecify.annotations.Nullable;

/**
 * A live secret's head and current version, read in one statement.
 *
 * @param head the head
 * @param version the version that the head names; null if it is not there, which never happens untampered
 * @param newestVersion the greatest version number stored for the secret
 */
public record CurrentRow(HeadRow head, @Nullable VersionRow version, long newestVersion) {}
