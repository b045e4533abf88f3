package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checkers of the build are awake: this project's own pom.xml, with code that is wrong on purpose beside it, does not
 * build. Maven is run again, without the network, from the installation and the repository of the outer build.
 */
class CheckersIT {
    /** Far above the few seconds that it takes. */
    private static final long TIMEOUT_SECONDS = 300;

    @TempDir
    Path project;

    @Test
    void nullAndErrorProneBugs_failTheBuild() throws Exception {
        write("package-info.java", "@org.jspecify.annotations.NullMarked\npackage dev.coffer.wrong;\n");
        write("Wrong.java", """
                package dev.coffer.wrong;

                import org.jspecify.annotations.Nullable;

                final class Wrong {
                    private Wrong() {}

                    static int length(@Nullable String s) {
                        new IllegalStateException("never thrown");
                        return s.length();
                    }
                }
                """);

        String output = failedBuild("compile");

        assertTrue(output.contains("Wrong.java:[9,9] [DeadException]"), output);
        assertTrue(output.contains("Wrong.java:[10,17] [NullAway]"), output);
    }

    @Test
    void compilerWarning_failsTheBuild() throws Exception {
        write("Raw.java", """
                package dev.coffer.wrong;

                import java.util.List;

                record Raw(List names) {}
                """);

        String output = failedBuild("compile");

        assertTrue(output.contains("Raw.java:[5,12] [rawtypes]"), output);
        assertTrue(output.contains("-Werror"), output);
    }

    @Test
    void unformattedSource_failsTheBuild() throws Exception {
        write("Untidy.java", "package dev.coffer.wrong;\nfinal class Untidy { private Untidy() {} }\n");

        String output = failedBuild("validate");

        assertTrue(output.contains("Untidy.java"), output);
        assertTrue(output.contains("spotless:apply"), output);
    }

    private void write(String name, String text) throws IOException {
        Path folder = Files.createDirectories(project.resolve("src/main/java/dev/coffer/wrong"));
        Files.writeString(folder.resolve(name), text);
    }

    private String failedBuild(String phase) throws IOException, InterruptedException {
        Files.copy(Path.of(property("coffer.checkout"), "pom.xml"), project.resolve("pom.xml"));
        List<String> command = List.of(
                Path.of(property("coffer.maven.home"), "bin", "mvn").toString(),
                "--offline",
                "--batch-mode",
                "-Dmaven.repo.local=" + property("coffer.maven.repository"),
                phase);
        Path output = project.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));

        Process maven = builder.start();
        maven.getOutputStream().close();
        try {
            assertTrue(maven.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "Maven ends");
        } finally {
            maven.descendants().forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertNotEquals(0, maven.exitValue(), text);
        return text;
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name + " is set by the build: run mvn verify");
    }
}
