package dev.coffer.vault;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * A store that was just made.
 *
 * @param storeId its identity
 * @param database where it is
 * @param slotKind what unlocks it, for instance {@code key-file}
 * @param newKeyFile the key file that was made for it, if one was
 */
public record NewStore(UUID storeId, Path database, String slotKind, Optional<Path> newKeyFile) {}
