package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * AWS Secrets Manager as moto plays it, on loopback, in memory: {@code src/test/python/aws_server.py} in a process of its own,
 * which ends with this JVM at the latest. Many threads may use it.
 */
final class AwsServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final URI address;

    /** The one server of all tests that need no other. */
    private static final class Shared {
        static final AwsServer SERVER = start();
    }

    private AwsServer(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** The server that the tests of this JVM share: each works in a region of its own. */
    static AwsServer shared() {
        python(); // here and not in Shared alone, which would tell what is missing to the first caller only
        return Shared.SERVER;
    }

    /** One more server. */
    static AwsServer start() {
        try {
            Path log = Files.createTempFile("coffer-aws-server", ".log");
            log.toFile().deleteOnExit();
            Process process = new ProcessBuilder(python(), script("aws_server.py"))
                    .redirectError(log.toFile())
                    .start();
            String said = firstLine(process);
            if (!said.startsWith("http://")) {
                process.destroyForcibly();
                throw new IllegalStateException("moto did not start: " + Files.readString(log));
            }
            return new AwsServer(process, URI.create(said));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String script(String name) {
        return Path.of(System.getProperty("coffer.checkout", ""))
                .resolve("src/test/python")
                .resolve(name)
                .toString();
    }

    private static String python() {
        String given = System.getProperty("coffer.python", "");
        Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
        Path python = given.isEmpty() ? checkout.resolve("target/python/bin/python") : Path.of(given);
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException(
                    "there is no Python with moto at " + python + "; README.md says how to make it");
        }
        return python.toString();
    }

    /** Empty if it ends, or is silent for too long. */
    private static String firstLine(Process process) {
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        CompletableFuture<String> line =
                CompletableFuture.supplyAsync(() -> out.lines().findFirst().orElse(""));
        try {
            return line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Scheme, host and port, with a slash at the end. */
    URI address() {
        return address;
    }

    /**
     * One request by AWS's own client for Python.
     *
     * @param region whose
     * @param operation as boto3 spells it, such as {@code create_secret}
     * @param arguments what Jackson makes JSON of
     * @throws AssertionError if it fails
     */
    JsonNode boto(String region, String operation, Map<String, ?> arguments) {
        try {
            Path log = Files.createTempFile("coffer-aws-client", ".log");
            try {
                Process client = new ProcessBuilder(
                                List.of(python(), script("aws_client.py"), address.toString(), region, operation))
                        .redirectError(log.toFile())
                        .start();
                client.getOutputStream().write(JSON.writeValueAsBytes(arguments));
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

    /** Kills the server at once; what it held is gone. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
