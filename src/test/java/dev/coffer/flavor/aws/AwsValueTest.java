package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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

class AwsValueTest {
    private static final SecretName DB = SecretName.of("db");

    private static Map<String, String> texts(AwsValue value) {
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
        String text = AwsValue.encode(Secret.of(DB, content));
        assertEquals("{\"z\":\"a\\\"b\\u0000é\\n\",\"a\":\"\",\"zenml_schema_name\":\"mine\"}", text);
        AwsValue read = AwsValue.decode(DB, text, true);
        assertEquals(
                List.of("z", "a", "zenml_schema_name"),
                List.copyOf(read.content().keySet()));
        assertEquals("a\"b\u0000é\n", texts(read).get("z"));
        assertEquals(Optional.empty(), read.zenmlType());
    }

    @Test
    void valueOfOthers_keepsItsDigits_andTellsZenmlsType() {
        AwsValue read = AwsValue.decode(
                DB,
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "canary",
                "",
                "[\"canary\"]",
                "\"canary\"",
                "{\"canary\":1,\"canary\":2}",
                "{\"a\":1} canary",
                "{"
            })
    void whatIsNoObject_isRefused_andNotQuoted(String text) {
        InvalidException e = assertThrows(InvalidException.class, () -> AwsValue.decode(DB, text, false));
        assertFalse(e.toString().contains("canary"), e.toString());
        assertNull(e.getCause());
    }

    @Test
    void size_isThatOfAws() {
        Map<String, SecretValue> most = Map.of("k", SecretValue.of("x".repeat(65_536 - "{\"k\":\"\"}".length())));
        assertEquals(65_536, AwsValue.encode(Secret.of(DB, most)).length());
        Map<String, SecretValue> more = Map.of("k", SecretValue.of("é".repeat(32_768 - 3)));
        assertThrows(InvalidException.class, () -> AwsValue.encode(Secret.of(DB, more)));
    }
}
