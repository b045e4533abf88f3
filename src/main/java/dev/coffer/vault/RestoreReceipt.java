package dev.coffer.vault;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A restored store.
 *
 * @param database where it is
 * @param secrets how many secrets it holds, deleted ones included
 * @param versions how many versions it holds
 * @param kept where the store is that was there before
 */
public record RestoreReceipt(Path database, long secrets, long versions, Optional<Path> kept) {}
