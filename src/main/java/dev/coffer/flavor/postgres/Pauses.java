package dev.coffer.flavor.postgres;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before something is done again: longer each time, and never for all clients at the same moment. */
class Pauses {
    private static final int FIRST_MILLIS = 10;
    private static final int DOUBLINGS = 5;

    /**
     * Waits.
     *
     * @param attempt 1 after the first attempt
     */
    final void before(int attempt) throws InterruptedException {
        long most = (long) FIRST_MILLIS << Math.min(attempt, DOUBLINGS);
        sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    void sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
