package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

class TimelyCredentialsTest {
    private static final AwsCredentials SOME = AwsBasicCredentials.create("id", "key");
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch mayGo = new CountDownLatch(1);

    private AwsCredentials slowly() {
        asked.incrementAndGet();
        try {
            mayGo.await();
            return SOME;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void late_isAnError_andTheNextAttemptIsAnother() {
        TimelyCredentials credentials = new TimelyCredentials(this::slowly, Duration.ofMillis(200));
        assertThrows(TimelyCredentials.LateException.class, credentials::resolveCredentials);
        assertEquals(1, asked.get());
        mayGo.countDown();
        assertSame(SOME, credentials.resolveCredentials());
        assertEquals(2, asked.get());
        credentials.close();
    }

    @Test
    void all_waitForOneAttempt() {
        TimelyCredentials credentials = new TimelyCredentials(this::slowly, LONG);
        List<CompletableFuture<AwsCredentials>> waiting = List.of(
                CompletableFuture.supplyAsync(credentials::resolveCredentials, command -> new Thread(command).start()),
                CompletableFuture.supplyAsync(credentials::resolveCredentials, command -> new Thread(command).start()));
        while (asked.get() == 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<AwsCredentials> third =
                CompletableFuture.supplyAsync(credentials::resolveCredentials, command -> new Thread(command).start());
        assertEquals(1, asked.get());
        mayGo.countDown();
        waiting.forEach(one -> assertSame(SOME, one.join()));
        assertSame(SOME, third.join());
        credentials.close();
    }

    @Test
    void whatTheSourceThrows_isThrown() {
        IllegalArgumentException mine = new IllegalArgumentException("mine");
        AwsCredentialsProvider failing = () -> {
            throw mine;
        };
        TimelyCredentials credentials = new TimelyCredentials(failing, LONG);
        assertSame(mine, assertThrows(IllegalArgumentException.class, credentials::resolveCredentials));
        credentials.close();
    }

    @Test
    void close_letsNobodyWait() throws Exception {
        TimelyCredentials credentials = new TimelyCredentials(this::slowly, LONG);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                credentials.resolveCredentials();
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        waiting.start();
        while (asked.get() == 0) {
            Thread.onSpinWait();
        }
        credentials.close();
        waiting.join(LONG.toMillis());
        assertInstanceOf(CancellationException.class, thrown.get());
    }

    @Test
    void interruption_isKept() throws Exception {
        TimelyCredentials credentials = new TimelyCredentials(this::slowly, LONG);
        AtomicInteger kept = new AtomicInteger();
        Thread waiting = new Thread(() -> {
            try {
                credentials.resolveCredentials();
            } catch (TimelyCredentials.LateException e) {
                kept.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            }
        });
        waiting.start();
        waiting.interrupt();
        waiting.join(LONG.toMillis());
        assertTrue(kept.get() == 1, "the flag");
        credentials.close();
    }
}
