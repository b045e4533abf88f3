package dev.coffer.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where components, stacks, targets, schemas and sync state live. Every record is authenticated: one that was edited
 * from outside is an {@link IntegrityException} before any of it is used.
 */
public interface RecordStore {
    /** The record of that kind and name, if there is one. */
    Optional<StoredRecord> findRecord(String kind, String name);

    /** The record with that identity, if there is one; of whatever kind. */
    Optional<StoredRecord> findRecord(UUID id);

    /** All records of a kind, sorted by name. */
    List<StoredRecord> listRecords(String kind);

    /**
     * Makes all changes, or none.
     *
     * @throws RecordExistsException if a name is taken among the records of its kind
     * @throws NoSuchRecordException if a record to replace or remove is gone
     * @throws ConflictException if a record is at another version than expected, or a component has other secrets
     */
    void changeRecords(List<RecordChange> changes);
}
