package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image of the profile {@code image}, unpacked for a user who may not write to it and has no other Java. */
class ImageIT {
    private static final Path MADE =
            Path.of(System.getProperty("coffer.checkout")).resolve("target/image");

    @TempDir
    Path folder;

    private InstalledCoffer installed;
    private String coffer;

    @BeforeEach
    void unpack() throws Exception {
        try (Stream<Path> files = Files.list(MADE)) {
            installed = InstalledCoffer.unpack(files.findFirst().orElseThrow(), folder);
        }
        coffer = installed.place().resolve("bin/coffer").toString();
    }

    @AfterEach
    void reopen() throws Exception {
        installed.reopen();
    }

    /** A JAVA_HOME that is none would be an error if the image had no runtime of its own. */
    private InstalledCoffer.Answer run(Map<String, String> more, String... words) throws Exception {
        Map<String, String> environment = new TreeMap<>(more);
        environment.put("JAVA_HOME", "/nonexistent");
        return installed.run(environment, words);
    }

    @Test
    void firstSecret_isKeptAndReadBack_fromTheImagesOwnArchive() throws Exception {
        InstalledCoffer.Answer made = run(Map.of(), coffer, "secret", "register", "demo", "--password=lovelace");
        assertEquals(0, made.code(), made.err());
        Path log = installed.home().resolve("classes");
        InstalledCoffer.Answer got = run(
                Map.of("COFFER_JAVA_OPTS", "-Xlog:class+load:file=" + log.getFileName()),
                "sh",
                "-c",
                "cd \"$HOME\" && exec \"$@\"",
                "sh",
                coffer,
                "secret",
                "get",
                "demo",
                "--key",
                "password");
        assertEquals(new InstalledCoffer.Answer(0, "lovelace", ""), got);
        List<String> classes = Files.readAllLines(log);
        long shared = classes.stream()
                .filter(line -> line.contains("source: shared objects file"))
                .count();
        assertTrue(
                shared > classes.size() * 9L / 10, shared + " of " + classes.size() + " classes are from the archive");
        assertTrue(Files.notExists(installed.home().resolve(".cache")), "an archive was made besides");
    }

    @Test
    void withoutItsArchive_itWorksAllTheSame() throws Exception {
        InstalledCoffer.Answer answer = run(Map.of("COFFER_ARCHIVE", "off"), coffer, "--version");
        assertEquals(0, answer.code(), answer.err());
        assertTrue(answer.out().startsWith("coffer "), answer.out());
    }
}
