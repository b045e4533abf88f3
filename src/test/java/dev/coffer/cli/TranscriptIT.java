package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Types every transcript in {@code src/test/resources/cli} into the real command. After a wanted change of what coffer
 * says, {@code mvn verify -Dit.test=TranscriptIT -Dcoffer.recordTranscripts} writes the answers anew: read the diff.
 * {@code -Dcoffer.transcripts=REGEX} picks some by name.
 */
class TranscriptIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));
    private static final Path FOLDER = CHECKOUT.resolve("src/test/resources/cli");

    @TempDir
    Path folder;

    static List<String> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(System.getProperty("coffer.transcripts", ".*") + "\\.txt"))
                    .sorted()
                    .toList();
            assertFalse(names.isEmpty());
            return names;
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void answers_areAsWritten(String name) throws Exception {
        Path file = FOLDER.resolve(name);
        Transcript written = Transcript.parse(Files.readAllLines(file));
        Transcript replayed = written.replay(CHECKOUT, folder);
        if (System.getProperty("coffer.recordTranscripts") != null) {
            Files.write(file, replayed.lines());
        } else {
            assertEquals(String.join("\n", written.lines()), String.join("\n", replayed.lines()));
        }
    }
}
