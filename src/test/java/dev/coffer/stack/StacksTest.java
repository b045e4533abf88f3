package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StacksTest {
    private static final ComponentType ORCHESTRATOR = new ComponentType("orchestrator");
    private static final ComponentType MANAGER = ComponentType.SECRETS_MANAGER;
    private static final SecretName DB = SecretName.of("db");

    @TempDir
    Path home;

    private CofferOptions options;
    private Coffer coffer;

    @BeforeEach
    void open() {
        options = CofferOptions.fromEnvironment(Map.of()).withHome(home.resolve("coffer"));
        coffer = Coffer.open(options);
    }

    @AfterEach
    void close() {
        coffer.close();
    }

    private static List<String> names(Coffer coffer) {
        return coffer.stacks().list().stream().map(Stack::name).toList();
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("key", SecretValue.of(value)));
    }

    @Test
    void aStoreHasADefaultStackFromTheBeginning() {
        assertEquals(List.of("default"), names(coffer));
        Stack first = coffer.stacks().active();
        assertEquals("local", coffer.stacks().secretsManager().name());
        coffer.stacks().register("other", Map.of());
        assertEquals(first, coffer.stacks().active()); // is stored now, and is still the same
        assertEquals(List.of("default", "other"), names(coffer));
    }

    @Test
    void secretsAreThoseOfTheActiveStack() {
        coffer.secrets().registerSecret(secret("one"));
        coffer.components().register(MANAGER, "team", "local", Map.of());
        coffer.stacks().register("staging", Map.of(MANAGER, "team"));
        coffer.stacks().setActive("staging");
        assertEquals("team", coffer.secrets().name());
        assertEquals(List.of(), coffer.secrets().getAllSecretKeys());
        coffer.secrets().registerSecret(secret("two"));
        try (Coffer other = Coffer.open(options.withStack("default"))) {
            assertEquals("local", other.secrets().name());
            assertEquals("default", other.stacks().active().name());
            try (Secret found = other.secrets().getSecret(DB)) {
                assertEquals("one", found.value("key").revealText());
            }
        }
        assertEquals("staging", coffer.stacks().active().name());
    }

    @Test
    void whatOverridesHasToExist() {
        try (Coffer other = Coffer.open(options.withStack("nowhere"))) {
            assertThrows(NoSuchRecordException.class, other::secrets);
        }
        try (Coffer other = Coffer.open(options.withStack("default"))) {
            assertEquals("local", other.secrets().name());
        }
    }

    @Test
    void renamingKeepsWhoAStackAndAComponentAre() {
        coffer.components().register(MANAGER, "team", "local", Map.of());
        coffer.stacks().update("default", Map.of(MANAGER, "team"), Set.of());
        coffer.secrets().registerSecret(secret("one"));
        coffer.stacks().rename("default", "first");
        coffer.components().rename(MANAGER, "team", "crew");
        assertEquals("first", coffer.stacks().active().name());
        assertEquals("crew", coffer.secrets().name());
        assertEquals(List.of(DB), coffer.secrets().getAllSecretKeys());
    }

    @Test
    void aCopySharesTheComponents() {
        coffer.stacks().copy("default", "twin");
        Stack twin = coffer.stacks().require("twin");
        assertEquals(coffer.stacks().active().components(), twin.components());
        assertNotEquals(coffer.stacks().active().id(), twin.id());
    }

    @Test
    void theActiveStackCannotBeDeleted() {
        coffer.stacks().register("other", Map.of());
        assertThrows(ConflictException.class, () -> coffer.stacks().delete("default"));
        coffer.stacks().setActive("other");
        coffer.stacks().delete("default");
        assertEquals(List.of("other"), names(coffer));
        assertThrows(NoSuchRecordException.class, () -> coffer.stacks().delete("default"));
    }

    @Test
    void namesAreCheckedAndUnique() {
        for (String bad : List.of("", "-a", "a b", "a/b", "ä", "a".repeat(129))) {
            assertThrows(InvalidException.class, () -> coffer.stacks().register(bad, Map.of()), bad);
            assertThrows(
                    InvalidException.class,
                    () -> coffer.components().register(ORCHESTRATOR, bad, "airflow", Map.of()),
                    bad);
        }
        assertThrows(RecordExistsException.class, () -> coffer.stacks().register("default", Map.of()));
        coffer.stacks().register("a.b_c-1", Map.of());
        assertThrows(RecordExistsException.class, () -> coffer.stacks().rename("a.b_c-1", "default"));
        assertThrows(RecordExistsException.class, () -> coffer.stacks().copy("a.b_c-1", "default"));
    }

    @Test
    void deletingAComponentTakesItOutOfItsStacks() {
        coffer.components().register(MANAGER, "team", "local", Map.of());
        coffer.components().register(ORCHESTRATOR, "air", "airflow", Map.of("url", "{{air.url}}"));
        coffer.stacks().register("one", Map.of(MANAGER, "team", ORCHESTRATOR, "air"));
        coffer.stacks().register("two", Map.of());
        assertEquals(List.of("one"), coffer.delete(coffer.deletion(MANAGER, "team")));
        assertEquals(List.of("one"), coffer.delete(coffer.deletion(ORCHESTRATOR, "air")));
        Stack one = coffer.stacks().require("one");
        assertEquals(coffer.stacks().require("two").components(), one.components());
    }

    @Test
    void theLocalSecretsManagerStays() {
        assertThrows(ConflictException.class, () -> coffer.deletion(MANAGER, "local"));
        assertThrows(ConflictException.class, () -> coffer.components().rename(MANAGER, "local", "other"));
        assertThrows(InvalidException.class, () -> coffer.stacks().update("default", Map.of(), Set.of(MANAGER)));
    }

    @Test
    void attributesAreThoseOfTheFlavor() {
        assertThrows(
                InvalidException.class,
                () -> coffer.components().register(MANAGER, "team", "local", Map.of("no-such", "x")));
        assertThrows(
                NoSuchRecordException.class, () -> coffer.components().register(MANAGER, "team", "no-such", Map.of()));
        coffer.components().register(ORCHESTRATOR, "air", "airflow", Map.of("url", "u", "user", "me"));
        coffer.components().update(ORCHESTRATOR, "air", Map.of("url", "v"), Set.of("user"));
        assertEquals(
                Map.of("url", "v"),
                coffer.components().require(ORCHESTRATOR, "air").attributes());
        assertThrows(
                NoSuchRecordException.class,
                () -> coffer.components().update(ORCHESTRATOR, "air", Map.of(), Set.of("user")));
    }

    @Test
    void manyAtOnceLoseNothing() throws Exception {
        int users = 4;
        ExecutorService pool = Executors.newFixedThreadPool(users);
        try {
            List<Future<?>> all = IntStream.range(0, users)
                    .<Future<?>>mapToObj(i -> pool.submit(() -> {
                        try (Coffer own = Coffer.open(options)) {
                            own.stacks().register("s" + i, Map.of());
                            own.stacks().setActive("s" + i);
                        }
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            pool.shutdown();
        }
        assertEquals(List.of("default", "s0", "s1", "s2", "s3"), names(coffer));
        assertTrue(coffer.stacks().active().name().startsWith("s"));
    }
}
