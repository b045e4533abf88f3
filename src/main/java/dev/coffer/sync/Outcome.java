package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of one secret of a plan.
 *
 * @param item the secret as the plan had it
 * @param result what became of it
 * @param error what stood in the way; null if nothing did
 */
public record Outcome(Item item, Result result, @Nullable CofferException error) {
    /** What can become of a secret. */
    public enum Result {
        /** What was planned is done, here and on the target. */
        DONE,
        /** There was nothing to do. */
        NOTHING,
        /** Something has to be decided or allowed first. */
        HELD,
        /** One side was changed since the plan was made: nothing was done to that side. */
        MOVED,
        /** It was refused, and is not done. */
        FAILED,
        /** A write was sent and its outcome is not known; the next synchronization finds out. */
        UNKNOWN,
        /** It was not tried, because the target could not be reached. */
        NOT_TRIED;

        /** As written by people: kebab-case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Outcome of(Item item, Result result) {
        return new Outcome(item, result, null);
    }
}
