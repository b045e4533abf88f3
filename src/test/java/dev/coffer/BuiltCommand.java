package dev.coffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The built command, with all that it carries, as a process of its own and without a terminal.
 *
 * @param folder the homes are below it
 * @param home the folder of the one home
 */
public record BuiltCommand(Path folder, String home) {
    private static final Path COMMAND =
            Path.of(System.getProperty("coffer.checkout", "")).resolve("bin/coffer");

    /**
     * What came of a run.
     *
     * @param code the exit code
     * @param text what it said, on either stream
     */
    public record Said(int code, String text) {
        /** It went wrong in a certain way, and said certain words. */
        public void assertRefused(int expected, String... words) {
            assertEquals(expected, code, text);
            for (String word : words) {
                if (!text.contains(word)) {
                    throw new AssertionError("not said: " + word + "\n" + text);
                }
            }
        }
    }

    /** The same command with another home. */
    public BuiltCommand at(String other) {
        return new BuiltCommand(folder, other);
    }

    /** Runs it, whatever comes of it. */
    public Said run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), arguments);
    }

    /** The same with more variables of the environment. */
    public Said run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(COMMAND.toAbsolutePath().toString()));
        all.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(all).redirectErrorStream(true);
        process.environment().keySet().removeIf(name -> name.matches("(COFFER|GH|GITHUB)_.*"));
        process.environment().put("COFFER_JAVA_HOME", System.getProperty("java.home"));
        process.environment().put("COFFER_HOME", folder.resolve(home).toString());
        process.environment().putAll(environment);
        Process started = process.start();
        started.getOutputStream().close();
        String text = new String(started.getInputStream().readAllBytes(), UTF_8);
        return new Said(started.waitFor(), text);
    }

    /** Runs it; a failure if it fails. */
    public String done(String... arguments) throws IOException, InterruptedException {
        Said said = run(arguments);
        assertEquals(0, said.code(), said.text());
        return said.text();
    }
}
