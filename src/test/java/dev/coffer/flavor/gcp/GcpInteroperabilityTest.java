package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Google's own client for Python reads what coffer wrote, and coffer reads what it and ZenML wrote, in both layouts. Both speak
 * to a server of the tests: that Google's own client does, too, says something of that server.
 */
@Tag("servers")
class GcpInteroperabilityTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String PASSWORD = "p\u00e9\r\n\ud83d\udd11 \"";

    private final GcpBackend backend = new GcpBackend(Map.of("scope", "none"));
    private final String parent = "projects/" + backend.project();

    private static Secret typed(String user) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of(user));
        content.put("password", SecretValue.of(PASSWORD));
        return Secret.of(DB, "basic_auth", content);
    }

    private static Map<String, String> read(SecretsManager manager, SecretName name) {
        Map<String, String> found = new LinkedHashMap<>();
        try (Secret secret = manager.getSecret(name)) {
            secret.content().forEach((key, value) -> found.put(key, value.revealText()));
        }
        return found;
    }

    private String name(String id) {
        return parent + "/secrets/" + id;
    }

    private String accessed(String id) {
        JsonNode answer = GcpPython.call("access_secret_version", Map.of("name", name(id) + "/versions/latest"));
        return new String(Base64.getDecoder().decode(answer.at("/payload/data").asText()), UTF_8);
    }

    private JsonNode described(String id) {
        return GcpPython.call("get_secret", Map.of("name", name(id)));
    }

    private void create(String id, Map<String, String> labels, String value) {
        GcpPython.call(
                "create_secret",
                Map.of(
                        "parent",
                        parent,
                        "secretId",
                        id,
                        "secret",
                        Map.of("labels", labels, "replication", Map.of("automatic", Map.of()))));
        add(id, value);
    }

    private void add(String id, String value) {
        GcpPython.call(
                "add_secret_version", Map.of("parent", name(id), "payload", Map.of("data", value.getBytes(UTF_8))));
    }

    private List<String> listed() {
        return GcpPython.call("list_secrets", Map.of("parent", parent, "pageSize", 1))
                .valueStream()
                .map(secret -> secret.path("name").asText().replace(parent + "/secrets/", ""))
                .toList();
    }

    @Test
    void object_isReadByPython_withItsOldVersionsDisabled() throws Exception {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(typed("old"));
            manager.updateSecret(typed("ada"));
            manager.registerSecret(Secret.of(SecretName.of("prod/db"), Map.of("k", SecretValue.of("v"))));
        }
        JsonNode value = new ObjectMapper().readTree(accessed("db"));
        assertEquals("ada", value.path("username").asText());
        assertEquals(PASSWORD, value.path("password").asText());
        assertEquals(
                "basic_auth", described("db").at("/annotations/coffer-schema").asText());
        assertEquals(List.of("db", "prod_2fdb"), listed());
        assertEquals(
                List.of("ENABLED", "DISABLED"),
                GcpPython.call("list_secret_versions", Map.of("parent", name("db")))
                        .valueStream()
                        .map(version -> state(version.path("state")))
                        .toList());
    }

    /** By its number in the client's JSON. */
    private static String state(JsonNode state) {
        return state.isNumber()
                ? String.valueOf(com.google.cloud.secretmanager.v1.SecretVersion.State.forNumber(state.asInt()))
                : state.asText();
    }

    @Test
    void object_ofPython_isReadAdoptedAndWrittenOver() {
        create("s3", Map.of("zenml_scope", "none"), "{\"id\": \"a\", \"port\": 3.10, \"zenml_schema_name\": \"aws\"}");
        SecretName name = SecretName.of("s3");
        try (SecretsManager manager = backend.open()) {
            assertEquals(Map.of("id", "a", "port", "3.10"), read(manager, name));
            assertEquals(
                    List.of("aws"),
                    manager.listSecrets().stream()
                            .map(SecretSummary::schemaType)
                            .toList());
            assertThrows(ConflictException.class, () -> manager.deleteSecret(name));
            ((Owned) manager).adopt(name);
            assertEquals("none", described("s3").at("/labels/zenml_scope").asText());
            manager.updateSecret(Secret.of(name, Map.of("id", SecretValue.of("b"))));
            assertTrue(accessed("s3").contains("\"id\":\"b\""));
            add("s3", "{\"id\": \"c\"}");
            assertEquals(Map.of("id", "c"), read(manager, name));
            assertTrue(manager.updateSecret(Secret.of(name, Map.of("id", SecretValue.of("b"))))
                    .changed());
            manager.deleteSecret(name);
        }
        assertEquals(List.of(), listed());
    }

    @Test
    void keys_areReadByPython_asTheyAre() {
        try (SecretsManager manager = backend.open("here", Map.of("layout", "per-key"))) {
            manager.registerSecret(typed("ada"));
            assertEquals(List.of("db_password", "db_username"), listed());
            assertEquals("ada", accessed("db_username"));
            assertEquals(PASSWORD, accessed("db_password"));
            JsonNode labels = described("db_username").path("labels");
            assertEquals("db", labels.path("zenml-group-key").asText());
            assertEquals("basic_auth", labels.path("zenml-schema-name").asText());
            add("db_username", "eve");
            assertEquals("eve", read(manager, DB).get("username"));
            GcpPython.call("delete_secret", Map.of("name", name("db_username")));
            assertEquals(Map.of("password", PASSWORD), read(manager, DB));
        }
    }

    /** As ZenML's manager wrote them. */
    @Test
    void keys_ofPython_areReadAdoptedAndChanged() {
        Map<String, String> labels = Map.of("zenml-group-key", "my_db", "zenml-schema-name", "basic_auth");
        create("my_db_username", labels, "ada");
        create("my_db_password", labels, PASSWORD);
        SecretName name = SecretName.of("my_db");
        try (SecretsManager manager = backend.open("here", Map.of("layout", "per-key"))) {
            assertEquals(List.of(name), manager.getAllSecretKeys());
            assertEquals(Map.of("username", "ada", "password", PASSWORD), read(manager, name));
            assertThrows(ConflictException.class, () -> manager.deleteSecret(name));
            ((Owned) manager).adopt(name);
            manager.mergeSecret(
                    name, new SecretPatch(Map.of("username", SecretValue.of("eve")), Set.of(), Optional.empty()));
            assertEquals("eve", accessed("my_db_username"));
            assertEquals(PASSWORD, accessed("my_db_password"));
            manager.deleteSecret(name);
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(name));
        }
        assertEquals(List.of(), listed());
    }
}
