package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final SecretName NAME = SecretName.of("db/prod");
    private static final Instant THEN = Instant.parse("2024-02-29T12:00:00.123Z");

    @Test
    void keys_keepTheirOrder() {
        Secret secret = secret("z", "1", "a", "2", "m", "3");
        assertEquals(List.of("z", "a", "m"), List.copyOf(secret.content().keySet()));
        assertEquals(NAME, secret.name());
        assertEquals("arbitrary", secret.schemaType());
        assertEquals("2", secret.value("a").revealText());
    }

    @Test
    void content_cannotBeChangedFromOutside() {
        Map<String, SecretValue> given = new LinkedHashMap<>(Map.of("a", SecretValue.of("1")));
        Secret secret = Secret.of(NAME, given);
        given.clear();
        assertEquals(1, secret.content().size());
        assertThrows(UnsupportedOperationException.class, () -> secret.content().clear());
    }

    @Test
    void values_areTakenOverAndWipedOnClose() {
        SecretValue one = SecretValue.of("1");
        SecretValue two = SecretValue.of("2");
        Secret secret = Secret.of(NAME, Map.of("a", one, "b", two));
        assertSame(one, secret.value("a"));
        secret.close();
        secret.close();
        assertThrows(IllegalStateException.class, one::revealText);
        assertThrows(IllegalStateException.class, two::revealText);
    }

    @Test
    void missingKey_isNoSuchSecret() {
        NoSuchSecretException e =
                assertThrows(NoSuchSecretException.class, () -> secret("a", "1").value("b"));
        assertEquals("secret db/prod has no key b", e.getMessage());
    }

    @Test
    void key_isFoundInAnyUnicodeForm() {
        assertEquals("1", secret("cle\u0301", "1").value("cl\u00e9").revealText());
        assertEquals("1", secret("cl\u00e9", "1").value("cle\u0301").revealText());
    }

    @Test
    void keysThatDifferInUnicodeFormOnly_areRefused() {
        InvalidException e = assertThrows(InvalidException.class, () -> secret("cl\u00e9", "1", "cle\u0301", "2"));
        assertEquals("secret db/prod has the key cl\u00e9 twice", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a b", "a/b", "a\u0000"})
    void malformedKey_isRefused(String key) {
        assertThrows(InvalidException.class, () -> secret(key, "1"));
        assertThrows(InvalidException.class, () -> secret("a", "1").value(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AWS", "1a", "_a", "a b", "ä", "a\n"})
    void malformedSchemaType_isRefused(String type) {
        InvalidException e = assertThrows(InvalidException.class, () -> Secret.of(NAME, type, Map.of()));
        assertEquals("the schema type " + Printable.quote(type) + " is not a valid type", e.getMessage());
    }

    @Test
    void schemaType_hasUpTo63Characters() {
        assertEquals(63, Secret.of(NAME, "a".repeat(63), Map.of()).schemaType().length());
        assertThrows(InvalidException.class, () -> Secret.of(NAME, "a".repeat(64), Map.of()));
        assertEquals("a.b-c_1", Secret.of(NAME, "a.b-c_1", Map.of()).schemaType());
    }

    @Test
    void thousandKeys_areTheMost() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < 1_000; i++) {
            content.put("k" + i, SecretValue.of("v"));
        }
        assertEquals(1_000, Secret.of(NAME, content).content().size());
        content.put("one-more", SecretValue.of("v"));
        InvalidException e = assertThrows(InvalidException.class, () -> Secret.of(NAME, content));
        assertEquals("secret db/prod has 1001 keys; the limit is 1000", e.getMessage());
    }

    @Test
    void sixteenMebibytes_areTheMost() {
        byte[] almost = new byte[SecretValue.MAX_BYTES - 2];
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < 16; i++) {
            content.put(Character.toString(0x4E00 + i), SecretValue.ofUtf8(almost)); // a key of three bytes
        }
        InvalidException e = assertThrows(InvalidException.class, () -> Secret.of(NAME, content));
        assertEquals("secret db/prod takes 16777232 bytes; the limit is 16777216 (16 MiB)", e.getMessage());

        Map<String, SecretValue> fitting = new LinkedHashMap<>();
        for (int i = 0; i < 16; i++) {
            fitting.put(Character.toString(0x100 + i), SecretValue.ofUtf8(almost)); // a key of two bytes
        }
        assertEquals(16, Secret.of(NAME, fitting).content().size());
    }

    @Test
    void storedSecret_knowsItsVersionAndTimes() {
        Secret fresh = secret("a", "1");
        assertTrue(fresh.version().isEmpty());
        assertTrue(fresh.created().isEmpty());
        assertTrue(fresh.updated().isEmpty());
        Secret stored = fresh.stored(3L, THEN, THEN.plusSeconds(1));
        assertEquals(Optional.of(3L), stored.version());
        assertEquals(Optional.of(THEN), stored.created());
        assertEquals(Optional.of(THEN.plusSeconds(1)), stored.updated());
        assertSame(fresh.value("a"), stored.value("a"));
        Secret unknown = fresh.stored(null, null, THEN);
        assertTrue(unknown.version().isEmpty());
        assertTrue(unknown.created().isEmpty());
        assertEquals(Optional.of(THEN), unknown.updated());
    }

    @Test
    void toString_showsNeitherKeysNorValues() {
        Secret secret = secret("hidden_key", "hidden value");
        assertEquals("Secret(db/prod, arbitrary)", secret.toString());
        assertEquals(
                "Secret(db/prod, arbitrary, version 7)",
                secret.stored(7L, null, null).toString());
    }

    @Test
    void sameContent_isTypeKeysAndValuesButNotOrder() {
        Secret secret = secret("a", "1", "b", "2");
        assertTrue(secret.sameContentAs(secret));
        assertTrue(secret.sameContentAs(secret("b", "2", "a", "1")));
        assertTrue(secret.sameContentAs(secret("a", "1", "b", "2").stored(4L, THEN, THEN)));
        assertFalse(secret.sameContentAs(secret("a", "1")));
        assertFalse(secret.sameContentAs(secret("a", "1", "c", "2")));
        assertFalse(secret.sameContentAs(secret("a", "1", "b", "3")));
        assertFalse(secret.sameContentAs(secret("a", "2", "b", "1")));
        assertFalse(secret.sameContentAs(secret("a", "1", "b", "2", "c", "3")));
        assertFalse(secret.sameContentAs(Secret.of(NAME, "mysql", secret.content())));
    }

    @Test
    void emptySecret_isASecret() {
        try (Secret empty = Secret.of(NAME, Map.of())) {
            assertTrue(empty.content().isEmpty());
            assertTrue(empty.sameContentAs(Secret.of(SecretName.of("other"), Map.of())));
        }
    }

    private static Secret secret(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(NAME, content);
    }
}
