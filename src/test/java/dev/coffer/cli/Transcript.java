package dev.coffer.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a user types and what coffer answers, in a file:
 *
 * <pre>
 * # why this is here
 * $ coffer secret get no-such        a line for a shell, in an empty folder, with coffer on the path
 * what comes on standard output
 * 2| what comes on standard error
 * ? 3                                the exit code, if it is not 0
 * </pre>
 *
 * <p>What differs from run to run is written as {@code HOME}, {@code WORK}, {@code UUID}, {@code TIME} and so on.
 *
 * @param steps the commands in order
 */
record Transcript(List<Step> steps) {
    private static final long TIMEOUT_SECONDS = 120;

    /**
     * One command and its answer.
     *
     * @param lead comments and blank lines before it
     * @param command the line after {@code $}
     * @param answer all lines up to the next command
     */
    record Step(List<String> lead, String command, List<String> answer) {}

    static Transcript parse(List<String> lines) {
        List<Step> steps = new ArrayList<>();
        List<String> lead = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("$ ")) {
                steps.add(new Step(List.copyOf(lead), line.substring(2), new ArrayList<>()));
                lead.clear();
            } else if (steps.isEmpty() || line.startsWith("#") || (line.isEmpty() && !lead.isEmpty())) {
                lead.add(line);
            } else if (line.isEmpty()) {
                lead.add(line);
            } else {
                steps.get(steps.size() - 1).answer().add(line);
            }
        }
        return new Transcript(steps);
    }

    /** The same commands with the answers that they get now. */
    Transcript replay(Path checkout, Path folder) throws IOException, InterruptedException {
        Path home = folder.resolve("home");
        Path work = Files.createDirectories(folder.resolve("work"));
        List<Step> replayed = new ArrayList<>();
        for (Step step : steps) {
            replayed.add(new Step(step.lead(), step.command(), run(step.command(), checkout, home, work)));
        }
        return new Transcript(replayed);
    }

    private static List<String> run(String command, Path checkout, Path home, Path work)
            throws IOException, InterruptedException {
        Path out = work.resolveSibling("stdout");
        Path err = work.resolveSibling("stderr");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command)
                .directory(work.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        shell.environment().keySet().removeIf(name -> name.matches("(COFFER|XDG|GH|GITHUB)_.*|NO_COLOR"));
        shell.environment().put("PATH", checkout.resolve("bin") + ":" + System.getenv("PATH"));
        shell.environment().put("COFFER_JAVA_HOME", System.getProperty("java.home"));
        shell.environment().put("COFFER_HOME", home.toString());
        shell.environment().put("HOME", work.resolveSibling("user").toString());
        // One archive for all tests of the command, made by the first.
        shell.environment()
                .put("XDG_CACHE_HOME", checkout.resolve("target/caches").toString());
        shell.environment().put("COFFER_ARCHIVE", "now");
        Process process = shell.start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("still running after " + TIMEOUT_SECONDS + " s: " + command);
        }
        List<String> answer = new ArrayList<>();
        add(answer, "", normalized(out, home, work));
        add(answer, "2| ", normalized(err, home, work));
        if (process.exitValue() != 0) {
            answer.add("? " + process.exitValue());
        }
        return answer;
    }

    private static void add(List<String> answer, String prefix, String text) {
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) { // blank lines separate commands
                answer.add(prefix + line.stripTrailing());
            }
        }
    }

    private static String normalized(Path file, Path home, Path work) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .replace(home.toString(), "HOME")
                .replace(work.toString(), "WORK")
                .replace(String.valueOf(work.getParent()), "FOLDER")
                .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z", "TIME")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d(:\\d\\d)?", "TIME")
                .replaceAll("\\d+ bytes\\b", "N bytes")
                .replaceAll("replaced-\\d{8}-\\d{6}-\\d{3}", "replaced-STAMP")
                .replaceAll("\\b[0-9a-f]{16}\\b", "KEYID")
                .replaceAll("(?m)^[0-9a-f]{8}(  +(yes|no) )", "KEK$1")
                .replaceAll("(\"id\":\")[0-9a-f]{8}\"", "$1KEK\"")
                .replaceAll("\\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8}\\b", "KEK")
                .replaceAll("\\b([0-9A-Z]{4}-){8}[0-9A-Z]{4}\\b", "RECOVERY-CODE");
    }

    /** As it stands in a file. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Step step : steps) {
            lines.addAll(step.lead());
            lines.add("$ " + step.command());
            lines.addAll(step.answer());
        }
        return lines;
    }
}
