package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls to one target, several at once. */
class WorkersTest {
    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void results_comeInTheOrderOfTheInput() {
        CountDownLatch second = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            assertEquals(List.of(10, 20, 30), workers.all(List.of(1, 2, 3), number -> {
                if (number == 1) {
                    await(second);
                } else {
                    second.countDown();
                }
                return number * 10;
            }));
        }
    }

    /** What was not begun is not begun any more. */
    @Test
    void firstFailure_isThrown_andTheRestIsNotBegun() {
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(1)) {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> workers.all(IntStream.range(0, 500).boxed().toList(), number -> {
                        begun.add(number);
                        if (number == 3 || number == 4) {
                            throw new IllegalStateException("task " + number);
                        }
                        pause(number);
                        return number;
                    }));

            assertEquals("task 3", e.getMessage());
            assertTrue(begun.containsAll(List.of(0, 1, 2, 3)), begun.toString());
            assertFalse(begun.contains(499));
        }
    }

    private static void pause(int number) {
        try {
            Thread.sleep(number < 3 ? 0 : 5);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in task " + number, e);
        }
    }

    @Test
    void error_isThrownAsItIs() {
        try (Workers workers = new Workers(1)) {
            assertThrows(
                    AssertionError.class,
                    () -> workers.all(List.of(1), number -> {
                        throw new AssertionError("broken");
                    }));
        }
    }

    @Test
    void interruption_endsTheWait_andStopsTheTasks() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicReference<String> end = new AtomicReference<>("none");
        try (Workers workers = new Workers(1)) {
            Thread caller = new Thread(() -> {
                try {
                    workers.all(List.of(1), number -> sleep(started, stopped));
                } catch (CancellationException e) {
                    end.set(e.getMessage() + " " + Thread.currentThread().isInterrupted());
                }
            });
            caller.start();
            await(started);

            caller.interrupt();

            await(stopped);
            caller.join();
            assertEquals("interrupted true", end.get());
        }
    }

    private static boolean sleep(CountDownLatch started, CountDownLatch stopped) {
        started.countDown();
        try {
            Thread.sleep(Duration.ofSeconds(30).toMillis());
            return false;
        } catch (InterruptedException e) {
            stopped.countDown();
            return true;
        }
    }

    /** A target that does not answer keeps no command from ending. */
    @Test
    void threads_keepNoProcessAlive() {
        try (Workers workers = new Workers(1)) {
            assertEquals(
                    List.of(true),
                    workers.all(List.of(1), number -> Thread.currentThread().isDaemon()));
        }
    }

    @Test
    void close_endsWhatRuns() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Workers workers = new Workers(1);
        Thread caller = new Thread(() -> workers.all(List.of(1), number -> sleep(started, stopped)));
        caller.start();
        await(started);

        workers.close();

        await(stopped);
        caller.join();
    }

    /** Else what they use would be closed under them. */
    @Test
    void firstFailure_isThrownOnceNothingRunsAnyMore() {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        try (Workers workers = new Workers(2)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> workers.all(List.of(0, 1), number -> {
                        try {
                            if (number == 0) {
                                running.await();
                                throw new IllegalStateException("the first");
                            }
                            running.countDown();
                            Thread.sleep(300);
                            ended.set(true);
                        } catch (InterruptedException e) {
                            throw new IllegalArgumentException(e);
                        }
                        return number;
                    }));
            assertTrue(ended.get(), "the second one is still running");
        }
    }
}
