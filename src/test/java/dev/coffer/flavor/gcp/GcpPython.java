package dev.coffer.flavor.gcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Google's own client for Python, in the Python that {@code coffer.python} names, against the server of the tests. */
final class GcpPython {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GcpPython() {}

    private static Path python() {
        String given = System.getProperty("coffer.python", "");
        Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
        Path python = given.isEmpty() ? checkout.resolve("target/python/bin/python") : Path.of(given);
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException(
                    "there is no Python with Google's client at " + python + "; README.md says how to make it");
        }
        return python;
    }

    /**
     * One request.
     *
     * @param operation as the client spells it, such as {@code add_secret_version}
     * @param request in the JSON of Google's messages
     * @return all pages of a listing, and nothing if there is nothing to say
     * @throws AssertionError if it fails
     */
    static JsonNode call(String operation, Map<String, ?> request) {
        Path program = Path.of(System.getProperty("coffer.checkout", "")).resolve("src/test/python/gcp_client.py");
        try {
            Path log = Files.createTempFile("coffer-gcp-client", ".log");
            try {
                Process client = new ProcessBuilder(
                                python().toString(),
                                program.toString(),
                                GcpServer.shared().address().toString(),
                                operation)
                        .redirectError(log.toFile())
                        .start();
                client.getOutputStream().write(JSON.writeValueAsBytes(request));
                client.getOutputStream().close();
                byte[] answer = client.getInputStream().readAllBytes();
                if (client.waitFor() != 0) {
                    throw new AssertionError(operation + ": " + Files.readString(log));
                }
                return JSON.readTree(answer);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
