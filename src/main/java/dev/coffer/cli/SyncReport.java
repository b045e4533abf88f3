package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.Plan;
import dev.coffer.sync.SyncTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one target.
 *
 * @param target the target
 * @param plan what was to be done; null if it could not be told, or comes from a file
 * @param outcomes what was done; empty if nothing was tried
 * @param error what stood in the way of all of it; null if nothing did
 */
record SyncReport(
        SyncTarget target,
        @Nullable Plan plan,
        List<Outcome> outcomes,
        @Nullable CofferException error) {
    static SyncReport planned(Plan plan) {
        return new SyncReport(plan.target(), plan, List.of(), null);
    }

    static SyncReport failed(SyncTarget target, @Nullable Plan plan, CofferException error) {
        return new SyncReport(target, plan, List.of(), error);
    }

    SyncReport with(List<Outcome> done) {
        return new SyncReport(target, plan, done, null);
    }
}
