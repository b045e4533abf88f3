package dev.coffer.flavor.azure;

import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.Optional;

/**
 * What a secret is now, although several may just have registered its name. What lost is current for a moment, until what
 * won is put back; and for as long as nobody looks, if whoever lost has ended before it could do so.
 */
final class AzureCurrent {
    /** By then it is settled, or whoever should have done so has ended; with two seconds, as Azure tells whole ones. */
    private static final Duration OVER = AzureRegistration.PATIENCE.plusSeconds(2);

    private final AzureClient client;
    private final AzureRequests requests;

    AzureCurrent(AzureClient client, AzureRequests requests) {
        this.client = client;
        this.requests = requests;
    }

    /**
     * A secret.
     *
     * @param current its current version, whose revision is the secret's
     * @param content the version that holds what it is
     */
    record Standing(AzureVersion current, AzureVersion content) {}

    /**
     * Looks, and changes nothing.
     *
     * @return empty if there is no live secret of that name
     */
    Optional<Standing> read(SecretName name) {
        Optional<AzureVersion> found = awaited(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        AzureVersion current = found.get();
        if (!current.isUnsettled()) {
            return Optional.of(new Standing(current, current));
        }
        Optional<String> other = registration(name, current).standing("read secret " + name);
        return (other.isEmpty() ? found : requests.version(name, other.get()))
                .map(content -> new Standing(current, content));
    }

    /**
     * Looks, before something is changed: if nobody else does, puts back what won.
     *
     * @return its current version; empty if there is no live secret of that name
     */
    Optional<AzureVersion> settled(SecretName name) {
        Optional<AzureVersion> found = awaited(name);
        if (found.filter(AzureVersion::isUnsettled).isEmpty()) {
            return found;
        }
        registration(name, found.get()).settle("settle who registered secret " + name);
        return requests.current(name);
    }

    private AzureRegistration registration(SecretName name, AzureVersion current) {
        return new AzureRegistration(client, requests, name, current.write());
    }

    private Optional<AzureVersion> awaited(SecretName name) {
        AzurePatience waiting = new AzurePatience(client, AzureRegistration.PATIENCE);
        Optional<AzureVersion> found = requests.current(name);
        while (found.filter(version -> version.isUnsettled() && !version.isUnsettledSince(OVER))
                        .isPresent()
                && waiting.mayLookAgain()) {
            found = requests.current(name);
        }
        return found;
    }
}
