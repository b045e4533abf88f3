package dev.coffer.vault;

import dev.coffer.secrets.OlderCopyException;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.Tables;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;

/** Holds a store against the marker: is it the one that was last seen, and not an older state of it? */
final class MarkerCheck {
    private static final String WAY_OUT = "bring the newer one back, restore a backup with 'coffer restore', or accept"
            + " this one with 'coffer doctor --accept-older'";

    private MarkerCheck() {}

    /**
     * Compares without any key.
     *
     * @return the row of the log that claims to supersede the marker, if the comparison rests on one; its MAC has to be
     *     checked once the store is unlocked
     * @throws OlderCopyException if the store is behind the marker, or not the one that it names
     */
    static Optional<LogRow> compare(Marker seen, Tables tables, UUID storeId, Path database) {
        Optional<LogRow> there = seen.storeId().equals(storeId) ? tables.log().find(seen.sequence()) : Optional.empty();
        if (there.isPresent() && MessageDigest.isEqual(there.get().mac(), seen.mac())) {
            return Optional.empty();
        }
        // A restore or an accepted older copy whose process ended before it could move the marker.
        Optional<LogRow> superseding = tables.log().findSuperseding(RowMacs.markerDigest(seen));
        if (superseding.isPresent()) {
            return superseding;
        }
        throw new OlderCopyException(
                "the store " + database + " " + trouble(seen, there, tables, storeId), database.toString(), WAY_OUT);
    }

    private static String trouble(Marker seen, Optional<LogRow> there, Tables tables, UUID storeId) {
        if (!seen.storeId().equals(storeId)) {
            return "is another store (" + storeId + ") than the one last used here (" + seen.storeId() + ")";
        }
        long last = tables.log().tail().map(LogRow::sequence).orElse(0L);
        if (there.isPresent()) {
            return "has another history than the one last seen: they differ at change " + seen.sequence();
        }
        if (last > seen.sequence()) {
            return "lacks change " + seen.sequence() + ": it was removed from its log";
        }
        if (tables.log().greatestSequenceInUse() > last) {
            return "had its log cut after change " + last + "; change " + seen.sequence() + " was seen";
        }
        return "is an older copy: it ends with change " + last + ", and change " + seen.sequence() + " was seen";
    }
}
