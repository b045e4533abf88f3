package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.BasicAuth;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coffer stack check} and {@code coffer stack register-secrets}, on a stack whose components name secrets. */
class StackSecretsTest {
    private static final SecretName DB = SecretName.of("prod/db");

    @TempDir
    Path home;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void makeStack() {
        environment = Map.of("COFFER_HOME", home.toString());
        try (Coffer coffer = open()) {
            ComponentType orchestrator = new ComponentType("orchestrator");
            ComponentType store = new ComponentType("artifact-store");
            coffer.components()
                    .register(orchestrator, "kube", "any", Map.of("url", "x://{{prod/db.username}}:{{prod/db.pin}}"));
            coffer.components()
                    .register(store, "bucket", "any", Map.of("id", "{{prod/s3[a.b]}}", "db", "{{prod/db.password}}"));
            coffer.stacks().register("mine", Map.of(orchestrator, "kube", store, "bucket"));
        }
    }

    private Coffer open() {
        return Coffer.open(CofferOptions.fromEnvironment(environment).withNotices(notice -> {}));
    }

    private void register(Secret secret) {
        try (Coffer coffer = open()) {
            coffer.secrets().registerSecret(secret);
        }
    }

    private CommandRun run(String... args) {
        return CommandRun.of(environment, args);
    }

    private CommandRun type(String lines, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> hidden = new ArrayList<>();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                out,
                err,
                Set.of(Terminal.Stream.IN, Terminal.Stream.ERR),
                () -> {
                    hidden.add("asked");
                    return () -> {};
                });
        int code = Main.run(List.of(args), environment, terminal);
        assertEquals(lines.isEmpty() ? 0 : lines.split("\n", -1).length - 1, hidden.size(), "every question is hidden");
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void check_reportsAllThatIsMissing_atOnce() {
        register(Secret.of(DB, Map.of("username", SecretValue.of("canary"))));

        CommandRun all = run("stack", "check", "mine", "-o", "json");
        assertEquals(3, all.code());
        assertEquals(
                "[{\"type\":\"artifact-store\",\"component\":\"bucket\",\"attribute\":\"db\",\"secret\":\"prod/db\","
                        + "\"key\":\"password\",\"secretsManager\":\"local\",\"missing\":\"key\"},"
                        + "{\"type\":\"artifact-store\",\"component\":\"bucket\",\"attribute\":\"id\","
                        + "\"secret\":\"prod/s3\",\"key\":\"a.b\",\"secretsManager\":\"local\",\"missing\":\"secret\"},"
                        + "{\"type\":\"orchestrator\",\"component\":\"kube\",\"attribute\":\"url\","
                        + "\"secret\":\"prod/db\",\"key\":\"pin\",\"secretsManager\":\"local\",\"missing\":\"key\"}]\n",
                all.out());
        assertTrue(all.err().contains("names 3 values that are missing"), all.err());

        CommandRun names = run("stack", "check", "mine", "--validation", "secret_exists");
        assertEquals(3, names.code());
        assertEquals(2, names.out().lines().count(), names.out());
        assertTrue(names.out().contains("prod/s3"), names.out());
        assertEquals(0, run("stack", "check", "mine", "--validation=NONE").code());
        assertEquals(0, run("stack", "check").code(), "the active stack needs nothing");
        assertFalse((all.err() + names.out() + names.err()).contains("canary"));
    }

    @Test
    void level_isTheEnvironments_unlessTheOptionNamesOne() {
        environment = Map.of("COFFER_HOME", home.toString(), "COFFER_SECRET_VALIDATION_LEVEL", "NONE");
        assertEquals(0, run("stack", "check", "mine").code());
        assertEquals(
                3,
                run("stack", "check", "mine", "--validation", "SECRET_EXISTS").code());

        environment = Map.of("COFFER_HOME", home.toString(), "COFFER_SECRET_VALIDATION_LEVEL", "ALL");
        CommandRun bad = run("stack", "check", "mine");
        assertEquals(2, bad.code());
        assertTrue(bad.err().contains("NONE, SECRET_EXISTS, SECRET_AND_KEY_EXISTS"), bad.err());
        assertEquals(2, run("stack", "check", "mine", "--validation", "ALL").code());
    }

    @Test
    void registerSecrets_asksHiddenInOrder_andThenNothingIsMissing() {
        CommandRun run =
                type("pass-canary\n\npin-canary\nuser-canary\nab-canary\n", "stack", "register-secrets", "mine");

        assertEquals(0, run.code(), run.err());
        List<String> asked =
                run.err().lines().filter(line -> line.contains("in local: ")).toList();
        assertEquals(
                List.of(
                        "prod/db.password in local: ",
                        "prod/db.pin in local: ",
                        "prod/db.pin in local: ",
                        "prod/db.username in local: ",
                        "prod/s3[a.b] in local: "),
                asked);
        assertFalse((run.out() + run.err()).contains("canary"), run.err());
        assertEquals(0, run("stack", "check", "mine").code());
        try (Coffer coffer = open();
                Secret db = coffer.secrets().getSecret(DB)) {
            assertEquals("pass-canary", db.value("password").revealText());
            assertEquals("pin-canary", db.value("pin").revealText());
            assertEquals("user-canary", db.value("username").revealText());
        }
    }

    @Test
    void missingValue_thatIsNotGiven_isRefused() {
        CommandRun run = type("\n\n\n", "stack", "register-secrets", "mine");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("prod/db.password got no value"), run.err());
    }

    /** The original made an untyped secret of a typed one. */
    @Test
    void typedSecret_keepsItsTypeAndOtherKeys_andEnterKeepsAValue() {
        makeTyped();
        CommandRun run = type("new\n\nab\n", "stack", "register-secrets", "typed", "-o", "json");

        assertEquals(0, run.code(), run.err());
        assertEquals(
                "[{\"name\":\"prod/db\",\"secretsManager\":\"local\",\"new\":false,\"keys\":[\"password\"]},"
                        + "{\"name\":\"prod/s3\",\"secretsManager\":\"local\",\"new\":true,\"keys\":[\"a.b\"]}]\n",
                run.out());
        try (Coffer coffer = open();
                Secret db = coffer.secrets().getSecret(DB)) {
            BasicAuth login = db.as(BasicAuth.class);
            assertEquals("ada", login.username().revealText());
            assertEquals("new", login.password().revealText());
        }
        assertEquals(
                0,
                type("", "stack", "register-secrets", "typed", "--skip-existing")
                        .code());
    }

    private void makeTyped() {
        register(Secret.from(DB, new BasicAuth(SecretValue.of("ada"), SecretValue.of("old"))));
        try (Coffer coffer = open()) {
            ComponentType type = new ComponentType("orchestrator");
            Map<String, String> attributes =
                    Map.of("a", "{{prod/db.password}}", "b", "{{prod/db.username}}", "c", "{{prod/s3[a.b]}}");
            coffer.components().register(type, "typed", "any", attributes);
            coffer.stacks().register("typed", Map.of(type, "typed"));
        }
    }

    @Test
    void keyThatATypedSecretCannotHave_isRefused_beforeAnythingIsTyped() {
        makeTyped();
        CommandRun run = type("", "stack", "register-secrets", "mine");
        assertEquals(7, run.code());
        assertTrue(run.err().contains("prod/db.pin") && run.err().contains("basic_auth"), run.err());
    }

    @Test
    void withoutATerminal_whatIsMissingIsNamed() {
        CommandRun run = run("stack", "register-secrets", "mine");
        assertEquals(2, run.code());
        assertTrue(
                run.err().contains("lacks prod/db.password, prod/db.pin, prod/db.username, prod/s3[a.b]"), run.err());
        assertEquals(0, run("stack", "register-secrets").code(), "the active stack needs nothing");
    }

    @Test
    void stackThatLacksSecrets_isNoted_andUsedAllTheSame() {
        CommandRun set = run("stack", "set", "mine");
        assertEquals(0, set.code(), set.err());
        assertTrue(set.err().contains("note: the stack mine names 4 values that are missing"), set.err());
        assertEquals("mine\n", run("stack", "get").out());
        CommandRun twin = run("stack", "register", "twin", "--component", "orchestrator=kube");
        assertTrue(twin.err().contains("names 2 values"), twin.err());
        CommandRun update = run("stack", "update", "twin", "--component", "artifact-store=bucket", "-o", "json");
        assertTrue(update.err().contains("names 4 values"), update.err());

        environment = Map.of("COFFER_HOME", home.toString(), "COFFER_SECRET_VALIDATION_LEVEL", "NONE");
        assertEquals("the active stack is mine\n", run("stack", "set", "mine").err());
    }

    @Test
    void referencesAreLookedUp_inTheStacksOwnManager() {
        try (Coffer coffer = open()) {
            ComponentType orchestrator = new ComponentType("orchestrator");
            coffer.components().register(orchestrator, "odd", "any", Map.of("a", "{{prod/db.pin}}"));
            coffer.components().register(ComponentType.SECRETS_MANAGER, "mem", "memory", Map.of());
            coffer.stacks().register("odd", Map.of(orchestrator, "odd", ComponentType.SECRETS_MANAGER, "mem"));
        }
        CommandRun run = run("stack", "set", "odd");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("names 1 value that is missing"), run.err());
    }
}
