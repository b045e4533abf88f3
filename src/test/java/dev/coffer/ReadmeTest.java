package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java examples: compiled and run as they stand there, or the same as a file that is. */
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void javaExample_compilesAndRuns() throws Exception {
        List<String> blocks = Readme.blocks("java").stream()
                .filter(block -> block.contains("class Example"))
                .toList();
        assertEquals(1, blocks.size());
        Path source = folder.resolve("Example.java");
        Files.writeString(source, blocks.get(0));
        String classPath = System.getProperty("java.class.path");
        JavaCompiler javac = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        assertEquals(
                0,
                javac.run(
                        null, null, null, "-d", folder.toString(), "-cp", classPath, "-proc:none", source.toString()));

        assertEquals("ada\n", runExample(classPath));
    }

    /** What is compiled, registered and tested is what is shown. */
    @Test
    void flavorOfOnesOwn_isTheExampleThatIsTested() throws IOException {
        Path example = Path.of(System.getProperty("coffer.checkout", ""))
                .resolve("src/test/resources/shared-folder/com/example/SharedFolder.java");
        List<String> blocks = Readme.blocks("java").stream()
                .filter(block -> block.contains("implements SecretsManagerFlavor"))
                .toList();
        assertEquals(List.of(Files.readString(example)), blocks);
    }

    private String runExample(String classPath) throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                folder + System.getProperty("path.separator") + classPath,
                "Example");
        java.environment().put("COFFER_HOME", folder.resolve("home").toString());
        java.environment().remove("COFFER_KEY_FILE");
        java.environment().remove("COFFER_PASSPHRASE_FILE");
        java.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = java.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return out;
    }
}
