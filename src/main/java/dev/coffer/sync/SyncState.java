package dev.coffer.sync;

import java.util.Locale;

/** How a secret stands between the local store and a target. */
public enum SyncState {
    /** Both hold what they last agreed on. */
    CLEAN,
    /** Only the local store moved. */
    LOCAL_AHEAD,
    /** The target moved; if the local store did too, then in other keys. */
    REMOTE_AHEAD,
    /** Both moved and do not fit together: somebody has to decide. */
    CONFLICT,
    /** Deleted here, and not yet on the target. */
    TOMBSTONE_PENDING,
    /** Deleted on the target, which can still bring it back. */
    REMOTE_DELETED_RECOVERABLE,
    /** The target cannot be read back: it accepted what was sent last. */
    ASSUMED,
    /** A write was sent and its outcome is not known, or the target was never looked at. */
    UNKNOWN,
    /** On the target, but not here, and not to be taken from there. */
    ORPHAN;

    /** As written by people: kebab-case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
