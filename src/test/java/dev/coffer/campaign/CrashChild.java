package dev.coffer.campaign;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process that is killed. Its arguments: the title of its kind, a folder to warm up in. */
final class CrashChild {
    private CrashChild() {}

    /** Warms up, says {@code WARM}, waits for a home, a run and a seed, says {@code READY} and works. */
    public static void main(String[] arguments) throws Exception {
        CrashKind kind = CrashTest.kinds().stream()
                .filter(candidate -> candidate.title().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        kind.warmUp(Path.of(arguments[1]), 0);
        say("WARM");
        String[] order = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .readLine()
                .split(" ", 3);
        say("READY");
        kind.work(Path.of(order[2]), Integer.parseInt(order[0]), Long.parseLong(order[1]), CrashChild::say);
    }

    /** A line in one write, so that it is out, whatever happens to this process, when this returns. */
    static void say(String line) {
        try {
            OUT.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);
}
