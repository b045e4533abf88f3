package dev.coffer.sync;

import dev.coffer.secrets.SecretName;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a target looked like.
 *
 * @param number counts the observations of the target from 1; 0 if it was never looked at
 * @param at when; for showing only
 * @param entries the secrets on the target, by the names that they have or would have here
 * @param outage when it could not be reached; null if it could
 * @param trouble what the last try met; null if nothing
 * @param reads whether its values can be read back
 * @param recovers whether what was deleted there can be brought back
 */
record Observation(
        long number,
        @Nullable Instant at,
        SortedMap<SecretName, Entry> entries,
        @Nullable Outage outage,
        @Nullable String trouble,
        boolean reads,
        boolean recovers) {
    /**
     * A time in which a target could not be reached.
     *
     * @param since the first try that failed
     * @param last the last one
     */
    record Outage(Instant since, Instant last) {}

    static final Observation NEVER = new Observation(0, null, Collections.emptySortedMap(), null, null, true, false);

    Observation {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    static Observation of(long number, Instant at, Collection<Entry> entries) {
        SortedMap<SecretName, Entry> byName = new TreeMap<>();
        entries.forEach(entry -> byName.put(entry.name(), entry));
        return new Observation(number, at, byName, null, null, true, false);
    }

    Observation unreachable(Instant now, String sentence) {
        Outage longer = new Outage(outage == null ? now : outage.since(), now);
        return new Observation(number, at, entries, longer, sentence, reads, recovers);
    }

    /** Since when it could not be reached; null if it could. */
    @Nullable
    Instant unreachableSince() {
        return outage == null ? null : outage.since();
    }

    /** The same of a target that was in reach, and yet could not be looked at. */
    Observation failed(String sentence) {
        return new Observation(number, at, entries, null, sentence, reads, recovers);
    }

    /** The same without secrets that were deleted since. */
    Observation without(Set<SecretName> names) {
        SortedMap<SecretName, Entry> left = new TreeMap<>(entries);
        left.keySet().removeAll(names);
        return new Observation(number, at, left, outage, trouble, reads, recovers);
    }

    /** The same of a target that can do this. */
    Observation able(Planner.Abilities abilities) {
        return new Observation(number, at, entries, outage, trouble, abilities.reads(), abilities.recovers());
    }

    /**
     * One secret on the target.
     *
     * @param name its local name
     * @param presence how it is there
     * @param revision as which; empty where the target tells none
     * @param prints what it holds; empty if it was not read: it is as the base knows it, new, or cannot be read
     * @param trouble why it could not be read; empty if it could
     */
    record Entry(
            SecretName name,
            Presence presence,
            Optional<String> revision,
            Optional<Prints> prints,
            Optional<String> trouble) {
        Entry(SecretName name, Presence presence, Optional<String> revision, Optional<Prints> prints) {
            this(name, presence, revision, prints, Optional.empty());
        }
    }

    /** How a secret is on a target. */
    enum Presence {
        /** It is there, and coffer's own. */
        LIVE,
        /** It is there, without coffer's mark. */
        FOREIGN,
        /** It is there, and could not be read. */
        UNREADABLE,
        /** It is there, and is not what coffer wrote: somebody tampered with it. */
        TAMPERED,
        /** The target shows it older than it was seen before: somebody put it back. */
        PUT_BACK,
        /** It was there, and there is no trace of its deletion: somebody took it away. */
        TAKEN_AWAY
    }
}
