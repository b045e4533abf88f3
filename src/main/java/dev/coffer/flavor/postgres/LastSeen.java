package dev.coffer.flavor.postgres;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a secrets manager has seen for as long as it is open: the newest version of each secret, and which write made it. A
 * server that shows an older state later, or another version in its place, is found out. What was seen in an earlier run is
 * not known here.
 */
final class LastSeen {
    private static final int MAX_SECRETS = 100_000; // about 20 MB; those that were not met for longest are forgotten

    private record Write(long version, UUID writeId) {}

    private final Map<UUID, Write> writes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Write> eldest) {
            return size() > MAX_SECRETS;
        }
    };
    private @Nullable UUID targetId;
    private long generation;

    /**
     * Takes note of a head that is authentic.
     *
     * @throws IntegrityException if a later one was seen before, or another one of the same version
     */
    synchronized HeadRow checked(HeadRow head) {
        Write seen = writes.get(head.secretId());
        if (seen != null
                && (head.version() < seen.version()
                        || (head.version() == seen.version() && !head.writeId().equals(seen.writeId())))) {
            String name = head.name();
            throw older(
                    (name == null ? "a secret" : "secret " + Printable.quote(name)) + " is at version "
                            + head.version() + ", and was at "
                            + (head.version() < seen.version()
                                    ? "version " + seen.version()
                                    : "another version of that number")
                            + " before",
                    name == null ? null : Printable.text(name));
        }
        writes.put(head.secretId(), new Write(head.version(), head.writeId()));
        return head;
    }

    /** Takes note of a version that was written by this secrets manager. */
    synchronized void written(VersionRow row) {
        writes.merge(
                row.secretId(),
                new Write(row.version(), row.writeId()),
                (old, made) -> old.version() > made.version() ? old : made);
    }

    /**
     * Takes note of a target that was unlocked.
     *
     * @throws IntegrityException if its keys are older than those that were seen before
     */
    synchronized void checked(TargetRow target) {
        if (target.id().equals(targetId) && target.generation() < generation) {
            throw older(
                    "the keys of the target are of generation " + target.generation() + ", and were of generation "
                            + generation + " before",
                    null);
        }
        targetId = target.id();
        generation = target.generation();
    }

    private static IntegrityException older(String sentence, @Nullable String name) {
        return new IntegrityException(
                sentence + ": the server shows an older state",
                name,
                "name one server that is up to date in the attribute url; after the database was restored from a backup,"
                        + " open the secrets manager anew");
    }
}
