package dev.coffer.flavor.aws;

import dev.coffer.secrets.BulkReads.Found;
import dev.coffer.secrets.BulkReads.Reading;
import dev.coffer.secrets.BulkReads.Unreadable;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Reads many values with one request. That tells no tags, which hold the types; those are taken from a listing, if it knows
 * the secret at the very version that was read, and asked for by name else. What is left is read one by one: what AWS does
 * not tell of together, and all of it where that takes a permission that is not there.
 */
final class AwsBulk {
    /** After that a listing is not counted on any more. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final AwsClient client;
    private final AwsRequests requests;
    private final Function<SecretName, AwsFound> single;
    private final Set<SecretName> written = ConcurrentHashMap.newKeySet();
    private volatile Listing last = new Listing(Map.of(), System.nanoTime());
    private volatile boolean isRefused;

    /**
     * Makes it.
     *
     * @param single reads one
     */
    AwsBulk(AwsClient client, AwsRequests requests, Function<SecretName, AwsFound> single) {
        this.client = client;
        this.requests = requests;
        this.single = single;
    }

    private record Listing(Map<SecretName, AwsDescription> known, long nanos) {
        boolean isFresh() {
            return !known.isEmpty() && System.nanoTime() - nanos < FRESH.toNanos();
        }
    }

    /** Notes a listing of the whole scope that was just read. */
    void listed(Map<SecretName, AwsDescription> listing) {
        last = new Listing(listing, System.nanoTime());
    }

    /** Notes that this manager writes a secret: no listing is asked for its type any more, as it may be behind. */
    void writes(SecretName name) {
        written.add(name);
    }

    /** The readings of those that are there, in the order of the names. */
    Map<SecretName, Reading> read(Collection<SecretName> names) {
        Map<SecretName, Reading> readings = new LinkedHashMap<>();
        Set<SecretName> wanted = Set.copyOf(names);
        try {
            Map<SecretName, AwsFound> together = wanted.size() > 1 ? together(List.copyOf(wanted)) : Map.of();
            for (SecretName name : names) {
                if (!readings.containsKey(name)) {
                    reading(name, Optional.ofNullable(together.get(name)))
                            .ifPresent(reading -> readings.put(name, reading));
                }
            }
            return readings;
        } catch (RuntimeException e) {
            readings.values().forEach(Reading::close);
            throw e;
        }
    }

    /** Empty if it is missing. */
    private Optional<Reading> reading(SecretName name, Optional<AwsFound> found) {
        try {
            AwsFound now = found.orElseGet(() -> single.apply(name));
            return Optional.of(new Found(now.secret(), Optional.of(now.revision())));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        } catch (RemoteException e) {
            if (!client.isAnswered()) {
                throw e; // nor would the next one be
            }
            return Optional.of(new Unreadable(e));
        } catch (CofferException e) {
            return Optional.of(new Unreadable(e));
        }
    }

    private Map<SecretName, AwsFound> together(List<SecretName> wanted) {
        Map<SecretName, AwsFound> found = new HashMap<>();
        Map<SecretName, AwsDescription> known = Map.of();
        for (int from = 0; from < wanted.size() && !isRefused; from += AwsRequests.TOGETHER) {
            List<SecretName> some = wanted.subList(from, Math.min(wanted.size(), from + AwsRequests.TOGETHER));
            Optional<Map<SecretName, AwsRequests.Version>> versions = requests.values(some);
            isRefused = versions.isEmpty();
            if (from == 0 && versions.isPresent()) {
                known = known(wanted.size());
            }
            for (Map.Entry<SecretName, AwsRequests.Version> one :
                    versions.orElse(Map.of()).entrySet()) {
                described(one.getKey(), one.getValue(), known)
                        .ifPresent(description ->
                                found.put(one.getKey(), new AwsFound(one.getKey(), description, one.getValue())));
            }
        }
        return found;
    }

    /** What a listing tells that is at hand, or that costs no more than a page for each request of values. */
    private Map<SecretName, AwsDescription> known(int count) {
        Listing listing = last;
        if (listing.isFresh()) {
            return listing.known();
        }
        return count < AwsRequests.TOGETHER
                ? Map.of()
                : requests.list((count + AwsRequests.TOGETHER - 1) / AwsRequests.TOGETHER);
    }

    /** What belongs to that version; empty if it is another one, or none, by now. */
    private Optional<AwsDescription> described(
            SecretName name, AwsRequests.Version version, Map<SecretName, AwsDescription> known) {
        Optional<String> current = Optional.of(version.id());
        return Optional.ofNullable(known.get(name))
                .filter(listed -> !written.contains(name) && listed.current().equals(current))
                .or(() -> describe(name)
                        .filter(AwsDescription::isLive)
                        .filter(now -> now.current().equals(current)));
    }

    /** Empty also if that fails: reading it alone says why. */
    private Optional<AwsDescription> describe(SecretName name) {
        try {
            return requests.describe(name);
        } catch (RemoteException e) {
            if (!client.isAnswered()) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
