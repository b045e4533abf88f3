package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.flavor.Fault.Reply;
import dev.coffer.flavor.MeanProxy.Request;
import dev.coffer.flavor.TestTls;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A GitHub of the tests: the secrets of Actions, and nothing else of it. It refuses what GitHub refuses, and holds each
 * answer of its own against GitHub's description of its API, too.
 */
final class GithubServer extends TestGithub {
    static final String TOKEN = "ghp_of-the-tests";
    static final String READER = "ghp_reader-of-the-tests";
    static final String STRANGER = "ghp_stranger-of-the-tests";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final String PERMISSION = "secrets=";

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
        super(tls);
    }

    @Override
    String token() {
        return TOKEN;
    }

    @Override
    void plant(Place place, String name, String value, String visibility, Set<Long> selected) {
        String now = now();
        synchronized (place) {
            place.secrets.put(name, new Stored(name, value, now, now, visibility, selected));
        }
    }

    /** Apart from that, each write takes a second. */
    @Override
    void pass(Duration time) {
        seconds.addAndGet(time.toSeconds());
    }

    private String now() {
        return Instant.ofEpochSecond(seconds.incrementAndGet()).toString();
    }

    private record Answer(int status, @Nullable JsonNode body) {}

    @Override
    Reply answer(
            Request request, String path, Map<String, String> query, @Nullable JsonNode body, @Nullable Place place)
            throws IOException {
        Map<String, String> headers = new HashMap<>();
        Answer answer = answer(request, headers, path, query, body, place);
        headers.put("x-github-request-id", "C0FF:EE:" + count());
        headers.put("x-ratelimit-remaining", "4999");
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put(
                "Date", HTTP_DATE.format(Instant.ofEpochSecond(seconds.get()).atOffset(ZoneOffset.UTC)));
        return new Reply(
                answer.status(), headers, answer.body() == null ? new byte[0] : JSON.writeValueAsBytes(answer.body()));
    }

    private static Answer message(int status, String text) {
        return new Answer(
                status,
                JSON.createObjectNode().put("message", text).put("documentation_url", "https://docs.github.com/rest"));
    }

    private Answer answer(
            Request request,
            Map<String, String> headers,
            String path,
            Map<String, String> query,
            @Nullable JsonNode body,
            @Nullable Place place) {
        String method = request.method();
        String token = header(request, "Authorization").replaceFirst("^(Bearer|token) ", "");
        if (!Set.of(TOKEN, READER, STRANGER).contains(token)) {
            return message(401, "Bad credentials");
        }
        if (isPlaceItself(path)) {
            return new Answer(200, JSON.createObjectNode().put("id", 1));
        }
        if (place == null) {
            return message(404, "Not Found");
        }
        hold(place, request, path, query, body);
        boolean write = !method.equals("GET");
        headers.put("x-accepted-github-permissions", PERMISSION + (write ? "write" : "read"));
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
            holdAnswer(place, method, path, answer.status(), answer.body());
        }
        return answer;
    }

    private Answer answer(Place place, String method, String rest, Map<String, String> query, @Nullable JsonNode body) {
        if (rest.isEmpty()) {
            return list(place, query);
        }
        if (rest.equals("/public-key")) {
            return new Answer(200, publicKey(place));
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
        String opened = open(place, body);
        if (opened == null) {
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
                name, new Stored(name, opened, before == null ? now : before.created(), now, visibility, selected));
        return before == null ? new Answer(201, JSON.createObjectNode()) : new Answer(204, null);
    }
}
