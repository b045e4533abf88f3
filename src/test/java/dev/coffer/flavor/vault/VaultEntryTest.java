package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written, and what others wrote is read as. */
class VaultEntryTest {
    private static final SecretName DB = SecretName.of("db");
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00.123Z");

    private static VaultEntry entry(String json) throws JsonProcessingException {
        return new VaultEntry(VaultClient.json().readTree(json));
    }

    private static Map<String, String> values(VaultEntry entry) {
        try (Secret secret = entry.toSecret(DB, 3L, NOON)) {
            Map<String, String> values = new LinkedHashMap<>();
            secret.content().forEach((key, value) -> values.put(key, value.revealText()));
            return values;
        }
    }

    private static Secret secret(String type, String... keys) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (String key : keys) {
            content.put(key, SecretValue.of("value of " + key));
        }
        return Secret.of(DB, type, content);
    }

    @Test
    void keys_standAsTheyAre_forOtherTools() {
        ObjectNode written = VaultEntry.of(secret("basic_auth", "username", "password"), NOON);
        assertEquals("value of username", written.path("username").asText());
        assertEquals(
                "basic_auth", written.path("coffer_metadata").path("schema").asText());
        assertEquals(3, written.size());
    }

    @Test
    void secret_comesBackWithItsOrderTypeAndTime() {
        ObjectNode written = VaultEntry.of(secret("basic_auth", "z", "a", "m"), NOON);
        VaultEntry read = new VaultEntry(written);
        assertEquals(List.of("z", "a", "m"), List.copyOf(values(read).keySet()));
        assertEquals("basic_auth", read.schemaType());
        assertEquals(Optional.of(NOON), read.created());
        assertTrue(read.isOwned());
        assertTrue(read.isOf(written));
        assertFalse(read.isTombstone());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "coffer_metadata",
                "coffer_metadata_",
                "coffer_metadata__",
                "coffer_metadata_x",
                "zenml_schema_name"
            })
    void keysThatLookLikeNotes_areKept(String key) {
        VaultEntry read = new VaultEntry(VaultEntry.of(secret("arbitrary", key, "coffer_metadata", "k"), NOON));
        assertEquals("value of " + key, values(read).get(key));
        assertEquals("value of coffer_metadata", values(read).get("coffer_metadata"));
        assertEquals("arbitrary", read.schemaType());
    }

    @Test
    void twoWritesOfOneSecret_areToldApart() {
        ObjectNode one = VaultEntry.of(secret("arbitrary", "k"), NOON);
        ObjectNode other = VaultEntry.of(secret("arbitrary", "k"), NOON);
        assertFalse(new VaultEntry(one).isOf(other));
    }

    @Test
    void tombstone_isNoEmptySecret() {
        assertTrue(new VaultEntry(VaultEntry.tombstone()).isTombstone());
        assertFalse(new VaultEntry(VaultEntry.of(secret("arbitrary"), NOON)).isTombstone());
        assertEquals(Map.of(), values(new VaultEntry(VaultEntry.of(secret("arbitrary"), NOON))));
    }

    /** Another tool added a key to what was left of a deletion. */
    @Test
    void tombstoneWithValues_isASecret() throws Exception {
        VaultEntry entry = entry("{\"k\":\"v\",\"coffer_metadata\":{\"deleted\":true,\"write\":\"x\"}}");
        assertFalse(entry.isTombstone());
        assertEquals(Map.of("k", "v"), values(entry));
    }

    @Test
    void keysThatAnotherToolAdded_areAllThere() throws Exception {
        VaultEntry entry = entry("{\"coffer_metadata1\":\"one\",\"coffer_metadata2\":\"two\","
                + "\"coffer_metadata\":{\"keys\":[],\"write\":\"x\"}}");
        assertEquals(Map.of("coffer_metadata1", "one", "coffer_metadata2", "two"), values(entry));
    }

    @Test
    void entryOfAnotherTool_isReadable_andForeign() throws Exception {
        VaultEntry read = entry("{\"port\":5432,\"tls\":true,\"none\":null,\"hosts\":[\"a\",\"b\"],\"user\":\"ada\"}");
        assertFalse(read.isOwned());
        assertEquals(
                Map.of("port", "5432", "tls", "true", "none", "null", "hosts", "[\"a\",\"b\"]", "user", "ada"),
                values(read));
        assertEquals("arbitrary", read.schemaType());
    }

    @Test
    void numbersOfAnotherTool_keepTheirDigits() throws Exception {
        VaultEntry read = entry("{\"n\":3.10,\"id\":12345678901234567890123,\"pi\":3.14159265358979323846264338}");
        assertEquals(
                Map.of("n", "3.10", "id", "12345678901234567890123", "pi", "3.14159265358979323846264338"),
                values(read));
        assertEquals("3.10", new VaultEntry(read.adopted()).adopted().path("n").asText());
    }

    @Test
    void adoptedEntry_isOwned_andReadsAsBefore() throws Exception {
        VaultEntry foreign = entry("{\"zenml_schema_name\":\"aws\",\"coffer_metadata_\":\"x\",\"port\":5432}");
        VaultEntry adopted = new VaultEntry(foreign.adopted());
        assertTrue(adopted.isOwned());
        assertEquals(values(foreign), values(adopted));
        assertEquals("aws", adopted.schemaType());
        assertEquals(5432, foreign.adopted().path("port").asInt());
        assertTrue(foreign.adopted().path("port").isNumber());
    }

    /** As the original's flavor vault wrote it. */
    @Test
    void entryOfZenml_keepsItsType() throws Exception {
        VaultEntry read = entry("{\"zenml_schema_name\":\"aws\",\"aws_access_key_id\":\"AKIA\"}");
        assertEquals("aws", read.schemaType());
        assertEquals(Map.of("aws_access_key_id", "AKIA"), values(read));
        assertFalse(read.isOwned());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"k\":\"v\",\"coffer_metadata\":\"text\"}",
                "{\"k\":\"v\",\"coffer_metadata\":{}}",
                "{\"k\":\"v\",\"coffer_metadata\":{\"write\":5}}",
                "{\"k\":\"v\",\"coffer_metadata\":{\"keys\":\"x\",\"created\":\"yesterday\",\"schema\":5}}",
                "{\"k\":\"v\",\"coffer_metadata\":null}"
            })
    void damagedNotes_leaveTheSecretReadable(String json) throws Exception {
        assertEquals("v", values(entry(json)).get("k"));
        assertFalse(entry(json).isOwned());
    }

    @Test
    void notesThatNameOtherKeys_hideNone() throws Exception {
        VaultEntry read = entry("{\"a\":\"1\",\"b\":\"2\","
                + "\"coffer_metadata\":{\"write\":\"w\",\"keys\":[\"gone\",\"b\",\"b\"],\"created\":\"2026\"}}");
        assertEquals(
                "b=2,a=1",
                values(read).entrySet().stream().map(Object::toString).collect(Collectors.joining(",")));
        assertEquals(Optional.empty(), read.created());
    }

    @Test
    void toString_showsNothing() {
        assertFalse(new VaultEntry(VaultEntry.of(secret("arbitrary", "k"), NOON))
                .toString()
                .contains("value"));
    }
}
