package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import java.nio.charset.StandardCharsets;

/** Whatever stands in a file is a stack, which is the same when it is written and read again, or is refused. */
class StackFileFuzzTest {
    @FuzzTest
    void file(byte[] bytes) {
        try {
            StackFile file = StackFile.parse(new String(bytes, StandardCharsets.UTF_8), "the file");
            assertEquals(file, StackFile.parse(file.toYaml(), "the file"));
        } catch (InvalidException e) {
            // The way out that a bad file has.
        }
    }
}
