package dev.coffer.campaign;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Starts JVMs with this one's class path, and ends those that are left. */
final class Children implements AutoCloseable {
    private final Path scratch;
    private final ConcurrentLinkedQueue<Child> started = new ConcurrentLinkedQueue<>();

    /**
     * Starts nothing yet.
     *
     * @param scratch for the temporary files and the error output of the children
     */
    Children(Path scratch) {
        this.scratch = scratch;
    }

    /** A JVM that runs a main class. */
    Child start(Class<?> main, String... arguments) {
        return start(List.of(), main, arguments);
    }

    /** As {@link #start(Class, String...)}, behind a command that runs another one. */
    Child start(List<String> before, Class<?> main, String... arguments) {
        int number = started.size();
        try {
            // Of its own, because SQLite's native library stays there when its process is killed.
            Path temporary = Files.createDirectories(scratch.resolve("child-" + number + ".tmp.d"));
            List<String> command = new ArrayList<>(before);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(argument -> argument.startsWith("--enable-native-access")
                            || argument.startsWith("--sun-misc-unsafe-memory-access"))
                    .forEach(command::add);
            command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
            command.add("-Djava.io.tmpdir=" + temporary);
            command.add("-Dcoffer.campaign=" + System.getProperty("coffer.campaign", "ci"));
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(main.getName());
            command.addAll(List.of(arguments));
            File errors = scratch.resolve("child-" + number + ".err").toFile();
            Child child =
                    new Child(new ProcessBuilder(command).redirectError(errors).start(), errors.toPath(), temporary);
            started.add(child);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends every child that still runs. */
    @Override
    public void close() {
        started.forEach(Child::kill);
    }

    /** One child: lines go in and out. */
    static final class Child {
        private final Process process;
        private final Path errors;
        private final Path temporary;
        private final BufferedReader out;
        private final Writer in;

        private Child(Process process, Path errors, Path temporary) {
            this.process = process;
            this.errors = errors;
            this.temporary = temporary;
            this.out = process.inputReader(StandardCharsets.UTF_8);
            this.in = process.outputWriter(StandardCharsets.UTF_8);
        }

        void tell(String line) {
            try {
                in.write(line + "\n");
                in.flush();
            } catch (IOException e) {
                throw new IllegalStateException("the child does not listen: " + errors(), e);
            }
        }

        /** The next line; null at the end of the output. */
        @Nullable
        String line() {
            try {
                return out.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reads one line, which has to be that one. */
        void expect(String line) {
            String said = line();
            if (!line.equals(said)) {
                throw new AssertionError("the child said " + said + " and not " + line + ": " + errors());
            }
        }

        /** All lines up to the end of the output. A line that a killed child did not finish is left out. */
        List<String> rest() {
            try {
                StringBuilder text = new StringBuilder();
                char[] buffer = new char[8192];
                for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
                    text.append(buffer, 0, n);
                }
                return text.substring(0, text.lastIndexOf("\n") + 1).lines().toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** SIGKILL: it gets no chance to put anything in order. */
        void kill() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly(); // unlike the process's own method, keeps what it said
        }

        int exitCode() throws InterruptedException {
            return process.waitFor();
        }

        /** Removes what it left in its folder for temporary files, once it has ended. */
        void cleanUp() {
            Homes.delete(temporary);
        }

        String errors() {
            try {
                return Files.readString(errors);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
