package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final Deadline deadline = new Deadline(Duration.ofMillis(400));

    @Test
    void whatIsNotDoneInTime_isEnded_once() throws Exception {
        for (int i = 0; i < 2; i++) {
            CountDownLatch ended = new CountDownLatch(1);
            AtomicInteger times = new AtomicInteger();
            deadline.begin(() -> {
                times.incrementAndGet();
                ended.countDown();
            });
            assertTrue(ended.await(30, TimeUnit.SECONDS));
            TimeUnit.MILLISECONDS.sleep(600);
            assertEquals(1, times.get());
            deadline.done();
        }
    }

    /** The timer of the first one looks while the second is at work. */
    @Test
    void whatBeginsLater_hasItsWholeTime() throws Exception {
        AtomicInteger first = new AtomicInteger();
        deadline.begin(first::incrementAndGet);
        TimeUnit.MILLISECONDS.sleep(200);
        deadline.done();
        CountDownLatch ended = new CountDownLatch(1);
        long start = System.nanoTime();
        deadline.begin(ended::countDown);
        assertTrue(ended.await(30, TimeUnit.SECONDS));
        assertFalse(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(395));
        assertEquals(0, first.get());
    }

    @Test
    void whatIsDone_isNotEnded() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            deadline.begin(ended::incrementAndGet);
            deadline.done();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertEquals(0, ended.get());
    }
}
