package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.flavor.TestTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A GitHub of the tests, on loopback: the secrets of Actions, and nothing else of it. It refuses what GitHub refuses, opens
 * what was sealed, and holds each request and each answer of its own against GitHub's description of its API.
 */
final class GithubServer implements AutoCloseable {
    static final String TOKEN = "ghp_of-the-tests";
    static final String READER = "ghp_reader-of-the-tests";
    static final String STRANGER = "ghp_stranger-of-the-tests";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PERMISSION = "secrets=";

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits for an acknowledgement
    }

    private final GithubApi api = new GithubApi();
    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger counter = new AtomicInteger();
    private final AtomicLong seconds = new AtomicLong(1_700_000_000L);

    private static final class Shared {
        private static final GithubServer SERVER = new GithubServer(null);
    }

    /** One for all tests of the JVM. */
    static GithubServer shared() {
        return Shared.SERVER;
    }

    /** A server of its own, with TLS if that is given. */
    GithubServer(@Nullable TestTls tls) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer encrypted = HttpsServer.create(address, 0);
                encrypted.setHttpsConfigurator(new HttpsConfigurator(tls.serverContext()));
                server = encrypted;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "github-server");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
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

    /** A number that no place of this server has yet. */
    int next() {
        return counter.incrementAndGet();
    }

    /** Makes a place whose secrets have this path. */
    Place add(String path, int limit) {
        Place place = new Place(path, limit);
        places.put(path, place);
        return place;
    }

    /** Puts a secret there as somebody else would. */
    void plant(Place place, String name, String value, String visibility, Set<Long> selected) {
        String now = now();
        synchronized (place) {
            place.secrets.put(name, new Stored(name, value, now, now, visibility, selected));
        }
    }

    /** What was not as GitHub describes it, of this place. */
    List<String> faults(Place place) {
        return faults.stream()
                .filter(fault -> fault.startsWith(place.path + " "))
                .toList();
    }

    /** Method and target of what came for this place. */
    List<String> requests(Place place) {
        return requests.stream()
                .filter(request -> request.split(" ", -1)[1].split("\\?", -1)[0].startsWith(place.path))
                .toList();
    }

    private String now() {
        return Instant.ofEpochSecond(seconds.incrementAndGet()).toString();
    }

    private record Answer(int status, @Nullable JsonNode body) {}

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getRawPath().replaceFirst("^/api/v3/", "/"); // as on an own server
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            JsonNode body = bytes.length == 0 ? null : JSON.readTree(bytes);
            requests.add(method + " " + exchange.getRequestURI());
            Answer answer;
            try {
                answer = answer(exchange, method, path, body);
            } catch (RuntimeException e) {
                faults.add(path + " " + e);
                answer = message(500, e.getClass().getName());
            }
            exchange.getResponseHeaders().set("x-github-request-id", "C0FF:EE:" + requests.size());
            exchange.getResponseHeaders().set("x-ratelimit-remaining", "4999");
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
            byte[] out = answer.body() == null ? new byte[0] : JSON.writeValueAsBytes(answer.body());
            exchange.sendResponseHeaders(answer.status(), out.length == 0 ? -1 : out.length);
            exchange.getResponseBody().write(out);
        }
    }

    private static Answer message(int status, String text) {
        return new Answer(
                status,
                JSON.createObjectNode().put("message", text).put("documentation_url", "https://docs.github.com/rest"));
    }

    private Answer answer(HttpExchange exchange, String method, String path, @Nullable JsonNode body) {
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .replaceFirst("^(Bearer|token) ", "");
        if (!Set.of(TOKEN, READER, STRANGER).contains(token)) {
            return message(401, "Bad credentials");
        }
        boolean isPlaceItself = places.values().stream()
                .anyMatch(place ->
                        place.path.replaceFirst("(/actions)?/secrets$", "").equals(path));
        if (isPlaceItself) {
            return new Answer(200, JSON.createObjectNode().put("id", 1));
        }
        Place place = places.values().stream()
                .filter(one -> path.equals(one.path) || path.startsWith(one.path + "/"))
                .findFirst()
                .orElse(null);
        if (place == null) {
            return message(404, "Not Found");
        }
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        List<String> wrong = new ArrayList<>(api.faultsOfRequest(method, path, query.keySet(), body));
        String agent = String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"));
        if (agent.equals("coffer")) {
            requireHeader(exchange, "Accept", "application/vnd.github+json", wrong);
            requireHeader(exchange, "X-GitHub-Api-Version", "2022-11-28", wrong);
        } else if (!agent.startsWith("GitHub CLI")) {
            wrong.add("the agent is " + agent);
        }
        wrong.forEach(fault -> faults.add(place.path + " " + fault));
        boolean write = !method.equals("GET");
        exchange.getResponseHeaders().set("x-accepted-github-permissions", PERMISSION + (write ? "write" : "read"));
        if (token.equals(STRANGER)) {
            return write ? message(403, "Resource not accessible by personal access token") : message(404, "Not Found");
        }
        if (write && token.equals(READER)) {
            return message(403, "Resource not accessible by personal access token");
        }
        Answer answer;
        synchronized (place) {
            answer = answer(place, method, path.substring(place.path.length()), query, body);
        }
        if (answer.status() < 300 && !path.endsWith("/repositories")) { // whose answer is cut short here
            api.faultsOfAnswer(method, path, answer.status(), answer.body())
                    .forEach(fault -> faults.add(place.path + " own answer: " + fault));
        }
        return answer;
    }

    private static void requireHeader(HttpExchange exchange, String name, String value, List<String> wrong) {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst(name));
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

    private Answer answer(Place place, String method, String rest, Map<String, String> query, @Nullable JsonNode body) {
        if (rest.isEmpty()) {
            return list(place, query);
        }
        if (rest.equals("/public-key")) {
            return new Answer(
                    200,
                    JSON.createObjectNode()
                            .put("key_id", place.keyId)
                            .put("key", Base64.getEncoder().encodeToString(place.keys.open())));
        }
        String[] parts = rest.substring(1).split("/", -1);
        String name = URLDecoder.decode(parts[0], UTF_8).toUpperCase(Locale.ROOT);
        Stored stored = place.secrets.get(name);
        if (parts.length > 1) {
            return stored == null ? message(404, "Not Found") : repositories(stored, query);
        }
        return switch (method) {
            case "GET" -> stored == null ? message(404, "Not Found") : new Answer(200, json(place, stored));
            case "DELETE" -> place.secrets.remove(name) == null ? message(404, "Not Found") : new Answer(204, null);
            default -> put(place, name, body == null ? JSON.createObjectNode() : body, stored);
        };
    }

    private static Answer list(Place place, Map<String, String> query) {
        int perPage = Math.min(place.pageLimit, Math.min(100, Integer.parseInt(query.getOrDefault("per_page", "30"))));
        int page = Integer.parseInt(query.getOrDefault("page", "1"));
        ObjectNode body = JSON.createObjectNode().put("total_count", place.secrets.size());
        ArrayNode list = body.putArray("secrets");
        place.secrets.values().stream()
                .skip((long) perPage * (page - 1))
                .limit(perPage)
                .forEach(stored -> list.add(json(place, stored)));
        return new Answer(200, body);
    }

    private static ObjectNode json(Place place, Stored stored) {
        ObjectNode json = JSON.createObjectNode()
                .put("name", stored.name())
                .put("created_at", stored.created())
                .put("updated_at", stored.updated());
        if (place.isOrganization()) {
            json.put("visibility", stored.visibility());
            if (stored.visibility().equals("selected")) {
                json.put(
                        "selected_repositories_url",
                        "https://api.github.com" + place.path + "/" + stored.name() + "/repositories");
            }
        }
        return json;
    }

    /** Of a repository all that GitHub tells would be hundreds of lines; the id is what matters. */
    private static Answer repositories(Stored stored, Map<String, String> query) {
        int perPage = Integer.parseInt(query.getOrDefault("per_page", "30"));
        int page = Integer.parseInt(query.getOrDefault("page", "1"));
        ObjectNode body =
                JSON.createObjectNode().put("total_count", stored.selected().size());
        ArrayNode list = body.putArray("repositories");
        stored.selected().stream()
                .skip((long) perPage * (page - 1))
                .limit(perPage)
                .forEach(id -> list.add(JSON.createObjectNode().put("id", id)));
        return new Answer(200, body);
    }

    private Answer put(Place place, String name, JsonNode body, @Nullable Stored before) {
        if (!name.matches("[A-Z_][A-Z0-9_]*") || name.startsWith("GITHUB_")) {
            return message(422, "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or _");
        }
        if (!body.path("key_id").asText().equals(place.keyId)) {
            return message(422, "Validation Failed");
        }
        byte[] opened;
        try {
            opened = NaclBox.open(
                    Base64.getDecoder().decode(body.path("encrypted_value").asText()), place.keys);
        } catch (IllegalArgumentException e) {
            return message(422, "Validation Failed");
        }
        if (opened.length > 48 << 10) {
            return message(422, "Validation Failed");
        }
        if (before == null && place.secrets.size() >= place.limit) {
            return message(409, "Conflict");
        }
        Set<Long> selected = new TreeSet<>();
        body.path("selected_repository_ids").forEach(id -> selected.add(id.asLong()));
        String visibility = body.path("visibility").asText("");
        if (!selected.isEmpty() && !visibility.equals("selected")) {
            return message(422, "Validation Failed");
        }
        String now = now();
        place.secrets.put(
                name,
                new Stored(
                        name,
                        new String(opened, UTF_8),
                        before == null ? now : before.created(),
                        now,
                        visibility,
                        selected));
        return before == null ? new Answer(201, JSON.createObjectNode()) : new Answer(204, null);
    }
}
