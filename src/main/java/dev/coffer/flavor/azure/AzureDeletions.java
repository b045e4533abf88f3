package dev.coffer.flavor.azure;

import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Deletes, recovers and purges. Azure accepts each at once and goes on with it for a while; the end is asked for, again and
 * again, but not for ever.
 */
final class AzureDeletions {
    /** Between two looks. */
    static final Duration POLL = Duration.ofMillis(500);

    private final AzureClient client;
    private final AzureRequests requests;
    private final Duration patience;

    AzureDeletions(AzureClient client, AzureRequests requests, Duration patience) {
        this.client = client;
        this.requests = requests;
        this.patience = patience;
    }

    private boolean await(BooleanSupplier isFinished) {
        long end = System.nanoTime() + patience.toNanos();
        while (!isFinished.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            client.pause(POLL);
        }
        return true;
    }

    /**
     * Deletes a live secret.
     *
     * @param seen its current version
     * @throws NoSuchSecretException if somebody else was quicker
     */
    void delete(SecretName name, AzureVersion seen) {
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.delete(name);
                return;
            } catch (AzureFailure.Refused e) {
                if (!e.isMissing() && !e.isConflict()) {
                    throw e;
                }
                if (mayBeOurs) {
                    return;
                }
                throw new NoSuchSecretException(name);
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                Optional<AzureVersion> now = looked(name, e);
                if (now.isEmpty()) {
                    return;
                }
                if (!now.get().id().equals(seen.id()) || attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown("delete secret " + name, e);
                }
                client.pause(attempt);
            }
        }
    }

    /** What is there, after a deletion whose answer was lost. */
    private Optional<AzureVersion> looked(SecretName name, AzureFailure.Lost lost) {
        try {
            return requests.current(name);
        } catch (CofferException | AzureFailure | IllegalStateException e) {
            throw client.unknown("delete secret " + name, lost);
        }
    }

    /** Waits until Azure has finished, so that it can be recovered; it is deleted all the same if that takes too long. */
    void awaitDeleted(SecretName name) {
        try {
            await(() -> requests.deleted(name).isPresent());
        } catch (RemoteException e) {
            // Whoever may delete need not be allowed to see what was deleted.
        }
    }

    /** Waits until Azure has finished, so that it can be purged. */
    void requireDeleted(SecretName name) {
        if (!await(() -> requests.deleted(name).isPresent())) {
            throw client.failed(
                    "purge secret " + name,
                    "it is deleted, but Azure has not finished, so it is not purged",
                    "purge it in a minute");
        }
    }

    /**
     * Makes a deleted secret live.
     *
     * @return its current version, when it can be read; empty if somebody else was quicker
     */
    Optional<AzureVersion> recover(SecretName name) {
        String operation = "recover secret " + name;
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.recover(name);
                break;
            } catch (AzureFailure.Refused e) {
                if (mayBeOurs && (e.isMissing() || e.isConflict())) {
                    break;
                }
                if (!e.isMissing() && !e.isConflict()) {
                    throw e;
                }
                if (requests.isThere(name)) {
                    return Optional.empty();
                }
                throw new NoSuchSecretException(name); // purged by somebody else
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                if (attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown(operation, e);
                }
                client.pause(attempt);
            }
        }
        List<AzureVersion> found = new ArrayList<>();
        boolean isLive = await(() -> {
            requests.current(name).ifPresent(found::add);
            return !found.isEmpty();
        });
        if (!isLive) {
            throw client.failed(operation, "Azure has not finished yet", "look at it in a minute");
        }
        return Optional.of(found.get(0));
    }

    /**
     * Removes a deleted secret for good.
     *
     * @throws NoSuchSecretException if somebody else was quicker
     */
    void purge(SecretName name) {
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.purge(name);
                break;
            } catch (AzureFailure.Refused e) {
                if (mayBeOurs && (e.isMissing() || e.isConflict())) {
                    break;
                }
                if (e.isMissing()) {
                    throw new NoSuchSecretException(name);
                }
                throw e;
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                if (attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown("purge secret " + name, e);
                }
                client.pause(attempt);
            }
        }
        await(() -> requests.deleted(name).isEmpty());
    }
}
