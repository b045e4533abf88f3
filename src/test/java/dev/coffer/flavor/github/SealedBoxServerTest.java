package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Libsodium itself opens what coffer seals: by PyNaCl, in the Python that {@code coffer.python} names. */
@Tag("servers")
class SealedBoxServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void boxes_areOpenedByLibsodium() throws Exception {
        Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
        String given = System.getProperty("coffer.python", "");
        Path python = given.isEmpty() ? checkout.resolve("target/python/bin/python") : Path.of(given);
        assertTrue(
                Files.isExecutable(python),
                () -> "there is no Python at " + python.toAbsolutePath() + "; the README says how to make it");
        Path program = checkout.resolve("src/test/python/sealed_boxes.py");
        Process opener = new ProcessBuilder(python.toString(), program.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedWriter ask = opener.outputWriter(UTF_8);
                BufferedReader answer = opener.inputReader(UTF_8)) {
            for (int length : new int[] {1, 2, 16, 31, 32, 33, 64, 100, 4_096, 49_152}) {
                byte[] message = new byte[length];
                RANDOM.nextBytes(message);
                X25519PrivateKeyParameters recipient = new X25519PrivateKeyParameters(RANDOM);
                byte[] box =
                        SealedBox.seal(message, recipient.generatePublicKey().getEncoded(), RANDOM);
                ask.write(JSON.writeValueAsString(Map.of("key", recipient.getEncoded(), "box", box)));
                ask.newLine();
                ask.flush();
                String line = answer.readLine();
                assertNotNull(line, "the box of " + length + " bytes does not open");
                assertArrayEquals(message, JSON.readTree(line).get("message").binaryValue());
            }
        } finally {
            opener.destroy();
        }
    }
}
