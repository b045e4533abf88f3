package dev.coffer.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretValue;

/** Whatever stands in a file of values is read or refused: nothing else comes out of it, and no parser hangs. */
class ValuesFileFuzzTest {
    @FuzzTest
    void json(byte[] bytes) {
        read("a.json", bytes);
    }

    @FuzzTest
    void yaml(byte[] bytes) {
        read("a.yaml", bytes);
    }

    @FuzzTest
    void dotenv(byte[] bytes) {
        read("a.env", bytes);
    }

    @FuzzTest
    void standardInput(byte[] bytes) {
        read("-", bytes);
    }

    private static void read(String name, byte[] bytes) {
        try {
            ValuesFile.read(name, bytes).values().forEach(SecretValue::close);
        } catch (InvalidException e) {
            // The way out that a bad file has.
        }
    }
}
