package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody presses Tab in each shell that completion is for. */
class CompletionIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));

    @TempDir
    Path folder;

    private TerminalSession at(String command) throws Exception {
        return TerminalSession.start(CHECKOUT, folder.resolve("home"), command);
    }

    @BeforeEach
    void makeStore() throws Exception {
        Files.createFile(folder.resolve("backup.coffer"));
        try (TerminalSession session = at("coffer secret register prod/database --schema basic_auth --username=ada"
                + " --password=@- </dev/null && coffer secret register prod/queue --k=@- </dev/null")) {
            assertEquals(0, session.exit(), session.screen());
        }
    }

    private void inAShell(TerminalSession session) throws Exception {
        session.press("coffer secret get prod/d\t").expect("prod/database");
        session.press("--key user");
        session.press("name\n").expect("username").expect("ada");
        session.press("coffer secret get prod/\t").expect("prod/database").expect("prod/queue");
        session.press("\u0015");
        session.press("coffer secret register x --schema postg\t").expect("postgres");
        session.press("--passw\t").expect("--password=");
        session.press("\u0015");
        session.press("coffer sche\t").expect("schema");
        session.press("li\t").expect("list");
        session.press("-o j\t").expect("json");
        session.press("\n").expect("[{\"type\":\"api_token\"");
        session.press("coffer restore " + folder + "/back\t").expect("back").expect("up.coffer");
        session.press("\u0015");
    }

    @Test
    void bash_completes() throws Exception {
        try (TerminalSession session = at("PS1='ready> ' bash --norc --noprofile -i")) {
            session.expect("ready> ")
                    .type("bind 'set show-all-if-ambiguous on'; source <(coffer completion bash); echo so''urced");
            session.expect("sourced");
            inAShell(session);
        }
    }

    @Test
    void zsh_completes() throws Exception {
        try (TerminalSession session = at("PS1='ready> ' zsh -f -i")) {
            session.expect("ready> ")
                    .type("unsetopt beep; autoload -Uz compinit && compinit -u -D;"
                            + " source <(coffer completion zsh); echo so''urced");
            session.expect("sourced");
            inAShell(session);
        }
    }

    @Test
    void fish_completes() throws Exception {
        // Its own engine without its line editor, which asks the terminal who it is.
        String[][] lines = {
            {"coffer secret get prod/", "prod/database", "prod/queue"},
            {"coffer secret register x --schema postg", "postgres"},
            {"coffer secret register x --schema postgres --passw", "--password=\ta key of the schema postgres"},
            {"coffer sche", "schema\t"},
            {"coffer secret list -o ", "table", "json"},
            {"coffer restore /etc/hos", "/etc/hosts"},
        };
        for (String[] line : lines) {
            try (TerminalSession session =
                    at("fish --no-config -c 'coffer completion fish | source;" + " complete -C \"" + line[0] + "\"'")) {
                assertEquals(0, session.exit(), session.screen());
                for (int i = 1; i < line.length; i++) {
                    String word = line[i];
                    assertTrue(session.screen().contains(word), () -> word + " is not in " + session.screen());
                }
            }
        }
    }
}
