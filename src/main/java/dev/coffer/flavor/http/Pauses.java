package dev.coffer.flavor.http;

import dev.coffer.secrets.RemoteException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** How long to wait before a request is sent again: longer each time, and never for all clients at the same moment. */
public class Pauses {
    /** Requests that are safe to repeat are sent this often at most. */
    public static final int ATTEMPTS = 4;

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final int DOUBLINGS = 16;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final String provider;
    private final @Nullable String component;
    private final Duration first;
    private final int doublings;

    /**
     * Makes them for requests by HTTP.
     *
     * @param provider whose server it is, for errors
     */
    public Pauses(String provider) {
        this(provider, null, FIRST, DOUBLINGS);
    }

    /**
     * The same for errors that name the component.
     *
     * @param provider whose server it is, for errors
     * @param component the secrets manager that asks it
     */
    public Pauses(String provider, String component) {
        this(provider, component, FIRST, DOUBLINGS);
    }

    /**
     * Makes them.
     *
     * @param provider whose server it is, for errors
     * @param first before the second attempt it is between this and twice that
     * @param doublings how often it becomes longer at most
     */
    public Pauses(String provider, Duration first, int doublings) {
        this(provider, null, first, doublings);
    }

    private Pauses(String provider, @Nullable String component, Duration first, int doublings) {
        this.provider = provider;
        this.component = component;
        this.first = first;
        this.doublings = doublings;
    }

    /**
     * Waits.
     *
     * @param attempt 1 after the first attempt
     * @param wanted what the server asked for; zero if it did not
     * @throws RemoteException if that is longer than anybody likes to wait
     */
    public final void before(int attempt, Duration wanted) {
        long backoff = first.toMillis() << Math.min(attempt, doublings);
        long millis = ThreadLocalRandom.current().nextLong(backoff / 2, backoff + 1);
        Duration pause = wanted.toMillis() > millis ? wanted : Duration.ofMillis(millis);
        if (pause.compareTo(LONGEST) > 0) {
            throw new RemoteException(
                    provider + " asks" + (component == null ? "" : " " + component) + " to wait for "
                            + pause.toSeconds() + " seconds",
                    component,
                    "try again after that time");
        }
        sleep(pause);
    }

    /** Waits; tests do not. */
    protected void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("waiting for " + provider + " was interrupted", component, null);
        }
    }
}
