package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Namespaces of a real server: each with engines, logins and policies of its own under the same paths. */
@Tag("servers")
class OpenBaoNamespacesTest implements AgainstOpenBao {
    private static final SecretName DB = SecretName.of("db");
    private static final Map<String, Object> EVERYTHING = Map.of("policy", """
            path "kv/*" { capabilities = ["create", "read", "update", "delete", "list"] }
            """);

    private final VaultBackend backend = newBackend(2, Map.of());
    private final String team = "team-" + UUID.randomUUID();
    private final String other = "other-" + UUID.randomUUID();

    @BeforeEach
    void makeNamespaces() {
        server().asRoot("POST", "sys/namespaces/" + team, Map.of());
        server().asRoot("POST", "sys/namespaces/" + other, Map.of());
        server().asRoot("POST", team + "/sys/namespaces/inner", Map.of());
        for (String namespace : List.of(team, other, team + "/inner")) {
            mount(namespace, "kv", 2);
        }
    }

    @AfterEach
    void removeNamespaces() {
        for (String path :
                List.of(team + "/sys/namespaces/inner", "sys/namespaces/" + team, "sys/namespaces/" + other)) {
            server().send("DELETE", path, server().rootToken(), null); // which goes on afterwards
        }
        backend.cleanUp();
    }

    private void mount(String namespace, String mount, int version) {
        server().asRoot(
                        "POST",
                        namespace + "/sys/mounts/" + mount,
                        Map.of("type", "kv", "options", Map.of("version", "" + version)));
    }

    private SecretsManager open(String namespace, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(
                Map.of("vault-namespace", namespace, "mount-point", "kv", "kv-version", "2", "scope", "global"));
        all.putAll(more);
        return backend.open("here", all);
    }

    private SecretsManager open(String namespace) {
        return open(namespace, Map.of());
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private static void assertHolds(SecretsManager manager, String value) {
        try (Secret read = manager.getSecret(DB)) {
            assertEquals(value, read.value("k").revealText());
        }
    }

    private static void assertWorks(SecretsManager manager) {
        assertEquals(Optional.empty(), manager.check());
        manager.registerSecret(secret("v"));
        manager.updateSecret(secret("w"));
        assertHolds(manager, "w");
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        manager.deleteSecret(DB);
        assertEquals(List.of(), manager.getAllSecretKeys());
    }

    private static String trouble(SecretsManager manager) {
        CofferException e = manager.check().orElseThrow();
        assertInstanceOf(RemoteException.class, e);
        return e.getMessage() + " " + e.hint().orElse("");
    }

    private static void assertContains(String expected, String text) {
        assertTrue(text.contains(expected), text);
    }

    @Test
    void secretsOfANamespace_areNotSeenInAnother() {
        try (SecretsManager ours = open(team);
                SecretsManager theirs = open(other);
                SecretsManager inner = open(team + "/inner")) {
            ours.registerSecret(secret("ours"));
            for (SecretsManager stranger : List.of(theirs, inner)) {
                assertThrows(NoSuchSecretException.class, () -> stranger.getSecret(DB));
                assertThrows(NoSuchSecretException.class, () -> stranger.deleteSecret(DB));
                assertEquals(List.of(), stranger.getAllSecretKeys());
                stranger.deleteAllSecrets();
            }
            theirs.registerSecret(secret("theirs"));
            inner.registerSecret(secret("inner"));
            theirs.deleteAllSecrets();

            assertHolds(ours, "ours");
            assertHolds(inner, "inner");
            assertThrows(NoSuchSecretException.class, () -> theirs.getSecret(DB));
        }
        assertEquals(
                "ours",
                server().asRoot("GET", team + "/kv/data/coffer/global/db", null)
                        .body()
                        .at("/data/data/k")
                        .asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s/inner", "%s/inner/", "/%s/inner"})
    void namespace_isTheSameHoweverItIsWritten(String form) {
        try (SecretsManager manager = open(form.formatted(team));
                SecretsManager plain = open(team + "/inner")) {
            assertWorks(manager);
            assertEquals(plain.place(), manager.place());
        }
    }

    @Test
    void version1InANamespace_works() {
        mount(team, "kv1", 1);
        try (SecretsManager manager = open(team, Map.of("mount-point", "kv1", "kv-version", "1"))) {
            assertWorks(manager);
        }
        try (SecretsManager manager = open(team, Map.of("kv-version", "1"))) {
            assertContains("not the key-value engine in version 1", trouble(manager));
        }
    }

    @Test
    void logins_areThoseOfTheNamespace() {
        server().asRoot("PUT", team + "/sys/policies/acl/all", EVERYTHING);
        server().asRoot("POST", team + "/sys/auth/userpass", Map.of("type", "userpass"));
        server().asRoot("POST", team + "/auth/userpass/users/ada", Map.of("password", "pw", "token_policies", "all"));
        server().asRoot("POST", team + "/sys/auth/approle", Map.of("type", "approle"));
        server().asRoot("POST", team + "/auth/approle/role/app", Map.of("token_policies", "all", "token_ttl", "1h"));
        String role = server().asRoot("GET", team + "/auth/approle/role/app/role-id", null)
                .body()
                .at("/data/role_id")
                .asText();
        String id = server().asRoot("POST", team + "/auth/approle/role/app/secret-id", null)
                .body()
                .at("/data/secret_id")
                .asText();
        Map<String, String> ada = Map.of("auth", "userpass", "username", "ada", "password", "pw");
        for (Map<String, String> login : List.of(ada, Map.of("auth", "approle", "role-id", role, "secret-id", id))) {
            try (SecretsManager manager = open(team, login)) {
                assertWorks(manager);
            }
        }
        try (SecretsManager manager = open(other, ada)) {
            assertContains("the login was refused", trouble(manager));
            assertThrows(RemoteException.class, () -> manager.getSecret(DB));
        }
    }

    @Test
    void tokenOfAnotherNamespace_isNotAllowed() {
        server().asRoot("PUT", other + "/sys/policies/acl/all", EVERYTHING);
        String token = server().asRoot("POST", other + "/auth/token/create", Map.of("policies", List.of("all")))
                .body()
                .at("/auth/client_token")
                .asText();
        try (SecretsManager manager = open(other, Map.of("token", token))) {
            assertWorks(manager);
        }
        try (SecretsManager manager = open(team, Map.of("token", token))) {
            assertContains("the token has no right to anything in it", trouble(manager));
            assertThrows(RemoteException.class, () -> manager.registerSecret(secret("v")));
            assertThrows(RemoteException.class, manager::getAllSecretKeys);
        }
    }

    /** Its policies name what is below by the namespace's path. */
    @Test
    void tokenOfTheNamespaceAbove_isAllowedWhatItsPoliciesSay() {
        server().writePolicy(team, """
                path "%s/kv/*" { capabilities = ["create", "read", "update", "delete", "list"] }
                """.formatted(team));
        Map<String, String> token = Map.of("token", server().newToken(Duration.ofHours(1), team));
        try (SecretsManager manager = open(team, token)) {
            assertWorks(manager);
        }
        try (SecretsManager manager = open(other, token)) {
            assertThrows(RemoteException.class, () -> manager.registerSecret(secret("v")));
        }
    }

    @Test
    void namespaceThatThereIsNot_isToldApart() {
        Map<String, String> login = Map.of("auth", "userpass", "username", "ada", "password", "pw");
        for (Map<String, String> attributes : List.of(Map.<String, String>of(), login)) {
            try (SecretsManager manager = open("nowhere", attributes)) {
                assertContains("namespace not found", trouble(manager));
                assertContains("vault-namespace", trouble(manager));
                for (RemoteException e : List.of(
                        assertThrows(RemoteException.class, () -> manager.getSecret(DB)),
                        assertThrows(RemoteException.class, manager::getAllSecretKeys),
                        assertThrows(RemoteException.class, () -> manager.registerSecret(secret("v"))),
                        assertThrows(RemoteException.class, () -> manager.deleteSecret(DB)))) {
                    assertContains("namespace not found", e.getMessage());
                    assertContains("vault-namespace", e.hint().orElse(""));
                }
            }
        }
    }

    /** Nothing was done, and that is known. */
    @Test
    void lockedNamespace_isToldApart() {
        try (SecretsManager manager = open(team)) {
            manager.registerSecret(secret("v"));
            String key = server().asRoot("PUT", "sys/namespaces/api-lock/lock/" + team, null)
                    .body()
                    .at("/data/unlock_key")
                    .asText();

            assertContains("namespace has been locked", trouble(manager));
            RemoteException e = assertThrows(RemoteException.class, () -> manager.updateSecret(secret("w")));
            assertContains("namespace has been locked", e.getMessage());
            assertContains("unlock", e.hint().orElse(""));
            RemoteException written = assertThrows(RemoteException.class, () -> manager.registerSecret(secret("w")));
            assertContains("namespace has been locked", written.getMessage());
            assertFalse(written.getMessage().contains("not known"), written.getMessage());

            server().asRoot("PUT", "sys/namespaces/api-lock/unlock/" + team, Map.of("unlock_key", key));
            assertHolds(manager, "v");
        }
    }
}
