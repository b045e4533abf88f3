package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.secretmanager.v1.AccessSecretVersionResponse;
import com.google.cloud.secretmanager.v1.AddSecretVersionRequest;
import com.google.cloud.secretmanager.v1.ListSecretVersionsResponse;
import com.google.cloud.secretmanager.v1.ListSecretsResponse;
import com.google.cloud.secretmanager.v1.Secret;
import com.google.cloud.secretmanager.v1.SecretPayload;
import com.google.cloud.secretmanager.v1.SecretVersion;
import com.google.cloud.secretmanager.v1.SecretVersion.State;
import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.iam.v1.TestIamPermissionsResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Secret Manager on loopback, in memory: the part that coffer uses, with the rules of Google's documentation. What comes and
 * goes is the JSON of Google's own message classes, and Google's Python client drives it too. There are all projects but
 * {@link #NO_PROJECT}.
 */
final class GcpServer implements AutoCloseable {
    /** A project that there is not. */
    static final String NO_PROJECT = "no-such-project";

    private static final Pattern PATH = Pattern.compile(
            "/v1/projects/([^/:]+)/secrets(?:/([^/:]+)(?:/versions(?:/([^/:]+))?)?)?(?::(\\w+))?(?:/versions)?");
    private static final Pattern FILTER = Pattern.compile("labels\\.([a-z0-9_-]+)(?:=([a-z0-9_-]+)|:\\*)");
    private static final AtomicLong NAMES = new AtomicLong();
    private static final AtomicLong ETAGS = new AtomicLong(1_000);
    private static @Nullable GcpServer shared;

    private final HttpServer http;
    private final ExecutorService threads;
    private final String scheme;
    private final Map<String, Project> projects = new HashMap<>();

    private static final class Project {
        final Map<String, Kept> secrets = new TreeMap<>();

        @Nullable
        String denied;

        @Nullable
        String token;

        int pageSize = Integer.MAX_VALUE;

        @Nullable
        Map<String, Past> past;
    }

    /** A secret as it was once. */
    private record Past(Kept kept, Secret secret, int versions) {}

    private static final class Kept {
        Secret secret;
        final List<SecretVersion> versions = new ArrayList<>();
        final List<ByteString> values = new ArrayList<>();

        @Nullable
        Integer latest;

        boolean locked;
        boolean closed;

        Kept(Secret secret) {
            this.secret = secret;
        }
    }

    /** What the server does not do. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        final int status;
        final String code;

        RefusedException(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    static {
        System.setProperty(
                "sun.net.httpserver.nodelay", "true"); // else each answer may wait 40 ms for the client's kernel
    }

    private GcpServer(HttpServer http, String scheme) {
        this.http = http;
        this.scheme = scheme;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "gcp-server");
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
    }

    /** One for all tests of a JVM. */
    static synchronized GcpServer shared() {
        GcpServer running = shared == null ? start() : shared;
        shared = running;
        return running;
    }

    static GcpServer start() {
        try {
            return new GcpServer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GcpServer start(SSLContext tls) {
        try {
            HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            return new GcpServer(https, "https");
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

    /** The id of a project that is empty. */
    static String newProject() {
        return "project-" + NAMES.incrementAndGet();
    }

    /** Refuses what needs this permission. */
    synchronized void deny(String project, @Nullable String permission) {
        project(project).denied = permission;
    }

    /** Wants this token from now on. */
    synchronized void require(String project, String token) {
        project(project).token = token;
    }

    /** Lists no more than this at once. */
    synchronized void limitPages(String project, int size) {
        project(project).pageSize = size;
    }

    /** Puts a secret there as another tool would; without a value if there is none. */
    synchronized void plant(String project, String id, Map<String, String> labels, String... values) {
        Kept kept = new Kept(Secret.newBuilder()
                .setName("projects/" + project + "/secrets/" + id)
                .putAllLabels(labels)
                .setCreateTime(now())
                .setEtag(etag())
                .build());
        project(project).secrets.put(id, kept);
        for (String value : values) {
            add(kept, ByteString.copyFromUtf8(value));
        }
    }

    /** Adds a version as another tool would. */
    synchronized void plantVersion(String project, String id, byte[] value) {
        add(kept(project, id), ByteString.copyFrom(value));
    }

    /** Changes the state of a version as another tool would. */
    synchronized void set(String project, String id, int number, State state) {
        Kept kept = kept(project, id);
        kept.versions.set(
                number - 1,
                kept.versions.get(number - 1).toBuilder().setState(state).build());
    }

    /** Lets the word latest be behind, as Google's is for a while: it means this version, or none if that is 0. */
    synchronized void delayLatest(String project, String id, int number) {
        kept(project, id).latest = number;
    }

    /** Lets lists, and the word latest of every secret, stay behind from now on. */
    synchronized void fallBehind(String project) {
        Map<String, Past> past = new TreeMap<>();
        project(project).secrets.forEach((id, kept) -> past.put(id, new Past(kept, kept.secret, kept.versions.size())));
        project(project).past = past;
    }

    /** Ends that. */
    synchronized void catchUp(String project) {
        project(project).past = null;
    }

    /** Disables the customer's key that encrypts the values. */
    synchronized void lock(String project, String id, boolean locked) {
        kept(project, id).locked = locked;
    }

    /** Lets nobody read this one. */
    synchronized void close(String project, String id) {
        kept(project, id).closed = true;
    }

    /** Changes a label as another tool would. */
    synchronized void label(String project, String id, String name, String value) {
        Kept kept = kept(project, id);
        kept.secret =
                kept.secret.toBuilder().putLabels(name, value).setEtag(etag()).build();
    }

    /** Replaces all annotations. */
    synchronized void annotate(String project, String id, Map<String, String> annotations) {
        Kept kept = kept(project, id);
        kept.secret = kept.secret.toBuilder()
                .clearAnnotations()
                .putAllAnnotations(annotations)
                .setEtag(etag())
                .build();
    }

    /** The secret as the server tells of it now. */
    synchronized String json(String project, String id) {
        try {
            return JsonFormat.printer().print(kept(project, id).secret);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The ids of all secrets. */
    synchronized List<String> ids(String project) {
        return List.copyOf(project(project).secrets.keySet());
    }

    synchronized Secret secret(String project, String id) {
        return kept(project, id).secret;
    }

    /** The states of all versions, the first one first. */
    synchronized List<State> states(String project, String id) {
        return kept(project, id).versions.stream().map(SecretVersion::getState).toList();
    }

    synchronized String value(String project, String id, int number) {
        return kept(project, id).values.get(number - 1).toStringUtf8();
    }

    private Kept kept(String project, String id) {
        Kept kept = project(project).secrets.get(id);
        if (kept == null) {
            throw new AssertionError("there is no secret " + id + " in " + project);
        }
        return kept;
    }

    private Project project(String name) {
        return projects.computeIfAbsent(name, any -> new Project());
    }

    private static Timestamp now() {
        Instant now = Instant.now();
        return Timestamp.newBuilder()
                .setSeconds(now.getEpochSecond())
                .setNanos(now.getNano() / 1_000 * 1_000)
                .build();
    }

    private static String etag() {
        return "\"" + Long.toHexString(ETAGS.incrementAndGet()) + "\"";
    }

    private static SecretVersion add(Kept kept, ByteString value) {
        SecretVersion version = SecretVersion.newBuilder()
                .setName(kept.secret.getName() + "/versions/" + (kept.versions.size() + 1))
                .setCreateTime(now())
                .setState(State.ENABLED)
                .setEtag(etag())
                .build();
        kept.versions.add(version);
        kept.values.add(value);
        return version;
    }

    // HTTP

    private void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        String text;
        try {
            text = JsonFormat.printer().print(message(exchange));
        } catch (RefusedException e) {
            status = e.status;
            text = error(e.status, e.code, String.valueOf(e.getMessage()));
        } catch (InvalidProtocolBufferException e) {
            status = 400;
            text = error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.");
        }
        byte[] bytes = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** In the shape of all errors of Google's interfaces. */
    static String error(int status, String code, String message) {
        return GcpPayload.object()
                .set(
                        "error",
                        GcpPayload.object()
                                .put("code", status)
                                .put("message", message)
                                .put("status", code))
                .toString();
    }

    private Message message(HttpExchange exchange) throws IOException, RefusedException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String method = exchange.getRequestHeaders().getFirst("X-HTTP-Method-Override");
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        if (!path.matches()) {
            throw new RefusedException(404, "", "The requested URL was not found on this server.");
        }
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Request request = new Request(
                (method == null ? exchange.getRequestMethod() : method)
                        + (path.group(2) == null
                                ? " secrets"
                                : path.group(0).contains("/versions")
                                        ? (path.group(3) == null ? " versions" : " version")
                                        : " secret")
                        + (path.group(4) == null ? "" : ":" + path.group(4)),
                path.group(1),
                String.valueOf(path.group(2)),
                String.valueOf(path.group(3)),
                query(exchange.getRequestURI().getRawQuery()),
                new String(body, UTF_8),
                String.valueOf(authorization));
        synchronized (this) {
            return handle(request);
        }
    }

    private record Request(
            String verb,
            String project,
            String id,
            String version,
            Map<String, String> query,
            String body,
            String authorization) {
        String name() {
            return "projects/" + project + "/secrets/" + id;
        }
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

    private static final Map<String, String> PERMISSIONS = Map.of(
            "POST secrets", "secretmanager.secrets.create",
            "GET secrets", "secretmanager.secrets.list",
            "GET secret", "secretmanager.secrets.get",
            "PATCH secret", "secretmanager.secrets.update",
            "DELETE secret", "secretmanager.secrets.delete",
            "POST secret:addVersion", "secretmanager.versions.add",
            "GET versions", "secretmanager.versions.list",
            "GET version:access", "secretmanager.versions.access",
            "POST version:disable", "secretmanager.versions.disable",
            "POST version:destroy", "secretmanager.versions.destroy");

    private Message handle(Request request) throws RefusedException, InvalidProtocolBufferException {
        if (request.project().equals(NO_PROJECT)) {
            throw new RefusedException(
                    404, "NOT_FOUND", "Requested project not found or user does not have access to project");
        }
        Project project = project(request.project());
        if (project.token != null && !request.authorization().equals("Bearer " + project.token)) {
            throw new RefusedException(
                    401,
                    "UNAUTHENTICATED",
                    "Request had invalid authentication credentials: " + request.authorization());
        }
        String permission = PERMISSIONS.get(request.verb());
        if (request.verb().equals("POST secret:testIamPermissions")) {
            return test(project, request);
        }
        if (permission == null) {
            throw new RefusedException(404, "", "The requested URL was not found on this server.");
        }
        if (permission.equals(project.denied)) {
            throw new RefusedException(
                    403,
                    "PERMISSION_DENIED",
                    "Permission '" + permission + "' denied for resource '" + request.name()
                            + "' (or it may not exist).");
        }
        return switch (request.verb()) {
            case "POST secrets" -> create(project, request);
            case "GET secrets" -> list(project, request);
            case "GET secret" -> kept(project, request).secret;
            case "PATCH secret" -> update(kept(project, request), request);
            case "DELETE secret" -> delete(project, request);
            case "POST secret:addVersion" -> addVersion(kept(project, request), request);
            case "GET versions" -> listVersions(project, request);
            case "GET version:access" ->
                project.past != null && request.version().equals("latest")
                        ? access(project.past.get(request.id()), request)
                        : access(kept(project, request), request);
            default -> change(kept(project, request), request);
        };
    }

    /** Of a secret that is not there, nobody has a right; to ask takes none. */
    private static Message test(Project project, Request request) throws InvalidProtocolBufferException {
        TestIamPermissionsResponse.Builder granted = TestIamPermissionsResponse.newBuilder();
        if (project.secrets.containsKey(request.id())) {
            for (String wanted : parsed(request.body(), TestIamPermissionsRequest.newBuilder())
                    .getPermissionsList()) {
                if (!wanted.equals(project.denied)) {
                    granted.addPermissions(wanted);
                }
            }
        }
        return granted.build();
    }

    private static Kept kept(Project project, Request request) throws RefusedException {
        Kept kept = project.secrets.get(request.id());
        if (kept == null) {
            throw new RefusedException(404, "NOT_FOUND", "Secret [" + request.name() + "] not found.");
        }
        return kept;
    }

    private static <B extends Message.Builder> B parsed(String json, B builder) throws InvalidProtocolBufferException {
        JsonFormat.parser().merge(json, builder);
        return builder;
    }

    private static void invalidUnless(boolean valid, String what) throws RefusedException {
        if (!valid) {
            throw new RefusedException(400, "INVALID_ARGUMENT", "Invalid " + what);
        }
    }

    private static void check(Secret secret) throws RefusedException {
        invalidUnless(secret.getLabelsCount() <= 64, "labels");
        for (Map.Entry<String, String> label : secret.getLabelsMap().entrySet()) {
            invalidUnless(label.getKey().matches("[a-z][a-z0-9_-]{0,62}"), "label key");
            invalidUnless(label.getValue().matches("[a-z0-9_-]{0,63}"), "label value");
        }
        int size = 0;
        for (Map.Entry<String, String> annotation : secret.getAnnotationsMap().entrySet()) {
            invalidUnless(annotation.getKey().matches("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"), "annotation");
            size += annotation.getKey().length() + annotation.getValue().getBytes(UTF_8).length;
        }
        invalidUnless(size <= 16 << 10, "annotations: too large");
    }

    private static Message create(Project project, Request request)
            throws RefusedException, InvalidProtocolBufferException {
        String id = request.query().getOrDefault("secretId", "");
        invalidUnless(id.matches("[A-Za-z0-9_-]{1,255}"), "secret id");
        Secret given = parsed(request.body(), Secret.newBuilder()).build();
        check(given);
        invalidUnless(given.getReplication().getReplicationCase().getNumber() != 0, "replication");
        String name = "projects/" + request.project() + "/secrets/" + id;
        if (project.secrets.containsKey(id)) {
            throw new RefusedException(409, "ALREADY_EXISTS", "Secret [" + name + "] already exists.");
        }
        Secret made = given.toBuilder()
                .setName(name)
                .setCreateTime(now())
                .setEtag(etag())
                .build();
        project.secrets.put(id, new Kept(made));
        return made;
    }

    private static Message list(Project project, Request request) throws RefusedException {
        String filter = request.query().getOrDefault("filter", "");
        Matcher wanted = FILTER.matcher(filter);
        invalidUnless(filter.isEmpty() || wanted.matches(), "filter");
        List<Secret> found = new ArrayList<>();
        List<Secret> all = project.past == null
                ? project.secrets.values().stream().map(kept -> kept.secret).toList()
                : project.past.values().stream().map(Past::secret).toList();
        for (Secret secret : all) {
            String label = filter.isEmpty() ? null : secret.getLabelsMap().get(wanted.group(1));
            boolean listed = filter.isEmpty()
                    || (label != null
                            && (wanted.group(2) == null || wanted.group(2).equals(label)));
            if (listed) {
                found.add(secret);
            }
        }
        Page page = Page.of(project, request, found.size());
        return ListSecretsResponse.newBuilder()
                .addAllSecrets(found.subList(page.from(), page.to()))
                .setNextPageToken(page.next())
                .setTotalSize(found.size())
                .build();
    }

    private record Page(int from, int to, String next) {
        static Page of(Project project, Request request, int size) throws RefusedException {
            String token = request.query().getOrDefault("pageToken", "");
            invalidUnless(token.isEmpty() || token.matches("\\d{1,9}"), "page token");
            int wanted = Integer.parseInt(request.query().getOrDefault("pageSize", "25000"));
            int from = token.isEmpty() ? 0 : Math.min(Integer.parseInt(token), size);
            int to = (int) Math.min(size, from + (long) Math.min(Math.max(1, wanted), project.pageSize));
            return new Page(from, to, to < size ? String.valueOf(to) : "");
        }
    }

    private static void requireEtag(Secret secret, String etag) throws RefusedException {
        if (!etag.isEmpty() && !etag.equals(secret.getEtag())) {
            throw new RefusedException(400, "FAILED_PRECONDITION", "The etag does not match that of the secret.");
        }
    }

    private static Message update(Kept kept, Request request) throws RefusedException, InvalidProtocolBufferException {
        Secret given = parsed(request.body(), Secret.newBuilder()).build();
        check(given);
        requireEtag(kept.secret, given.getEtag());
        Secret.Builder changed = kept.secret.toBuilder().setEtag(etag());
        for (String path : request.query().getOrDefault("updateMask", "").split(",", -1)) {
            switch (path) {
                case "labels" -> changed.clearLabels().putAllLabels(given.getLabelsMap());
                case "annotations" -> changed.clearAnnotations().putAllAnnotations(given.getAnnotationsMap());
                default -> invalidUnless(false, "update mask");
            }
        }
        kept.secret = changed.build();
        return kept.secret;
    }

    private static Message delete(Project project, Request request) throws RefusedException {
        requireEtag(kept(project, request).secret, request.query().getOrDefault("etag", ""));
        project.secrets.remove(request.id());
        return Empty.getDefaultInstance();
    }

    private static Message addVersion(Kept kept, Request request)
            throws RefusedException, InvalidProtocolBufferException {
        SecretPayload payload = parsed(request.body(), AddSecretVersionRequest.newBuilder())
                .build()
                .getPayload();
        invalidUnless(!payload.getData().isEmpty(), "payload: Secret Payload cannot be empty.");
        invalidUnless(payload.getData().size() <= 64 << 10, "payload: too large");
        invalidUnless(
                !payload.hasDataCrc32C()
                        || payload.getDataCrc32C() == checksum(payload.getData().toByteArray()),
                "checksum");
        return add(kept, payload.getData());
    }

    private static long checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return checksum.getValue();
    }

    /** The last one first. */
    private static Message listVersions(Project project, Request request) throws RefusedException {
        List<SecretVersion> found = new ArrayList<>(kept(project, request).versions);
        java.util.Collections.reverse(found);
        Page page = Page.of(project, request, found.size());
        return ListSecretVersionsResponse.newBuilder()
                .addAllVersions(found.subList(page.from(), page.to()))
                .setNextPageToken(page.next())
                .setTotalSize(found.size())
                .build();
    }

    /** Of the word latest: the one that was made last, in whatever state. */
    private static int number(Kept kept, Request request) throws RefusedException {
        int number = request.version().equals("latest")
                ? (kept.latest == null ? kept.versions.size() : kept.latest)
                : request.version().matches("\\d{1,9}") ? Integer.parseInt(request.version()) : 0;
        if (number == 0 && request.version().equals("latest")) {
            throw new RefusedException(
                    404, "NOT_FOUND", "Secret [" + request.name() + "] not found or has no versions.");
        }
        if (number < 1 || number > kept.versions.size()) {
            throw new RefusedException(
                    404,
                    "NOT_FOUND",
                    "Secret Version [" + request.name() + "/versions/" + request.version() + "] not found.");
        }
        return number;
    }

    private static Message access(@Nullable Past past, Request request) throws RefusedException {
        if (past == null || past.versions() == 0) {
            throw new RefusedException(404, "NOT_FOUND", "Secret [" + request.name() + "] not found.");
        }
        return access(past.kept(), past.versions(), request);
    }

    private static Message access(Kept kept, Request request) throws RefusedException {
        return access(kept, number(kept, request), request);
    }

    private static Message access(Kept kept, int number, Request request) throws RefusedException {
        SecretVersion version = kept.versions.get(number - 1);
        if (kept.closed) {
            throw new RefusedException(
                    403,
                    "PERMISSION_DENIED",
                    "Permission 'secretmanager.versions.access' denied for resource '" + request.name() + "'");
        }
        if (kept.locked && version.getState() == State.ENABLED) {
            throw new RefusedException(400, "FAILED_PRECONDITION", "The Cloud KMS key is disabled.");
        }
        if (version.getState() != State.ENABLED) {
            throw new RefusedException(
                    400,
                    "FAILED_PRECONDITION",
                    "Secret Version [" + version.getName() + "] is in " + version.getState() + " state.");
        }
        ByteString value = kept.values.get(number - 1);
        return AccessSecretVersionResponse.newBuilder()
                .setName(version.getName())
                .setPayload(SecretPayload.newBuilder().setData(value).setDataCrc32C(checksum(value.toByteArray())))
                .build();
    }

    private static Message change(Kept kept, Request request) throws RefusedException {
        int number = number(kept, request);
        SecretVersion version = kept.versions.get(number - 1);
        if (version.getState() == State.DESTROYED) {
            throw new RefusedException(400, "FAILED_PRECONDITION", "The version is in DESTROYED state.");
        }
        boolean destroyed = request.verb().endsWith(":destroy");
        SecretVersion changed = version.toBuilder()
                .setState(destroyed ? State.DESTROYED : State.DISABLED)
                .setEtag(etag())
                .build();
        kept.versions.set(number - 1, changed);
        if (destroyed) {
            kept.values.set(number - 1, ByteString.EMPTY);
        }
        return changed;
    }
}
