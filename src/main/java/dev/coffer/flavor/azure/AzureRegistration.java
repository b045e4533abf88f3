package dev.coffer.flavor.azure;

import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Who has registered a name, when several did at once. Key Vault makes a secret or one more version of it, whichever it is,
 * and its versions have no order but the seconds in which they were written. So:
 *
 * <ul>
 *   <li>Whose version is the only one when it lists them was the first, and says so. Those who come later see it.
 *   <li>Who sees others marks its own version as contested, and waits. Versions that nobody marks belong to somebody who saw
 *       no other. If all are marked, none has said that it was the first; then it is the least of those of the first second,
 *       which is marked as such.
 *   <li>Who has not won puts back what was there, if its own version is the current one. If somebody wrote meanwhile, that
 *       is put back in its turn.
 * </ul>
 */
final class AzureRegistration {
    private static final Duration PAUSE = Duration.ofMillis(400);
    /** Until then nothing more is written in the second of one's own version. */
    private static final Duration CLOSED = Duration.ofMillis(1_500);
    /** By then whoever saw others has marked its version. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MAX_TAGS = 15;

    private final AzureClient client;
    private final AzureRequests requests;
    private final SecretName name;
    private final String write;

    AzureRegistration(AzureClient client, AzureRequests requests, SecretName name, String write) {
        this.client = client;
        this.requests = requests;
        this.name = name;
        this.write = write;
    }

    /**
     * Whether this write was the first one, after it was done.
     *
     * @throws ConflictException if others kept writing while what was there was put back
     */
    boolean isWon() {
        String operation = "register secret " + name;
        List<AzureVersion> versions = withOwn(operation);
        if (others(versions).isEmpty()) {
            return true;
        }
        long start = System.nanoTime();
        own(versions).forEach(version -> mark(version, AzureVersion.YES));
        while (true) {
            Optional<Boolean> won = judge(versions, Duration.ofNanos(System.nanoTime() - start));
            if (won.isPresent()) {
                settle(versions, won.get());
                return won.get();
            }
            client.pause(PAUSE);
            versions = withOwn(operation);
        }
    }

    private void settle(List<AzureVersion> versions, boolean isWon) {
        if (isWon) {
            own(versions).forEach(version -> mark(version, AzureVersion.WON));
        } else {
            putBack(versions);
        }
    }

    // In the place of whoever began it, when all have had their time

    /** The id of the version that stays; empty if it is this write's. */
    Optional<String> standing(String operation) {
        List<AzureVersion> versions = withOwn(operation);
        return isJudgedWon(versions)
                ? Optional.empty()
                : lastOf(others(versions)).map(AzureVersion::id);
    }

    /** Ends it; what nobody else seems to have registered is left as it is. */
    void settle(String operation) {
        List<AzureVersion> versions = withOwn(operation);
        if (!others(versions).isEmpty()) {
            settle(versions, isJudgedWon(versions));
        }
    }

    private boolean isJudgedWon(List<AzureVersion> versions) {
        return others(versions).isEmpty() || judge(versions, PATIENCE).orElse(false);
    }

    /** A listing may be behind. */
    private List<AzureVersion> withOwn(String operation) {
        List<AzureVersion> versions = List.of();
        for (int attempt = 1; attempt <= Pauses.ATTEMPTS; attempt++) {
            versions = requests.versions(name);
            if (versions.stream().anyMatch(version -> version.isOf(write))) {
                return versions;
            }
            client.pause(attempt);
        }
        throw client.failed(
                operation,
                "it was written, but is not listed, so it is not known whether somebody else registered it at once",
                "look at it");
    }

    private List<AzureVersion> others(List<AzureVersion> versions) {
        return versions.stream().filter(version -> !version.isOf(write)).toList();
    }

    private List<AzureVersion> own(List<AzureVersion> versions) {
        return versions.stream().filter(version -> version.isOf(write)).toList();
    }

    private void mark(AzureVersion version, String how) {
        Map<String, String> tags = new HashMap<>(version.tags());
        tags.put(AzureVersion.CONTESTED, how);
        requests.tag(name, version, tags);
    }

    /** Empty as long as it cannot be told. */
    private Optional<Boolean> judge(List<AzureVersion> versions, Duration waited) {
        Map<String, AzureVersion> first = firsts(versions);
        Set<String> contested = contested(versions);
        Instant start = first.values().stream()
                .map(AzureVersion::created)
                .min(Instant::compareTo)
                .orElseThrow();
        AzureVersion own = versions.stream()
                .filter(version -> version.isOf(write))
                .findFirst()
                .orElseThrow();
        boolean isPlainlyLate = own.created().isAfter(start)
                || first.values().stream().anyMatch(version -> version.base().isPresent());
        if (isPlainlyLate) {
            return Optional.of(false);
        }
        List<String> firstSecond = first.entrySet().stream()
                .filter(entry -> entry.getValue().created().equals(start))
                .map(Map.Entry::getKey)
                .toList();
        // Of all, not of those of the first second: Azure's clocks may not agree on who came first.
        if (!contested.containsAll(first.keySet())) {
            return waited.compareTo(PATIENCE) < 0 ? Optional.empty() : Optional.of(false);
        }
        return waited.compareTo(CLOSED) < 0
                ? Optional.empty()
                : Optional.of(firstSecond.get(0).equals(write));
    }

    /** The first version of each write, the least write first; versions of other tools are writes of their own. */
    private static Map<String, AzureVersion> firsts(List<AzureVersion> versions) {
        Map<String, AzureVersion> first = new TreeMap<>();
        for (AzureVersion version : versions) {
            if (!version.isPutBack()) { // what it is a copy of is there, too
                first.merge(
                        version.write(),
                        version,
                        (one, other) -> other.created().isBefore(one.created()) ? other : one);
            }
        }
        return first;
    }

    private static Set<String> contested(List<AzureVersion> versions) {
        Set<String> contested = new HashSet<>();
        for (AzureVersion version : versions) {
            if (version.tags().containsKey(AzureVersion.CONTESTED)) {
                contested.add(version.write());
            }
        }
        return contested;
    }

    /** If somebody writes between the look and the write, that comes back, too. */
    private void putBack(List<AzureVersion> seen) {
        Set<String> own = new HashSet<>(Set.of(write));
        Set<String> known = new HashSet<>();
        List<AzureVersion> versions = seen;
        Optional<AzureVersion> theirs = lastOf(others(versions));
        for (int attempt = 1; theirs.isPresent(); attempt++) {
            Optional<AzureVersion> whole = requests.version(name, theirs.get().id());
            Optional<AzureVersion> current = requests.current(name);
            boolean isOwn =
                    current.filter(version -> own.contains(version.write())).isPresent();
            if (whole.isEmpty() || !isOwn) {
                return;
            }
            versions.forEach(version -> known.add(version.id()));
            String again = UUID.randomUUID().toString();
            own.add(again);
            known.add(requests.putCopy(whole.get(), name, tagsOfCopy(whole.get(), again))
                    .id());
            versions = requests.versions(name);
            List<AzureVersion> since = versions.stream()
                    .filter(version -> !known.contains(version.id()) && !own.contains(version.write()))
                    .toList();
            if (!since.isEmpty() && attempt == Pauses.ATTEMPTS) {
                throw new ConflictException(
                        "secret " + name + " was registered by somebody else, and written at the same time; version "
                                + theirs.get().id() + " is put back, and version "
                                + since.get(0).id() + " is the other change",
                        name.value(),
                        "look at both, and write what they should be");
            }
            theirs = lastOf(since);
        }
    }

    /**
     * What others wrote after they had won comes before what won. Seconds tell too little: what another version replaced is
     * not the last one.
     */
    private static Optional<AzureVersion> lastOf(List<AzureVersion> versions) {
        Set<String> contested = contested(versions);
        Set<String> replaced = new HashSet<>();
        versions.forEach(version -> version.base().ifPresent(replaced::add));
        Predicate<AzureVersion> isLater = version -> version.base().isPresent() || !contested.contains(version.write());
        return versions.stream()
                .filter(version -> !replaced.contains(version.id()))
                .filter(isLater)
                .max((one, other) -> one.created().compareTo(other.created()))
                .or(() -> firsts(versions).values().stream()
                        .min((one, other) -> one.created().compareTo(other.created())));
    }

    /** As far as there is room: a copy of what another tool wrote keeps all of that tool's. */
    private static Map<String, String> tagsOfCopy(AzureVersion version, String write) {
        Map<String, String> tags = new HashMap<>(version.tags());
        tags.put(AzureVersion.WRITE, write);
        tags.put(AzureVersion.BASE, version.id());
        tags.put(AzureVersion.CONTESTED, AzureVersion.BACK);
        if (version.isOwned()) {
            tags.put(
                    AzureVersion.CREATED, String.valueOf(AzureVersion.firstCreated(version.tags(), version.created())));
        }
        return tags.size() > MAX_TAGS ? version.tags() : tags;
    }
}
