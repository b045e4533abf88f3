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
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import java.lang.reflect.InvocationTargetException;
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

/** Some providers list a secret minutes after it was registered: what names one asks for that one. */
class LaggingListTest {
    private static final SecretName DB = SecretName.of("db");

    @TempDir
    Path home;

    /** Keeps secrets outside of the store, for all that this process opens, and lists none of them yet. */
    public static final class Lagging implements SecretsManagerFlavor {
        private static final SecretsManagerFlavor KEEPER = new MemoryFlavor(Clock.systemUTC());

        @Override
        public String name() {
            return "lagging";
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
            Class<?>[] shown = {SecretsManager.class, Owned.class};
            return (SecretsManager) Proxy.newProxyInstance(
                    Lagging.class.getClassLoader(), shown, (self, method, given) -> {
                        if (method.getName().matches("getAllSecretKeys|listSecrets")) {
                            return List.of();
                        }
                        try {
                            return method.invoke(kept, given);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @BeforeEach
    void register() {
        using(coffer -> {
            coffer.flavors().register(Lagging.class.getName(), Optional.empty(), false);
            coffer.components().register(ComponentType.SECRETS_MANAGER, "far", "lagging", Map.of());
            coffer.stacks().register("far", Map.of(ComponentType.SECRETS_MANAGER, "far"));
            coffer.secretsManager("far").registerSecret(Secret.of(DB, Map.of("k", SecretValue.of("v"))));
        });
    }

    private void using(Consumer<Coffer> work) {
        CofferOptions options = CofferOptions.fromEnvironment(Map.of("COFFER_HOME", home.toString()));
        try (Coffer coffer = Coffer.open(options.withNotices(notice -> {}))) {
            work.accept(coffer);
        }
    }

    private CommandRun run(String... args) {
        return CommandRun.of(Map.of("COFFER_HOME", home.toString(), "COFFER_STACK", "far"), args);
    }

    @Test
    void delete_findsWhatIsNotListedYet() {
        CommandRun run = run("secret", "delete", "db", "--yes");
        assertEquals(0, run.code(), run.err());
        using(coffer -> assertFalse(coffer.secretsManager("far").hasSecret(DB)));
        assertEquals(3, run("secret", "delete", "db", "--yes").code());
    }

    @Test
    void register_isRefusedBeforeAValueIsAskedFor() {
        CommandRun run = CommandRun.agreeing(
                Map.of("COFFER_HOME", home.toString(), "COFFER_STACK", "far"),
                () -> {
                    throw new AssertionError("nothing is to be asked");
                },
                "secret",
                "register",
                "db",
                "-i");
        assertEquals(4, run.code(), run.err());
    }

    @Test
    void reference_toWhatIsNotListedYet_isNotMissing() {
        assertTrue(run("component", "artifact-store", "register", "bucket", "--flavor", "s3", "--key={{db.k}}")
                        .code()
                == 0);
        assertEquals(
                0,
                run("stack", "update", "far", "--component", "artifact-store=bucket")
                        .code());
        CommandRun run = run("stack", "check", "far", "--validation", "SECRET_EXISTS");
        assertEquals(0, run.code(), run.err() + run.out());
    }
}
