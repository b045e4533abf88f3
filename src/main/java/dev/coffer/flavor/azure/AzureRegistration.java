package dev.coffer.flavor.azure;

import dev.coffer.flavor.http.Pauses;
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
import java.util.function.Predicate;

/**
 * Who has registered a name, when several did at once. Key Vault makes a secret or one more version of it, whichever it is,
 * and its versions have no order but the seconds in which they were written. So:
 *
 * <ul>
 *   <li>Whose version is the only one when it lists them was the first, and says so. Those who come later see it.
 *   <li>Who sees others marks its own version as contested, and waits. Versions that nobody marks belong to somebody who saw
 *       no other. If all are marked, none has said that it was the first; then it is the least of those of the first second.
 *   <li>Who has not won puts back what was there, if its own version is the current one.
 * </ul>
 */
final class AzureRegistration {
    private static final Duration PAUSE = Duration.ofMillis(400);
    /** Until then nothing more is written in the second of one's own version. */
    private static final Duration CLOSED = Duration.ofMillis(1_500);
    /** By then whoever saw others has marked its version. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

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

    /** Whether this write was the first one, after it was done. */
    boolean isWon() {
        List<AzureVersion> versions = withOwn();
        if (others(versions).isEmpty()) {
            return true;
        }
        long start = System.nanoTime();
        for (AzureVersion version : versions) {
            if (version.isOf(write)) {
                mark(version);
            }
        }
        while (true) {
            Optional<Boolean> won = judge(versions, Duration.ofNanos(System.nanoTime() - start));
            if (won.isPresent()) {
                if (!won.get()) {
                    putBack(versions);
                }
                return won.get();
            }
            client.pause(PAUSE);
            versions = withOwn();
        }
    }

    /** A listing may be behind. */
    private List<AzureVersion> withOwn() {
        List<AzureVersion> versions = List.of();
        for (int attempt = 1; attempt <= Pauses.ATTEMPTS; attempt++) {
            versions = requests.versions(name);
            if (versions.stream().anyMatch(version -> version.isOf(write))) {
                return versions;
            }
            client.pause(attempt);
        }
        throw client.failed(
                "register secret " + name,
                "it was written, but is not listed, so it is not known whether somebody else registered it at once",
                "look at it");
    }

    private List<AzureVersion> others(List<AzureVersion> versions) {
        return versions.stream().filter(version -> !version.isOf(write)).toList();
    }

    private void mark(AzureVersion version) {
        Map<String, String> tags = new HashMap<>(version.tags());
        tags.put(AzureVersion.CONTESTED, AzureVersion.YES);
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
        if (!contested.containsAll(firstSecond)) {
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
            first.merge(
                    writeOf(version), version, (one, other) -> other.created().isBefore(one.created()) ? other : one);
        }
        return first;
    }

    private static String writeOf(AzureVersion version) {
        return version.tags().getOrDefault(AzureVersion.WRITE, version.id());
    }

    private static Set<String> contested(List<AzureVersion> versions) {
        Set<String> contested = new HashSet<>();
        for (AzureVersion version : versions) {
            if (AzureVersion.YES.equals(version.tags().get(AzureVersion.CONTESTED))) {
                contested.add(writeOf(version));
            }
        }
        return contested;
    }

    /** What others wrote after they had won comes before what won. */
    private void putBack(List<AzureVersion> versions) {
        Optional<AzureVersion> current = requests.current(name);
        if (current.isEmpty() || !current.get().isOf(write)) {
            return;
        }
        Set<String> contested = contested(versions);
        Predicate<AzureVersion> isLater =
                version -> version.base().isPresent() || !contested.contains(writeOf(version));
        Map<String, AzureVersion> first = firsts(others(versions));
        Optional<AzureVersion> theirs = others(versions).stream()
                .filter(isLater)
                .max((one, other) -> one.created().compareTo(other.created()))
                .or(() -> first.values().stream()
                        .min((one, other) -> one.created().compareTo(other.created())));
        theirs.flatMap(version -> requests.version(name, version.id()))
                .ifPresent(version -> requests.put(name, version.text(), version.tags()));
    }
}
