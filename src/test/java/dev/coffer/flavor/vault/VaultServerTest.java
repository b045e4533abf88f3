package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.TestTls;
import dev.coffer.flavor.vault.VaultServer.Answer;
import dev.coffer.flavor.vault.VaultServer.AppRole;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server that the tests of the flavor vault run against is a real one, and its helpers do what they say. */
@Tag("servers")
class VaultServerTest implements AgainstVault {
    private static final Duration HOUR = Duration.ofHours(1);

    private final VaultServer server = server();

    @Test
    void health_ofTheServer_isUnsealed() {
        Answer health = server.send("GET", "sys/health", null, null);

        assertEquals(200, health.status());
        assertEquals(product().version(), health.body().at("/version").asText());
        assertFalse(health.body().at("/sealed").asBoolean(true));
    }

    @Test
    void write_withTheVersionSeen_isTakenOnceOnly() {
        String mount = server.newMount(2);
        Map<String, Object> body = Map.of("data", Map.of("user", "ada"), "options", Map.of("cas", 0));

        Answer first = server.send("POST", mount + "/data/db", server.rootToken(), body);
        Answer second = server.send("POST", mount + "/data/db", server.rootToken(), body);

        assertEquals(1, first.body().at("/data/version").asInt());
        assertEquals(400, second.status());
        assertTrue(second.body().toString().contains("check-and-set parameter did not match"), second::toString);
        assertEquals(
                "ada",
                server.asRoot("GET", mount + "/data/db", null)
                        .body()
                        .at("/data/data/user")
                        .asText());
        server.unmount(mount);
    }

    @Test
    void mounts_ofBothVersions_areEmptyAndApart() {
        for (int version = 1; version <= 2; version++) {
            String list = version == 1 ? "?list=true" : "/metadata?list=true";
            String one = server.newMount(version);
            String other = server.newMount(version);
            server.asRoot(
                    "POST",
                    version == 1 ? one + "/db" : one + "/data/db",
                    version == 1 ? Map.of("user", "ada") : Map.of("data", Map.of("user", "ada")));

            assertEquals(
                    "[\"db\"]",
                    server.asRoot("GET", one + list, null)
                            .body()
                            .at("/data/keys")
                            .toString());
            assertEquals(
                    404,
                    server.send("GET", other + list, server.rootToken(), null).status());
            server.unmount(one);
            server.unmount(other);
            assertEquals(
                    404,
                    server.send("GET", one + list, server.rootToken(), null).status());
        }
    }

    @Test
    void fixedMounts_areThere() {
        server.asRoot("POST", "kv1/smoke", Map.of("user", "ada"));
        server.asRoot("POST", "secret/data/smoke", Map.of("data", Map.of("user", "ada")));

        assertEquals(
                "ada",
                server.asRoot("GET", "kv1/smoke", null).body().at("/data/user").asText());
        assertEquals(
                "ada",
                server.asRoot("GET", "secret/data/smoke", null)
                        .body()
                        .at("/data/data/user")
                        .asText());
        server.asRoot("DELETE", "kv1/smoke", null);
        server.asRoot("DELETE", "secret/metadata/smoke", null);
    }

    @Test
    void approle_logsInWithItsPolicies() {
        String mount = server.newMount(2);
        server.asRoot("POST", mount + "/data/db", Map.of("data", Map.of("user", "ada")));
        server.writePolicy(mount, "path \"%s/data/*\" { capabilities = [\"read\"] }".formatted(mount));
        AppRole role = server.newAppRole(HOUR, mount);

        Answer login = server.send(
                "POST", "auth/approle/login", null, Map.of("role_id", role.roleId(), "secret_id", role.secretId()));
        String token = login.body().at("/auth/client_token").asText();

        assertEquals(3_600, login.body().at("/auth/lease_duration").asInt());
        assertEquals(200, server.send("GET", mount + "/data/db", token, null).status());
        assertEquals(403, server.send("DELETE", mount + "/data/db", token, null).status());
        server.unmount(mount);
    }

    @Test
    void user_logsInWithThePassword() {
        server.writeUser("ada", "her password", HOUR);

        Answer right = server.send("POST", "auth/userpass/login/ada", null, Map.of("password", "her password"));
        Answer wrong = server.send("POST", "auth/userpass/login/ada", null, Map.of("password", "another"));

        assertEquals(200, right.status());
        assertNotEquals("", right.body().at("/auth/client_token").asText());
        assertEquals(400, wrong.status());
    }

    @Test
    void token_revokedOrTooOld_isRefused() throws InterruptedException {
        String revoked = server.newToken(HOUR);
        assertEquals(
                200, server.send("GET", "auth/token/lookup-self", revoked, null).status());
        server.revoke(revoked);
        String brief = server.newToken(Duration.ofSeconds(1));

        assertEquals(
                403, server.send("GET", "auth/token/lookup-self", revoked, null).status());
        assertEquals(
                200, server.send("GET", "auth/token/lookup-self", brief, null).status());
        Thread.sleep(1_500);
        assertEquals(
                403, server.send("GET", "auth/token/lookup-self", brief, null).status());
    }

    @Test
    void server_thatWasClosed_isGone() {
        VaultServer own = VaultServer.start(product());
        own.asRoot("GET", "sys/mounts", null);

        own.close();

        assertThrows(UncheckedIOException.class, () -> own.send("GET", "sys/health", null, null));
    }

    @Test
    void serverWithTls_wantsWhatItWasToldTo(@TempDir Path folder) throws Exception {
        TestTls tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        TestTls stranger = TestTls.create(Files.createDirectory(folder.resolve("stranger")), "127.0.0.1");
        for (boolean clientCertificates : new boolean[] {false, true}) {
            try (VaultServer own = VaultServer.start(product(), tls, clientCertificates)) {
                assertEquals("https", own.address().getScheme());
                own.asRoot("GET", "sys/mounts", null);

                assertThrows(IOException.class, () -> health(own, stranger.clientContext()));
                SSLContext trusting = trusting(tls.authority());
                if (clientCertificates) {
                    assertThrows(IOException.class, () -> health(own, trusting));
                } else {
                    assertEquals(200, health(own, trusting));
                }
            }
        }
    }

    @Test
    void serverWithTlsForAnotherHost_isNotTrusted(@TempDir Path folder) throws Exception {
        TestTls tls = TestTls.create(folder, "vault.example.org");
        try (VaultServer own = VaultServer.start(product(), tls, false)) {
            assertThrows(IOException.class, () -> health(own, tls.clientContext()));
        }
    }

    private static int health(VaultServer server, SSLContext context) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("/v1/sys/health"))
                .build();
        return HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Trusts this authority, and has no certificate to show. */
    private static SSLContext trusting(Path authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, new char[0]);
        try (InputStream pem = Files.newInputStream(authority)) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
