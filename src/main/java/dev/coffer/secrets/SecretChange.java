package dev.coffer.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What becomes of one secret of a store in a change of several: versions that are written on top of each other.
 *
 * @param id which secret; for a new one, a random id
 * @param name its name; of a secret that is there already, the one that it has
 * @param expectedVersion the version that the caller saw, a tombstone's too; 0 for a new secret
 * @param steps the versions to write, oldest first, at least one
 */
public record SecretChange(UUID id, SecretName name, long expectedVersion, List<Step> steps) {
    /**
     * One version.
     *
     * @param origin how it came to be, as the history shows it, for instance {@code sync from team}
     * @param content what it holds; empty for a tombstone; neither kept nor closed
     * @param kept whether no limit on the number of versions ever prunes it: the loser of a conflict
     */
    public record Step(String origin, Optional<Secret> content, boolean kept) {}

    /** Copies the steps. */
    public SecretChange {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a change writes at least one version");
        }
    }
}
