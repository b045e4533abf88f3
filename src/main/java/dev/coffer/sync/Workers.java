package dev.coffer.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** A few threads for calls to one target. */
final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    Workers(int count) {
        threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "coffer-sync");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The results in the order of the input. The first failure is thrown once none of the tasks is running any more. */
    <A, B> List<B> all(List<A> input, Function<A, B> work) {
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<Optional<B>>> futures = new ArrayList<>();
        input.forEach(one ->
                futures.add(threads.submit(() -> failed.get() ? Optional.empty() : Optional.of(work.apply(one)))));
        List<B> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<Optional<B>> future : futures) {
            try {
                future.get().ifPresent(results::add);
            } catch (ExecutionException e) {
                failed.set(true);
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                failure = failure == null ? (RuntimeException) e.getCause() : failure;
            } catch (InterruptedException e) {
                futures.forEach(one -> one.cancel(true));
                Thread.currentThread().interrupt();
                throw new java.util.concurrent.CancellationException("interrupted");
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
