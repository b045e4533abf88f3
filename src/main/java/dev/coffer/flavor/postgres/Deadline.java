package dev.coffer.flavor.postgres;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends what is not closed in time. The driver's own limit begins anew with every byte that comes. */
final class Deadline implements AutoCloseable {
    /** One that never ends anything. */
    static final Deadline NONE = new Deadline();

    private final CompletableFuture<Boolean> late = new CompletableFuture<>();
    private final CompletableFuture<Void> ending;

    private Deadline() {
        late.complete(false);
        ending = CompletableFuture.completedFuture(null);
    }

    private Deadline(Duration time, Runnable end) {
        late.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS);
        ending = late.thenAccept(isLate -> {
            if (isLate) {
                begin(end);
            }
        });
    }

    /**
     * Begins to wait.
     *
     * @param end runs in a thread of its own
     */
    static Deadline in(Duration time, Runnable end) {
        return new Deadline(time, end);
    }

    /** All timers of the JVM share one thread, and to close a connection with TLS can take a while. */
    private static void begin(Runnable end) {
        Thread thread = new Thread(end, "coffer postgres deadline");
        thread.setDaemon(true);
        thread.start();
    }

    /** It was done in time. */
    @Override
    public void close() {
        late.complete(false);
        ending.join();
    }
}
