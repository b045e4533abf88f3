package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One key vault on loopback, in memory: the part of Azure's public REST description (secrets, 7.6 and later) that coffer uses,
 * with the rules of Azure's documentation. Azure's own clients for Java and Python drive it. Times are in whole seconds, names
 * in any case, versions without an order, as there.
 */
final class AzureServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PATH = Pattern.compile("/(secrets|deletedsecrets)(?:/([^/]+))?(?:/([^/]+))?/?");
    private static final int PAGE = 25;

    private final HttpServer http;
    private final ExecutorService threads;
    private final String scheme;
    private final Map<String, Kept> live = new TreeMap<>();
    private final Map<String, Kept> deleted = new TreeMap<>();
    private final AtomicInteger handled = new AtomicInteger();
    private String denied = "";
    private String token = "";
    private String authority = "";
    private int slowness;
    private int slownessForChanges;
    private long ahead;

    private static final class Version {
        final String id = UUID.randomUUID().toString().replace("-", "");
        final String value;
        final String contentType;
        final long created;
        long updated;
        boolean enabled = true;

        @Nullable
        Long expires;

        Map<String, String> tags;

        Version(String value, String contentType, Map<String, String> tags, long created) {
            this.created = created;
            this.updated = created;
            this.value = value;
            this.contentType = contentType;
            this.tags = tags;
        }
    }

    private static final class Kept {
        final String name;
        final List<Version> versions = new ArrayList<>();
        long deletedDate;
        /** Looks that are still answered as if Azure had not finished. */
        int busy;
        /** Changes that are still refused for the same reason, which can be for longer. */
        int busyForChanges;

        Kept(String name) {
            this.name = name;
        }

        Version last() {
            return versions.get(versions.size() - 1);
        }
    }

    /** What the server does not do. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        final int status;
        final String code;
        final String inner;

        RefusedException(int status, String code, String message, String inner) {
            super(message);
            this.status = status;
            this.code = code;
            this.inner = inner;
        }
    }

    static {
        System.setProperty(
                "sun.net.httpserver.nodelay", "true"); // else each answer may wait 40 ms for the client's kernel
    }

    private AzureServer(HttpServer http, String scheme) {
        this.http = http;
        this.scheme = scheme;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "azure-server");
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
    }

    static AzureServer start() {
        try {
            return new AzureServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AzureServer start(SSLContext tls) {
        try {
            HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            return new AzureServer(https, "https");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return URI.create(scheme + "://127.0.0.1:" + http.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }

    // What tests do past coffer

    /** Refuses what needs this permission, such as {@code getSecret}; nothing if empty. */
    synchronized void deny(String permission) {
        denied = permission;
    }

    /** Wants this token from now on, and sends whoever has none to that authority for it. */
    synchronized void require(String wanted, String from) {
        token = wanted;
        authority = from;
    }

    /** Needs so many looks and attempts from now on until a deletion, a recovery or a purge is finished. */
    synchronized void slow(int looks) {
        slowness = looks;
        slownessForChanges = looks;
    }

    /** Answers looks at once, and refuses so many changes. */
    synchronized void slowForChanges(int attempts) {
        slownessForChanges = attempts;
    }

    /** Lets the clock be wrong. */
    synchronized void ahead(long seconds) {
        ahead = seconds;
    }

    private long now() {
        return Instant.now().getEpochSecond() + ahead;
    }

    /** Starts a recovery as another tool would. */
    synchronized void plantRecovery(String name) {
        Kept kept = Objects.requireNonNull(deleted.remove(name.toLowerCase(Locale.ROOT)));
        kept.busy = slowness;
        kept.busyForChanges = slownessForChanges;
        live.put(name.toLowerCase(Locale.ROOT), kept);
    }

    synchronized void expire(String name, long time) {
        kept(name).last().expires = time;
    }

    /** Content type, and when it expires. */
    synchronized String properties(String name) {
        Version last = kept(name).last();
        return last.contentType + " " + last.expires;
    }

    /** Puts a version there as another tool would. */
    synchronized String plant(String name, String value, Map<String, String> tags) {
        Kept kept = live.computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new Kept(name));
        kept.versions.add(new Version(value, "text/plain", new LinkedHashMap<>(tags), now()));
        return kept.last().id;
    }

    /** Deletes as another tool would. */
    synchronized void plantDeletion(String name) {
        Kept kept = Objects.requireNonNull(live.remove(name.toLowerCase(Locale.ROOT)));
        kept.deletedDate = Instant.now().getEpochSecond();
        deleted.put(name.toLowerCase(Locale.ROOT), kept);
    }

    /** Of this secret nothing is left, live or deleted. */
    synchronized void forget(String name) {
        live.remove(name.toLowerCase(Locale.ROOT));
        deleted.remove(name.toLowerCase(Locale.ROOT));
    }

    synchronized void disable(String name) {
        kept(name).last().enabled = false;
    }

    synchronized String value(String name) {
        return kept(name).last().value;
    }

    synchronized Map<String, String> tags(String name) {
        return Map.copyOf(kept(name).last().tags);
    }

    /** The values of all versions, the first one first. */
    synchronized List<String> values(String name) {
        return kept(name).versions.stream().map(version -> version.value).toList();
    }

    /** What a listing of its versions says now. */
    synchronized byte[] versions(String name) {
        Request request = new Request("http://127.0.0.1", name, "", Map.of(), JSON.createObjectNode());
        try {
            return versions(request).toString().getBytes(UTF_8);
        } catch (RefusedException e) {
            throw new AssertionError(e);
        }
    }

    synchronized List<String> names() {
        return live.values().stream().map(kept -> kept.name).toList();
    }

    synchronized List<String> deletedNames() {
        return deleted.values().stream().map(kept -> kept.name).toList();
    }

    /** Requests so far. */
    int handled() {
        return handled.get();
    }

    private Kept kept(String name) {
        Kept kept = live.get(name.toLowerCase(Locale.ROOT));
        if (kept == null) {
            throw new AssertionError("there is no secret " + name);
        }
        return kept;
    }

    // HTTP

    private void answer(HttpExchange exchange) throws IOException {
        handled.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = 200;
        byte[] bytes = {};
        try {
            JsonNode answer;
            synchronized (this) {
                answer = handle(exchange, body);
            }
            status = answer.isNull() ? 204 : 200;
            bytes = answer.isNull() ? bytes : answer.toString().getBytes(UTF_8);
        } catch (RefusedException e) {
            status = e.status;
            bytes = error(e.code, String.valueOf(e.getMessage()), e.inner).getBytes(UTF_8);
            if (status == 401) {
                exchange.getResponseHeaders()
                        .set(
                                "WWW-Authenticate",
                                "Bearer authorization=\"" + authority + "\", resource=\"https://vault.azure.net\"");
            }
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.getResponseHeaders().set("x-ms-request-id", UUID.randomUUID().toString());
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** In the shape of all errors of Key Vault. */
    static String error(String code, String message, String inner) {
        ObjectNode error = JSON.createObjectNode().put("code", code).put("message", message);
        if (!inner.isEmpty()) {
            error.putObject("innererror").put("code", inner);
        }
        return JSON.createObjectNode().set("error", error).toString();
    }

    private record Request(String at, String name, String rest, Map<String, String> query, JsonNode body) {
        String key() {
            return name.toLowerCase(Locale.ROOT);
        }
    }

    private JsonNode handle(HttpExchange exchange, byte[] body) throws RefusedException {
        if (!token.isEmpty()) {
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            if (!("Bearer " + token).equals(given)) {
                throw new RefusedException(401, "Unauthorized", "AKV10000: Request is missing a Bearer token", "");
            }
        }
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        if (!path.matches()) {
            throw new RefusedException(404, "", "", "");
        }
        if (!query.getOrDefault("api-version", "").matches("7\\.\\d|20\\d\\d-\\d\\d-\\d\\d.*")) {
            throw new RefusedException(400, "BadParameter", "api-version must be specified", "");
        }
        String name = path.group(2) == null ? "" : path.group(2);
        if (!name.matches("[0-9A-Za-z-]{0,127}")) {
            throw bad("The request URI contains an invalid name: " + name);
        }
        String rest = path.group(3) == null ? "" : path.group(3);
        Request request = new Request(
                scheme + "://" + exchange.getRequestHeaders().getFirst("Host"), name, rest, query, parsed(body));
        String verb = exchange.getRequestMethod() + " " + path.group(1) + (name.isEmpty() ? "" : " NAME")
                + (rest.isEmpty() ? "" : rest.matches("versions|recover") ? " " + rest : " VERSION");
        return switch (verb) {
            case "GET secrets" -> list(permitted("readMetadata", request), live.values(), "/secrets", false);
            case "GET secrets NAME versions" -> versions(permitted("readMetadata", request));
            case "GET secrets NAME", "GET secrets NAME VERSION" -> get(permitted("getSecret", request));
            case "PUT secrets NAME" -> set(permitted("setSecret", request));
            case "PATCH secrets NAME VERSION" -> update(permitted("update", request));
            case "DELETE secrets NAME" -> delete(permitted("delete", request));
            case "GET deletedsecrets" ->
                list(permitted("readMetadata", request), deleted.values(), "/deletedsecrets", true);
            case "GET deletedsecrets NAME" -> getDeleted(permitted("getDeleted", request));
            case "POST deletedsecrets NAME recover" -> recover(permitted("recover", request));
            case "DELETE deletedsecrets NAME" -> purge(permitted("purge", request));
            default -> throw new RefusedException(404, "", "", "");
        };
    }

    private Request permitted(String permission, Request request) throws RefusedException {
        if (permission.equals(denied)) {
            throw new RefusedException(
                    403,
                    "Forbidden",
                    "Caller is not authorized to perform action on resource.\r\nCaller: appid=a;oid=b\r\nAction:"
                            + " 'Microsoft.KeyVault/vaults/secrets/" + permission + "/action'\r\nResource: '"
                            + request.name() + "'",
                    "ForbiddenByRbac");
        }
        return request;
    }

    private static JsonNode parsed(byte[] body) throws RefusedException {
        try {
            return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException e) {
            throw bad("The request body is not valid JSON");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RefusedException bad(String message) {
        return new RefusedException(400, "BadParameter", message, "");
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.put(
                        URLDecoder.decode(parts[0], UTF_8),
                        parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
            }
        }
        return query;
    }

    // Operations

    private Kept found(Request request) throws RefusedException {
        Kept kept = live.get(request.key());
        if (kept == null || isBusy(kept)) {
            throw missing(request);
        }
        return kept;
    }

    /** Each look is one step of the work that goes on. */
    private static boolean isBusy(Kept kept) {
        if (kept.busy > 0) {
            kept.busy--;
            return true;
        }
        return false;
    }

    private static boolean isBusyForChanges(Kept kept) {
        if (kept.busyForChanges > 0) {
            kept.busyForChanges--;
            return true;
        }
        return false;
    }

    private static RefusedException missing(Request request) {
        return new RefusedException(
                404,
                "SecretNotFound",
                "A secret with (name/id) " + request.name() + " was not found in this key vault.",
                "");
    }

    private static RefusedException conflict(Request request, String inner) {
        return new RefusedException(
                409, "Conflict", "Secret " + request.name() + " is currently in another state.", inner);
    }

    private JsonNode get(Request request) throws RefusedException {
        Kept kept = found(request);
        for (Version version : kept.versions) {
            if (version.id.equals(request.rest()) || (request.rest().isEmpty() && version == kept.last())) {
                if (!version.enabled) {
                    throw new RefusedException(
                            403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
                }
                return bundle(request, kept, version).put("value", version.value);
            }
        }
        throw missing(request);
    }

    private static ObjectNode bundle(Request request, Kept kept, Version version) {
        return item(request, kept, version, "/" + version.id);
    }

    private static ObjectNode item(Request request, Kept kept, Version version, String ofVersion) {
        ObjectNode item = JSON.createObjectNode()
                .put("id", request.at() + "/secrets/" + kept.name + ofVersion)
                .put("contentType", version.contentType);
        ObjectNode attributes = item.putObject("attributes");
        if (version.expires != null) {
            attributes.put("exp", version.expires);
        }
        attributes
                .put("enabled", version.enabled)
                .put("created", version.created)
                .put("updated", version.updated)
                .put("recoveryLevel", "Recoverable+Purgeable")
                .put("recoverableDays", 90);
        ObjectNode tags = item.putObject("tags");
        version.tags.forEach(tags::put);
        return item;
    }

    private JsonNode set(Request request) throws RefusedException {
        Kept gone = deleted.get(request.key());
        if (gone != null) {
            throw conflict(request, isBusyForChanges(gone) ? "ObjectIsBeingDeleted" : "ObjectIsDeletedButRecoverable");
        }
        Kept there = live.get(request.key());
        if (there != null && isBusyForChanges(there)) {
            throw conflict(request, "ObjectIsBeingRecovered");
        }
        JsonNode value = request.body().path("value");
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw bad("The request body must contain a value");
        }
        if (value.asText().getBytes(UTF_8).length > 25_600) {
            throw bad("The secret value is too long");
        }
        Version version =
                new Version(value.asText(), request.body().path("contentType").asText(""), tags(request.body()), now());
        JsonNode attributes = request.body().path("attributes");
        version.enabled = attributes.path("enabled").asBoolean(true);
        version.expires = attributes.hasNonNull("exp") ? attributes.get("exp").asLong() : null;
        Kept kept = live.computeIfAbsent(request.key(), any -> new Kept(request.name()));
        kept.versions.add(version);
        return bundle(request, kept, version).put("value", version.value);
    }

    private static Map<String, String> tags(JsonNode body) throws RefusedException {
        Map<String, String> tags = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> tag : body.path("tags").properties()) {
            if (!tag.getValue().isTextual()
                    || tag.getKey().length() > 256
                    || tag.getValue().asText().length() > 256) {
                throw bad("A tag is invalid");
            }
            tags.put(tag.getKey(), tag.getValue().asText());
        }
        if (tags.size() > 15) {
            throw bad("There are too many tags");
        }
        return tags;
    }

    private JsonNode update(Request request) throws RefusedException {
        Kept kept = found(request);
        for (Version version : kept.versions) {
            if (version.id.equals(request.rest())) {
                if (request.body().has("tags")) {
                    version.tags = tags(request.body());
                }
                version.enabled =
                        request.body().path("attributes").path("enabled").asBoolean(version.enabled);
                version.updated = Instant.now().getEpochSecond();
                return bundle(request, kept, version);
            }
        }
        throw missing(request);
    }

    private JsonNode delete(Request request) throws RefusedException {
        Kept kept = live.get(request.key());
        if (kept == null) {
            throw missing(request);
        }
        if (isBusyForChanges(kept)) {
            throw conflict(request, "ObjectIsBeingRecovered");
        }
        live.remove(request.key());
        kept.busy = slowness;
        kept.busyForChanges = slownessForChanges;
        kept.deletedDate = Instant.now().getEpochSecond();
        deleted.put(request.key(), kept);
        return deletedBundle(request, kept);
    }

    private static ObjectNode deletedBundle(Request request, Kept kept) {
        return bundle(request, kept, kept.last())
                .put("recoveryId", request.at() + "/deletedsecrets/" + kept.name)
                .put("deletedDate", kept.deletedDate)
                .put("scheduledPurgeDate", kept.deletedDate + 90 * 86_400L);
    }

    private JsonNode getDeleted(Request request) throws RefusedException {
        Kept kept = deleted.get(request.key());
        if (kept == null || isBusy(kept)) {
            throw missing(request);
        }
        return deletedBundle(request, kept);
    }

    private JsonNode recover(Request request) throws RefusedException {
        Kept kept = deleted.get(request.key());
        if (kept == null) {
            throw missing(request);
        }
        if (isBusyForChanges(kept)) {
            throw conflict(request, "ObjectIsBeingDeleted");
        }
        deleted.remove(request.key());
        kept.busy = slowness;
        kept.busyForChanges = slownessForChanges;
        live.put(request.key(), kept);
        return bundle(request, kept, kept.last());
    }

    private JsonNode purge(Request request) throws RefusedException {
        Kept kept = deleted.get(request.key());
        if (kept == null) {
            throw missing(request);
        }
        if (isBusyForChanges(kept)) {
            throw conflict(request, "ObjectIsBeingDeleted");
        }
        deleted.remove(request.key());
        return JSON.nullNode();
    }

    private static JsonNode list(Request request, Iterable<Kept> all, String path, boolean areDeleted) {
        List<ObjectNode> items = new ArrayList<>();
        for (Kept kept : all) {
            items.add(areDeleted ? deletedBundle(request, kept) : item(request, kept, kept.last(), ""));
        }
        return page(request, items, path);
    }

    /** By their ids, which have nothing to do with their order. */
    private JsonNode versions(Request request) throws RefusedException {
        Kept kept = found(request);
        List<ObjectNode> items = kept.versions.stream()
                .sorted((one, other) -> one.id.compareTo(other.id))
                .map(version -> bundle(request, kept, version))
                .toList();
        return page(request, items, "/secrets/" + kept.name + "/versions");
    }

    private static JsonNode page(Request request, List<ObjectNode> items, String path) {
        int from = Math.min(Integer.parseInt(request.query().getOrDefault("$skiptoken", "0")), items.size());
        int size = Integer.parseInt(request.query().getOrDefault("maxresults", String.valueOf(PAGE)));
        int to = Math.min(items.size(), from + Math.min(size, PAGE));
        ObjectNode page = JSON.createObjectNode();
        ArrayNode value = page.putArray("value");
        items.subList(from, to).forEach(value::add);
        if (to < items.size()) {
            page.put(
                    "nextLink",
                    request.at() + path + "?api-version=" + request.query().get("api-version") + "&$skiptoken=" + to
                            + "&maxresults=" + PAGE);
        } else {
            page.putNull("nextLink");
        }
        return page;
    }
}
