package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir
    Path folder;

    private Map<String, String> environment;

    @BeforeEach
    void findNothing() {
        environment = Map.of("COFFER_HOME", folder.resolve("home").toString());
    }

    private void coffer(String... args) {
        CommandRun run = CommandRun.of(environment, args);
        assertEquals(0, run.code(), run.err());
    }

    /** The words that can stand at the end of the line. */
    private List<String> completed(String line) {
        return answer(line)
                .lines()
                .map(answer -> answer.replaceFirst("\t.*", ""))
                .toList();
    }

    private String answer(String line) {
        byte[] words = (line.replace(' ', '\0') + "\0").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new ByteArrayInputStream(words), out, err, Set.of(), () -> {
            throw new AssertionError("nothing is to be asked");
        });
        assertEquals(0, Main.run(List.of(Completion.ASK), environment, terminal));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private void makeStore() {
        coffer("secret", "register", "prod/db", "--schema", "basic_auth", "--username=ada", "--password=hunter2");
        coffer("secret", "register", "gone", "--k=v");
        coffer("secret", "delete", "gone", "-y");
        coffer("secrets-manager", "register", "team", "--flavor", "local");
        coffer("component", "artifact-store", "register", "bucket", "--flavor", "s3");
        coffer("stack", "register", "staging", "--secrets-manager", "team");
        coffer("secret", "register", "team/token", "--k=v", "--stack", "staging");
    }

    @Test
    void commandsAndOptions_areThoseOfTheTree() {
        assertEquals(List.of("secret", "secrets-manager"), completed("sec"));
        assertEquals(List.of("get"), completed("secret g"));
        assertEquals("get\tShow a secret, or one value of it.\n", answer("secret g"));
        assertEquals(List.of("--key"), completed("secret get x --k"));
        assertEquals(List.of(), completed("secret get x --key a --k"));
        assertEquals(List.of("table", "json"), completed("secret list -o "));
        assertEquals(List.of("--output=json"), completed("secret list --output=j"));
        assertEquals(List.of("bash", "fish", "zsh"), completed("completion "));
        assertFalse(completed("").contains(Completion.ASK));
        assertTrue(completed("component orchestrator re").contains("register"));
    }

    @Test
    void names_comeFromTheStore_unlockedByNothing() throws Exception {
        makeStore();
        try (var keys = Files.list(folder.resolve("home/keys"))) {
            for (Path key : keys.toList()) {
                Files.delete(key);
            }
        }
        assertEquals(List.of("prod/db", "team/token"), completed("secret get "));
        assertEquals(List.of("prod/db"), completed("secret delete team/token prod"));
        assertEquals(List.of("prod/db"), completed("secret rename p"));
        assertEquals(List.of(), completed("secret rename prod/db "));
        assertEquals(List.of(), completed("secret register "));
        assertEquals(List.of("default", "staging"), completed("stack set "));
        assertEquals(List.of("staging"), completed("secret list --stack s"));
        assertEquals(List.of("local", "team"), completed("secrets-manager describe "));
        assertEquals(List.of("artifact-store"), completed("component "));
        assertEquals(List.of("bucket"), completed("component artifact-store describe "));
        assertEquals(List.of("local"), completed("stack update staging --secrets-manager l"));
        assertEquals(List.of("memory"), completed("secrets-manager flavor describe m"));
    }

    @Test
    void schemas_offerTheirTypesAndKeys() {
        assertEquals(List.of("postgres"), completed("secret register x --schema postg"));
        assertEquals(List.of("postgres"), completed("secret register x --schema = postg")); // as bash has it
        assertEquals(List.of("--schema=postgres"), completed("secret register x --schema=postg"));
        assertEquals(List.of("--password="), completed("secret register x --schema basic_auth --passw"));
        assertEquals(List.of("basic_auth"), completed("schema describe basic"));
    }

    @Test
    void syncTargets_areSecretsManagersOfWhichOneIsATarget() {
        makeStore();
        assertEquals(List.of(), completed("sync push "));
        assertEquals(List.of("local", "team"), completed("sync add "));
        coffer("sync", "add", "team");
        for (String command : List.of("status", "plan", "push", "pull", "remove")) {
            assertEquals(List.of("team"), completed("sync " + command + " "), command);
        }
        assertEquals(List.of("team"), completed("sync push other t"));
        assertEquals(List.of("team"), completed("sync resolve prod/db --target "));
        assertEquals(List.of("prod/db"), completed("sync resolve p"));
        assertEquals(List.of("push", "pull"), completed("sync add team --direction pu"));
        assertEquals(List.of("push", "pull", "both"), completed("sync plan --direction "));
        assertEquals(List.of(Completion.FILES), completed("sync apply "));
    }

    @Test
    void files_areTheShellsBusiness() {
        assertEquals(List.of(Completion.FILES), completed("restore "));
        assertEquals(List.of(Completion.FILES), completed("secret register x --values "));
        assertEquals(List.of(Completion.FILES), completed("stack import "));
        assertEquals(List.of(Completion.FILES), completed("stack export default "));
        assertEquals(List.of("default"), completed("stack export "));
    }

    /** Whoever types is not disturbed, and nothing is made or mended in passing. */
    @Test
    void withoutASoundStore_thereAreNoNames() throws Exception {
        assertEquals(List.of(), completed("secret get "));
        assertFalse(Files.exists(folder.resolve("home")));
        makeStore();
        Path database = folder.resolve("home/coffer.db");
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(List.of(), completed("secret get "));
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-------"));
        assertEquals(List.of("prod/db", "team/token"), completed("secret get "));
        Files.writeString(database, "not a store");
        assertEquals(List.of(), completed("secret get "));
    }

    @Test
    void home_isThatOfTheLine_howeverItIsWritten() {
        makeStore();
        String home = folder.resolve("home").toString();
        environment = Map.of("COFFER_HOME", folder.resolve("none").toString());
        assertEquals(List.of(), completed("secret get "));
        for (String given : List.of("--home " + home, "--home=" + home, "--home = " + home)) {
            assertEquals(List.of("prod/db", "team/token"), completed("secret get " + given + " "), given);
            assertEquals(List.of("prod/db"), completed(given + " secret get p"), given);
        }
        assertEquals(List.of(Completion.FILES), completed("secret get --home "));
    }

    @Test
    void strangeLines_areCompletedWithNothing() {
        for (String line : List.of("no such", "secret get --no=", "=", "-", "secret get \u0001", "component = =")) {
            answer(line);
        }
    }
}
