package dev.coffer.flavor.github;

import dev.coffer.flavor.github.GithubListing.Entry;
import dev.coffer.flavor.github.GithubWriter.Answered;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What coffer has written, to hold a list against that is read afterwards. GitHub does not say whose a value is, and its list
 * may be behind.
 *
 * @param name of the secret
 * @param keys it has now
 * @param answered when each was put; without those for which GitHub did not say
 * @param gone what was deleted, by key, as it was before
 * @param since when it was written, by the clock of {@link System#nanoTime()}
 */
record GithubWritten(
        SecretName name, Set<String> keys, Map<String, Answered> answered, Map<String, Entry> gone, long since) {
    /**
     * How much later a secret can be dated than the answer to its own put. Both are whole seconds of GitHub's, the secret's
     * the earlier one; but they come from different machines, and whether the secret's is rounded or cut is not said. Half a
     * second for that, and as much for the clocks.
     */
    private static final Duration LATER = Duration.ofSeconds(1);

    /** How much earlier than its put was sent: a second that is cut, and one for the clocks. */
    private static final Duration EARLIER = Duration.ofSeconds(2);

    /** A list that differs for longer than that is not behind any more. */
    private static final Duration OLD = Duration.ofMinutes(1);

    /** What somebody else did since; empty if nothing shows. */
    Optional<String> overtaken(Map<String, Entry> there) {
        for (Map.Entry<String, Entry> one : there.entrySet()) {
            String key = one.getKey();
            if (!keys.contains(key) && !isAsBefore(key, one.getValue())) {
                return Optional.of("changed its keys");
            }
            Instant updated = one.getValue().updated();
            Answered put = answered.get(key);
            if (put != null
                    && updated != null
                    && updated.truncatedTo(ChronoUnit.SECONDS)
                            .isAfter(put.date().plus(LATER))) {
                return Optional.of("wrote its key " + key);
            }
        }
        return Optional.empty();
    }

    private boolean isAsBefore(String key, Entry now) {
        Entry before = gone.get(key);
        return before != null && Objects.equals(before.updated(), now.updated());
    }

    /** Whether what is listed is from before the write; a key that is not there may be that, too. */
    boolean isBehind(Map<String, Entry> there) {
        return !there.keySet().equals(keys)
                || there.entrySet().stream().anyMatch(one -> isBehind(one.getKey(), one.getValue()));
    }

    private boolean isBehind(String key, Entry now) {
        Answered put = answered.get(key);
        Instant updated = now.updated();
        return put != null
                && updated != null
                && updated.isBefore(put.date().minus(put.took()).minus(EARLIER));
    }

    boolean isOld() {
        return System.nanoTime() - since > OLD.toNanos();
    }
}
