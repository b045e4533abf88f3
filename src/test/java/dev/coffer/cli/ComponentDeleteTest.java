package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.MemoryFlavor;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between the question and the deletion is not deleted. */
class ComponentDeleteTest {
    private static final ComponentType MANAGER = ComponentType.SECRETS_MANAGER;

    @TempDir
    Path home;

    @BeforeEach
    void makeManager() {
        using(coffer -> {
            coffer.components().register(MANAGER, "team", "local", Map.of());
            coffer.secretsManager("team").registerSecret(secret("seen"));
        });
    }

    private void using(Consumer<Coffer> work) {
        CofferOptions options = CofferOptions.fromEnvironment(Map.of("COFFER_HOME", home.toString()));
        try (Coffer coffer = Coffer.open(options.withNotices(notice -> {}))) {
            work.accept(coffer);
        }
    }

    private static Secret secret(String name) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of("v")));
    }

    /** Answers yes, after somebody else did something. */
    private CommandRun agreeAfter(Consumer<Coffer> meanwhile, String... args) {
        return CommandRun.agreeing(Map.of("COFFER_HOME", home.toString()), () -> using(meanwhile), args);
    }

    @Test
    void secret_registeredAfterTheQuestion_isKept() {
        CommandRun run = agreeAfter(
                quick -> quick.secretsManager("team").registerSecret(secret("late")),
                "secrets-manager",
                "delete",
                "team");

        assertEquals(8, run.code(), run.err());
        assertTrue(run.err().contains("with 1 secret and all history?"), run.err());
        assertTrue(run.err().contains("nothing was deleted"), run.err());
        using(coffer -> assertEquals(
                List.of(SecretName.of("late"), SecretName.of("seen")),
                coffer.secretsManager("team").getAllSecretKeys()));
    }

    @Test
    void stack_registeredAfterTheQuestion_keepsItsManager() {
        CommandRun run = agreeAfter(
                quick -> quick.stacks().register("late", Map.of(MANAGER, "team")), "secrets-manager", "delete", "team");

        assertEquals(8, run.code(), run.err());
        using(coffer -> {
            assertEquals(
                    "team",
                    StackText.secretsManager(coffer.stacks(), coffer.stacks().require("late")));
            assertEquals(1, coffer.secretsManager("team").getAllSecretKeys().size());
        });
    }

    /** Keeps secrets outside of the store, for all that this process opens. */
    public static final class Elsewhere implements SecretsManagerFlavor {
        private static final SecretsManagerFlavor KEEPER = new MemoryFlavor(Clock.systemUTC());
        private static Optional<Secret> late = Optional.empty();

        @Override
        public String name() {
            return "elsewhere";
        }

        @Override
        public String description() {
            return "for this test";
        }

        @Override
        public List<AttributeDeclaration> attributes() {
            return KEEPER.attributes();
        }

        @Override
        public SecretsManager create(ComponentDefinition definition, SecretSchemas schemas) {
            SecretsManager kept = KEEPER.create(definition, schemas);
            return (SecretsManager) Proxy.newProxyInstance(
                    Elsewhere.class.getClassLoader(), new Class<?>[] {SecretsManager.class}, (self, method, given) -> {
                        if (method.getName().startsWith("delete")) {
                            late.ifPresent(kept::registerSecret);
                            late = Optional.empty();
                        }
                        return method.invoke(kept, given);
                    });
        }
    }

    private void keepElsewhere() {
        using(coffer -> {
            coffer.flavors().register(Elsewhere.class.getName(), Optional.empty(), false);
            coffer.components().register(MANAGER, "far", "elsewhere", Map.of());
            coffer.secretsManager("far").registerSecret(secret("seen"));
        });
    }

    /** The store cannot bring back what another place has deleted, so all is looked at once more before. */
    @Test
    void stack_registeredAfterTheQuestion_keepsSecretsThatAreElsewhere() {
        keepElsewhere();
        CommandRun run = agreeAfter(
                quick -> quick.stacks().register("late", Map.of(MANAGER, "far")), "secrets-manager", "delete", "far");

        assertEquals(8, run.code(), run.err());
        assertTrue(run.err().contains("nothing was deleted"), run.err());
        using(coffer -> assertEquals(
                List.of(SecretName.of("seen")), coffer.secretsManager("far").getAllSecretKeys()));
    }

    @Test
    void secret_registeredElsewhere_whileItIsEmptied_isKept() {
        keepElsewhere();
        Elsewhere.late = Optional.of(secret("late"));
        CommandRun run = agreeAfter(quick -> {}, "secrets-manager", "delete", "far");

        assertEquals(8, run.code(), run.err());
        using(coffer -> assertEquals(
                List.of(SecretName.of("late")), coffer.secretsManager("far").getAllSecretKeys()));
        assertEquals(
                0, agreeAfter(quick -> {}, "secrets-manager", "delete", "far").code());
    }

    @Test
    void nothingMeanwhile_deletesAll() {
        CommandRun run = agreeAfter(quick -> {}, "secrets-manager", "delete", "team");

        assertEquals(0, run.code(), run.err());
        using(coffer -> assertFalse(coffer.components().find(MANAGER, "team").isPresent()));
    }
}
