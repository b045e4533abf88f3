package dev.coffer.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A command line with its environment, of which nothing comes from whoever runs the benchmark but the search path.
 *
 * @param name as people know it
 * @param words the command line
 * @param environment its variables
 */
record Command(String name, List<String> words, Map<String, String> environment) {
    Command(String name, Map<String, String> environment, String... words) {
        this(name, List.of(words), environment);
    }

    Command inVariable() {
        List<String> shell = new ArrayList<>(List.of("sh", "-c", "X=$(\"$@\") true", "sh"));
        shell.addAll(words);
        return new Command(name, shell, environment);
    }

    private ProcessBuilder builder(List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line);
        Map<String, String> variables = new TreeMap<>(environment);
        variables.put("PATH", System.getenv("PATH"));
        variables.put("LC_ALL", "C.UTF-8");
        builder.environment().clear();
        builder.environment().putAll(variables);
        return builder;
    }

    /** Runs it and fails unless it ends well; the output without what encloses it. */
    String run(String input) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("bench", ".err");
        try {
            Process process = builder(words).redirectError(errors.toFile()).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(words + " failed: " + output + Files.readString(errors));
            }
            return output.strip();
        } finally {
            Files.delete(errors);
        }
    }

    /** How long it takes from start to end, in milliseconds. */
    double time() throws IOException, InterruptedException {
        ProcessBuilder builder = builder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        long start = System.nanoTime();
        int code = builder.start().waitFor();
        double millis = (System.nanoTime() - start) / 1e6;
        if (code != 0) {
            throw new IllegalStateException(words + " ended with " + code);
        }
        return millis;
    }

    /** The most memory that it, or a process that it waited for, had resident, in KiB; 0 without GNU time. */
    long resident() throws IOException, InterruptedException {
        if (!isHere("time")) {
            return 0;
        }
        Path figure = Files.createTempFile("bench", ".kib");
        try {
            List<String> line = new ArrayList<>(List.of("time", "-f", "%M", "-o", figure.toString()));
            line.addAll(words);
            new Command(name, line, environment).run("");
            return Long.parseLong(Files.readString(figure).strip());
        } finally {
            Files.delete(figure);
        }
    }

    static boolean isHere(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
