package dev.coffer.vault;

import dev.coffer.secrets.CofferException;
import dev.coffer.storage.PrivateFiles;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.StoreDatabase;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The names that stand in clear in a store, for who helps with typing. No key is needed, and so none of them is
 * authenticated: nothing is decided by them, and one that coffer would not have written, which a shell might run or a
 * terminal obey, is left out. Secrets are those of all components, because which one is active is encrypted.
 */
public final class NamesInClear {
    private static final int PATIENCE_MS = 200;

    private final SortedSet<String> secrets = new TreeSet<>();
    private final List<RecordRow> records;

    private NamesInClear(List<RecordRow> records) {
        this.records = records;
    }

    /** The names in a store; none if it is missing, of another schema, damaged, busy or open to others. Changes nothing. */
    public static NamesInClear of(StoreLocation location) {
        try {
            if (PrivateFiles.exists(location.database())) {
                PrivateFiles.requirePrivateFolder(location.dataFolder());
                PrivateFiles.requirePrivate(location.database());
                return read(location);
            }
        } catch (CofferException e) {
            // Whoever runs a command is told; whoever types one is not disturbed.
        }
        return new NamesInClear(List.of());
    }

    private static NamesInClear read(StoreLocation location) {
        Optional<StoreDatabase> opened = StoreDatabase.openToLook(location.database(), PATIENCE_MS);
        if (opened.isEmpty()) {
            return new NamesInClear(List.of());
        }
        try (StoreDatabase database = opened.get()) {
            return database.read(tables -> {
                NamesInClear names = new NamesInClear(tables.records().all().stream()
                        .filter(record -> isHarmless(record.name()))
                        .toList());
                tables.secrets().eachHead(head -> {
                    if (!head.deleted() && isHarmless(head.name())) {
                        names.secrets.add(head.name());
                    }
                });
                return names;
            });
        }
    }

    /** Whether it has nothing but what the grammars of all names allow. */
    private static boolean isHarmless(String name) {
        return !name.isEmpty()
                && !name.startsWith("-")
                && name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "._-/".indexOf(c) >= 0);
    }

    /** The names of live secrets, sorted. */
    public List<String> secrets() {
        return List.copyOf(secrets);
    }

    /** The name of a record. */
    public Optional<String> record(UUID id) {
        return records.stream()
                .filter(record -> record.id().equals(id))
                .map(RecordRow::name)
                .findFirst();
    }

    /** The names of the records of a kind, sorted. */
    public List<String> records(String kind) {
        return records.stream()
                .filter(record -> record.kind().equals(kind))
                .map(RecordRow::name)
                .toList();
    }
}
