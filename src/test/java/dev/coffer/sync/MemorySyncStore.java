package dev.coffer.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.WriteReceipt;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory that is told where to crash. Transactions are copies that are taken over whole. */
final class MemorySyncStore implements SyncStore {
    /** Runs before and after each transaction; throws {@link Crash} to end the process there. */
    interface Steps {
        void at(String step);
    }

    record Version(String schemaType, Map<String, String> content, String origin, boolean deleted, boolean kept) {}

    static final class Entry {
        final UUID id;
        String name;
        final TreeMap<Long, Version> versions = new TreeMap<>();
        long touched; // orders deletions

        Entry(UUID id, String name) {
            this.id = id;
            this.name = name;
        }

        Entry copy() {
            Entry copy = new Entry(id, name);
            copy.versions.putAll(versions);
            copy.touched = touched;
            return copy;
        }

        boolean isDeleted() {
            return versions.lastEntry().getValue().deleted();
        }
    }

    private final String key;
    private Map<UUID, Entry> entries = new LinkedHashMap<>();
    private Map<UUID, StoredRecord> records = new LinkedHashMap<>();
    private final Set<UUID> synchronizing = ConcurrentHashMap.newKeySet();
    private long clock;
    Steps steps = step -> {};
    long replaced;
    /** The schema that every secret is held against. */
    SecretSchemas schemas = secret -> secret;

    MemorySyncStore(String key) {
        this.key = key;
    }

    // What a user does.

    synchronized void put(String name, Map<String, String> content) {
        Entry live = live(name).orElse(null);
        Entry entry = live != null
                ? live
                : entries.values().stream()
                        .filter(one -> one.name.equals(name) && one.isDeleted())
                        .max(Comparator.comparingLong(one -> one.touched))
                        .orElseGet(() -> new Entry(UUID.randomUUID(), name));
        entries.put(entry.id, entry);
        long next = entry.versions.isEmpty() ? 1 : entry.versions.lastKey() + 1;
        entry.versions.put(next, new Version("arbitrary", Map.copyOf(content), "user", false, false));
        entry.touched = ++clock;
    }

    synchronized void delete(String name) {
        Entry entry = live(name).orElseThrow();
        entry.versions.put(entry.versions.lastKey() + 1, new Version("arbitrary", Map.of(), "user", true, false));
        entry.touched = ++clock;
    }

    synchronized void rename(String from, String to) {
        Entry entry = live(from).orElseThrow();
        entry.name = to;
        entry.touched = ++clock;
    }

    synchronized void purge(String name) {
        entries.values().removeIf(entry -> entry.name.equals(name));
    }

    synchronized Optional<Entry> live(String name) {
        return entries.values().stream()
                .filter(entry -> entry.name.equals(name) && !entry.isDeleted())
                .findFirst();
    }

    synchronized Map<String, Map<String, String>> contents() {
        Map<String, Map<String, String>> contents = new TreeMap<>();
        entries.values().stream()
                .filter(entry -> !entry.isDeleted())
                .forEach(entry -> contents.put(
                        entry.name,
                        new TreeMap<>(entry.versions.lastEntry().getValue().content())));
        return contents;
    }

    /** Whether some version of some secret has a value under a key. */
    synchronized boolean remembers(String keyName, String value) {
        return entries.values().stream()
                .flatMap(entry -> entry.versions.values().stream())
                .anyMatch(version -> value.equals(version.content().get(keyName)));
    }

    synchronized List<String> origins(String name) {
        return entries.values().stream()
                .filter(entry -> entry.name.equals(name))
                .flatMap(entry -> entry.versions.values().stream())
                .map(Version::origin)
                .toList();
    }

    synchronized long recordCount(String kind) {
        return records.values().stream()
                .filter(record -> record.kind().equals(kind))
                .count();
    }

    // The store.

    @Override
    public synchronized List<SecretHead> heads() {
        return entries.values().stream()
                .sorted(Comparator.comparing(Entry::isDeleted)
                        .thenComparing(entry -> SecretName.of(entry.name))
                        .thenComparingLong(entry -> entry.touched))
                .map(entry -> new SecretHead(
                        entry.id, SecretName.of(entry.name), entry.versions.lastKey(), "arbitrary", entry.isDeleted()))
                .toList();
    }

    @Override
    public synchronized Secret getSecret(UUID id, long version) {
        Entry entry = entries.get(id);
        Version found = entry == null ? null : entry.versions.get(version);
        if (entry == null || found == null || found.deleted()) {
            throw new NoSuchSecretException(SecretName.of(entry == null ? "unknown" : entry.name), version);
        }
        Map<String, SecretValue> content = new LinkedHashMap<>();
        found.content().forEach((k, v) -> content.put(k, SecretValue.of(v)));
        return Secret.of(SecretName.of(entry.name), found.schemaType(), content);
    }

    @Override
    public String fingerprint(String keyName, SecretValue value) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((key + "\0" + keyName + "\0").getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest(value.revealUtf8()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Secret fitted(Secret secret) {
        return schemas.fit(secret);
    }

    @Override
    public long replaced() {
        return replaced;
    }

    @Override
    public synchronized Optional<Alone> alone(UUID targetId) {
        return synchronizing.add(targetId) ? Optional.of(() -> synchronizing.remove(targetId)) : Optional.empty();
    }

    @Override
    public long versionAfter(long version) {
        return version + 1;
    }

    @Override
    public synchronized List<WriteReceipt> change(List<SecretChange> secrets, List<RecordChange> changes) {
        steps.at("before a transaction");
        Map<UUID, Entry> nextEntries = new LinkedHashMap<>();
        entries.forEach((id, entry) -> nextEntries.put(id, entry.copy()));
        Map<UUID, StoredRecord> nextRecords = new LinkedHashMap<>(records);
        List<WriteReceipt> receipts = new ArrayList<>();
        secrets.forEach(change -> receipts.add(write(nextEntries, change)));
        changes.forEach(change -> record(nextRecords, change));
        entries = nextEntries;
        records = nextRecords;
        steps.at("after a transaction");
        return receipts;
    }

    private WriteReceipt write(Map<UUID, Entry> entries, SecretChange change) {
        Entry entry = entries.get(change.id());
        long current = entry == null ? 0 : entry.versions.lastKey();
        if (current != change.expectedVersion()
                || (entry != null && !entry.name.equals(change.name().value()))) {
            throw new ConflictException(
                    "secret " + change.name() + " moved", change.name().value(), null);
        }
        if (entry == null) {
            requireNoLive(entries, change);
            if (entries.values().stream()
                    .anyMatch(one -> one.name.equals(change.name().value()))) {
                throw new ConflictException(
                        "secret " + change.name() + " was deleted",
                        change.name().value(),
                        null);
            }
            entry = new Entry(change.id(), change.name().value());
            entries.put(change.id(), entry);
        }
        for (SecretChange.Step step : change.steps()) {
            if (step.content().isPresent() && (entry.versions.isEmpty() || entry.isDeleted())) {
                requireNoLive(entries, change);
            }
            Map<String, String> content = new LinkedHashMap<>();
            step.content().ifPresent(secret -> secret.content().forEach((k, v) -> content.put(k, v.revealText())));
            String type = step.content().map(Secret::schemaType).orElse("arbitrary");
            entry.versions.put(
                    ++current,
                    new Version(type, content, step.origin(), step.content().isEmpty(), step.kept()));
        }
        entry.touched = ++clock;
        return new WriteReceipt(change.name(), current, true);
    }

    private static void requireNoLive(Map<UUID, Entry> entries, SecretChange change) {
        if (entries.values().stream()
                .anyMatch(
                        one -> one.name.equals(change.name().value()) && !one.versions.isEmpty() && !one.isDeleted())) {
            throw new SecretExistsException(change.name());
        }
    }

    private static void record(Map<UUID, StoredRecord> records, RecordChange change) {
        if (change instanceof RecordChange.Insert insert) {
            requireFree(records, insert.id(), insert.kind(), insert.name());
            if (records.containsKey(insert.id())) {
                throw new RecordExistsException("there is a record " + insert.id(), insert.name(), null);
            }
            records.put(insert.id(), new StoredRecord(insert.kind(), insert.id(), insert.name(), 1, insert.body()));
        } else if (change instanceof RecordChange.Replace replace) {
            StoredRecord old = expected(records, replace.id(), replace.expectedVersion());
            requireFree(records, replace.id(), old.kind(), replace.name());
            records.put(
                    old.id(),
                    new StoredRecord(old.kind(), old.id(), replace.name(), old.version() + 1, replace.body()));
        } else if (change instanceof RecordChange.Remove remove) {
            records.remove(
                    expected(records, remove.id(), remove.expectedVersion()).id());
        } else {
            throw new UnsupportedOperationException();
        }
    }

    private static void requireFree(Map<UUID, StoredRecord> records, UUID id, String kind, String name) {
        boolean taken = records.values().stream()
                .anyMatch(one -> !one.id().equals(id)
                        && one.kind().equals(kind)
                        && one.name().equals(name));
        if (taken) {
            throw new RecordExistsException("there is a " + kind + " " + name, name, null);
        }
    }

    private static StoredRecord expected(Map<UUID, StoredRecord> records, UUID id, long version) {
        StoredRecord record = records.get(id);
        if (record == null) {
            throw new NoSuchRecordException("no record " + id, id.toString(), null);
        }
        if (record.version() != version) {
            throw new ConflictException("record " + record.name() + " moved", record.name(), null);
        }
        return record;
    }

    @Override
    public synchronized Optional<StoredRecord> findRecord(String kind, String name) {
        return records.values().stream()
                .filter(record -> record.kind().equals(kind) && record.name().equals(name))
                .findFirst();
    }

    @Override
    public synchronized Optional<StoredRecord> findRecord(UUID id) {
        return Optional.ofNullable(records.get(id));
    }

    @Override
    public synchronized List<StoredRecord> listRecords(String kind) {
        return records.values().stream()
                .filter(record -> record.kind().equals(kind))
                .sorted(Comparator.comparing(StoredRecord::name))
                .toList();
    }

    @Override
    public void changeRecords(List<RecordChange> changes) {
        change(List.of(), changes);
    }

    /** A copy of the state, as a backup would be. */
    synchronized Map<UUID, Entry> snapshot() {
        Map<UUID, Entry> copy = new HashMap<>();
        entries.forEach((id, entry) -> copy.put(id, entry.copy()));
        return copy;
    }
}
