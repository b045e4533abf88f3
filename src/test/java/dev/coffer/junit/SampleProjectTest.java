package dev.coffer.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Readme;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests as somebody else writes them, the README's among them: compiled without ours, and run by a JVM of their own. */
class SampleProjectTest {
    private static final Path PROJECT = Path.of("src/test/resources/sample-project/shop");

    @TempDir
    Path folder;

    @Test
    void sampleProject_runsAllItsTests_andLeavesNothingBehind() throws Exception {
        List<Path> sources = copyOf(PROJECT);
        String readme = Readme.blocks("java").stream()
                .filter(block -> block.contains("@CofferTest"))
                .findFirst()
                .orElseThrow();
        Path source = folder.resolve("LoginTest.java");
        Files.writeString(source, readme);
        sources.add(source);
        compile(sources);

        assertEquals("12 of 12 succeeded", run("LoginTest", "shop.ShopTest", "shop.SharedTest"));
        try (Stream<Path> left = Files.list(temporary())) {
            assertEquals(
                    List.of(),
                    left.filter(path -> path.getFileName().toString().startsWith("coffer"))
                            .toList());
        }
    }

    private List<Path> copyOf(Path project) throws IOException {
        Path shop = Files.createDirectories(folder.resolve("shop"));
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> files =
                Files.list(Path.of(System.getProperty("coffer.checkout", "")).resolve(project))) {
            for (Path file : files.toList()) {
                Path copy = Files.copy(file, shop.resolve(file.getFileName()));
                if (copy.toString().endsWith(".java")) {
                    sources.add(copy);
                }
            }
        }
        return sources;
    }

    private void compile(List<Path> sources) {
        List<String> arguments = new ArrayList<>(List.of("-d", folder.toString(), "-cp", classPath(), "-proc:none"));
        sources.forEach(source -> arguments.add(source.toString()));
        assertEquals(
                0,
                Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                        .run(null, null, null, arguments.toArray(String[]::new)));
    }

    /** What coffer's classes and libraries are, JUnit among them, without coffer's own tests. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Path temporary() throws IOException {
        return Files.createDirectories(folder.resolve("tmp"));
    }

    private String run(String... classes) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary(),
                "-Djunit.jupiter.execution.parallel.enabled=true",
                "-Djunit.jupiter.execution.parallel.mode.default=concurrent",
                "-cp",
                folder + File.pathSeparator + classPath(),
                "shop.RunTests"));
        command.addAll(List.of(classes));
        ProcessBuilder java = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // Nothing of the user's settings may matter.
        java.environment().put("COFFER_KEY_FILE", folder.resolve("missing").toString());
        java.environment().put("COFFER_STACK", "missing");
        Process process = java.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out.strip();
    }
}
