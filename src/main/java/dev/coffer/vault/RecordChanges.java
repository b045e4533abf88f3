package dev.coffer.vault;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.storage.RecordRow;
import java.util.List;
import java.util.UUID;

/** Changes to records, inside one transaction. */
final class RecordChanges {
    private RecordChanges() {}

    /**
     * Makes all changes.
     *
     * @return whether secrets were removed for good, so that what they leave behind has to be overwritten afterwards
     */
    static boolean apply(Vault vault, StoreChange change, List<RecordChange> changes) {
        for (RecordChange one : changes) {
            if (one instanceof RecordChange.Insert insert) {
                insert(change, insert);
            } else if (one instanceof RecordChange.Replace replace) {
                replace(change, replace);
            } else if (one instanceof RecordChange.Remove remove) {
                change.removeRecord(expected(change, remove.id(), remove.expectedVersion()));
            } else if (one instanceof RecordChange.RemoveSecrets secrets) {
                vault.secretsOf(secrets.id()).removeAll(change, secrets.expected());
            }
        }
        return changes.stream().anyMatch(RecordChange.RemoveSecrets.class::isInstance);
    }

    private static void insert(StoreChange change, RecordChange.Insert insert) {
        requireFree(change, insert.kind(), insert.name());
        if (change.tables().records().find(insert.id()).isPresent()) {
            throw new RecordExistsException("there is a record " + insert.id() + " already", insert.name(), null);
        }
        change.putRecord(insert.id(), insert.kind(), insert.name(), change.versionAfter(0), insert.body());
    }

    private static void replace(StoreChange change, RecordChange.Replace replace) {
        RecordRow row = expected(change, replace.id(), replace.expectedVersion());
        if (!row.name().equals(replace.name())) {
            requireFree(change, row.kind(), replace.name());
        }
        change.putRecord(row.id(), row.kind(), replace.name(), change.versionAfter(row.version()), replace.body());
    }

    private static void requireFree(StoreChange change, String kind, String name) {
        if (change.tables().records().find(kind, name).isPresent()) {
            throw new RecordExistsException("there is a " + kind + " named " + name + " already", name, null);
        }
    }

    private static RecordRow expected(StoreChange change, UUID id, long version) {
        RecordRow row = change.tables()
                .records()
                .find(id)
                .map(change::checked)
                .orElseThrow(() -> new NoSuchRecordException("there is no record " + id, id.toString(), null));
        if (row.version() != version) {
            throw new ConflictException(
                    "the " + row.kind() + " " + row.name() + " was changed meanwhile", row.name(), "look at it again");
        }
        return row;
    }
}
