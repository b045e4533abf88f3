package dev.coffer.vault;

import java.time.Instant;
import java.util.UUID;

/**
 * A key slot as it is shown.
 *
 * @param id its identity
 * @param kind {@code passphrase}, {@code key-file} or {@code recovery-code}
 * @param label what it was called, for instance the key file's path; may be empty
 * @param parameters the cost of the derivation, or the key file's id
 * @param created when it was added
 */
public record SlotInfo(UUID id, String kind, String label, String parameters, Instant created) {}
