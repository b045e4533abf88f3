package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.flavor.TestTls;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's own client for Python reads what coffer wrote, and coffer reads what it and ZenML wrote. */
@Tag("servers")
class AzureInteroperabilityTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecretName DB = SecretName.of("db");
    private static final String TOKEN = "token-of-the-tests";

    private TestTls tls;
    private AzureServer vault;
    private AzureLoginServer login;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        vault = AzureServer.start(tls.serverContext());
        login = new AzureLoginServer(tls.serverContext());
        login.give(TOKEN);
        vault.require(TOKEN, login.address() + "/the-tenant");
    }

    @AfterEach
    void stop() {
        vault.close();
        login.close();
    }

    private SecretsManager open(String prefix) {
        return open(prefix, Map.of());
    }

    private SecretsManager open(String prefix, Map<String, String> more) {
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
                AzureLoginServer.SECRET,
                "scope",
                "none",
                "prefix",
                prefix));
        all.putAll(more);
        return new AzureBackend(Map.of()).create("here", all);
    }

    private static Path python() {
        String given = System.getProperty("coffer.python", "");
        Path checkout = Path.of(System.getProperty("coffer.checkout", ""));
        Path python = given.isEmpty() ? checkout.resolve("target/python/bin/python") : Path.of(given);
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException("there is no Python at " + python + "; README.md says how to make it");
        }
        return python;
    }

    private JsonNode python(String operation, Map<String, ?> arguments) throws IOException, InterruptedException {
        Path log = Files.createTempFile("coffer-azure-client", ".log");
        try {
            Process client = new ProcessBuilder(
                            python().toString(),
                            Path.of(System.getProperty("coffer.checkout", ""))
                                    .resolve("src/test/python/azure_client.py")
                                    .toString(),
                            vault.address().toString(),
                            tls.authority().toString(),
                            TOKEN,
                            operation)
                    .redirectError(log.toFile())
                    .start();
            client.getOutputStream().write(JSON.writeValueAsBytes(arguments));
            client.getOutputStream().close();
            byte[] answer = client.getInputStream().readAllBytes();
            if (client.waitFor() != 0) {
                throw new AssertionError(operation + ": " + Files.readString(log, UTF_8));
            }
            return JSON.readTree(answer);
        } finally {
            Files.delete(log);
        }
    }

    private static Secret typed(String user) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of(user));
        content.put("password", SecretValue.of("p\u00e9\n"));
        return Secret.of(DB, "basic_auth", content);
    }

    @Test
    void python_readsWhatCofferWrote() throws Exception {
        try (SecretsManager manager = open("")) {
            manager.registerSecret(typed("old"));
            manager.updateSecret(typed("ada"));
        }
        JsonNode read = python("get", Map.of("name", "db"));
        assertEquals(
                JSON.readTree("{\"username\":\"ada\",\"password\":\"p\\u00e9\\n\"}"),
                JSON.readTree(read.path("value").asText()));
        assertEquals("application/json", read.path("content_type").asText());
        assertEquals("true", read.path("tags").path("coffer:owned").asText());
        assertEquals("basic_auth", read.path("tags").path("coffer:schema").asText());
        JsonNode versions = python("versions", Map.of("name", "db"));
        assertEquals(2, versions.size());
        assertTrue(versions.findValuesAsText("version")
                .contains(read.path("tags").path("coffer:base").asText()));
    }

    @Test
    void whatPythonWrote_isRead_andChangedOnceItIsAdopted() throws Exception {
        python("set", Map.of("name", "Db", "value", "{\"n\":3.10}", "tags", Map.of("team", "a")));
        python("set", Map.of("name", "ConnectionStrings--Default", "value", "Server=x;Password=y"));
        SecretName connection = SecretName.of("connectionstrings--default");
        try (SecretsManager manager = open("")) {
            assertEquals(List.of(connection, DB), manager.getAllSecretKeys());
            try (Secret found = manager.getSecret(connection)) {
                assertEquals("Server=x;Password=y", found.value("value").revealText());
            }
            try (Secret found = manager.getSecret(DB)) {
                assertEquals("3.10", found.value("n").revealText());
            }
            assertThrows(ConflictException.class, () -> manager.updateSecret(typed("ada")));
            ((Owned) manager).adopt(DB);
            assertEquals(
                    "{\"n\":3.10}",
                    python("get", Map.of("name", "db")).path("value").asText());
            manager.updateSecret(typed("ada"));
        }
        JsonNode read = python("get", Map.of("name", "db"));
        assertEquals(
                "ada",
                JSON.readTree(read.path("value").asText()).path("username").asText());
        assertEquals("a", read.path("tags").path("team").asText(), "tags of others are kept");
    }

    @Test
    void deletion_isOneThatPythonCanUndo_andTheOtherWayRound() throws Exception {
        try (SecretsManager manager = open("")) {
            manager.registerSecret(typed("ada"));
            manager.deleteSecret(DB);
            python("recover", Map.of("name", "db"));
            manager.getSecret(DB).close();
            assertFalse(python("delete", Map.of("name", "db"))
                    .path("recovery_id")
                    .asText("")
                    .isEmpty());
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
            ((Recoverable) manager).recoverSecret(DB);
            manager.getSecret(DB).close();
        }
    }

    /** As ZenML's Azure secrets manager of scope namespace wrote it, prefix and tags included. */
    @Test
    void secretOfZenml_isReadWithItsType_andAdopted() throws Exception {
        Map<String, String> tags = Map.of(
                "zenml_scope", "namespace",
                "zenml_namespace", "ns",
                "zenml_secret_name", "s3",
                "zenml_secret_schema", "aws",
                "zenml_component_name", "vault",
                "zenml_component_uuid", "6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1");
        String value = "{\"aws_access_key_id\":\"id\",\"aws_secret_access_key\":\"k\",\"zenml_schema_name\":\"aws\"}";
        python("set", Map.of("name", "zenml-namespace-ns-s3", "value", value, "tags", tags));
        SecretName name = SecretName.of("s3");
        try (SecretsManager zenml = open("zenml-namespace-ns-")) {
            assertEquals(
                    List.of("aws"),
                    zenml.listSecrets().stream().map(SecretSummary::schemaType).toList());
            assertReads(zenml, name);
            assertThrows(ConflictException.class, () -> zenml.deleteSecret(name));
            ((Owned) zenml).adopt(name);
            assertReads(zenml, name);
            assertEquals(
                    value,
                    python("get", Map.of("name", "zenml-namespace-ns-s3"))
                            .path("value")
                            .asText());
            Secret wider = Secret.of(name, Map.of("other", SecretValue.of("x")));
            zenml.updateSecret(wider);
            try (Secret found = zenml.getSecret(name)) {
                assertTrue(found.sameContentAs(wider), "the type of ZenML is gone");
            }
        }
    }

    /** As ZenML wrote without a scope: a secret for each key, and its tags in a second call. */
    @Test
    void keysOfZenml_areReadAsOneSecret_andStayAsTheyAre() throws Exception {
        Map<String, String> content = Map.of("aws_access_key_id", "id", "aws_secret_access_key", "k\n");
        for (Map.Entry<String, String> entry : content.entrySet()) {
            byte[] base64 = Base64.getEncoder().encode(("My-s3-" + entry.getKey()).getBytes(UTF_8));
            String name = "zenml-" + HexFormat.of().formatHex(base64);
            JsonNode set = python("set", Map.of("name", name, "value", entry.getValue()));
            Map<String, String> tags = Map.of(
                    "zenml-group-key", "My-s3",
                    "zenml-key-name", entry.getKey(),
                    "zenml-schema-name", "aws");
            python("tag", Map.of("name", name, "version", set.path("version").asText(), "tags", tags));
        }
        JsonNode before = python("list", Map.of());
        SecretName name = SecretName.of("My-s3");
        try (SecretsManager zenml = open("", Map.of("layout", "per-key"))) {
            assertEquals(List.of(name), zenml.getAllSecretKeys());
            assertReads(zenml, name);
            try (Secret found = zenml.getSecret(name)) {
                assertEquals("k\n", found.value("aws_secret_access_key").revealText());
            }
            assertThrows(UnsupportedByFlavorException.class, () -> zenml.deleteSecret(name));
        }
        assertEquals(before, python("list", Map.of()));
    }

    private static void assertReads(SecretsManager zenml, SecretName name) {
        try (Secret found = zenml.getSecret(name)) {
            assertEquals("aws", found.schemaType());
            assertEquals(
                    new TreeSet<>(List.of("aws_access_key_id", "aws_secret_access_key")),
                    new TreeSet<>(found.content().keySet()));
        }
    }
}
