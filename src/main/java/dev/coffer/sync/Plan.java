package dev.coffer.sync;

import dev.coffer.secrets.SecretName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a synchronization would do, as a value. It holds no secret value: contents are told apart by keyed fingerprints.
 *
 * @param target the target
 * @param ground which copy of the store, and which place of the target; keyed
 * @param observation the number of the observation that it was made from
 * @param observedAt when the target was looked at; null if it never was
 * @param direction which way changes travel
 * @param mirrorDeletes whether deletions travel too
 * @param items the secrets, sorted by name
 * @param violations what the target would refuse, all of it; a plan with any is not carried out
 */
public record Plan(
        SyncTarget target,
        String ground,
        long observation,
        @Nullable Instant observedAt,
        Direction direction,
        boolean mirrorDeletes,
        List<Item> items,
        List<Violation> violations) {
    /** Copies the lists. */
    public Plan {
        items = List.copyOf(items);
        violations = List.copyOf(violations);
    }

    /** What is to be done of one state of affairs, with no violation known yet. */
    static Plan of(Planner.Input input, String ground) {
        return new Plan(
                input.target(),
                ground,
                input.observation().number(),
                input.observation().at(),
                input.direction(),
                input.mirrorDeletes(),
                Planner.plan(input),
                List.of());
    }

    /** The same with what would be refused. */
    Plan with(List<Violation> found) {
        return new Plan(target, ground, observation, observedAt, direction, mirrorDeletes, items, found);
    }

    /**
     * A secret that the target or the local store would refuse.
     *
     * @param name the secret
     * @param sentence why
     */
    public record Violation(SecretName name, String sentence) {}

    /** Whether carrying it out would write anything, here or there. */
    public boolean isEmpty() {
        return items.stream().noneMatch(Item::hasSteps);
    }

    /** The target and how many secrets; none of them. */
    @Override
    public String toString() {
        return "Plan(" + target.name() + ", " + items.size() + " secrets)";
    }
}
