package dev.coffer.flavor.aws;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials that come in time or not at all. The SDK waits without end for a program, which may wait for a person or a
 * network, and tries the services of a login several times over. All who need credentials at the same time wait for one and
 * the same attempt; the next attempt after one that was late is another.
 */
final class TimelyCredentials implements AwsCredentialsProvider, SdkAutoCloseable {
    private final AwsCredentialsProvider source;
    private final Duration limit;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "coffer-aws-login");
        thread.setDaemon(true); // what hangs keeps no process alive
        return thread;
    });
    private @Nullable Attempt running;

    TimelyCredentials(AwsCredentialsProvider source, Duration limit) {
        this.source = source;
        this.limit = limit;
    }

    /** There were none in time, or waiting was interrupted, which the thread's flag tells. */
    static final class LateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LateException() {
            super("no credentials in time");
        }
    }

    private record Attempt(CompletableFuture<AwsCredentials> credentials, long started) {}

    @Override
    public AwsCredentials resolveCredentials() {
        Attempt attempt = attempt();
        try {
            long left = limit.toNanos() - (System.nanoTime() - attempt.started());
            return attempt.credentials().get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LateException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LateException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new CompletionException(e.getCause());
        } finally {
            forget(attempt);
        }
    }

    private synchronized Attempt attempt() {
        if (running == null) {
            running =
                    new Attempt(CompletableFuture.supplyAsync(source::resolveCredentials, threads), System.nanoTime());
        }
        return running;
    }

    private synchronized void forget(Attempt over) {
        if (over.equals(running)) {
            running = null;
        }
    }

    /** Whoever still waits gets none. */
    @Override
    public void close() {
        Attempt last;
        synchronized (this) {
            last = running;
        }
        if (last != null) {
            last.credentials().cancel(false);
        }
        threads.shutdownNow();
        if (source instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }
}
