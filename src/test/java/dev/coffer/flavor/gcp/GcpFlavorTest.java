package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.secretmanager.v1.SecretVersion.State;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to Secret Manager: its shapes, its versions, and what other tools keep there. */
class GcpFlavorTest {
    private static final SecretName DB = SecretName.of("db");

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "none"));
    private final String project = backend.project();

    private SecretsManager open(String... attributes) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            all.put(attributes[i], attributes[i + 1]);
        }
        return backend.open("here", all);
    }

    private static Secret secret(String... keysAndValues) {
        return typed(Secret.ARBITRARY, keysAndValues);
    }

    private static Secret typed(String type, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, type, content);
    }

    private static Map<String, String> read(SecretsManager manager, SecretName name) {
        Map<String, String> found = new LinkedHashMap<>();
        try (Secret secret = manager.getSecret(name)) {
            secret.content().forEach((key, value) -> found.put(key, value.revealText()));
        }
        return found;
    }

    private static String type(SecretsManager manager, SecretName name) {
        try (Secret secret = manager.getSecret(name)) {
            return secret.schemaType();
        }
    }

    // Shapes

    @Test
    void value_isAnObjectOfTheKeys_andTheMarkIsALabel() throws Exception {
        try (SecretsManager manager = open()) {
            manager.registerSecret(typed("basic_auth", "username", "ada", "password", "p"));
        }
        var value = GcpPayload.json().readTree(server.value(project, "db", 1));
        assertEquals("ada", value.path("username").asText());
        assertEquals("basic_auth", value.at("/coffer_metadata/schema").asText());
        assertEquals(
                Set.of("coffer"), server.secret(project, "db").getLabelsMap().keySet());
        assertEquals(
                Set.of("coffer-name", "coffer-schema", "coffer-created", "coffer-updated"),
                server.secret(project, "db").getAnnotationsMap().keySet());
        assertTrue(server.secret(project, "db").getReplication().hasAutomatic());
    }

    @Test
    void keyThatLooksLikeTheMetadata_comesBack() {
        try (SecretsManager manager = open()) {
            manager.registerSecret(secret("coffer_metadata", "1", "coffer_metadata_", "2", "zenml_schema_name", "3"));
            assertEquals(
                    Map.of("coffer_metadata", "1", "coffer_metadata_", "2", "zenml_schema_name", "3"),
                    read(manager, DB));
        }
    }

    @Test
    void location_isWhereTheValueIsKept() {
        try (SecretsManager manager = open("location", "europe-west3,europe-west4")) {
            manager.registerSecret(secret("k", "v"));
        }
        assertEquals(
                List.of("europe-west3", "europe-west4"),
                server.secret(project, "db").getReplication().getUserManaged().getReplicasList().stream()
                        .map(replica -> replica.getLocation())
                        .toList());
    }

    @Test
    void prefix_isBeforeAll_andNobodyElsesSecretsAreTouched() {
        try (SecretsManager prefixed = open("prefix", "team-", "scope", "global");
                SecretsManager all = open()) {
            prefixed.registerSecret(secret("k", "v"));
            assertEquals(List.of("team-coffer-global-db"), server.ids(project));
            assertEquals(List.of(DB), prefixed.getAllSecretKeys());
            SecretName seen = SecretName.of("team-coffer-global-db");
            assertEquals(List.of(seen), all.getAllSecretKeys());
            assertFalse(((Owned) all).isOwned(seen));
            assertThrows(ConflictException.class, () -> all.deleteSecret(seen));
            all.deleteAllSecrets();
            assertEquals(List.of(DB), prefixed.getAllSecretKeys());
        }
    }

    @Test
    void listing_hasAllPages() {
        server.limitPages(project, 2);
        for (String layout : List.of("json", "per-key")) {
            try (SecretsManager manager = open("scope", "global", "layout", layout)) {
                for (int i = 0; i < 7; i++) {
                    manager.registerSecret(Secret.of(SecretName.of("s" + i), Map.of("k", SecretValue.of("v"))));
                }
                assertEquals(7, manager.getAllSecretKeys().size());
                manager.deleteAllSecrets();
                assertEquals(List.of(), manager.getAllSecretKeys());
            }
        }
    }

    @Test
    void largestValue_isKept_andALargerOneRefusedBeforeAnyCall() {
        try (SecretsManager manager = open();
                SecretsManager keys = open("layout", "per-key", "scope", "global");
                SecretsManager nowhere = backend.open("here", Map.of("endpoint", "http://127.0.0.1:1"))) {
            int most = GcpPayload.MAX_BYTES - 200;
            manager.registerSecret(secret("k", "x".repeat(most)));
            assertEquals(Map.of("k", "x".repeat(most)), read(manager, DB));
            Secret tooLarge = secret("k", "x".repeat(GcpPayload.MAX_BYTES));
            assertThrows(InvalidException.class, () -> nowhere.registerSecret(tooLarge));
            assertThrows(InvalidException.class, () -> manager.updateSecret(tooLarge));
            keys.registerSecret(tooLarge);
            assertThrows(
                    InvalidException.class, () -> keys.updateSecret(secret("k", "x".repeat(GcpPayload.MAX_BYTES + 1))));
        }
    }

    // Versions

    @ParameterizedTest
    @CsvSource({"keep,ENABLED", "disable,DISABLED", "destroy,DESTROYED"})
    void oldVersions_areTreatedAsTold(String policy, State expected) {
        for (String layout : List.of("json", "per-key")) {
            String id = layout.equals("json") ? "coffer-global-db" : "coffer-global-db_k";
            try (SecretsManager manager = open("old-versions", policy, "layout", layout, "scope", "global")) {
                manager.registerSecret(secret("k", "1"));
                manager.updateSecret(secret("k", "2"));
                assertEquals(List.of(expected, State.ENABLED), server.states(project, id));
                assertEquals(Map.of("k", "2"), read(manager, DB));
            }
        }
    }

    @Test
    void oldVersion_thatCannotBeRetired_isSaid_andTheNewOneIsThere() {
        try (SecretsManager manager = open()) {
            manager.registerSecret(secret("k", "1"));
            server.deny(project, "secretmanager.versions.disable");
            RemoteException e = assertThrows(RemoteException.class, () -> manager.updateSecret(secret("k", "2")));
            assertTrue(e.getMessage().contains("was written as version 2"), e.getMessage());
            assertTrue(e.getMessage().contains("secretmanager.versions.disable"), e.getMessage());
            assertEquals(Map.of("k", "2"), read(manager, DB));
        }
    }

    @Test
    void latestVersion_thatWasDisabled_isAnError_andOneThatWasDestroyedIsSteppedOver() {
        try (SecretsManager manager = open("old-versions", "keep")) {
            manager.registerSecret(secret("k", "1"));
            manager.updateSecret(secret("k", "2"));
            server.set(project, "db", 2, State.DISABLED);
            RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(DB));
            assertTrue(e.getMessage().contains("disabled"), e.getMessage());
            assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("k", "3")));
            assertEquals(List.of(DB), manager.getAllSecretKeys());
            server.set(project, "db", 2, State.DESTROYED);
            assertEquals(Map.of("k", "1"), read(manager, DB));
            manager.updateSecret(secret("k", "3"));
            assertEquals(Map.of("k", "3"), read(manager, DB));
        }
    }

    @Test
    void secretWhoseVersionsAreAllDestroyed_isNotThere_andCanBeRegistered() {
        try (SecretsManager manager = open()) {
            manager.registerSecret(secret("k", "1"));
            server.set(project, "db", 1, State.DESTROYED);
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
            assertThrows(NoSuchSecretException.class, () -> manager.updateSecret(secret("k", "2")));
            manager.registerSecret(secret("k", "2"));
            assertEquals(Map.of("k", "2"), read(manager, DB));
        }
    }

    @Test
    void versionThatIsEnabled_butWhoseKeyIsNot_isNotGone() {
        for (String layout : List.of("json", "per-key")) {
            String id = layout.equals("json") ? "db" : "db_k";
            try (SecretsManager manager = open("layout", layout, "old-versions", "keep")) {
                manager.registerSecret(secret("k", "1"));
                manager.updateSecret(secret("k", "2"));
                server.lock(project, id, true);
                for (Executable operation : List.<Executable>of(
                        () -> manager.getSecret(DB), () -> manager.updateSecret(secret("k", "3")))) {
                    RemoteException e = assertThrows(RemoteException.class, operation);
                    assertTrue(e.getMessage().contains("enabled, and yet cannot be read"), e.getMessage());
                    assertTrue(e.hint().orElse("").contains("Cloud KMS"), e.toString());
                }
                assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("k", "4")));
                assertEquals(List.of(DB), manager.getAllSecretKeys());
                assertEquals(List.of(DB), listed(manager));
                server.lock(project, id, false);
                assertEquals(Map.of("k", "2"), read(manager, DB));
                manager.deleteSecret(DB);
            }
        }
    }

    // Listing

    private static List<SecretName> listed(SecretsManager manager) {
        return manager.listSecrets().stream().map(SecretSummary::name).toList();
    }

    private static Map<SecretName, String> types(SecretsManager manager) {
        Map<SecretName, String> types = new LinkedHashMap<>();
        manager.listSecrets().forEach(summary -> types.put(summary.name(), summary.schemaType()));
        return types;
    }

    @Test
    void listing_readsNoValueOfCoffers_andTellsTheirTypes() {
        for (String layout : List.of("json", "per-key")) {
            try (SecretsManager manager = open("layout", layout)) {
                manager.registerSecret(typed("basic_auth", "username", "ada", "password", "p"));
                manager.registerSecret(Secret.of(SecretName.of("a"), Map.of("k", SecretValue.of("v"))));
                server.deny(project, "secretmanager.versions.access");
                Map<SecretName, String> types = new LinkedHashMap<>();
                types.put(SecretName.of("a"), Secret.ARBITRARY);
                types.put(DB, "basic_auth");
                assertEquals(types, types(manager));
                server.deny(project, null);
                manager.updateSecret(secret("k", "v"));
                assertEquals(Secret.ARBITRARY, types(manager).get(DB));
                manager.deleteAllSecrets();
            }
        }
    }

    @Test
    void listing_goesOn_whereSomebodyElsesSecretMayNotBeRead() {
        server.plant(project, "closed", Map.of(), "{\"k\":\"theirs\"}");
        server.plant(project, "open", Map.of(), "{\"k\":\"theirs\",\"zenml_schema_name\":\"aws\"}");
        server.plant(project, "locked", Map.of(), "{\"k\":\"theirs\"}");
        server.close(project, "closed");
        server.lock(project, "locked", true);
        try (SecretsManager manager = open()) {
            manager.registerSecret(secret("k", "v"));
            List<SecretName> names =
                    List.of(SecretName.of("closed"), DB, SecretName.of("locked"), SecretName.of("open"));
            assertEquals(names, manager.getAllSecretKeys());
            assertEquals(names, listed(manager));
            assertEquals("aws", types(manager).get(SecretName.of("open")));
            assertThrows(RemoteException.class, () -> manager.getSecret(SecretName.of("closed")));
        }
    }

    @Test
    void listing_goesOn_whereSomebodyElsesKeyMayNotBeRead() {
        server.plant(project, "my_db_k", Map.of("zenml-group-key", "my_db"), "theirs");
        server.close(project, "my_db_k");
        try (SecretsManager manager = open("layout", "per-key")) {
            manager.registerSecret(secret("k", "v"));
            assertEquals(List.of(DB, SecretName.of("my_db")), manager.getAllSecretKeys());
            assertEquals(List.of(DB, SecretName.of("my_db")), listed(manager));
        }
    }

    /** As earlier versions of coffer left them, and changes of the type that were cut off. */
    @Test
    void secretWhoseTypeIsNotNotedBesideIt_isListedWithThatOfItsValue() {
        try (SecretsManager manager = open()) {
            manager.registerSecret(typed("basic_auth", "username", "ada", "password", "p"));
            server.annotate(project, "db", Map.of("coffer-name", "db"));
            assertEquals(Map.of(DB, "basic_auth"), types(manager));
            manager.updateSecret(typed("basic_auth", "username", "ada", "password", "q"));
            assertEquals("basic_auth", server.secret(project, "db").getAnnotationsOrThrow("coffer-schema"));
        }
    }

    // What others keep there

    @Test
    void secretOfZenml_isRead_andKeepsItsShapeWhenAdopted() {
        server.plant(
                project,
                "zenml-global-aws",
                Map.of("zenml_scope", "global"),
                "{\"id\": \"a\", \"port\": 3.10, \"none\": null, \"zenml_schema_name\": \"aws\"}");
        SecretName name = SecretName.of("zenml-global-aws");
        try (SecretsManager manager = open()) {
            assertEquals(List.of(name), manager.getAllSecretKeys());
            assertEquals(Map.of("id", "a", "port", "3.10", "none", "null"), read(manager, name));
            assertEquals("aws", type(manager, name));
            ((Owned) manager).adopt(name);
            assertEquals(1, server.states(project, name.value()).size());
            assertEquals("global", server.secret(project, name.value()).getLabelsOrThrow("zenml_scope"));
            assertTrue(((Owned) manager).isOwned(name));
            manager.deleteSecret(name);
            assertEquals(List.of(), server.ids(project));
        }
    }

    @Test
    void valueOfAnotherTool_thatIsNoObject_isOneKey() {
        server.plant(project, "PASSWORD", Map.of(), "hunter2\n");
        server.plant(project, "list", Map.of(), "[1]");
        server.plant(project, "half", Map.of(), "{\"a\":1} and more");
        try (SecretsManager manager = open()) {
            assertEquals(Map.of("value", "hunter2\n"), read(manager, SecretName.of("PASSWORD")));
            assertEquals(Map.of("value", "[1]"), read(manager, SecretName.of("list")));
            assertEquals(Map.of("value", "{\"a\":1} and more"), read(manager, SecretName.of("half")));
            server.plantVersion(project, "PASSWORD", new byte[] {(byte) 0xff, 'x'});
            RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(SecretName.of("PASSWORD")));
            assertTrue(e.getMessage().contains("no text"), e.getMessage());
        }
    }

    /** As Terraform leaves them. */
    @Test
    void secretOfAnotherTool_withoutValue_isNotThere_andNotWritten() {
        server.plant(project, "db", Map.of());
        try (SecretsManager manager = open()) {
            assertEquals(List.of(), manager.getAllSecretKeys());
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
            assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
            assertThrows(ConflictException.class, () -> manager.registerSecret(secret("k", "v")));
            assertEquals(List.of(), server.states(project, "db"));
            assertFalse(server.secret(project, "db").getLabelsMap().containsKey("coffer"));
        }
    }

    @Test
    void keysOfZenml_areRead_addedAndRemoved() {
        Map<String, String> labels = Map.of("zenml-group-key", "my_db", "zenml-schema-name", "basic_auth");
        server.plant(project, "my_db_username", labels, "ada");
        server.plant(project, "my_db_password", labels, "p");
        server.plant(project, "strange", labels, "of another shape");
        SecretName name = SecretName.of("my_db");
        try (SecretsManager manager = open("layout", "per-key")) {
            assertEquals(List.of(name), manager.getAllSecretKeys());
            assertEquals(Map.of("username", "ada", "password", "p"), read(manager, name));
            assertEquals("basic_auth", type(manager, name));
            ((Owned) manager).adopt(name);
            manager.mergeSecret(
                    name,
                    new SecretPatch(Map.of("host", SecretValue.of("h")), Set.of(), Optional.of(Secret.ARBITRARY)));
            manager.mergeSecret(name, new SecretPatch(Map.of(), Set.of("username"), Optional.empty()));
            assertEquals(Map.of("password", "p", "host", "h"), read(manager, name));
            assertEquals(Secret.ARBITRARY, type(manager, name));
            assertEquals("arbitrary", server.secret(project, "my_db_password").getLabelsOrThrow("zenml-schema-name"));
            assertFalse(server.ids(project).contains("my_db_username"));
            manager.deleteSecret(name);
            assertEquals(List.of("strange"), server.ids(project));
        }
    }

    @Test
    void keysOfTheirOwn_areSoughtByLabels_asZenmlDoes() {
        try (SecretsManager manager = open("layout", "per-key")) {
            manager.registerSecret(typed("basic_auth", "username", "ada", "password", "p"));
        }
        assertEquals(List.of("db_password", "db_username"), server.ids(project));
        Map<String, String> labels = server.secret(project, "db_username").getLabelsMap();
        assertEquals("db", labels.get("zenml-group-key"));
        assertEquals("basic_auth", labels.get("zenml-schema-name"));
        assertEquals("ada", server.value(project, "db_username", 1));
    }

    // Attributes

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            project          | Not A Project
            endpoint         | http://secretmanager.example.org
            endpoint         | ftp://127.0.0.1
            endpoint         | https://user@example.org
            endpoint         | https://example.org/path
            endpoint         | https://example.org?x
            endpoint         | not a url
            endpoint         | http://127.0.0.1.example.org
            prefix           | a/b
            layout           | both
            old-versions     | burn
            location         | Mars
            connect-timeout  | 3601.5
            request-timeout  | soon
            """)
    void attribute_thatMakesNoSense_isRefused_andNotQuoted(String name, String value) {
        InvalidException e =
                assertThrows(InvalidException.class, () -> open(name, value).close());
        assertFalse((e + e.hint().orElse("")).contains(value), e.toString());
        assertEquals(Optional.of("here"), e.name());
    }

    @Test
    void projectThatIsNotGiven_isTheEnvironments() {
        var definition = open().definition();
        Map<String, String> attributes = new LinkedHashMap<>(definition.attributes());
        attributes.remove("project");
        var without = new dev.coffer.component.ComponentDefinition(
                definition.type(), "gcp", "here", definition.id(), attributes);
        assertThrows(InvalidException.class, () -> GcpSettings.of(without, Map.of()));
        assertEquals(
                "p-1",
                GcpSettings.of(without, Map.of("GOOGLE_CLOUD_PROJECT", "p-1")).project());
    }
}
