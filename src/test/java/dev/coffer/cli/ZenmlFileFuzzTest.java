package dev.coffer.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whatever stands in a file of ZenML's is taken apart into entries, sound or broken, or refused as a whole. */
class ZenmlFileFuzzTest {
    @FuzzTest
    void secretsFile(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("secrets", ".yaml");
        try {
            Files.write(file, bytes);
            ZenmlFile.read(file);
        } catch (InvalidException e) {
            // The way out that a bad file has.
        } finally {
            Files.delete(file);
        }
    }
}
