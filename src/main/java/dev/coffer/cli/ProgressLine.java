package dev.coffer.cli;

import dev.coffer.secrets.Progress;

/** One line on a terminal that says how far an operation is, and goes away at its end. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final int PERCENT = 100;

    private final Terminal terminal;
    private final String activity;
    private final boolean shown;
    private int percent = -1;

    ProgressLine(Terminal terminal, String activity) {
        this.terminal = terminal;
        this.activity = activity;
        this.shown = terminal.is(Terminal.Stream.ERR);
    }

    @Override
    public void at(long done, long total) {
        int now = total <= 0 ? PERCENT : (int) (PERCENT * Math.min(done, total) / total);
        if (shown && now != percent) {
            percent = now;
            terminal.talk("\r" + text());
        }
    }

    private String text() {
        return String.format("%s … %3d %%", activity, percent);
    }

    @Override
    public void close() {
        if (percent >= 0) {
            terminal.talk("\r" + " ".repeat(text().length()) + "\r");
            percent = -1;
        }
    }
}
