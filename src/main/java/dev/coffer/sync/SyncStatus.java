package dev.coffer.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How everything stands between the local store and a target, as far as that is known without asking the target.
 *
 * @param target the target
 * @param plan what a synchronization would do, if the target is still as it was seen
 * @param observedAt when the target was looked at; null if it never was
 * @param unreachableSince since when it cannot be reached; null if it could be, the last time
 * @param trouble what the last try to look at it met, out of reach or not; null if nothing
 * @param openWrites how many writes were sent whose outcome is not known
 */
public record SyncStatus(
        SyncTarget target,
        Plan plan,
        @Nullable Instant observedAt,
        @Nullable Instant unreachableSince,
        @Nullable String trouble,
        int openWrites) {}
