package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the wire, seen by a server that answers every read with a 404. */
class VaultWireTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final SecretName DB = SecretName.of("db");

    @TempDir
    Path folder;

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final Queue<Integer> loginStatuses = new ConcurrentLinkedQueue<>();
    private volatile String retryAfter = "0";
    private @Nullable HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private SecretsManager managerOf(HttpServer started, String scheme, Map<String, String> attributes) {
        server = started;
        server.createContext("/", this::answer);
        server.start();
        Map<String, String> all = new HashMap<>(
                Map.of("url", scheme + "://localhost:" + server.getAddress().getPort(), "scope", "global"));
        if (!attributes.containsKey("auth")) {
            all.put("token", "hvs.mine");
        }
        all.putAll(attributes);
        return new VaultFlavor(Clock.systemUTC(), Map.of(), folder)
                .create(
                        new ComponentDefinition(ComponentType.SECRETS_MANAGER, "vault", "team", UUID.randomUUID(), all),
                        SchemaCatalog.builtIn());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " token="
                    + exchange.getRequestHeaders().getFirst("X-Vault-Token") + " namespace="
                    + exchange.getRequestHeaders().getFirst("X-Vault-Namespace") + " "
                    + new String(in.readAllBytes(), UTF_8));
        }
        boolean login = exchange.getRequestURI().getPath().startsWith("/v1/auth/");
        Integer status = login ? loginStatuses.poll() : null;
        if (status != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        byte[] body = (login
                        ? "{\"auth\":{\"client_token\":\"hvs.given\",\"lease_duration\":3600}}"
                        : "{\"errors\":[]}")
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(login ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static HttpServer plain() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    }

    private static void assertAnswered(SecretsManager manager) {
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
    }

    @Test
    void request_carriesTokenAndNamespace() throws Exception {
        try (SecretsManager manager = managerOf(plain(), "http", Map.of("vault-namespace", "team/a"))) {
            assertAnswered(manager);
        }
        assertEquals(
                List.of("GET /v1/secret/data/coffer/global/db token=hvs.mine namespace=team/a "), List.copyOf(seen));
    }

    @Test
    void kubernetes_sendsTheServiceAccountsToken_once() throws Exception {
        Path jwt = Files.writeString(folder.resolve("jwt"), "eyJ.a.b\n");
        Map<String, String> attributes =
                Map.of("auth", "kubernetes", "role", "app", "jwt-file", jwt.toString(), "auth-mount", "k8s/west");
        try (SecretsManager manager = managerOf(plain(), "http", attributes)) {
            assertAnswered(manager);
            assertAnswered(manager);
        }
        assertEquals(3, seen.size(), seen.toString());
        assertTrue(seen.get(0).startsWith("POST /v1/auth/k8s/west/login token=null"), seen.get(0));
        assertTrue(
                seen.get(0).contains("\"jwt\":\"eyJ.a.b\"") && seen.get(0).contains("\"role\":\"app\""), seen.get(0));
        assertTrue(seen.get(2).contains("token=hvs.given"), seen.get(2));
    }

    /** A secret id may be good for one login: it is not sent again unless the server says that it did nothing. */
    @Test
    void loginThatComesTooSoon_isTriedAgain_andNoOther() throws Exception {
        Map<String, String> attributes = Map.of("auth", "approle", "role-id", "r", "secret-id", "s");
        loginStatuses.addAll(List.of(429, 503));
        try (SecretsManager manager = managerOf(plain(), "http", attributes)) {
            assertAnswered(manager);
        }
        assertEquals(4, seen.size(), seen.toString());
        stop();
        seen.clear();
        loginStatuses.addAll(List.of(429, 429, 503, 503));
        try (SecretsManager manager = managerOf(plain(), "http", attributes)) {
            RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(DB));
            assertTrue(e.getMessage().contains("status 503"), e.getMessage());
        }
        assertEquals(4, seen.size(), seen.toString());
        for (int status : new int[] {400, 403, 500, 502}) {
            stop();
            seen.clear();
            loginStatuses.add(status);
            try (SecretsManager manager = managerOf(plain(), "http", attributes)) {
                assertThrows(RemoteException.class, () -> manager.getSecret(DB));
            }
            assertEquals(1, seen.size(), seen.toString());
        }
    }

    /** A server that asks to wait keeps nobody from closing. */
    @Test
    void close_whileALoginWaits_waitsForNothing() throws Exception {
        Map<String, String> attributes = Map.of("auth", "approle", "role-id", "r", "secret-id", "s");
        retryAfter = "15";
        loginStatuses.add(429);
        SecretsManager manager = managerOf(plain(), "http", attributes);
        FutureTask<RuntimeException> outcome =
                new FutureTask<>(() -> assertThrows(RuntimeException.class, () -> manager.getSecret(DB)));
        Thread thread = new Thread(outcome);
        thread.start();
        while (seen.isEmpty()) {
            Thread.sleep(10);
        }
        Thread.sleep(100);
        assertTimeoutPreemptively(Duration.ofSeconds(5), manager::close);
        thread.interrupt();
        outcome.get(5, TimeUnit.SECONDS);
    }

    @Test
    void construction_andClose_sendNothing() throws Exception {
        managerOf(plain(), "http", Map.of()).close();
        assertEquals(List.of(), seen);
    }

    // TLS

    private KeyStore keys(String who) throws Exception {
        Path file = folder.resolve(who + ".p12");
        if (!Files.exists(file)) {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            who,
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "san=dns:localhost,ip:127.0.0.1",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            new String(PASSWORD))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
            assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0, said);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private String certificateFile(String who) throws Exception {
        Certificate certificate = keys(who).getCertificate(who);
        return pem(who + ".crt", "CERTIFICATE", certificate.getEncoded());
    }

    private String keyFile(String who) throws Exception {
        return pem(who + ".key", "PRIVATE KEY", keys(who).getKey(who, PASSWORD).getEncoded());
    }

    private String pem(String name, String base64, String what) throws IOException {
        String text = "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String pem(String name, String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private HttpServer encrypted(boolean wantsClient) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys("server"), PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("client", keys("client").getCertificate("client"));
        trusted.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setNeedClientAuth(wantsClient);
                parameters.setSSLParameters(ssl);
            }
        });
        return https;
    }

    @Test
    void certificateThatIsTrusted_isSpokenTo() throws Exception {
        try (SecretsManager manager =
                managerOf(encrypted(false), "https", Map.of("ca-file", certificateFile("server")))) {
            assertAnswered(manager);
        }
    }

    @Test
    void certificateThatIsNotTrusted_getsNothing_notEvenTheToken() throws Exception {
        for (Map<String, String> trust :
                List.of(Map.<String, String>of(), Map.of("ca-file", certificateFile("client")))) {
            try (SecretsManager manager = managerOf(encrypted(false), "https", trust)) {
                RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(DB));
                assertTrue(e.getMessage().contains("certificate"), e.getMessage());
                assertFalse(e.getMessage().contains("hvs.mine"), e.getMessage());
            }
            stop();
        }
        assertEquals(List.of(), seen);
    }

    @Test
    void clientCertificate_isShown() throws Exception {
        String trust = certificateFile("server");
        Map<String, String> with = Map.of(
                "ca-file", trust,
                "client-cert-file", certificateFile("client"),
                "client-key-file", keyFile("client"));
        try (SecretsManager manager = managerOf(encrypted(true), "https", with)) {
            assertAnswered(manager);
        }
        stop();
        try (SecretsManager manager = managerOf(encrypted(true), "https", Map.of("ca-file", trust))) {
            assertThrows(RemoteException.class, () -> manager.getSecret(DB));
        }
    }

    @Test
    void filesThatHoldNoCertificateOrKey_areFileTrouble() throws Exception {
        String junk = Files.writeString(folder.resolve("junk"), "canary").toString();
        List<Map<String, String>> bad = List.of(
                Map.of("ca-file", junk),
                Map.of("ca-file", folder.resolve("missing").toString()),
                Map.of("client-cert-file", junk, "client-key-file", keyFile("client")),
                Map.of("client-cert-file", certificateFile("client"), "client-key-file", junk),
                Map.of(
                        "client-cert-file",
                        certificateFile("client"),
                        "client-key-file",
                        pem("cut.key", "A=", "PRIVATE KEY")));
        for (Map<String, String> attributes : bad) {
            try (SecretsManager manager = managerOf(encrypted(false), "https", attributes)) {
                StoreFileException e = assertThrows(StoreFileException.class, () -> manager.getSecret(DB));
                assertFalse(e.toString().contains("canary"), e.toString());
            }
            stop();
        }
        assertEquals(List.of(), seen);
    }
}
