package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** How long writes wait for a provider that bears only so many a second. */
class PaceTest {
    private static final long SECOND = 1_000_000_000;

    private long now = 5 * SECOND;
    private final List<Long> waits = new ArrayList<>();

    private Pace pace(double perSecond) {
        return new Pace(perSecond, () -> now, nanos -> {
            waits.add(nanos);
            now += nanos;
        });
    }

    private static void take(Pace pace, int times) {
        for (int i = 0; i < times; i++) {
            pace.take();
        }
    }

    @Test
    void firstSecondsWorth_doesNotWait_andTheNextOnesDo() {
        Pace pace = pace(4);

        take(pace, 4);
        assertEquals(List.of(), waits);
        take(pace, 3);
        assertEquals(List.of(SECOND / 4, SECOND / 4, SECOND / 4), waits);
    }

    @Test
    void whatWasNotUsed_isGoodForOneSecondAlone() {
        Pace pace = pace(4);
        take(pace, 4);
        now += 60 * SECOND;

        take(pace, 5);
        assertEquals(List.of(SECOND / 4), waits);
    }

    @Test
    void timeThatPassed_isCountedOnce() {
        Pace pace = pace(2);
        take(pace, 2);
        now += SECOND / 4;

        pace.take();
        assertEquals(List.of(SECOND / 4), waits);
        pace.take();
        assertEquals(List.of(SECOND / 4, SECOND / 2), waits);
    }

    /** Less than one a second still lets the first one pass. */
    @Test
    void slowProvider_getsTheFirstWriteAtOnce() {
        Pace pace = pace(0.5);

        take(pace, 2);
        assertEquals(List.of(2 * SECOND), waits);
    }

    @Test
    void providerWithoutALimit_isNeverWaitedFor() {
        Pace pace = pace(Double.POSITIVE_INFINITY);

        take(pace, 1_000);
        assertEquals(List.of(), waits);
    }

    @Test
    void interruption_endsTheWait_andIsKept() {
        Pace pace = new Pace(1, () -> now, nanos -> {
            throw new InterruptedException();
        });
        pace.take();

        assertThrows(CancellationException.class, pace::take);
        assertTrue(Thread.interrupted());
    }
}
