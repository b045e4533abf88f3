package dev.coffer.flavor.gcp;

import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a request is sent again: longer each time, and never for all clients at the same moment. */
final class Pauses {
    /** Requests that are safe to repeat are sent this often at most. */
    static final int ATTEMPTS = 4;

    private static final long FIRST_MILLIS = 100;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Pauses() {}

    /**
     * Waits.
     *
     * @param attempt 1 after the first attempt
     * @param wanted what the server asked for; zero if it did not
     */
    static void before(int attempt, Duration wanted, String component) {
        long backoff = FIRST_MILLIS << attempt;
        long millis = ThreadLocalRandom.current().nextLong(backoff / 2, backoff + 1);
        Duration pause = wanted.toMillis() > millis ? wanted : Duration.ofMillis(millis);
        if (pause.compareTo(LONGEST) > 0) {
            throw new RemoteException(
                    "Google's Secret Manager asks " + component + " to wait for " + pause.toSeconds() + " seconds",
                    component,
                    "try again after that time");
        }
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("waiting for Google's Secret Manager was interrupted", component, null);
        }
    }
}
