package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways to log in to a real server, and what {@code check} says of those that do not do. */
@Tag("servers")
class VaultLoginTest implements AgainstVault {
    private static final Duration HOUR = Duration.ofHours(1);

    private final VaultBackend backend = newBackend(2, Map.of());
    private final VaultServer server = server();

    @TempDir
    Path folder;

    @BeforeEach
    void writePolicies() {
        String mount = backend.mount();
        server.writePolicy("all-" + mount, """
                path "%1$s/*" { capabilities = ["create", "read", "update", "delete", "list"] }
                path "auth/token/lookup-self" { capabilities = ["read"] }
                path "auth/token/renew-self" { capabilities = ["update"] }
                path "sys/capabilities-self" { capabilities = ["update"] }
                path "sys/internal/ui/mounts/%1$s" { capabilities = ["read"] }
                """.formatted(mount));
        server.writePolicy("read-" + mount, """
                path "%1$s/data/*" { capabilities = ["read"] }
                path "%1$s/metadata/*" { capabilities = ["read", "list"] }
                path "auth/token/lookup-self" { capabilities = ["read"] }
                path "sys/capabilities-self" { capabilities = ["update"] }
                path "sys/internal/ui/mounts/%1$s" { capabilities = ["read"] }
                """.formatted(mount));
    }

    @AfterEach
    void removeMount() {
        backend.cleanUp();
    }

    private String all() {
        return "all-" + backend.mount();
    }

    private static Secret secret(String name, String value) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of(value)));
    }

    private static void assertWorks(SecretsManager manager) {
        assertEquals(java.util.Optional.empty(), manager.check());
        manager.registerSecret(secret("db", "v"));
        try (Secret read = manager.getSecret(SecretName.of("db"))) {
            assertEquals("v", read.value("k").revealText());
        }
        manager.deleteSecret(SecretName.of("db"));
    }

    private static String trouble(SecretsManager manager) {
        CofferException e = manager.check().orElseThrow();
        assertInstanceOf(RemoteException.class, e);
        return e.getMessage();
    }

    @Test
    void approle_logsIn_andAgainWhenItsTokenHasExpired() throws Exception {
        VaultServer.AppRole role = server.newAppRole(Duration.ofSeconds(2), all());
        try (SecretsManager manager = backend.open(
                "here", Map.of("auth", "approle", "role-id", role.roleId(), "secret-id", role.secretId()))) {
            assertWorks(manager);
            Thread.sleep(3_000); // the server's clock decides
            assertWorks(manager);
        }
    }

    @Test
    void tokenThatIsRevokedInBetween_isGotAnew() {
        VaultServer.AppRole role = server.newAppRole(HOUR, all());
        try (SecretsManager manager = backend.open(
                "here", Map.of("auth", "approle", "role-id", role.roleId(), "secret-id", role.secretId()))) {
            assertWorks(manager);
            server.asRoot("POST", "sys/leases/revoke-force/auth/approle", null);
            assertWorks(manager);
        }
    }

    @Test
    void userpass_logsIn() {
        String user = "ada-" + backend.mount();
        server.writeUser(user, "correct horse", HOUR, all());
        try (SecretsManager manager =
                backend.open("here", Map.of("auth", "userpass", "username", user, "password", "correct horse"))) {
            assertWorks(manager);
        }
        try (SecretsManager manager =
                backend.open("here", Map.of("auth", "userpass", "username", user, "password", "canary-wrong"))) {
            String trouble = trouble(manager);
            assertTrue(trouble.contains("the login was refused"), trouble);
            assertFalse(trouble.contains("canary"), trouble);
        }
    }

    @Test
    void tokenFile_isReadAgain_whenItsTokenIsRefused() throws Exception {
        Path file = folder.resolve("token");
        String first = server.newToken(HOUR, all());
        Files.writeString(file, first + "\n");
        try (SecretsManager manager = backend.open("here", Map.of("auth", "token", "token-file", file.toString()))) {
            assertWorks(manager);
            server.revoke(first);
            assertTrue(trouble(manager).contains("the token is not valid"), trouble(manager));
            Files.writeString(file, server.newToken(HOUR, all()));
            assertWorks(manager);
        }
    }

    @Test
    void tokenFile_missingOrEmpty_isFileTrouble() throws Exception {
        Path file = folder.resolve("token");
        try (SecretsManager manager = backend.open("here", Map.of("auth", "token", "token-file", file.toString()))) {
            assertThrows(StoreFileException.class, manager::getAllSecretKeys);
            Files.writeString(file, " \n");
            assertThrows(StoreFileException.class, manager::getAllSecretKeys);
            Files.writeString(file, "two words");
            assertThrows(StoreFileException.class, manager::getAllSecretKeys);
        }
    }

    @Test
    void check_tellsWhichRightIsMissing() {
        String token = server.newToken(HOUR, "read-" + backend.mount());
        try (SecretsManager manager = backend.open("here", Map.of("token", token))) {
            String trouble = trouble(manager);
            assertTrue(trouble.contains("create and update at " + backend.mount() + "/data/"), trouble);
            assertEquals(List.of(), manager.getAllSecretKeys());
            RemoteException e =
                    assertThrows(RemoteException.class, () -> manager.registerSecret(secret("db", "canary-value")));
            assertTrue(e.getMessage().contains("permission denied"), e.getMessage());
            assertFalse(e.toString().contains("canary"), e.toString());
        }
    }

    // A token that is good is neither given up nor multiplied

    private static long logins(MeanProxy proxy) {
        return proxy.requests().stream()
                .filter(request -> request.target().endsWith("/login"))
                .count();
    }

    private Map<String, String> by(VaultServer.AppRole role) {
        return Map.of("auth", "approle", "role-id", role.roleId(), "secret-id", role.secretId());
    }

    @Test
    void refusalByAPolicy_isNoReasonToLogInAnew() {
        VaultServer.AppRole role = server.newAppRole(HOUR, "read-" + backend.mount());
        try (MeanProxy proxy = new MeanProxy(server.address());
                SecretsManager manager = backend.at(proxy.address(), "here", by(role))) {
            for (int i = 0; i < 3; i++) {
                assertThrows(RemoteException.class, () -> manager.registerSecret(secret("db", "v")));
            }
            assertEquals(1, logins(proxy));
        }
    }

    @Test
    void renewalThatFailsForAMoment_costsNoGoodToken() throws Exception {
        VaultServer.AppRole role = server.newAppRole(Duration.ofSeconds(6), all());
        try (MeanProxy proxy = new MeanProxy(server.address());
                SecretsManager manager = backend.at(proxy.address(), "here", by(role))) {
            manager.getAllSecretKeys();
            Thread.sleep(4_200); // two thirds of its time
            proxy.always(request -> request.target().contains("/auth/"), Fault.refuse(503, "{}"));
            assertEquals(List.of(), manager.getAllSecretKeys());
        }
    }

    @Test
    void close_duringARenewal_hangsNobody() throws Exception {
        VaultServer.AppRole role = server.newAppRole(Duration.ofSeconds(3), all());
        try (MeanProxy proxy = new MeanProxy(server.address())) {
            SecretsManager manager = backend.at(proxy.address(), "here", by(role));
            manager.getAllSecretKeys();
            Thread.sleep(2_100); // two thirds of its time
            CountDownLatch renewing = new CountDownLatch(1);
            proxy.always(request -> request.target().endsWith("renew-self"), Fault.edit(reply -> {
                renewing.countDown();
                pause(700);
                return Fault.Reply.json(403, "{\"errors\":[\"permission denied\"]}");
            }));
            Thread reader = new Thread(() -> {
                try {
                    manager.getAllSecretKeys();
                } catch (IllegalStateException | CofferException e) {
                    // Closed under it, or done before.
                }
            });
            reader.start();
            assertTrue(renewing.await(30, TimeUnit.SECONDS));
            Thread closer = new Thread(manager::close);
            closer.start();
            closer.join(20_000);
            reader.join(20_000);
            assertFalse(closer.isAlive() || reader.isAlive(), "both wait for each other");
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It may neither look itself up nor ask for its rights. */
    @Test
    void tokenWithoutThePolicyDefault_works() {
        String policy = "bare-" + backend.mount();
        server.writePolicy(
                policy,
                "path \"" + backend.mount()
                        + "/*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\", \"list\"] }");
        try (SecretsManager manager = backend.open("here", Map.of("token", server.newToken(HOUR, policy)))) {
            assertWorks(manager);
        }
    }

    @Test
    void check_tellsUnreachableUnauthenticatedAndNotFoundApart() {
        try (SecretsManager manager = backend.open("here", Map.of("token", "hvs.nobody"))) {
            assertTrue(trouble(manager).contains("the token is not valid"), trouble(manager));
        }
        try (SecretsManager manager = backend.open("here", Map.of("mount-point", "nowhere"))) {
            assertTrue(trouble(manager).contains("no engine at the mount point"), trouble(manager));
        }
        try (SecretsManager manager = backend.open("here", Map.of("kv-version", "1"))) {
            assertTrue(trouble(manager).contains("not the key-value engine in version 1"), trouble(manager));
        }
        try (SecretsManager manager = backend.open("here", Map.of("url", "http://127.0.0.1:1/"))) {
            assertTrue(trouble(manager).contains("cannot be reached"), trouble(manager));
        }
    }
}
