package dev.coffer.stack;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.StoredRecord;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Records in memory, with the secrets manager that every store has. */
final class MemoryRecords implements RecordStore {
    private Map<UUID, StoredRecord> records = new HashMap<>();

    MemoryRecords() {
        changeRecords(List.of(Components.localSecretsManager()));
    }

    /** All of it, to be compared. */
    Map<UUID, Long> versions() {
        Map<UUID, Long> versions = new HashMap<>();
        records.forEach((id, record) -> versions.put(id, record.version()));
        return versions;
    }

    @Override
    public Optional<StoredRecord> findRecord(String kind, String name) {
        return listRecords(kind).stream()
                .filter(record -> record.name().equals(name))
                .findFirst();
    }

    @Override
    public Optional<StoredRecord> findRecord(UUID id) {
        return Optional.ofNullable(records.get(id));
    }

    @Override
    public List<StoredRecord> listRecords(String kind) {
        return records.values().stream()
                .filter(record -> record.kind().equals(kind))
                .sorted(Comparator.comparing(StoredRecord::name))
                .toList();
    }

    @Override
    public void changeRecords(List<RecordChange> changes) {
        Map<UUID, StoredRecord> before = new HashMap<>(records);
        try {
            changes.forEach(this::change);
        } catch (RuntimeException e) {
            records = before;
            throw e;
        }
    }

    private void change(RecordChange change) {
        if (change instanceof RecordChange.Insert insert) {
            if (findRecord(insert.kind(), insert.name()).isPresent() || records.containsKey(insert.id())) {
                throw new RecordExistsException("taken", insert.name(), null);
            }
            records.put(insert.id(), new StoredRecord(insert.kind(), insert.id(), insert.name(), 1, insert.body()));
        } else if (change instanceof RecordChange.Replace replace) {
            StoredRecord there = expected(replace.id(), replace.expectedVersion());
            records.put(
                    there.id(),
                    new StoredRecord(there.kind(), there.id(), replace.name(), there.version() + 1, replace.body()));
        } else if (change instanceof RecordChange.Remove remove) {
            records.remove(expected(remove.id(), remove.expectedVersion()).id());
        }
    }

    private StoredRecord expected(UUID id, long version) {
        StoredRecord there = findRecord(id).orElseThrow(() -> new NoSuchRecordException("gone", id.toString(), null));
        if (there.version() != version) {
            throw new ConflictException("changed", there.name(), null);
        }
        return there;
    }
}
