package dev.coffer.vault;

import dev.coffer.storage.CurrentRow;
import dev.coffer.storage.StoreDatabase;
import dev.coffer.storage.VersionRow;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of secrets that were read and found genuine, kept as they are stored, encrypted. They are good until anybody
 * commits anything to the store, which SQLite tells for less than it takes to find a row: reading the same secret again
 * takes the same time in a store of any size. Within a write of this process nothing is kept.
 *
 * <p>Holds 4 MiB at most, about 4,000 small secrets; those that were not read for longest go first.
 */
final class GenuineRows {
    private static final int LIMIT_BYTES = 4 << 20;
    private static final int OVERHEAD_BYTES = 700; // of objects, digests and the wrapped DEK

    private final StoreDatabase database;
    private final Map<Place, CurrentRow> rows = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long changes;

    // Methods are spelled out: what Java makes for records takes milliseconds at its first use.
    private record Place(UUID componentId, String name) {
        @Override
        public int hashCode() {
            return 31 * componentId.hashCode() + name.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place place && name.equals(place.name) && componentId.equals(place.componentId);
        }
    }

    GenuineRows(StoreDatabase database) {
        this.database = database;
    }

    /** The row, if it was kept and nothing was committed since. */
    Optional<CurrentRow> find(UUID componentId, String name) {
        CurrentRow row = rows.get(new Place(componentId, name));
        if (row != null && database.changes() != changes) {
            forget();
            return Optional.empty();
        }
        return Optional.ofNullable(row);
    }

    /**
     * To be called before a row is read that may be kept: what is committed after this makes the row out of date. Nothing
     * is asked while other rows are here, as theirs was the same question, asked earlier.
     */
    void prepare() {
        if (rows.isEmpty()) {
            changes = database.changes();
        }
    }

    /** Keeps a row that was read after {@link #prepare} and is what coffer wrote last. */
    void keep(CurrentRow row) {
        CurrentRow before = rows.put(place(row), row);
        bytes += size(row) - (before == null ? 0 : size(before));
        Iterator<CurrentRow> oldest = rows.values().iterator();
        while (bytes > LIMIT_BYTES) {
            bytes -= size(oldest.next());
            oldest.remove();
        }
    }

    void forget() {
        rows.clear();
        bytes = 0;
    }

    private static Place place(CurrentRow row) {
        return new Place(row.head().componentId(), row.head().name());
    }

    private static int size(CurrentRow row) {
        VersionRow version = row.version();
        return OVERHEAD_BYTES
                + Character.BYTES * row.head().name().length()
                + (version == null ? 0 : version.payload().length);
    }
}
