package dev.coffer.bench;

import java.util.Locale;

/** What is seen while it runs. */
final class Progress {
    private static final long START = System.nanoTime();

    private Progress() {}

    static void say(String format, Object... arguments) {
        System.out.printf("%4d s  %s%n", (System.nanoTime() - START) / 1_000_000_000, text(format, arguments));
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
