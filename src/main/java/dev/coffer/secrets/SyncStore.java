package dev.coffer.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The side of a synchronization that is at home: the secrets of one secrets manager together with the records beside
 * them, which change in one transaction.
 *
 * <p>Records of the kind {@link #BASE} are named {@code SECRET-ID/TARGET-ID/VERSION/RECORD-ID}: as long as one is there,
 * no limit on the number of versions prunes that version of that secret.
 */
public interface SyncStore extends RecordStore {
    /** The kind of the records that say upon which version of a secret a store and a target last agreed. */
    String BASE = "sync-base";

    /**
     * All secrets that live, sorted by name, and then all that were deleted, sorted by name. Of several deleted ones of one
     * name the last is the one that was deleted last: it is the one that a new secret of that name continues. No content is
     * opened.
     */
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

    /**
     * The secret as it would be stored: with its schema's defaults. Shares the values.
     *
     * @throws InvalidException if it does not fit its schema
     * @throws NoSuchSchemaException if the schema type is not known
     */
    Secret fitted(Secret secret);

    /**
     * Another number whenever another copy of the store took the place of the one that was last seen, by a backup that
     * was restored or an older copy that was accepted. What was agreed with a target before that may be ahead of the store.
     */
    long replaced();

    /** That nobody else synchronizes with a target. */
    interface Alone extends AutoCloseable {
        /** Lets others again. */
        @Override
        void close();
    }

    /**
     * Keeps all other threads and processes from synchronizing with a target, until the result is closed by the same
     * thread, or the process ends.
     *
     * @param targetId the target
     * @return empty if another one is synchronizing with it
     */
    Optional<Alone> alone(UUID targetId);

    /** The number that the next version of a secret gets, if the current one has that number; 0 for a new secret. */
    long versionAfter(long version);

    /**
     * Makes all changes to secrets and records, or none. Each step is written, also one that changes nothing. What the last
     * one leaves is held against its schema; what goes straight to the history is not. Only afterwards a limit on the number
     * of versions prunes, heeding the bases that are there then.
     *
     * @param secrets each secret at most once
     * @return a receipt for each change to a secret, in the same order, with the last version written
     * @throws ConflictException if a secret or a record is at another version than expected, has another name, or is new
     *     although a deleted secret of that name is there to be continued; also if a base names a version of a changed secret
     *     that is not there, because the store was restored since {@link #versionAfter} was asked
     * @throws SecretExistsException if a secret becomes live under a name that another live secret has
     * @throws InvalidException if a content does not fit its schema
     * @throws NoSuchSchemaException if there is no schema of a content's type
     */
    List<WriteReceipt> change(List<SecretChange> secrets, List<RecordChange> records);
}
