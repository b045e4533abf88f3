package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Marker values from a file, from standard input and from a prompt, and a marker passphrase, go through commands that
 * work and commands that fail. Afterwards they are nowhere: not in stdout or stderr, stack traces included, not in any
 * file written, and not in the live heap of the process once everything is closed.
 */
class CanaryTest {
    private static final String VALUE = "canary-value-3f9Qz7LmXr-do-not-show";
    private static final String PASSPHRASE = "canary-passphrase-8Wd2KpVt-do-not-show";
    private static final List<Charset> ENCODINGS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);

    @TempDir
    Path folder;

    @Test
    void markers_areNowhere() throws Exception {
        Path markers = Files.createDirectories(folder.resolve("markers"));
        write(markers.resolve("value"), VALUE);
        write(markers.resolve("values.json"), "{\"a\": \"" + VALUE + "\", \"b\": \"" + VALUE + "\"}");
        write(markers.resolve("passphrase"), PASSPHRASE);
        String encoded = Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_8));
        write(markers.resolve("zenml.yaml"), "moved:\n  k: " + encoded + "\nbroken:\n  k: %" + encoded + "\n");
        write(
                markers.resolve("__ZENML__BLOB"),
                Base64.getEncoder()
                        .encodeToString(("{\"schema\": \"arbitrary\", \"content\": {\"k\": \"" + VALUE + "\"}}")
                                .getBytes(StandardCharsets.UTF_8)));
        write(
                markers.resolve("warehouse.json"),
                "{\"type\": \"object\", \"properties\": {\"token\": {}, \"tier\": {\"pattern\": \"^x$\"}}}");
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        Path dump = folder.resolve("heap.hprof");

        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CanaryChild.class.getName(),
                        folder.resolve("home").toString(),
                        markers.toString(),
                        dump.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertEquals(0, child.waitFor(), () -> read(err));

        assertAllCommandsRan(read(err));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(markers))
                    .toList()) {
                for (String marker : List.of(VALUE, PASSPHRASE, encoded)) {
                    for (Charset encoding : ENCODINGS) {
                        assertFalse(holds(file, marker.getBytes(encoding)), marker + " as " + encoding + " in " + file);
                    }
                }
            }
        }
    }

    /** Each command of the tree at least once with success or without; those that keep something, with success. */
    private static void assertAllCommandsRan(String log) {
        List<String> ran = log.lines()
                .filter(line -> line.startsWith(CanaryChild.RAN))
                .map(line -> line.substring(CanaryChild.RAN.length()).replace("component orchestrator", "component"))
                .toList();
        Set<String> never = leaves(CommandTree.build(name -> true, System.getenv()), "");
        never.removeIf(command -> ran.stream()
                .anyMatch(line ->
                        line.startsWith(command + " ") || line.equals(command) || line.startsWith(command + ": ")));
        assertEquals(Set.of(), never, log);
        for (String success : List.of(
                "secret register db --schema",
                "secret register piped",
                "secret register prompted",
                "secret register wh --schema warehouse",
                "secret get db",
                "import --from zenml",
                "component resolve k8s",
                "stack register-secrets",
                "stack export",
                "stack import",
                "sync push",
                "sync plan",
                "sync resolve piped --keep-both",
                "sync pull -o json",
                "copy remote local",
                "key slot add --passphrase",
                "backup")) {
            assertTrue(
                    ran.stream().anyMatch(line -> line.startsWith(success) && line.endsWith(": 0")),
                    () -> success + " never worked: " + log);
        }
    }

    private static Set<String> leaves(CommandLine command, String path) {
        Set<String> found = new TreeSet<>();
        if (command.getSubcommands().isEmpty()) {
            found.add(path.strip());
        }
        command.getSubcommands().forEach((name, below) -> found.addAll(leaves(below, path + " " + name)));
        return found;
    }

    @Test
    void theSearch_isAwake() throws IOException {
        Path file = folder.resolve("file");
        byte[] marker = VALUE.getBytes(StandardCharsets.UTF_16LE);
        Files.write(file, new byte[(1 << 20) - 7]);
        assertFalse(holds(file, marker));
        Files.write(file, marker, java.nio.file.StandardOpenOption.APPEND); // across the border of two reads
        assertTrue(holds(file, marker));
    }

    private static void write(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean holds(Path file, byte[] marker) throws IOException {
        byte[] window = new byte[(1 << 20) + marker.length];
        int kept = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.readNBytes(window, kept, window.length - kept);
                    n > 0;
                    n = in.readNBytes(window, kept, window.length - kept)) {
                int end = kept + n;
                if (indexOf(window, end, marker) >= 0) {
                    return true;
                }
                kept = Math.min(marker.length - 1, end);
                System.arraycopy(window, end - kept, window, 0, kept);
            }
        }
        return false;
    }

    private static int indexOf(byte[] text, int end, byte[] marker) {
        for (int i = 0; i + marker.length <= end; i++) {
            int j = 0;
            while (j < marker.length && text[i + j] == marker[j]) {
                j++;
            }
            if (j == marker.length) {
                return i;
            }
        }
        return -1;
    }
}
