package dev.coffer.flavor.aws;

import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a request is sent again: longer each time, and never for all clients at the same moment. */
final class Pauses {
    /** Requests that are safe to repeat are sent this often at most. */
    static final int ATTEMPTS = 4;

    private static final long FIRST_MILLIS = 100;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final String component;

    Pauses(String component) {
        this.component = component;
    }

    /**
     * Waits.
     *
     * @param attempt 1 after the first attempt
     * @param wanted what the server asked for; zero if it did not
     */
    void before(int attempt, Duration wanted) {
        long backoff = FIRST_MILLIS << attempt;
        long millis = ThreadLocalRandom.current().nextLong(backoff / 2, backoff + 1);
        Duration pause = wanted.toMillis() > millis ? wanted : Duration.ofMillis(millis);
        if (pause.compareTo(LONGEST) > 0) {
            throw new RemoteException(
                    "AWS Secrets Manager asks " + component + " to wait for " + pause.toSeconds() + " seconds",
                    component,
                    "try again after that time");
        }
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("waiting for AWS Secrets Manager was interrupted", component, null);
        }
    }
}
