package dev.coffer.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The side of a synchronization that is at home: the secrets of one secrets manager together with the records beside
 * them, which change in one transaction.
 *
 * <p>Records of the kind {@link #BASE} are named {@code SECRET-ID/TARGET-ID/VERSION}: as long as one is there, no limit
 * on the number of versions prunes that version of that secret.
 */
public interface SyncStore extends RecordStore {
    /** The kind of the records that say upon which version of a secret a store and a target last agreed. */
    String BASE = "sync-base";

    /** All secrets that are there or were deleted, sorted by name, those that live first. No content is opened. */
    List<SecretHead> heads();

    /**
     * The content of a version. The caller closes it.
     *
     * @throws NoSuchSecretException if there is no such secret or version, or it is a tombstone
     */
    Secret getSecret(UUID id, long version);

    /**
     * A keyed fingerprint of a value: equal for the same value under the same key of this store, and unlike any plain
     * hash. It stays the same when keys are rotated or revoked.
     *
     * @return 64 lower-case hexadecimal digits
     */
    String fingerprint(String key, SecretValue value);

    /** The error that storing this secret would meet because of its schema; empty if none. */
    Optional<InvalidException> refusal(Secret secret);

    /**
     * Makes all changes to secrets and records, or none.
     *
     * @return a receipt for each change to a secret, in the same order, with the last version written
     * @throws ConflictException if a secret or a record is at another version than expected
     * @throws SecretExistsException if a secret becomes live under a name that another live secret has
     * @throws InvalidException if a content does not fit its schema
     */
    List<WriteReceipt> change(List<SecretChange> secrets, List<RecordChange> records);
}
