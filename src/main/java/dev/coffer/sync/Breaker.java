package dev.coffer.sync;

import dev.coffer.secrets.RemoteException;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens after a few failures of a target in a row: what would follow is not even tried. */
final class Breaker {
    private static final int FAILURES = 3;

    private final AtomicInteger inARow = new AtomicInteger();
    private final Deque<RemoteException> failures = new ConcurrentLinkedDeque<>();

    void succeeded() {
        inARow.set(0);
    }

    void failed(RemoteException failure) {
        failures.addLast(failure);
        inARow.incrementAndGet();
    }

    boolean isOpen() {
        return inARow.get() >= FAILURES;
    }

    /** What opened it. */
    Optional<RemoteException> trouble() {
        return isOpen() ? Optional.ofNullable(failures.peekLast()) : Optional.empty();
    }
}
