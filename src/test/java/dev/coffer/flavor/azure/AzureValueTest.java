package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AzureValueTest {
    private static final SecretName DB = SecretName.of("db");

    private static Map<String, String> texts(AzureValue value) {
        Map<String, String> texts = new LinkedHashMap<>();
        value.content().forEach((key, one) -> texts.put(key, one.revealText()));
        return texts;
    }

    @Test
    void value_isPlainJson_inItsOrder() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("z", SecretValue.of("a\"b\u0000é\n"));
        content.put("a", SecretValue.of(""));
        content.put("zenml_schema_name", SecretValue.of("mine"));
        String text = AzureValue.encode(Secret.of(DB, content));
        assertEquals("{\"z\":\"a\\\"b\\u0000é\\n\",\"a\":\"\",\"zenml_schema_name\":\"mine\"}", text);
        AzureValue read = AzureValue.decode(text, true);
        assertEquals(
                List.of("z", "a", "zenml_schema_name"),
                List.copyOf(read.content().keySet()));
        assertEquals("a\"b\u0000é\n", texts(read).get("z"));
        assertEquals(Optional.empty(), read.zenmlType());
    }

    @Test
    void valueOfOthers_keepsItsDigits_andTellsZenmlsType() {
        AzureValue read = AzureValue.decode(
                "{\"zenml_schema_name\":\"aws\",\"port\":3.10,\"big\":12345678901234567890123,\"on\":true,"
                        + "\"none\":null,\"deep\":{\"a\":[1.0]}}",
                false);
        assertEquals(Optional.of("aws"), read.zenmlType());
        assertEquals(
                Map.of(
                        "port", "3.10",
                        "big", "12345678901234567890123",
                        "on", "true",
                        "none", "null",
                        "deep", "{\"a\":[1.0]}"),
                texts(read));
    }

    /** As most values in Key Vault are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "",
                "[\"a\"]",
                "\"a\"",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} more",
                "{",
                "-----BEGIN PRIVATE KEY-----\n"
            })
    void whatIsNoObject_isOneValue(String text) {
        AzureValue read = AzureValue.decode(text, false);
        assertEquals(Map.of("value", text), texts(read));
        assertFalse(text.length() > 1 && read.toString().contains(text), read.toString());
    }

    @Test
    void size_isThatOfAzure() {
        Map<String, SecretValue> most = Map.of("k", SecretValue.of("x".repeat(25_600 - "{\"k\":\"\"}".length())));
        assertEquals(25_600, AzureValue.encode(Secret.of(DB, most)).length());
        Map<String, SecretValue> more = Map.of("k", SecretValue.of("é".repeat(12_800 - 3)));
        InvalidException e = assertThrows(InvalidException.class, () -> AzureValue.encode(Secret.of(DB, more)));
        assertFalse(e.getMessage().contains("é"), e.getMessage());
    }
}
