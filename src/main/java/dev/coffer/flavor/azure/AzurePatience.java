package dev.coffer.flavor.azure;

import java.time.Duration;

/** Waits for something that Azure has not finished, but not for ever. */
final class AzurePatience {
    private static final Duration POLL = Duration.ofMillis(500);

    private final AzureClient client;
    private final long end;

    AzurePatience(AzureClient client, Duration most) {
        this.client = client;
        this.end = System.nanoTime() + most.toNanos();
    }

    /** Waits a while before the next look; false, and at once, if it has been long enough. */
    boolean mayLookAgain() {
        if (System.nanoTime() - end > 0) {
            return false;
        }
        client.pause(POLL);
        return true;
    }
}
