package dev.coffer.bench;

import java.util.Locale;

/**
 * A command that prints one secret, run as a whole process.
 *
 * @param name as people know it
 * @param here whether it is installed
 * @param millis the time of each round, sorted; empty if it is not here
 * @param inVariable the same within {@code sh -c 'X=$(…)'}, as a program that is handed a secret would be started
 * @param residentKib the most memory that it had, in KiB; 0 if it could not be measured
 */
record Timed(String name, boolean here, double[] millis, double[] inVariable, long residentKib) {
    double median() {
        return LibraryBars.median(millis);
    }

    static String text(double[] sorted) {
        return sorted.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%.0f ms (%.0f–%.0f)",
                        LibraryBars.median(sorted),
                        sorted[0],
                        sorted[sorted.length - 1]);
    }
}
