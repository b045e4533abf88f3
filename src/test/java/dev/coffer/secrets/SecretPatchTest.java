package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretPatchTest {
    private static final SecretName NAME = SecretName.of("db");

    private final Secret current = Secret.of(NAME, "mysql", values("user", "u", "password", "p", "ssl_ca", "c"));

    @Test
    void otherKeys_areLeftAlone() {
        Secret merged = patch(values("password", "new", "ssl_key", "k"), Set.of("ssl_ca"))
                .applyTo(current);
        assertEquals("{user=u, password=new, ssl_key=k}", texts(merged).toString());
        assertEquals(NAME, merged.name());
        assertEquals("mysql", merged.schemaType());
        assertTrue(merged.version().isEmpty());
        assertEquals("{user=u, password=p, ssl_ca=c}", texts(current).toString());
    }

    @Test
    void result_hasValuesOfItsOwn() {
        SecretPatch patch = patch(values("password", "new"), Set.of());
        Secret merged = patch.applyTo(current);
        assertNotSame(current.value("user"), merged.value("user"));
        current.close();
        patch.set().values().forEach(SecretValue::close);
        assertEquals("{user=u, password=new, ssl_ca=c}", texts(merged).toString());
    }

    @Test
    void closingTheResult_leavesCurrentAndPatchOpen() {
        SecretPatch patch = patch(values("password", "new"), Set.of());
        patch.applyTo(current).close();
        assertEquals("{user=u, password=p, ssl_ca=c}", texts(current).toString());
        assertEquals("new", texts(patch.applyTo(current)).get("password"));
    }

    @Test
    void removingAMissingKey_isNoSuchSecret() {
        SecretPatch patch = patch(values("user", "x"), Set.of("port"));
        NoSuchSecretException e = assertThrows(NoSuchSecretException.class, () -> patch.applyTo(current));
        assertEquals("secret db has no key port", e.getMessage());
    }

    @Test
    void keySetAndRemoved_isRefused() {
        InvalidException e =
                assertThrows(InvalidException.class, () -> patch(values("cl\u00e9", "x"), Set.of("cle\u0301")));
        assertEquals("the key cl\u00e9 is both set and removed", e.getMessage());
    }

    @Test
    void keySetTwiceInTwoUnicodeForms_isRefused() {
        InvalidException e = assertThrows(
                InvalidException.class, () -> patch(values("cl\u00e9", "one", "cle\u0301", "two"), Set.of()));
        assertEquals("the key cl\u00e9 is set twice", e.getMessage());
        assertFalse(String.valueOf(e.hint()).contains("one"));
    }

    @Test
    void malformedKeysAndTypes_areRefused() {
        assertThrows(InvalidException.class, () -> patch(values("-k", "v"), Set.of()));
        assertThrows(InvalidException.class, () -> patch(Map.of(), Set.of("a b")));
        assertThrows(InvalidException.class, () -> new SecretPatch(Map.of(), Set.of(), Optional.of("Not A Type")));
    }

    @Test
    void type_isKeptUnlessAnotherIsGiven() {
        SecretPatch retype = new SecretPatch(Map.of(), Set.of(), Optional.of("basic_auth"));
        assertEquals("basic_auth", retype.applyTo(current).schemaType());
        assertEquals("mysql", patch(Map.of(), Set.of()).applyTo(current).schemaType());
    }

    @Test
    void patchOfNothing_isACopy() {
        Secret merged = patch(Map.of(), Set.of()).applyTo(current.stored(3L, null, null));
        assertTrue(merged.sameContentAs(current));
        assertTrue(merged.version().isEmpty());
    }

    @Test
    void resultThatBreaksALimit_isRefused() {
        Map<String, SecretValue> many = new LinkedHashMap<>();
        for (int i = 0; i < Secret.MAX_KEYS; i++) {
            many.put("k" + i, SecretValue.of(""));
        }
        assertThrows(InvalidException.class, () -> patch(many, Set.of()).applyTo(current));
        Secret exactly = patch(many, new LinkedHashSet<>(List.of("user", "password", "ssl_ca")))
                .applyTo(current);
        assertEquals(Secret.MAX_KEYS, exactly.content().size());
    }

    @Test
    void maps_areCopiedAndCannotBeChanged() {
        Map<String, SecretValue> set = values("a", "1");
        SecretPatch patch = patch(set, Set.of());
        set.clear();
        assertEquals(Set.of("a"), patch.set().keySet());
        assertThrows(UnsupportedOperationException.class, () -> patch.set().clear());
        assertThrows(UnsupportedOperationException.class, () -> patch.remove().add("x"));
    }

    @Test
    void toString_showsKeysOnly() {
        assertEquals(
                "SecretPatch(set [a], remove [b])",
                patch(values("a", "hidden value"), Set.of("b")).toString());
    }

    private static SecretPatch patch(Map<String, SecretValue> set, Set<String> remove) {
        return new SecretPatch(set, remove, Optional.empty());
    }

    private static Map<String, SecretValue> values(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return content;
    }

    private static Map<String, String> texts(Secret secret) {
        Map<String, String> texts = new LinkedHashMap<>();
        secret.content().forEach((key, value) -> texts.put(key, value.revealText()));
        return texts;
    }
}
