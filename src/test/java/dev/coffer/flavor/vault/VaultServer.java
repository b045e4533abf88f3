package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.coffer.flavor.TestTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real Vault or OpenBao on loopback, in memory: the program of {@code src/test/vault-server} or
 * {@code src/test/openbao-server} in a process of its own, which ends with this JVM at the latest. It is set up by plain
 * HTTP with the root token. Paths are below {@code /v1/}. Many threads may use one server.
 */
public final class VaultServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<Product, VaultServer> SHARED = new ConcurrentHashMap<>();

    private final Process process;
    private final URI address;
    private final String rootToken;
    private final HttpClient client;

    /** Whose server it is. */
    public enum Product {
        VAULT("vault-server", "coffer.vault.server", "1.14.1"),
        /** 2.4.0, which calls itself otherwise where it is not its makers who build it. */
        OPENBAO("openbao-server", "coffer.openbao.server", "2.0.0-HEAD");

        private final String program;
        private final String property;
        private final String version;

        Product(String program, String property, String version) {
            this.program = program;
            this.property = property;
            this.version = version;
        }

        /** As which it presents itself. */
        String version() {
            return version;
        }

        /** The program, which Go builds. */
        Path binary() {
            String given = System.getProperty(property, "");
            Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
            Path binary = given.isEmpty() ? checkout.resolve("target").resolve(program) : Path.of(given);
            if (!Files.isExecutable(binary)) {
                throw new IllegalStateException("there is no " + program + " at " + binary + "; Go builds it: "
                        + "go build -C src/test/" + program + " -o \"$PWD/target/" + program + "\" .");
            }
            return binary;
        }
    }

    /**
     * What the server answered.
     *
     * @param status the HTTP status
     * @param body missing if there is none
     */
    public record Answer(int status, JsonNode body) {}

    /** What an AppRole logs in with. */
    public record AppRole(String roleId, String secretId) {}

    private VaultServer(Process process, URI address, String rootToken, HttpClient client) {
        this.process = process;
        this.address = address;
        this.rootToken = rootToken;
        this.client = client;
    }

    /** The server that the tests of this JVM share: each works in a mount of its own. */
    static VaultServer shared(Product product) {
        return SHARED.computeIfAbsent(product, VaultServer::start);
    }

    /** A Vault, without TLS. */
    public static VaultServer start() {
        return start(Product.VAULT);
    }

    /** One more server, without TLS. */
    static VaultServer start(Product product) {
        return start(product, HttpClient.newBuilder());
    }

    /**
     * One more server, with TLS.
     *
     * @param tls its certificate, which {@link #send} trusts
     * @param clientCertificates whether clients have to show one of the same authority
     */
    static VaultServer start(Product product, TestTls tls, boolean clientCertificates) {
        List<String> options = new ArrayList<>();
        options.add("-tls-cert=" + tls.serverCertificate());
        options.add("-tls-key=" + tls.serverKey());
        if (clientCertificates) {
            options.add("-client-ca=" + tls.authority());
        }
        return start(product, HttpClient.newBuilder().sslContext(tls.clientContext()), options.toArray(String[]::new));
    }

    private static VaultServer start(Product product, HttpClient.Builder client, String... options) {
        List<String> command = new ArrayList<>(List.of(product.binary().toString()));
        command.addAll(Arrays.asList(options));
        try {
            Path log = Files.createTempFile("coffer-" + product.program, ".log");
            log.toFile().deleteOnExit();
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            List<String> said = firstLines(process);
            if (said.size() != 2) {
                process.destroyForcibly();
                throw new IllegalStateException("the " + product.program + " did not start: " + Files.readString(log));
            }
            client.version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
            return new VaultServer(process, URI.create(said.get(0) + "/"), said.get(1), client.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address and its token; fewer lines if it ends, none if it is silent for too long. */
    private static List<String> firstLines(Process process) {
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        CompletableFuture<List<String>> lines =
                CompletableFuture.supplyAsync(() -> out.lines().limit(2).toList());
        try {
            return lines.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return List.of();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Scheme, host and port, with a slash at the end. */
    public URI address() {
        return address;
    }

    /** A token that may do everything. */
    public String rootToken() {
        return rootToken;
    }

    /**
     * Mounts an empty key-value engine.
     *
     * @param version 1 or 2
     * @return its mount point, used by nobody else
     */
    public String newMount(int version) {
        String name = "kv-" + UUID.randomUUID();
        asRoot("POST", "sys/mounts/" + name, Map.of("type", "kv", "options", Map.of("version", "" + version)));
        awaitReady(name, version);
        return name;
    }

    /** Version 2 takes a moment to begin. */
    private void awaitReady(String mount, int version) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (version == 2 && send("GET", mount + "/config", rootToken, null).status() == 400) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(mount + " does not become ready");
            }
        }
    }

    /** Takes a mount and all that is in it away. */
    public void unmount(String name) {
        asRoot("DELETE", "sys/mounts/" + name, null);
    }

    /** Writes a policy in the server's language, such as {@code path "kv/*" { capabilities = ["read"] }}. */
    public void writePolicy(String name, String rules) {
        asRoot("PUT", "sys/policies/acl/" + name, Map.of("policy", rules));
    }

    /** A new token, renewable up to an hour, with these policies and the server's policy {@code default}. */
    public String newToken(Duration lifetime, String... policies) {
        return asRoot(
                        "POST",
                        "auth/token/create",
                        Map.of(
                                "policies",
                                List.of(policies),
                                "ttl",
                                lifetime.toMillis() + "ms",
                                "explicit_max_ttl",
                                "1h",
                                "renewable",
                                true))
                .body()
                .at("/auth/client_token")
                .asText();
    }

    /** Makes a token useless at once. */
    public void revoke(String token) {
        asRoot("POST", "auth/token/revoke", Map.of("token", token));
    }

    /** A new AppRole; each of its logins gives a token of this lifetime with these policies. */
    public AppRole newAppRole(Duration lifetime, String... policies) {
        String role = "auth/approle/role/" + UUID.randomUUID();
        asRoot(
                "POST",
                role,
                Map.of("token_policies", List.of(policies), "token_ttl", lifetime.toSeconds(), "token_max_ttl", 3_600));
        String roleId = asRoot("GET", role + "/role-id", null)
                .body()
                .at("/data/role_id")
                .asText();
        String secretId = asRoot("POST", role + "/secret-id", null)
                .body()
                .at("/data/secret_id")
                .asText();
        return new AppRole(roleId, secretId);
    }

    /** A new user of the login userpass, or new policies and another password for one. */
    public void writeUser(String name, String password, Duration lifetime, String... policies) {
        asRoot(
                "POST",
                "auth/userpass/users/" + name,
                Map.of(
                        "password", password,
                        "token_policies", List.of(policies),
                        "token_ttl", lifetime.toSeconds()));
    }

    /**
     * Sends a request with the root token.
     *
     * @param body what Jackson makes JSON of; null for none
     * @throws AssertionError if it fails
     */
    public Answer asRoot(String method, String path, @Nullable Object body) {
        Answer answer = send(method, path, rootToken, body);
        if (answer.status() >= 300) {
            throw new AssertionError(method + " " + path + ": " + answer);
        }
        return answer;
    }

    /**
     * Sends a request.
     *
     * @param token null for none
     * @param body what Jackson makes JSON of; null for none
     */
    public Answer send(String method, String path, @Nullable String token, @Nullable Object body) {
        try {
            HttpRequest.BodyPublisher sent = body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve("/v1/" + path))
                    .timeout(PATIENCE)
                    .method(method, sent);
            if (token != null) {
                request.header("X-Vault-Token", token);
            }
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode answer = response.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(response.body());
            return new Answer(response.statusCode(), answer);
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
