package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.vault.Diagnosis;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewerJavaTest {
    private static final String RUNNING = System.getProperty("java.home");

    @TempDir
    Path folder;

    private Path user;

    @BeforeEach
    void installOne() throws IOException {
        user = folder.resolve("o'brien");
        Path java = Files.createDirectories(user.resolve(".jdks/newest/bin")).resolve("java");
        Files.writeString(java, "");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(user.resolve(".jdks/newest/release"), "JAVA_VERSION=\"98.0.1\"\n");
    }

    private Optional<Diagnosis.Symptom> symptom(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", user.toString()));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return NewerJava.symptom(environment, Runtime.version().feature());
    }

    @Test
    void newerOne_isNamed_inACommandThatAShellTakes() throws Exception {
        String remedy = symptom("JAVA_HOME", RUNNING).orElseThrow().remedy().orElseThrow();
        Process shell = new ProcessBuilder("sh", "-c", remedy + "; printf %s \"$COFFER_JAVA_HOME\"")
                .redirectErrorStream(true)
                .start();
        assertEquals(
                user.resolve(".jdks/newest").toString(),
                new String(
                        shell.getInputStream().readAllBytes(),
                        Charset.forName(System.getProperty("sun.jnu.encoding"))));
    }

    @Test
    void runtimeThatJavaHomeDoesNotName_isNotBlamedOnIt() {
        assertTrue(symptom("JAVA_HOME", folder.toString()).isEmpty(), "as in an image");
        assertTrue(symptom("JAVA_HOME", "no/such/folder").isEmpty());
        assertTrue(symptom("JAVA_HOME", "").isEmpty());
        assertTrue(symptom().isEmpty());
        assertTrue(symptom("JAVA_HOME", RUNNING, "COFFER_JAVA_HOME", RUNNING).isEmpty());
    }
}
