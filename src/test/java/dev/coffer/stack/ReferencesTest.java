package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.MemoryFlavor;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReferencesTest {
    private final SecretsManager memory = new MemoryFlavor(Clock.systemUTC())
            .create(component("secrets-manager", "scratch", Map.of()), SchemaCatalog.builtIn());
    private final List<String> calls = new ArrayList<>();
    /** The memory manager, which tells what it is asked. */
    private final SecretsManager manager = (SecretsManager) Proxy.newProxyInstance(
            ReferencesTest.class.getClassLoader(),
            new Class<?>[] {SecretsManager.class},
            (proxy, method, arguments) -> {
                calls.add(method.getName());
                try {
                    return method.invoke(memory, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });

    private static ComponentDefinition component(String type, String name, Map<String, String> attributes) {
        return new ComponentDefinition(new ComponentType(type), "any", name, new UUID(0, 1), attributes);
    }

    private static ComponentDefinition orchestrator(Map<String, String> attributes) {
        return component("orchestrator", "k8s", attributes);
    }

    @BeforeEach
    void registerADatabase() {
        try (Secret db = Secret.of(
                SecretName.of("prod/db"),
                Map.of("username", SecretValue.of("ada"), "password", SecretValue.of("canary {{a.b}}")))) {
            memory.registerSecret(db);
        }
    }

    @Test
    void references_areResolvedInsideText_andEachSecretIsReadOnce() {
        ComponentDefinition stored = orchestrator(Map.of(
                "url",
                "jdbc://{{prod/db.username}}:{{prod/db.password}}@h",
                "user",
                "{{prod/db.username}}",
                "plain",
                "\\{{x}}"));
        ComponentDefinition resolved = References.of(stored).resolve(manager);
        assertEquals(
                Map.of("url", "jdbc://ada:canary {{a.b}}@h", "user", "ada", "plain", "{{x}}"), resolved.attributes());
        assertEquals(1, calls.stream().filter("getSecret"::equals).count(), calls::toString);
        assertFalse(resolved.toString().contains("canary"), resolved.toString());
        assertEquals("{{prod/db.username}}", stored.attributes().get("user"));
    }

    @Test
    void withoutReferences_theManagerIsAskedNothing() {
        References.of(orchestrator(Map.of("a", "\\{{x}}"))).resolve(manager);
        References.of(orchestrator(Map.of("a", "b"))).missing(manager, ValidationLevel.SECRET_AND_KEY_EXISTS);
        assertEquals(List.of(), calls);
    }

    @Test
    void missingSecretOrKey_isNamedWithComponentAndAttribute_andTheKeysThereAre() {
        References key = References.of(orchestrator(Map.of("url", "{{prod/db.pasword}}")));
        NoSuchRecordException noKey = assertThrows(NoSuchRecordException.class, () -> key.resolve(manager));
        assertEquals(
                "the attribute url of the orchestrator k8s names a value that is missing: secret prod/db in scratch has"
                        + " no key pasword",
                noKey.getMessage());
        assertEquals("its keys are password, username", noKey.hint().orElse(""));
        References secret = References.of(orchestrator(Map.of("url", "{{prod.db.password}}")));
        NoSuchRecordException noSecret = assertThrows(NoSuchRecordException.class, () -> secret.resolve(manager));
        assertTrue(noSecret.getMessage().contains("there is no secret named prod.db (for its key password)"));
        assertFalse((noKey + " " + noKey.hint() + noSecret).contains("canary"));
    }

    @Test
    void missing_reportsAllAtOnce_asCloselyAsTheLevelSays() {
        References references = References.of(orchestrator(
                Map.of("a", "{{prod/db.username}}{{prod/db.nokey}}", "b", "{{nosecret.k}}", "c", "{{nosecret.l}}")));
        assertEquals(List.of(), references.missing(manager, ValidationLevel.NONE));
        assertEquals(List.of(), calls);
        assertEquals(
                List.of("b {{nosecret.k}} false", "c {{nosecret.l}} false"),
                shown(references.missing(manager, ValidationLevel.SECRET_EXISTS)));
        assertFalse(calls.contains("getSecret"), "names are listed, no secret is read");
        assertEquals(
                List.of("a {{prod/db.nokey}} true", "b {{nosecret.k}} false", "c {{nosecret.l}} false"),
                shown(references.missing(manager, ValidationLevel.SECRET_AND_KEY_EXISTS)));
        assertEquals(2, calls.stream().filter("getSecret"::equals).count(), "one read per secret");
    }

    private static List<String> shown(List<Missing> missing) {
        return missing.stream()
                .map(one -> one.attribute() + " " + one.reference() + " " + one.secretExists())
                .toList();
    }

    @Test
    void localSecretsManager_mayHaveNoReferences() {
        ComponentDefinition local = component("secrets-manager", "local", Map.of("x", "{{a.b}}"));
        assertTrue(assertThrows(InvalidException.class, () -> References.of(local))
                .getMessage()
                .contains("would need itself"));
        References.of(component("secrets-manager", "local", Map.of("x", "a.b")));
        References.of(component("orchestrator", "local", Map.of("x", "{{a.b}}")));
    }

    @Test
    void malformedReference_isRefusedWithoutTheText() {
        InvalidException refused = assertThrows(
                InvalidException.class, () -> References.of(orchestrator(Map.of("token", "canary{{oops}}"))));
        assertTrue(
                refused.getMessage().startsWith("the attribute token of the orchestrator k8s: the {{ at character 7"));
        assertFalse(refused.getMessage().contains("canary"));
    }
}
