package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens at a terminal only: hidden prompts, confirmations, warnings, progress and Ctrl-C. */
class TerminalIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));

    @TempDir
    Path folder;

    private TerminalSession at(String command) throws Exception {
        return TerminalSession.start(CHECKOUT, folder.resolve("home"), command);
    }

    private void makeStore() throws Exception {
        try (TerminalSession session = at("coffer secret register a --set k=@-</dev/null")) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    @Test
    void passphrase_isAskedTwiceHidden_andOpensTheStore() throws Exception {
        try (TerminalSession session = at("coffer init --passphrase")) {
            session.expect("new passphrase: ").type("correct horse");
            session.expect(": ").type("correct horse");
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("correct horse"), session.screen());
        }
        try (TerminalSession session = at("coffer secret list")) {
            session.expect("assphrase").type("wrong");
            session.expect("assphrase").type("correct horse");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret list")) {
            for (int attempt = 0; attempt < 3; attempt++) {
                session.expect("assphrase:").type("wrong");
            }
            assertEquals(5, session.exit(), session.screen());
        }
    }

    @Test
    void passphrasesThatDiffer_makeNoStore() throws Exception {
        try (TerminalSession session = at("coffer init --passphrase")) {
            session.expect("new passphrase: ").type("one");
            session.expect(": ").type("two");
            assertEquals(2, session.exit(), session.screen());
        }
        assertFalse(Files.exists(folder.resolve("home/coffer.db")));
    }

    @Test
    void keyAlone_isAskedHidden() throws Exception {
        try (TerminalSession session = at("coffer secret register db --schema basic_auth --username=ada")) {
            session.expect("password").type("hidden-hunter2");
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("hidden-hunter2"), session.screen());
        }
        try (TerminalSession session = at("coffer secret update db --password")) {
            session.expect("password").type("hidden-hunter3");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret get db --key password")) {
            session.expect("hidden-hunter3");
            assertEquals(0, session.exit());
            assertTrue(session.screen().contains("hidden-hunter3\r\n"), "a newline is added on a terminal");
        }
    }

    @Test
    void keyThatTheSchemaLacks_isNotAskedFor() throws Exception {
        makeStore();
        for (String command : new String[] {
            "coffer secret register db --schema basic_auth --pasword",
            "coffer secret update a --schema basic_auth --pasword"
        }) {
            try (TerminalSession session = at(command)) {
                session.expect("schema basic_auth has no key pasword");
                assertEquals(7, session.exit(), session.screen());
            }
        }
        try (TerminalSession session = at("coffer secret update missing --password")) {
            assertEquals(3, session.exit(), session.screen());
        }
    }

    @Test
    void literalValue_warns() throws Exception {
        try (TerminalSession session = at("coffer secret register a --k=literal-hunter2")) {
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("hunter2"), session.screen());
            assertTrue(session.screen().contains("can be seen by others"), session.screen());
        }
    }

    @Test
    void confirmation_declined_changesNothing() throws Exception {
        makeStore();
        try (TerminalSession session = at("coffer secret delete a")) {
            session.expect("[y/N]").type("n");
            assertEquals(2, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret delete a")) {
            session.expect("[y/N]").type("y");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer secret get a")) {
            assertEquals(3, session.exit(), session.screen());
        }
    }

    @Test
    void ctrlC_atAPrompt_is130_andNothingIsStored() throws Exception {
        makeStore();
        try (TerminalSession session = at("trap : INT; coffer secret register b --k; echo code $?; stty -a")) {
            session.expect("k: ").press("\u0003");
            session.expect("\r\ncode 130"); // on a line of its own
            session.expect(" echo "); // the terminal shows again what is typed
        }
        try (TerminalSession session = at("coffer secret get b")) {
            assertEquals(3, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer verify")) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    @Test
    void ctrlZ_atAHiddenPrompt_neitherSuspendsNorShowsNorIsStored() throws Exception {
        makeStore();
        try (TerminalSession session = at("set -m; coffer secret register z --k; echo code $?; stty -a")) {
            session.expect("k: ").press("\u001a");
            session.type("hidden-after");
            session.expect("does not suspend").expect("k: ").type("hidden-hunter4");
            session.expect("\r\ncode 0");
            session.expect("susp = ^Z").expect(" echo ");
            assertFalse(session.screen().contains("hidden-"), session.screen());
        }
        try (TerminalSession session = at("coffer secret get z --key k")) {
            session.expect("hidden-hunter4");
            assertEquals(0, session.exit());
        }
    }

    @Test
    void backup_offersARecoveryCode() throws Exception {
        makeStore();
        try (TerminalSession session = at("coffer backup " + folder.resolve("backup"))) {
            session.expect("[y/N]").type("y");
            assertEquals(0, session.exit(), session.screen());
            assertTrue(session.screen().matches("(?s).*([0-9A-Z]{4}-){8}[0-9A-Z]{4}.*"), session.screen());
        }
    }

    @Test
    void interactiveRegister_asksForEachKey() throws Exception {
        try (TerminalSession session = at("coffer secret register db --schema basic_auth -i")) {
            session.expect("username").type("ada");
            session.expect("password").type("hidden-hunter2");
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("hidden-hunter2"), session.screen());
        }
    }

    @Test
    void interactiveRegister_ofACustomSchema_describesTheKeys_andShowsWhatIsNoSecret() throws Exception {
        Path schema = Files.writeString(folder.resolve("warehouse.json"), """
                {"type":"object","required":["host","token"],"properties":{
                "host":{"description":"where it runs","x-secret":false},
                "token":{"description":"from the admin page"}}}""");
        try (TerminalSession session =
                at("coffer schema register " + schema + " && coffer secret register wh --schema warehouse -i")) {
            session.expect("host, where it runs: ").type("db.example");
            session.expect("token, from the admin page: ").type("hidden-hunter2");
            assertEquals(0, session.exit(), session.screen());
            assertTrue(session.screen().contains("db.example"), session.screen());
            assertFalse(session.screen().contains("hidden-hunter2"), session.screen());
        }
    }

    private void makeStaging() throws Exception {
        try (TerminalSession session = at("coffer component orchestrator register k8s --flavor k"
                + " '--token={{team/k8s.token}}' '--ca={{team/ca.pem}}' --validation none"
                + " && coffer secrets-manager register team --flavor local"
                + " && coffer stack register staging --secrets-manager team --component orchestrator=k8s")) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    @Test
    void stackSecrets_areAskedHidden_andEachOneIsStoredWhole() throws Exception {
        makeStaging();
        try (TerminalSession session = at("trap : INT; coffer stack register-secrets staging; echo code $?")) {
            session.expect("team/ca.pem in team: ").type("hidden-hunter2");
            session.expect("team/k8s.token in team: ").press("\u0003");
            session.expect("\r\ncode 130");
            assertFalse(session.screen().contains("hidden-hunter2"), session.screen());
        }
        try (TerminalSession session = at("coffer stack check staging")) {
            assertEquals(3, session.exit(), session.screen());
            assertTrue(session.screen().contains("names 1 value that is missing"), session.screen());
        }
        try (TerminalSession session = at("coffer stack register-secrets staging --skip-existing")) {
            session.expect("team/k8s.token in team: ").type("");
            session.expect("it is required");
            session.expect("team/k8s.token in team: ").type("hidden-hunter3");
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session = at("coffer stack check staging")) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    @Test
    void secretsManagerWithSecrets_isDeletedOrHiddenOnlyWhenThatIsWanted() throws Exception {
        makeStaging();
        String[] changes = {"coffer secrets-manager update team --scope=global", "coffer secrets-manager delete team"};
        try (TerminalSession session = at("coffer secret register a --set k=@-</dev/null --stack staging")) {
            assertEquals(0, session.exit(), session.screen());
        }
        for (String change : changes) {
            try (TerminalSession session = at(change)) {
                session.expect("1 secret").expect("[y/N]").type("n");
                assertEquals(2, session.exit(), session.screen());
                assertTrue(session.screen().contains("declined; nothing was changed"), session.screen());
            }
        }
        try (TerminalSession session = at("coffer secret get a --key k --stack staging")) {
            assertEquals(0, session.exit(), session.screen());
        }
        for (String change : changes) {
            try (TerminalSession session = at(change)) {
                if (!change.contains("delete")) {
                    session.expect("[y/N]").type("y");
                } else { // out of its sight by now
                    session.expect("delete the secrets manager team")
                            .expect("[y/N]")
                            .type("y");
                }
                assertEquals(0, session.exit(), session.screen());
            }
        }
    }

    @Test
    void importOfTakenNames_asksWhatToDo_andBeforeItDoesIt() throws Exception {
        makeStore();
        Path source = Files.writeString(folder.resolve("secrets.yaml"), "a:\n  k: aHVudGVyMg==\nb:\n  k: djE=\n");
        try (TerminalSession session = at("coffer import --from zenml " + source)) {
            session.expect("a has other content").expect("[s/o/r]").type("x");
            session.expect("[s/o/r]").type("rename");
            session.expect("[y/N]").type("y");
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("hunter2"), session.screen());
        }
        try (TerminalSession session = at("coffer secret list")) {
            assertEquals(0, session.exit(), session.screen());
            assertTrue(session.screen().contains("a-2"), session.screen());
        }
    }

    @Test
    void stackImport_showsThePlan_asks_andTakesTheSecretsHidden() throws Exception {
        Path file = Files.writeString(folder.resolve("staging.yaml"), """
                coffer-stack: 1
                name: staging
                components:
                - {type: secrets-manager, name: team, flavor: local}
                - {type: artifact-store, name: lake, flavor: s3, attributes: {key: '{{prod/db.password}}'}}
                secrets:
                - {name: prod/db, secrets-manager: team, schema: basic_auth, keys: [password]}
                """);
        try (TerminalSession session = at("coffer stack import " + file + " --register-secrets")) {
            session.expect("register  artifact-store");
            session.expect("import the stack staging? [y/N]").type("y");
            session.expect("prod/db.password in team: ").type("hidden-hunter2");
            session.expect("prod/db.username in team: ").type("hidden-ada");
            assertEquals(0, session.exit(), session.screen());
            assertFalse(session.screen().contains("hidden-"), session.screen());
        }
        try (TerminalSession session = at("coffer stack check staging")) {
            assertEquals(0, session.exit(), session.screen());
        }
        try (TerminalSession session =
                at("coffer component artifact-store update lake --key=other && coffer stack" + " import " + file)) {
            session.expect("the artifact store lake is here already, and is another one: skip, overwrite or rename?")
                    .type("r");
            session.expect("the stack staging is here already").type("r");
            session.expect("import the stack staging-2? [y/N]");
            session.type("n");
            assertEquals(2, session.exit(), session.screen());
        }
    }
}
