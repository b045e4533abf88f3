package dev.coffer.cli;

import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.util.LinkedHashSet;
import java.util.List;

/** The targets that a command line names. */
final class SyncTargets {
    private SyncTargets() {}

    /**
     * Those that are named, each once, or all.
     *
     * @throws NoSuchRecordException if one is none
     */
    static List<SyncTarget> named(Sync sync, List<String> names) {
        return names.isEmpty()
                ? sync.targets()
                : new LinkedHashSet<>(names).stream().map(sync::target).toList();
    }

    /**
     * The same, and at least one.
     *
     * @throws NoSuchRecordException if there is none
     */
    static List<SyncTarget> some(Sync sync, List<String> names) {
        List<SyncTarget> found = named(sync, names);
        if (found.isEmpty()) {
            throw new NoSuchRecordException("there is no sync target", null, "'coffer sync add MANAGER' adds one");
        }
        return found;
    }
}
