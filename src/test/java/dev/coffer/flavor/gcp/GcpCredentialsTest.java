package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials in a file: a person's, and a service account's. */
class GcpCredentialsTest {
    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of());
    private final GcpTokens tokens = new GcpTokens();

    @TempDir
    Path folder;

    @AfterEach
    void tearDown() {
        tokens.close();
    }

    /** As gcloud writes it. */
    static String user(String tokens) {
        return GcpPayload.object()
                .put("type", "authorized_user")
                .put("client_id", "client")
                .put("client_secret", "canary-of-the-file")
                .put("refresh_token", "canary-of-the-file")
                .put("token_uri", tokens)
                .toString();
    }

    private static String serviceAccount(String tokens) throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2_048);
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return GcpPayload.object()
                .put("type", "service_account")
                .put("project_id", "p")
                .put("private_key_id", "id")
                .put("private_key", pem)
                .put("client_email", "coffer@p.iam.gserviceaccount.com")
                .put("client_id", "1")
                .put("token_uri", tokens)
                .toString();
    }

    private SecretsManager open(String credentials) throws IOException {
        Path file = Files.writeString(folder.resolve("credentials.json"), credentials);
        return backend.open("here", Map.of("credentials-file", file.toString()));
    }

    @Test
    void token_ofAPerson_isSent() throws Exception {
        server.require(backend.project(), "token-1");
        try (SecretsManager manager = open(user(tokens.address()))) {
            assertEquals(List.of(), manager.getAllSecretKeys());
        }
    }

    @Test
    void token_ofAServiceAccount_isSent() throws Exception {
        server.require(backend.project(), "token-1");
        try (SecretsManager manager = open(serviceAccount(tokens.address()))) {
            assertEquals(List.of(), manager.getAllSecretKeys());
        }
    }

    @Test
    void token_thatIsRefusedMidRun_isGotAnew() throws Exception {
        server.require(backend.project(), "token-1");
        try (SecretsManager manager = open(user(tokens.address()))) {
            assertEquals(List.of(), manager.getAllSecretKeys());
            server.require(backend.project(), "token-2");
            assertEquals(List.of(), manager.getAllSecretKeys());
            server.require(backend.project(), "none");
            RemoteException e = assertThrows(RemoteException.class, manager::getAllSecretKeys);
            assertTrue(e.getMessage().contains("not authenticated"), e.getMessage());
        }
    }

    @Test
    void login_thatIsRefused_isToldWithoutWhatTheServerSaid() throws Exception {
        tokens.refuse();
        try (SecretsManager manager = open(user(tokens.address()))) {
            RemoteException e = assertThrows(RemoteException.class, manager::getAllSecretKeys);
            assertTrue(e.getMessage().contains("not authenticated"), e.getMessage());
            assertEquals(null, e.getCause());
            assertFalse((e + e.hint().orElse("")).contains("canary"), e.toString());
        }
    }

    @Test
    void file_thatHoldsSomethingElse_isToldWithoutWhatItHolds() throws Exception {
        for (String content : List.of("canary-of-the-file", "{\"type\":\"canary-of-the-file\"}", "{}", "")) {
            try (SecretsManager manager = open(content)) {
                StoreFileException e = assertThrows(StoreFileException.class, manager::getAllSecretKeys);
                assertEquals(null, e.getCause());
                assertFalse(e.toString().contains("canary"), e.toString());
            }
        }
        try (SecretsManager manager = backend.open("here", Map.of("credentials-file", "/no/such/file"))) {
            assertThrows(StoreFileException.class, manager::getAllSecretKeys);
            assertEquals(StoreFileException.class, manager.check().orElseThrow().getClass());
        }
    }
}
