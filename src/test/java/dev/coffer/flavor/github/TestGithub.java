package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.Fault.Reply;
import dev.coffer.flavor.LoopbackServer;
import dev.coffer.flavor.MeanProxy.Request;
import dev.coffer.flavor.TestTls;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What stands for GitHub in the tests, on loopback: opens what was sealed, remembers what came, and holds each request
 * against GitHub's description of its API. Many threads may use one, each in places of its own.
 */
abstract class TestGithub implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_VALUE_BYTES = 48 << 10;

    private final GithubApi api = new GithubApi();
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger counter = new AtomicInteger();
    private final LoopbackServer server;

    /** Starts, with TLS if that is given. */
    TestGithub(@Nullable TestTls tls) {
        server = new LoopbackServer("github-server", tls, this::handle);
    }

    /** A secret of GitHub's. */
    record Stored(String name, String value, String created, String updated, String visibility, Set<Long> selected) {}

    /** Whose secrets they are. */
    static final class Place {
        final String path;
        final int limit;
        final NavigableMap<String, Stored> secrets = new TreeMap<>();
        int pageLimit = 100;
        String keyId;
        NaclBox.Keys keys;

        Place(String path, int limit) {
            this.path = path;
            this.limit = limit;
            this.keys = NaclBox.Keys.generate();
            this.keyId = "3380204578043523" + Math.abs(path.hashCode() % 100);
        }

        boolean isOrganization() {
            return path.startsWith("/orgs/");
        }

        /** As GitHub does now and then. */
        synchronized void replaceKey() {
            keys = NaclBox.Keys.generate();
            keyId += "7";
        }

        synchronized Map<String, String> values() {
            Map<String, String> values = new TreeMap<>();
            secrets.forEach((name, stored) -> values.put(name, stored.value()));
            return values;
        }
    }

    final URI address() {
        return server.address();
    }

    /** One that may do everything. */
    abstract String token();

    /** A number that no place has yet. */
    final int next() {
        return counter.incrementAndGet();
    }

    /** Makes a place whose secrets have this path. */
    Place add(String path, int limit) {
        Place place = new Place(path, limit);
        places.put(path, place);
        return place;
    }

    /** Puts a secret there as somebody else would. */
    abstract void plant(Place place, String name, String value, String visibility, Set<Long> selected);

    /** Lets so much time go by, by the clock of this GitHub. */
    abstract void pass(Duration time);

    /** What was not as GitHub describes it, of this place. */
    List<String> faults(Place place) {
        return faults.stream()
                .filter(fault -> fault.startsWith(place.path + " "))
                .toList();
    }

    /** Method and target of what came for this place. */
    final List<String> requests(Place place) {
        return requests.stream()
                .filter(request -> request.split(" ", -1)[1].split("\\?", -1)[0].startsWith(place.path))
                .toList();
    }

    /** How many requests came. */
    final int count() {
        return requests.size();
    }

    @Override
    public void close() {
        server.close();
    }

    /**
     * The answer to a request.
     *
     * @param path encoded
     * @param place of which it is; null if of none
     */
    abstract Reply answer(
            Request request, String path, Map<String, String> query, @Nullable JsonNode body, @Nullable Place place)
            throws IOException, InterruptedException;

    private Reply handle(Request request) throws IOException, InterruptedException {
        URI target = URI.create(request.target());
        String path = target.getRawPath().replaceFirst("^/api/v3/", "/"); // as on an own server
        JsonNode body = request.body().length == 0 ? null : JSON.readTree(request.body());
        requests.add(request.toString());
        Place place = places.values().stream()
                .filter(one -> path.equals(one.path) || path.startsWith(one.path + "/"))
                .findFirst()
                .orElse(null);
        try {
            return answer(request, path, query(target.getRawQuery()), body, place);
        } catch (RuntimeException e) {
            faults.add(path + " " + e);
            return Reply.json(500, "{\"message\":\"" + e.getClass().getName() + "\"}");
        }
    }

    final boolean isPlaceItself(String path) {
        return places.values().stream()
                .anyMatch(place ->
                        place.path.replaceFirst("(/actions)?/secrets$", "").equals(path));
    }

    /** Holds a request against what GitHub describes. */
    final void hold(Place place, Request request, String path, Map<String, String> query, @Nullable JsonNode body) {
        List<String> wrong = new ArrayList<>(api.faultsOfRequest(request.method(), path, query.keySet(), body));
        String agent = header(request, "User-Agent");
        if (agent.equals("coffer")) {
            requireHeader(request, "Accept", "application/vnd.github+json", wrong);
            requireHeader(request, "X-GitHub-Api-Version", "2022-11-28", wrong);
        } else if (!agent.startsWith("GitHub CLI")) {
            wrong.add("the agent is " + agent);
        }
        wrong.forEach(fault -> faults.add(place.path + " " + fault));
    }

    /** Holds an answer against what GitHub describes. */
    final void holdAnswer(Place place, String method, String path, int status, @Nullable JsonNode body) {
        api.faultsOfAnswer(method, path, status, body)
                .forEach(fault -> faults.add(place.path + " own answer: " + fault));
    }

    static String header(Request request, String name) {
        return String.join(", ", request.headers().getOrDefault(name, List.of()));
    }

    private static void requireHeader(Request request, String name, String value, List<String> wrong) {
        String given = header(request, name);
        if (!given.contains(value)) {
            wrong.add("the header " + name + " is " + given);
        }
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.put(URLDecoder.decode(parts[0], UTF_8), URLDecoder.decode(parts[1], UTF_8));
            }
        }
        return query;
    }

    static ObjectNode publicKey(Place place) {
        return JSON.createObjectNode()
                .put("key_id", place.keyId)
                .put("key", Base64.getEncoder().encodeToString(place.keys.open()));
    }

    /** The value that a put holds; null if GitHub would not take it. */
    static @Nullable String open(Place place, JsonNode body) {
        if (!body.path("key_id").asText().equals(place.keyId)) {
            return null;
        }
        try {
            byte[] opened = NaclBox.open(
                    Base64.getDecoder().decode(body.path("encrypted_value").asText()), place.keys);
            return opened.length > MAX_VALUE_BYTES ? null : new String(opened, UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
