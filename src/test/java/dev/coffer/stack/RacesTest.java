package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoredRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two commands do at the same moment leaves no stack, and no secret, with a component that is gone. */
class RacesTest {
    private static final ComponentType MANAGER = ComponentType.SECRETS_MANAGER;
    private static final ComponentType ORCHESTRATOR = new ComponentType("orchestrator");

    @TempDir
    Path home;

    private Coffer coffer;
    private Coffer other;

    @BeforeEach
    void open() {
        CofferOptions options = CofferOptions.fromEnvironment(Map.of()).withHome(home.resolve("coffer"));
        coffer = Coffer.open(options.withNotices(notice -> {}));
        coffer.components().register(MANAGER, "team", "local", Map.of());
        coffer.components().register(ORCHESTRATOR, "air", "airflow", Map.of());
        other = Coffer.open(options);
    }

    @AfterEach
    void close() {
        other.close();
        coffer.close();
    }

    /** Somebody else is quick once, directly before a record is looked up by its identity. */
    private final class Overtaken implements RecordStore {
        private Optional<Consumer<Coffer>> quick;

        Overtaken(Consumer<Coffer> quick) {
            this.quick = Optional.of(quick);
        }

        @Override
        public Optional<StoredRecord> findRecord(String kind, String name) {
            return coffer.vault().findRecord(kind, name);
        }

        @Override
        public Optional<StoredRecord> findRecord(UUID id) {
            Optional<Consumer<Coffer>> now = quick;
            quick = Optional.empty();
            now.ifPresent(work -> work.accept(other));
            return coffer.vault().findRecord(id);
        }

        @Override
        public List<StoredRecord> listRecords(String kind) {
            return coffer.vault().listRecords(kind);
        }

        @Override
        public void changeRecords(List<RecordChange> changes) {
            coffer.vault().changeRecords(changes);
        }
    }

    private Stacks overtakenBy(Consumer<Coffer> quick) {
        Overtaken records = new Overtaken(quick);
        return new Stacks(records, new Components(records, coffer.flavors()), Optional.empty());
    }

    private static void delete(Coffer by, ComponentType type, String name) {
        by.delete(by.deletion(type, name));
    }

    private static Secret secret(String name) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of("v")));
    }

    private void assertEveryStackIsWhole() {
        coffer.stacks()
                .list()
                .forEach(stack -> assertEquals(
                        stack.components().keySet(),
                        coffer.stacks().componentsOf(stack).keySet()));
    }

    @Test
    void register_whileItsComponentIsDeleted_isRefused() {
        Stacks stacks = overtakenBy(quick -> delete(quick, MANAGER, "team"));

        assertThrows(NoSuchRecordException.class, () -> stacks.register("staging", Map.of(MANAGER, "team")));

        assertTrue(coffer.stacks().find("staging").isEmpty());
        assertEveryStackIsWhole();
    }

    @Test
    void update_whileItsComponentIsDeleted_isRefused() {
        coffer.stacks().register("staging", Map.of());
        Stacks stacks = overtakenBy(quick -> delete(quick, ORCHESTRATOR, "air"));

        assertThrows(
                NoSuchRecordException.class, () -> stacks.update("staging", Map.of(ORCHESTRATOR, "air"), Set.of()));

        assertEveryStackIsWhole();
    }

    @Test
    void copy_whileAComponentIsDeleted_goesWithoutIt() {
        coffer.stacks().register("staging", Map.of(MANAGER, "team", ORCHESTRATOR, "air"));
        Stacks stacks = overtakenBy(quick -> {
            delete(quick, MANAGER, "team");
            delete(quick, ORCHESTRATOR, "air");
        });

        Stack copy = stacks.copy("staging", "twin");

        assertEquals(coffer.stacks().require("default").components(), copy.components());
        assertEveryStackIsWhole();
    }

    /** Whoever looks at a stack is not told that the store is damaged. */
    @Test
    void componentsOf_whileAComponentIsDeleted_areThoseOfNow() {
        coffer.stacks().register("staging", Map.of(MANAGER, "team", ORCHESTRATOR, "air"));
        Stack seen = coffer.stacks().require("staging");
        Stacks stacks = overtakenBy(quick -> {
            delete(quick, MANAGER, "team");
            delete(quick, ORCHESTRATOR, "air");
        });

        assertEquals(Map.of(MANAGER, coffer.components().require(MANAGER, "local")), stacks.componentsOf(seen));

        coffer.stacks().delete("staging");
        assertThrows(ConflictException.class, () -> coffer.stacks().componentsOf(seen));
    }

    @Test
    void deletion_afterASecretWasAdded_isRefused_andNothingIsLost() {
        other.secretsManager("team").registerSecret(secret("old"));
        Deletion seen = coffer.deletion(MANAGER, "team");
        assertEquals(Map.of(SecretName.of("old"), 1L), seen.secrets());
        other.secretsManager("team").registerSecret(secret("new"));

        ConflictException refused = assertThrows(ConflictException.class, () -> coffer.delete(seen));

        assertEquals(Optional.of("team"), refused.name());
        assertEquals(
                List.of(SecretName.of("new"), SecretName.of("old")),
                coffer.secretsManager("team").getAllSecretKeys());
        delete(coffer, MANAGER, "team");
        assertTrue(coffer.components().find(MANAGER, "team").isEmpty());
    }

    @Test
    void deletion_afterASecretWasChanged_isRefused() {
        other.secretsManager("team").registerSecret(secret("old"));
        Deletion seen = coffer.deletion(MANAGER, "team");
        other.secretsManager("team").updateSecret(Secret.of(SecretName.of("old"), Map.of("k", SecretValue.of("w"))));

        assertThrows(ConflictException.class, () -> coffer.delete(seen));

        assertEquals(1, coffer.secretsManager("team").getAllSecretKeys().size());
    }

    @Test
    void deletion_afterAStackTookTheComponent_isRefused() {
        Deletion seen = coffer.deletion(ORCHESTRATOR, "air");
        other.stacks().register("staging", Map.of(ORCHESTRATOR, "air"));

        assertThrows(ConflictException.class, () -> coffer.delete(seen));

        assertTrue(coffer.components().find(ORCHESTRATOR, "air").isPresent());
        assertEquals(List.of("staging"), coffer.delete(coffer.deletion(ORCHESTRATOR, "air")));
        assertEveryStackIsWhole();
    }

    @Test
    void deletion_ofAnotherOneOfThatName_isRefused() {
        Deletion seen = coffer.deletion(MANAGER, "team");
        delete(other, MANAGER, "team");
        assertThrows(NoSuchRecordException.class, () -> coffer.delete(seen));
        other.components().register(MANAGER, "team", "local", Map.of());

        assertThrows(ConflictException.class, () -> coffer.delete(seen));

        assertTrue(coffer.components().find(MANAGER, "team").isPresent());
    }

    /** Whoever opened the manager before it went does not write secrets that nobody ever sees. */
    @Test
    void secret_registeredInAManagerThatIsGone_isRefused() {
        try (SecretsManager open = other.secretsManager("team")) {
            open.registerSecret(secret("old"));
            delete(coffer, MANAGER, "team");

            NoSuchRecordException refused =
                    assertThrows(NoSuchRecordException.class, () -> open.registerSecret(secret("new")));

            assertFalse(String.valueOf(refused.getMessage()).contains("record"), refused.getMessage());
            assertEquals(List.of(), open.getAllSecretKeys());
        }
        assertEquals(0, coffer.vault().verify(Progress.NONE).secrets());
    }

    /** A secret that a change of scope hid goes along too: nobody could reach it afterwards. */
    @Test
    void deletion_takesSecretsThatAnotherScopeHides() {
        other.secretsManager("team").registerSecret(secret("hidden"));
        coffer.components().update(MANAGER, "team", Map.of("scope", "global"), Set.of());
        other.secretsManager("team").registerSecret(secret("shared"));

        Deletion seen = coffer.deletion(MANAGER, "team");
        assertEquals(Set.of(SecretName.of("hidden")), seen.secrets().keySet());
        coffer.delete(seen);

        assertEquals(1, coffer.vault().verify(Progress.NONE).secrets());
    }

    @Test
    void deletion_takesHistoryAndTombstones() {
        SecretsManager team = other.secretsManager("team");
        team.registerSecret(secret("a"));
        team.deleteSecret(SecretName.of("a"));
        team.registerSecret(secret("b"));
        team.updateSecret(Secret.of(SecretName.of("b"), Map.of("k", SecretValue.of("w"))));

        delete(coffer, MANAGER, "team");

        assertEquals(0, coffer.vault().verify(Progress.NONE).versions());
        assertEquals(List.of(), coffer.vault().verify(Progress.NONE).findings());
    }
}
