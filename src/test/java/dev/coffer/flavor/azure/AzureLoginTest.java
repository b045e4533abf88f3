package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.TestTls;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS the vault asks who comes, and an application logs in with its secret. */
class AzureLoginTest {
    private static final SecretName DB = SecretName.of("db");

    private final AzureBackend backend = new AzureBackend(Map.of());
    private TestTls tls;
    private AzureServer vault;
    private AzureLoginServer login;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        vault = AzureServer.start(tls.serverContext());
        login = new AzureLoginServer(tls.serverContext());
        vault.require("token-1", login.address() + "/the-tenant");
    }

    @AfterEach
    void stop() {
        vault.close();
        login.close();
    }

    private SecretsManager open(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "vault-url",
                vault.address().toString(),
                "authority-host",
                login.address(),
                "ca-file",
                tls.authority().toString(),
                "tenant-id",
                "the-tenant",
                "client-id",
                "the-client",
                "client-secret",
                AzureLoginServer.SECRET));
        all.putAll(more);
        return backend.create("here", all);
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private static RemoteException assertTold(SecretsManager manager, String sentence) {
        RemoteException e = (RemoteException) manager.check().orElseThrow();
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
        assertEquals(
                withoutRequest(e),
                withoutRequest(assertThrows(RemoteException.class, () -> manager.registerSecret(secret("canary"))))
                        .replaceFirst("to .*?:", "to check:"));
        String chain = e + "" + e.getCause() + Arrays.toString(e.getSuppressed());
        assertFalse(chain.contains(AzureLoginServer.SECRET) || chain.contains("wrong-secret"), chain);
        return e;
    }

    private static String withoutRequest(RemoteException e) {
        return e.getMessage().replaceFirst(", request [0-9a-f-]{36}$", "");
    }

    @Test
    void applicationWithItsSecret_logsInOnce() {
        try (SecretsManager manager = open(Map.of())) {
            manager.registerSecret(secret("v"));
            assertEquals(3 + 1, vault.handled(), "the first request asks where to log in");
            manager.updateSecret(secret("w"));
            assertEquals(3 + 1 + 3, vault.handled());
            try (Secret found = manager.getSecret(DB)) {
                assertEquals("w", found.value("k").revealText());
            }
            assertEquals(Optional.empty(), manager.check());
            assertEquals(1, login.requests().size(), login.requests().toString());
        }
    }

    @Test
    void tokenThatIsTakenBack_isRenewed() {
        try (SecretsManager manager = open(Map.of())) {
            manager.registerSecret(secret("v"));
            vault.require("token-2", login.address() + "/the-tenant");
            login.give("token-2");
            manager.updateSecret(secret("w"));
            assertEquals(2, login.requests().size(), login.requests().toString());
            vault.require("nobody-has-it", login.address() + "/the-tenant");
            RemoteException e = assertTold(manager, "not authenticated: the vault wants a login");
            assertTrue(e.getMessage().contains(", request "), e.getMessage());
        }
    }

    @Test
    void wrongSecret_isToldApart() {
        try (SecretsManager manager = open(Map.of("client-secret", "wrong-secret"))) {
            RemoteException e = assertTold(manager, "not authenticated: Azure gives no token");
            assertTrue(e.hint().orElse("").contains("client-secret"), e.hint().toString());
            assertEquals(List.of(), vault.names());
        }
    }

    @Test
    void loginThatIsNotThere_isToldApart() {
        login.close();
        try (SecretsManager manager = open(Map.of())) {
            assertTold(manager, "the login of Azure: it cannot be reached");
        }
    }

    /** Whatever the usual places of Azure hold on this machine, it is no token of this vault. */
    @Test
    void noLoginAnywhere_isToldApart() {
        Map<String, String> attributes = Map.of(
                "vault-url",
                vault.address().toString(),
                "ca-file",
                tls.authority().toString());
        try (SecretsManager manager = backend.create("here", attributes)) {
            RemoteException e = assertTold(manager, "not authenticated");
            assertTrue(e.hint().orElse("").contains("az login"), e.hint().toString());
            assertEquals(List.of(), vault.names());
        }
    }

    @Test
    void certificateThatIsNotTrusted_isToldApart() {
        try (SecretsManager manager =
                backend.create("here", Map.of("vault-url", vault.address().toString()))) {
            assertTold(manager, "certificate is not trusted");
            assertEquals(0, vault.handled());
        }
    }
}
