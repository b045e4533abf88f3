package dev.coffer.vault;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A key slot as it is shown.
 *
 * @param id its identity
 * @param kind {@code passphrase}, {@code key-file}, {@code recovery-code} or {@code keychain}
 * @param label what it was called, for instance the key file's path; may be empty
 * @param parameters the cost of the derivation, or the id of the key file or the keychain's item
 * @param keyId the id of its random key, 16 hexadecimal digits, if it has one
 * @param created when it was added
 */
public record SlotInfo(
        UUID id, String kind, String label, String parameters, Optional<String> keyId, Instant created) {}
