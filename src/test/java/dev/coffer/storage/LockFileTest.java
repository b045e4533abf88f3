package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks that are taken without waiting. */
class LockFileTest {
    @TempDir
    Path folder;

    /** A program that takes a lock, says whether it has it, and dies with it. */
    static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println(LockFile.take(Path.of(arguments[0])).isPresent() ? "taken" : "held");
            System.out.flush();
            System.in.read();
            Runtime.getRuntime().halt(1);
        }
    }

    private static Process program(Path file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home", ""), "bin", "java")
                                .toString(),
                        "-cp",
                        System.getProperty("java.class.path", ""),
                        Taker.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String said(Process process) throws IOException {
        return process.inputReader().readLine();
    }

    private static void end(Process process) throws Exception {
        process.getOutputStream().close();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }

    @Test
    void lock_isTakenOnce_andAgainOnceItIsGivenBack() throws Exception {
        Path file = folder.resolve("lock");
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 3; i++) {
                try (LockFile.Held held = LockFile.take(file).orElseThrow()) {
                    assertEquals(Optional.empty(), LockFile.take(file), "not by the same thread: " + held);
                    assertEquals(
                            Optional.empty(),
                            other.submit(() -> LockFile.take(file)).get());
                    LockFile.take(folder.resolve("another")).orElseThrow().close();
                }
            }
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void lock_excludesOtherProcesses_andEndsWithItsHolder() throws Exception {
        Path file = folder.resolve("lock");
        Process first = program(file);
        try {
            assertEquals("taken", said(first));
            assertEquals(Optional.empty(), LockFile.take(file));
        } finally {
            end(first);
        }
        try (LockFile.Held held = LockFile.take(file).orElseThrow()) {
            Process second = program(file);
            try {
                assertEquals("held", said(second), () -> "while there is " + held);
            } finally {
                end(second);
            }
        }
    }
}
