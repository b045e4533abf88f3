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
import dev.coffer.stack.ValidationLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coffer stack export} and {@code import}, from one home to another, with a terminal and without. */
class StackFileCommandsTest {
    private static final ComponentType ORCHESTRATOR = new ComponentType("orchestrator");
    private static final SecretName DB = SecretName.of("prod/db");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void exportStack() {
        file = folder.resolve("mine.yaml");
        using("first", coffer -> {
            coffer.components().register(ComponentType.SECRETS_MANAGER, "team", "local", Map.of());
            coffer.components()
                    .register(
                            ORCHESTRATOR,
                            "kube",
                            "any",
                            Map.of("url", "x://{{prod/db.username}}@h", "n", "{{other.n}}", "token", "canary"));
            coffer.stacks().register("mine", Map.of(ORCHESTRATOR, "kube", ComponentType.SECRETS_MANAGER, "team"));
            coffer.secretsManager("team")
                    .registerSecret(Secret.from(DB, new BasicAuth(SecretValue.of("canary"), SecretValue.of("canary"))));
        });
        CommandRun run = run("first", "stack", "export", "mine", file.toString());
        assertEquals(0, run.code(), run.err());
        assertFalse((run.out() + run.err()).contains("canary"), run.err());
    }

    private Map<String, String> environment(String home) {
        return Map.of("COFFER_HOME", folder.resolve(home).toString());
    }

    private void using(String home, Consumer<Coffer> work) {
        try (Coffer coffer =
                Coffer.open(CofferOptions.fromEnvironment(environment(home)).withNotices(notice -> {}))) {
            work.accept(coffer);
        }
    }

    private CommandRun run(String home, String... args) {
        return CommandRun.of(environment(home), args);
    }

    private CommandRun type(String home, String lines, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                out,
                err,
                Set.of(Terminal.Stream.IN, Terminal.Stream.ERR),
                () -> () -> {});
        int code = Main.run(List.of(args), environment(home), terminal);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void file_isForItsOwner_holdsNoSecret_andNothingIsLeftBeside() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        String yaml = Files.readString(file);
        assertFalse(yaml.contains("canary"), yaml);
        assertTrue(yaml.contains("schema: basic_auth"), yaml);
        assertTrue(yaml.contains("left-out: [token]"), yaml);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    Set.of("first", "mine.yaml"),
                    Set.copyOf(files.map(path -> path.getFileName().toString()).toList()));
        }
    }

    @Test
    void fileThatIsThere_isAskedFor_orRefused() throws IOException {
        Files.writeString(file, "precious");
        CommandRun refused = run("first", "stack", "export", "mine", file.toString());
        assertEquals(4, refused.code(), refused.err());
        CommandRun declined = type("first", "n\n", "stack", "export", "mine", file.toString());
        assertEquals(2, declined.code(), declined.err());
        assertEquals("precious", Files.readString(file));

        assertEquals(
                0,
                type("first", "y\n", "stack", "export", "mine", file.toString()).code());
        assertTrue(Files.readString(file).startsWith("# A stack of coffer."));
        assertEquals(
                0,
                run("first", "stack", "export", "mine", file.toString(), "-y").code());
    }

    @Test
    void fileThatCannotBeWritten_isSaid() {
        assertEquals(
                15,
                run("first", "stack", "export", "mine", folder.toString(), "-y").code());
        CommandRun run = run(
                "first",
                "stack",
                "export",
                "mine",
                folder.resolve("no/such.yaml").toString());
        assertEquals(15, run.code());
        assertTrue(run.err().contains("there is no such folder"), run.err());
    }

    @Test
    void jsonIsImportedToo_andYamlIsTheSameOnStandardOutput() throws IOException {
        CommandRun yaml = run("first", "stack", "export", "mine");
        assertEquals(Files.readString(file), yaml.out());
        assertEquals(yaml.out(), run("first", "stack", "export", "mine", "-").out());
        Path json = folder.resolve("mine.json");
        Files.writeString(
                json, run("first", "stack", "export", "mine", "-o", "json").out());
        assertEquals(0, run("second", "stack", "import", json.toString(), "-y").code());
        assertEquals(
                Files.readString(file).replaceAll("  schema: basic_auth\n|  left-out: \\[token\\]\n", ""),
                run("second", "stack", "export", "mine").out());
    }

    @Test
    void standardInput_isReadToo() throws IOException {
        CommandRun run = type("second", Files.readString(file), "stack", "import", "-", "-y");
        assertEquals(0, run.code(), run.err());
    }

    @Test
    void withoutConfirmation_nothingIsImported() {
        CommandRun run = run("second", "stack", "import", file.toString());
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains("register  orchestrator"), run.err());
        assertEquals(
                2, type("second", "n\n", "stack", "import", file.toString()).code());
        assertEquals(
                0,
                type("second", "", "stack", "import", file.toString(), "--dry-run")
                        .code());
        using("second", coffer -> assertTrue(coffer.stacks().find("mine").isEmpty()));
        assertEquals(
                0, type("second", "y\n", "stack", "import", file.toString()).code());
        using("second", coffer -> assertTrue(coffer.stacks().find("mine").isPresent()));
    }

    @Test
    void secretsThatAreMissing_areAskedFor_andATypedOneIsTyped() {
        CommandRun run = type(
                "second",
                "y\n1-secret\npass-secret\nuser-secret\n",
                "stack",
                "import",
                file.toString(),
                "--register-secrets",
                "--name",
                "theirs");

        assertEquals(0, run.code(), run.err());
        assertFalse((run.out() + run.err()).contains("-secret\n"), run.err());
        assertEquals(
                List.of("other.n in team: ", "prod/db.password in team: ", "prod/db.username in team: "),
                run.err().lines().filter(line -> line.endsWith(" in team: ")).toList());
        using("second", coffer -> {
            assertEquals(
                    List.of(),
                    coffer.missing(coffer.stacks().require("theirs"), ValidationLevel.SECRET_AND_KEY_EXISTS));
            try (Secret db = coffer.secretsManager("team").getSecret(DB)) {
                assertEquals("pass-secret", db.as(BasicAuth.class).password().revealText());
                assertEquals("user-secret", db.as(BasicAuth.class).username().revealText());
            }
        });
        assertEquals(
                0,
                type("second", "", "stack", "import", file.toString(), "--register-secrets", "--name", "theirs")
                        .code());
    }

    @Test
    void askingWithoutATerminal_importsNothing() {
        CommandRun run = run("second", "stack", "import", file.toString(), "--register-secrets", "-y");
        assertEquals(2, run.code(), run.err());
        using("second", coffer -> assertTrue(coffer.stacks().find("mine").isEmpty()));
    }

    @Test
    void schemaThatIsMissing_isNoted_andRefusedBeforeItsSecretIsAskedFor() throws IOException {
        Files.writeString(file, Files.readString(file).replace("schema: basic_auth", "schema: door"));
        CommandRun asked = type("second", "", "stack", "import", file.toString(), "--register-secrets");
        assertEquals(3, asked.code(), asked.err());
        assertTrue(
                asked.err().contains("are of the type door, which is not known here; nothing was imported"),
                asked.err());
        assertTrue(asked.err().contains("'coffer schema register FILE'"), asked.err());
        CommandRun run = run("second", "stack", "import", file.toString(), "-y");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("note: the schema door is not known here"), run.err());
    }

    @Test
    void flavorThatIsMissing_isRefused_withTheWayToGetIt() throws IOException {
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("  flavor: local\n", "  flavor: shared\n  flavor-class: com.example.Shared\n"));
        for (List<String> last : List.of(List.of("--dry-run"), List.of("-y"))) {
            CommandRun run = run("second", "stack", "import", file.toString(), last.get(0));
            assertEquals(3, run.code(), run.err());
            assertTrue(
                    run.err()
                            .contains("'coffer secrets-manager flavor register com.example.Shared --jar FILE' adds it"),
                    run.err());
        }
    }

    @Test
    void nameThatIsTaken_isAskedFor_orAConflict() {
        using("second", coffer -> coffer.components().register(ORCHESTRATOR, "kube", "any", Map.of("url", "mine")));
        CommandRun conflict = run("second", "stack", "import", file.toString(), "-y");
        assertEquals(8, conflict.code(), conflict.err());
        assertTrue(conflict.err().contains("orchestrator kube"), conflict.err());
        assertEquals(
                8,
                run("second", "stack", "import", file.toString(), "-y", "-o", "json")
                        .code());
        CommandRun dry = run("second", "stack", "import", file.toString(), "--dry-run");
        assertEquals(0, dry.code());
        assertTrue(dry.out().contains("duplicate  orchestrator"), dry.out());
        CommandRun skipped =
                run("second", "stack", "import", file.toString(), "-y", "--on-duplicate=skip", "--name=skipping");
        assertEquals(0, skipped.code(), skipped.err());

        CommandRun renamed = type("second", "x\nr\ny\n", "stack", "import", file.toString());
        assertEquals(0, renamed.code(), renamed.err());
        assertTrue(
                renamed.err().contains("the orchestrator kube is here already, and is another one: skip, overwrite or"),
                renamed.err());
        using("second", coffer -> {
            assertEquals(
                    Map.of("url", "mine"),
                    coffer.components().require(ORCHESTRATOR, "kube").attributes());
            assertTrue(coffer.components().find(ORCHESTRATOR, "kube-2").isPresent());
        });
    }

    @Test
    void overwritingAManager_thatWouldLoseSightOfItsSecrets_isAsked() throws IOException {
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("  flavor: local\n", "  flavor: local\n  attributes: {scope: global}\n"));
        CommandRun run = type("first", "n\n", "stack", "import", file.toString(), "--on-duplicate", "overwrite");
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains("change what team sees? 1 secret will be out of its sight"), run.err());
        using(
                "first",
                coffer -> assertEquals(
                        1, coffer.secretsManager("team").getAllSecretKeys().size()));
    }

    @Test
    void file_thatIsNone_isRefusedWithItsPlace() throws IOException {
        Files.writeString(file, "coffer-stack: 1\nname: mine\nvalue: canary\n");
        CommandRun run = run("second", "stack", "import", file.toString(), "-y", "-o", "json");
        assertEquals(7, run.code(), run.err());
        assertTrue(run.err().contains("line 3, column 1: the field 'value' is not known"), run.err());
        assertFalse(run.err().contains("canary"), run.err());
        Files.write(file, new byte[] {(byte) 0xff});
        assertEquals(7, run("second", "stack", "import", file.toString(), "-y").code());
        Files.write(file, new byte[5 << 20]);
        assertEquals(7, run("second", "stack", "import", file.toString(), "-y").code());
        assertEquals(
                15,
                run("second", "stack", "import", folder.resolve("none").toString(), "-y")
                        .code());
    }
}
