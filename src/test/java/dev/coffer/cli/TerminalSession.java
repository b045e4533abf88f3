package dev.coffer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The real command at a real terminal, which {@code script} of util-linux makes, with somebody who waits for prompts. */
final class TerminalSession implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final Process process;
    private final StringBuilder screen = new StringBuilder();
    private int seen;

    private TerminalSession(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "terminal");
        reader.setDaemon(true);
        reader.start();
    }

    static TerminalSession start(Path checkout, Path home, String command) throws IOException {
        ProcessBuilder script = new ProcessBuilder("script", "-qec", command, "/dev/null").redirectErrorStream(true);
        script.environment().keySet().removeIf(name -> name.startsWith("COFFER_") || name.startsWith("XDG_"));
        script.environment().put("PATH", checkout.resolve("bin") + ":" + System.getenv("PATH"));
        script.environment().put("COFFER_JAVA_HOME", System.getProperty("java.home"));
        script.environment().put("COFFER_HOME", home.toString());
        script.environment()
                .put("XDG_CACHE_HOME", checkout.resolve("target/caches").toString());
        script.environment().put("COFFER_ARCHIVE", "now");
        script.environment().put("TERM", "xterm");
        script.environment().put("SHELL", "/bin/sh");
        return new TerminalSession(script.start());
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (screen) {
                    screen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    screen.notifyAll();
                }
            }
        } catch (IOException e) {
            // The terminal is gone with its process.
        }
    }

    /** Waits until a text appears after everything that was waited for before. */
    TerminalSession expect(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        synchronized (screen) {
            while (screen.indexOf(text, seen) < 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("waited for '" + text + "' and saw: " + screen);
                }
                screen.wait(left);
            }
            seen = screen.indexOf(text, seen) + text.length();
        }
        return this;
    }

    /** Types a line. */
    TerminalSession type(String line) throws IOException {
        return press(line + "\n");
    }

    /** Presses keys; Ctrl-C is {@code \u0003}. */
    TerminalSession press(String keys) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write(keys.getBytes(StandardCharsets.UTF_8));
        out.flush();
        return this;
    }

    /** Waits for the end and returns the exit code. */
    int exit() throws InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running; the screen: " + screen());
        }
        return process.exitValue();
    }

    /** Everything that was shown. */
    String screen() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
