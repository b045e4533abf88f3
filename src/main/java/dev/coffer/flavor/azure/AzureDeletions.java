package dev.coffer.flavor.azure;

import dev.coffer.flavor.http.Pauses;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Deletes, recovers and purges. Azure accepts each at once and goes on with it for a while; the end is asked for, again and
 * again, but not for ever.
 */
final class AzureDeletions {
    private final AzureClient client;
    private final AzureRequests requests;
    private final Duration patience;

    AzureDeletions(AzureClient client, AzureRequests requests, Duration patience) {
        this.client = client;
        this.requests = requests;
        this.patience = patience;
    }

    private AzurePatience patience() {
        return new AzurePatience(client, patience);
    }

    private boolean await(BooleanSupplier isFinished) {
        AzurePatience waiting = patience();
        while (!isFinished.getAsBoolean()) {
            if (!waiting.mayLookAgain()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Deletes a live secret.
     *
     * @param seen the id of its current version; empty if that is not known
     * @throws NoSuchSecretException if somebody else was quicker
     */
    void delete(SecretName name, String seen) {
        String operation = "delete secret " + name;
        AzurePatience waiting = patience();
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.delete(name);
                return;
            } catch (AzureFailure.Refused e) {
                boolean isGone = e.isMissing() || e.isDeleted() || e.isBeingDeleted();
                if (isGone && mayBeOurs) {
                    return;
                }
                if (isGone) {
                    throw new NoSuchSecretException(name);
                }
                requireBusy(operation, e, waiting);
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                Optional<AzureVersion> now = looked(name, e);
                if (now.isEmpty()) {
                    return;
                }
                if (!now.get().id().equals(seen) || attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown(operation, e);
                }
                client.pause(attempt);
            }
        }
    }

    /** Waits if Azure is busy with the secret, as it is for a while after a deletion or recovery. */
    private void requireBusy(String operation, AzureFailure.Refused refused, AzurePatience waiting) {
        if (!refused.isOnTheWay()) {
            throw refused;
        }
        if (!waiting.mayLookAgain()) {
            throw client.busy(operation);
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

    /**
     * Waits until Azure has finished, so that it can be recovered; it is deleted all the same if that takes too long.
     *
     * @return what was deleted; empty if that is not known
     */
    Optional<AzureRequests.Deleted> awaitDeleted(SecretName name) {
        return seen(name, patience());
    }

    private Optional<AzureRequests.Deleted> seen(SecretName name, AzurePatience waiting) {
        try {
            return awaited(name, waiting);
        } catch (RemoteException | AzureFailure | IllegalStateException e) {
            return Optional.empty(); // whoever may delete need not be allowed to see what was deleted
        }
    }

    private Optional<AzureRequests.Deleted> awaited(SecretName name, AzurePatience waiting) {
        Optional<AzureRequests.Deleted> found = requests.deleted(name);
        while (found.isEmpty() && waiting.mayLookAgain()) {
            found = requests.deleted(name);
        }
        return found;
    }

    /** Waits until Azure has finished, so that it can be purged. */
    AzureRequests.Deleted requireDeleted(SecretName name) {
        return awaited(name, patience())
                .orElseThrow(() -> client.failed(
                        "purge secret " + name,
                        "it is deleted, but Azure has not finished, so it is not purged",
                        "purge it in a minute"));
    }

    /** Makes live again what should not have been deleted. */
    void takeBack(SecretName name) {
        whyNotTakenBack(name).ifPresent(why -> {
            throw client.failed(
                    "delete secret " + name,
                    "somebody else wrote it right before it was deleted, and it cannot be recovered now: " + why,
                    "recover it");
        });
    }

    private Optional<String> whyNotTakenBack(SecretName name) {
        try {
            recover(name);
            return Optional.empty();
        } catch (AzureFailure e) {
            return Optional.of(e.why());
        } catch (CofferException | IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Makes live again those of some deleted secrets that are somebody else's. One that cannot be recovered does not keep
     * the others from it.
     *
     * @return why, by name, those that cannot be are still deleted
     */
    Map<SecretName, String> takeBackOfOthers(List<SecretName> deleted) {
        Map<SecretName, String> left = new TreeMap<>();
        AzurePatience waiting = patience(); // of all together: Azure goes on with the later ones meanwhile
        for (SecretName name : deleted) {
            boolean isTheirs =
                    seen(name, waiting).filter(found -> !found.isOwned()).isPresent();
            if (isTheirs) {
                whyNotTakenBack(name).ifPresent(why -> left.put(name, why));
            }
        }
        return left;
    }

    /**
     * Makes a deleted secret live, and waits until it is.
     *
     * @return false if somebody else was quicker
     */
    boolean recover(SecretName name) {
        String operation = "recover secret " + name;
        AzurePatience waiting = patience();
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.recover(name);
                break;
            } catch (AzureFailure.Refused e) {
                if (e.isBeingDeleted()) {
                    requireBusy(operation, e, waiting);
                } else if (!e.isMissing() && !e.isConflict()) {
                    throw e;
                } else if (mayBeOurs) {
                    break;
                } else {
                    requireLive(operation, name);
                    return false;
                }
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                if (attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown(operation, e);
                }
                client.pause(attempt);
            }
        }
        if (!await(() -> requests.isThere(name))) {
            throw client.failed(operation, "Azure has not finished yet", "look at it in a minute");
        }
        return true;
    }

    /** What somebody else recovers is, for a while, neither live nor deleted. */
    private void requireLive(String operation, SecretName name) {
        if (!await(() -> requests.isThere(name))) {
            throw requests.deleted(name).isPresent() ? client.busy(operation) : new NoSuchSecretException(name);
        }
    }

    /**
     * Removes a deleted secret for good.
     *
     * @throws NoSuchSecretException if somebody else was quicker
     */
    void purge(SecretName name) {
        String operation = "purge secret " + name;
        AzurePatience waiting = patience();
        boolean mayBeOurs = false;
        for (int attempt = 1; ; attempt++) {
            try {
                requests.purge(name);
                break;
            } catch (AzureFailure.Refused e) {
                if (mayBeOurs && e.isMissing()) {
                    break;
                }
                if (e.isMissing()) {
                    throw new NoSuchSecretException(name);
                }
                requireBusy(operation, e, waiting);
            } catch (AzureFailure.Lost e) {
                mayBeOurs = true;
                if (attempt >= Pauses.ATTEMPTS) {
                    throw client.unknown(operation, e);
                }
                client.pause(attempt);
            }
        }
        await(() -> requests.deleted(name).isEmpty());
    }
}
