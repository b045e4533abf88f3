package dev.coffer.sync;

import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;

/** A token bucket: lets so many writes a second pass, and a second's worth at once. Safe for use by several threads. */
final class Pace {
    private final double perNano;
    private final double most;
    private final LongSupplier nanos;
    private final Sleeper sleeper;
    private double tokens;
    private long last;

    /** Waits. */
    interface Sleeper {
        void sleep(long nanos) throws InterruptedException;
    }

    Pace(double perSecond, LongSupplier nanos, Sleeper sleeper) {
        this.perNano = perSecond / 1e9;
        this.most = Math.max(1, perSecond);
        this.nanos = nanos;
        this.sleeper = sleeper;
        this.tokens = most;
        this.last = nanos.getAsLong();
    }

    static Pace of(double perSecond) {
        return new Pace(perSecond, System::nanoTime, java.util.concurrent.TimeUnit.NANOSECONDS::sleep);
    }

    /** Waits until one more write may be sent. */
    void take() {
        if (Double.isInfinite(perNano)) {
            return;
        }
        long wait = reserve();
        if (wait > 0) {
            try {
                sleeper.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private synchronized long reserve() {
        long now = nanos.getAsLong();
        tokens = Math.min(most, tokens + (now - last) * perNano);
        last = now;
        tokens -= 1;
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perNano);
    }
}
