package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** AWS's own client for Python reads what coffer wrote, and coffer reads what it and ZenML wrote. */
@Tag("servers")
class AwsInteroperabilityTest {
    private static final SecretName DB = SecretName.of("db");

    private final AwsBackend backend = new AwsBackend(Map.of("scope", "none"));
    private final SecretsManager manager = backend.open();

    @AfterEach
    void close() {
        manager.close();
    }

    private static Secret typed(String user) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of(user));
        content.put("password", SecretValue.of("p\u00e9\n"));
        return Secret.of(DB, "basic_auth", content);
    }

    private void plant(String name, String value) {
        backend.boto("create_secret", Map.of("Name", name, "SecretString", value));
    }

    @Test
    void boto_readsWhatCofferWrote() throws Exception {
        manager.registerSecret(typed("old"));
        manager.updateSecret(typed("ada"));
        JsonNode value = backend.boto( // of itself moto shows the version that was current before a label was moved
                "get_secret_value", Map.of("SecretId", "team/db", "VersionStage", "AWSCURRENT"));
        assertEquals(
                new ObjectMapper().readTree("{\"username\":\"ada\",\"password\":\"p\\u00e9\\n\"}"),
                new ObjectMapper().readTree(value.path("SecretString").asText()));
        JsonNode description = backend.boto("describe_secret", Map.of("SecretId", "team/db"));
        assertEquals(
                Map.of("coffer:owned", "true", "coffer:schema", "basic_auth"),
                AwsDescription.tags(description
                        .path("Tags")
                        .valueStream()
                        .map(tag -> software.amazon.awssdk.services.secretsmanager.model.Tag.builder()
                                .key(tag.path("Key").asText())
                                .value(tag.path("Value").asText())
                                .build())
                        .toList()));
    }

    @Test
    void change_byBoto_isReadAndWrittenOver() {
        manager.registerSecret(typed("old"));
        backend.boto("put_secret_value", Map.of("SecretId", "team/db", "SecretString", "{\"n\":3.10}"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("3.10", found.value("n").revealText());
        }
        assertTrue(manager.updateSecret(typed("new")).changed());
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("new", found.value("username").revealText());
        }
    }

    @Test
    void deletion_isOneThatBotoCanUndo() {
        manager.registerSecret(typed("ada"));
        manager.deleteSecret(DB);
        assertFalse(backend.boto("describe_secret", Map.of("SecretId", "team/db"))
                .path("DeletedDate")
                .asText("")
                .isEmpty());
        backend.boto("restore_secret", Map.of("SecretId", "team/db"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("ada", found.value("username").revealText());
        }
    }

    /** As ZenML's AWS secrets manager of scope namespace wrote it, prefix and tags included. */
    @Test
    void secretOfZenml_isReadWithItsType_andAdopted() {
        backend.boto(
                "create_secret",
                Map.of(
                        "Name",
                        "zenml/namespace/ns/s3",
                        "SecretString",
                        "{\"aws_access_key_id\":\"id\",\"aws_secret_access_key\":\"k\",\"zenml_schema_name\":\"aws\"}",
                        "Tags",
                        List.of(
                                Map.of("Key", "zenml_scope", "Value", "namespace"),
                                Map.of("Key", "zenml_namespace", "Value", "ns"),
                                Map.of("Key", "zenml_secret_name", "Value", "s3"),
                                Map.of("Key", "zenml_secret_schema", "Value", "aws"))));
        SecretName name = SecretName.of("s3");
        try (SecretsManager zenml = backend.open("here", Map.of("scope", "none", "prefix", "zenml/namespace/ns/"))) {
            assertEquals(List.of(name), zenml.getAllSecretKeys());
            assertEquals(
                    List.of("aws"),
                    zenml.listSecrets().stream().map(SecretSummary::schemaType).toList());
            assertReads(zenml, name);
            assertThrows(ConflictException.class, () -> zenml.deleteSecret(name));
            ((Owned) zenml).adopt(name);
            assertReads(zenml, name);
            assertTrue(backend.boto("get_secret_value", Map.of("SecretId", "zenml/namespace/ns/s3"))
                    .path("SecretString")
                    .asText()
                    .contains("zenml_schema_name"));
            Secret wider = Secret.of(name, Map.of("other", SecretValue.of("x")));
            zenml.updateSecret(wider);
            try (Secret found = zenml.getSecret(name)) {
                assertTrue(found.sameContentAs(wider), "the type of ZenML is gone");
            }
        }
    }

    private static void assertReads(SecretsManager zenml, SecretName name) {
        try (Secret found = zenml.getSecret(name)) {
            assertEquals("aws", found.schemaType());
            assertEquals(
                    List.of("aws_access_key_id", "aws_secret_access_key"),
                    List.copyOf(found.content().keySet()));
        }
    }

    @Test
    void valueWithoutKeys_isToldAsSuch_andItsNameIsTaken() {
        plant("team/db", "just-a-password");
        InvalidException e = assertThrows(InvalidException.class, () -> manager.getSecret(DB));
        assertFalse(e.toString().contains("just-a-password"), e.toString());
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(typed("ada")));
        assertThrows(ConflictException.class, () -> manager.updateSecret(typed("ada")));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @Test
    void secretWithoutValue_isToldAsSuch() {
        backend.boto("create_secret", Map.of("Name", "team/db"));
        InvalidException e = assertThrows(InvalidException.class, () -> manager.getSecret(DB));
        assertTrue(e.getMessage().contains("has no value"), e.getMessage());
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(typed("ada")));
    }

    @Test
    void secretsOfOtherPrefixesAndScopes_areNotSeen() {
        plant("teamwork/db", "{}");
        plant("team/coffer/global/db", "{}");
        plant("team/a+b", "{}");
        assertEquals(List.of(), manager.getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
    }
}
