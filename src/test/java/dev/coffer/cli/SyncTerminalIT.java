package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncState;
import dev.coffer.sync.SyncStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Synchronization at a terminal: decisions key by key, questions before deletions, and Ctrl-C in the middle. */
class SyncTerminalIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));
    private static final int MANY = 1_000;

    @TempDir
    Path folder;

    private TerminalSession at(String command) throws Exception {
        return TerminalSession.start(CHECKOUT, folder.resolve("home"), command);
    }

    private void done(String command) throws Exception {
        try (TerminalSession session = at(command)) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    /** With another secrets manager of the same store as the target: {@code --stack far} is somebody at the other end. */
    private void makeConflict() throws Exception {
        done("coffer secrets-manager register remote --flavor local"
                + " && coffer stack register far --secrets-manager remote && coffer sync add remote"
                + " && coffer secret register db --user=ada --password=first-hunter1 --port=1 && coffer sync push"
                + " && coffer secret update db --user=here --password=ours-hunter22"
                + " && coffer secret update db --user=there --password=theirs-hunter333 --remove-key port --stack far");
    }

    @Test
    void interactiveResolve_goesThroughTheKeys_andShowsValuesOnRequestAlone() throws Exception {
        makeConflict();
        try (TerminalSession session = at("coffer sync resolve db --interactive")) {
            session.expect("both sides changed the same key");
            session.expect("password: ours 13 bytes, theirs 16 bytes").type("huh");
            session.expect("password: ours 13 bytes, theirs 16 bytes");
            assertFalse(session.screen().contains("hunter"), session.screen());
            session.type("s");
            session.expect("ours: ours-hunter22").expect("theirs: theirs-hunter333");
            session.expect("[o/t/b/s/l]: ").type("t");
            session.expect("user: ours 4 bytes, theirs 5 bytes").type("o");
            session.expect("decided db with remote: by-key").expect("'coffer sync push remote' sends it");
            assertEquals(0, session.exit(), session.screen());
        }
        done("coffer sync push");
        for (String side : List.of("default", "far")) {
            try (TerminalSession session = at("coffer secret get db --stack " + side)) {
                assertEquals(0, session.exit(), session.screen());
                assertTrue(session.screen().contains("theirs-hunter333"), session.screen());
                assertTrue(session.screen().contains("here"), session.screen());
                assertFalse(session.screen().contains("port"), session.screen());
            }
        }
        try (TerminalSession session = at("coffer secret history db")) {
            session.expect("conflict with remote: ours").expect("conflict with remote: theirs");
            assertEquals(0, session.exit(), session.screen());
        }
    }

    @Test
    void interactiveResolve_leavesWhatIsToBeLeft_andKeepsBoth() throws Exception {
        makeConflict();
        try (TerminalSession session = at("coffer sync resolve -i")) {
            session.expect("password: ").type("o");
            session.expect("user: ").type("l");
            session.expect("not everything is decided: 1 conflict");
            assertEquals(8, session.exit(), session.screen());
        }
        try (TerminalSession session = at("trap : INT; coffer sync resolve -i; echo code $?")) {
            session.expect("password: ").press("\u0003");
            session.expect("code 130");
        }
        try (TerminalSession session = at("coffer sync resolve -i")) {
            session.expect("password: ").type("b");
            session.expect("what was there is db-theirs");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret get db-theirs --key password")) {
            session.expect("theirs-hunter333");
            assertEquals(0, session.exit());
        }
        try (TerminalSession session = at("coffer secret get db --key password")) {
            session.expect("ours-hunter22");
            assertEquals(0, session.exit());
        }
    }

    @Test
    void deletedAgainstChanged_isOneQuestion() throws Exception {
        makeConflict();
        done("coffer secret delete db -y");
        try (TerminalSession session = at("coffer sync resolve db -i")) {
            session.expect("it was deleted here and changed on the target");
            session.expect("ours: nothing, theirs: 2 keys").type("t");
            session.expect("decided db with remote: theirs");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret get db --key user")) {
            session.expect("there");
            assertEquals(0, session.exit());
        }
    }

    @Test
    void deletions_areAskedFor_andDeclinedOnesChangeNothing() throws Exception {
        makeConflict();
        done("coffer secret register other --k=v && coffer sync resolve --ours -y && coffer sync push"
                + " && coffer secret delete other -y");
        try (TerminalSession session = at("coffer sync apply --mirror-deletes")) {
            session.expect("delete other on remote? [y/N]").type("n");
            assertEquals(2, session.exit(), session.screen());
        }
        done("coffer secret get other --stack far");
        try (TerminalSession session = at("coffer sync apply --mirror-deletes")) {
            session.expect("delete other on remote? [y/N]").type("y");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret get other --stack far")) {
            assertEquals(3, session.exit(), session.screen());
        }
    }

    @Test
    void ctrlC_inTheMiddleOfAPush_losesNothing_andTheNextOneGoesOn() throws Exception {
        makeSharedFolder();
        try (TerminalSession session = at("trap : INT; coffer sync push; echo code $?")) {
            session.expect("pushing to team").expect("9 %").press("\u0003");
            session.expect("code 130");
        }
        int there = files();
        assertTrue(there > 0 && there < MANY, "in the middle: " + there);

        done("coffer verify");
        try (TerminalSession session = at("coffer sync push | tail -1")) {
            assertEquals(0, session.exit(), session.screen());
            Matcher sent = Pattern.compile("team: (\\d+) sent").matcher(session.screen());
            assertTrue(sent.find(), session.screen());
            int count = Integer.parseInt(sent.group(1));
            assertTrue(count < MANY && count >= MANY - there, "sent " + count + " after " + there);
        }
        assertEquals(MANY, files());
        try (TerminalSession session = at("coffer sync push")) {
            session.expect("team: nothing to do");
            assertEquals(0, session.exit(), session.screen());
        }
        try (Coffer coffer = coffer()) {
            Sync sync = coffer.sync();
            SyncStatus status = sync.status(sync.target("team"));
            assertEquals(0, status.openWrites());
            assertTrue(
                    status.plan().items().stream().allMatch(item -> item.state() == SyncState.CLEAN),
                    status.plan().items().toString());
        }
    }

    private Coffer coffer() {
        return Coffer.open(CofferOptions.fromEnvironment(Map.of()).withHome(folder.resolve("home")));
    }

    private void makeSharedFolder() throws Exception {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Path jar = folder.resolve("shared-folder.jar");
        Path shared = Files.createDirectory(folder.resolve("shared"));
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                classes.toString(),
                                "-cp",
                                CHECKOUT.resolve("target/coffer.jar").toString(),
                                "-proc:none",
                                CHECKOUT.resolve("src/test/resources/shared-folder/com/example/SharedFolder.java")
                                        .toString()));
        java.util.spi.ToolProvider tool =
                java.util.spi.ToolProvider.findFirst("jar").orElseThrow();
        assertEquals(0, tool.run(System.out, System.err, "cf", jar.toString(), "-C", classes.toString(), "."));
        done("coffer secrets-manager flavor register com.example.SharedFolder --jar " + jar
                + " && coffer secret register key --key=JSfmZNUKr5WBw1pVKZvR8vwLRjR0QBIBHSEpzHpuHQE="
                + " && coffer secrets-manager register team --flavor shared-folder --folder=" + shared
                + " --key='{{key.key}}' --scope=global && coffer sync add team --only 's*'");
        try (Coffer coffer = coffer();
                SecretsManager secrets = coffer.secrets()) {
            List<Secret> many = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                many.add(Secret.of(SecretName.of("s" + i), Map.of("k", SecretValue.of("v" + i))));
            }
            ((BulkWrites) secrets).registerSecrets(many);
            many.forEach(Secret::close);
        }
    }

    /** How many secrets are in the folder. */
    private int files() throws Exception {
        try (var files = Files.walk(folder.resolve("shared"))) {
            return (int) files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                    .count();
        }
    }
}
