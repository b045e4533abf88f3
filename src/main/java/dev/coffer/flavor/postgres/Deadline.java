package dev.coffer.flavor.postgres;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends what is not done in time: one thing at a time, each begun and done by the same thread. The driver's own limit begins
 * anew with every byte that comes.
 *
 * <p>To begin and to be done costs next to nothing: one timer looks, when a time may be over, what is being done then.
 */
final class Deadline {
    private final long nanos;
    private @Nullable Runnable end; // of what is being done
    private long overAtNanos;
    private boolean isTimed;

    /**
     * Makes one.
     *
     * @param time that each thing may take
     */
    Deadline(Duration time) {
        this.nanos = time.toNanos();
    }

    /**
     * Something begins.
     *
     * @param toEnd runs in a thread of its own if it is not done in time
     */
    synchronized void begin(Runnable toEnd) {
        end = toEnd;
        overAtNanos = System.nanoTime() + nanos;
        if (!isTimed) {
            isTimed = true;
            look(nanos);
        }
    }

    /** It is done. What was ended meanwhile stays so. */
    synchronized void done() {
        end = null;
    }

    private void look(long inNanos) {
        CompletableFuture<Void> unused = new CompletableFuture<Void>()
                .completeOnTimeout(null, inNanos, TimeUnit.NANOSECONDS)
                .thenRun(this::look);
    }

    private synchronized void look() {
        Runnable toEnd = end;
        long left = overAtNanos - System.nanoTime();
        isTimed = toEnd != null && left > 0;
        if (isTimed) {
            look(left);
        } else if (toEnd != null) {
            end = null;
            run(toEnd);
        }
    }

    /** All timers of the JVM share one thread, and to close a connection with TLS can take a while. */
    private static void run(Runnable toEnd) {
        Thread thread = new Thread(toEnd, "coffer postgres deadline");
        thread.setDaemon(true);
        thread.start();
    }
}
