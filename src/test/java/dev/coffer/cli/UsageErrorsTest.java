package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageErrorsTest {
    @TempDir
    Path home;

    private CommandRun run(String line) {
        return CommandRun.of(Map.of("COFFER_HOME", home.resolve("h").toString()), line.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "-phunter2",
                "--password=hunter2",
                "--hunter2!",
                "secret hunter2",
                "secret get a hunter2",
                "secret get a --password=hunter2",
                "secret get a --version hunter2",
                "secret list -ohunter2",
                "secret list --output hunter2",
                "secret list --yes=hunter2",
                "secret list --home=x --home=hunter2",
                "secret list --passphrase-fd hunter2",
                "secret rollback a --to hunter2",
                "secret register a hunter2",
                "secret register a --password hunter2",
                "secret register --password hunter2 a",
                "secret register PASSWORD=hunter2",
                "secret register a -phunter2",
                "secret register a --set hunter2!",
                "secret register a --schema --password=hunter2",
                "secret register a --k=1 --k=hunter2",
                "secret update a hunter2",
                "secret update a --password hunter2",
                "secret update a --replace --remove-key k --k=hunter2",
                "schema describe aws hunter2",
                "key slot add hunter2",
                "init hunter2"
            })
    void wrongUsage_quotesNoWord(String line) {
        CommandRun text = run(line);
        CommandRun json = run("-o json " + line);

        assertEquals(2, text.code(), text.err());
        assertEquals("", text.out());
        assertFalse(text.err().contains("hunter2"), text.err());
        assertTrue(text.err().startsWith("coffer: "), text.err());
        assertEquals(2, json.code(), json.err());
        assertFalse(json.err().contains("hunter2"), json.err());
        assertTrue(json.err().startsWith("{\"error\":\"") && json.err().endsWith("}\n"), json.err());
        assertFalse(Files.exists(home.resolve("h")), "no store is made for a wrong command line");
    }

    @ParameterizedTest
    @CsvSource({
        "secrt list, did you mean 'secret'?",
        "secret lst, did you mean 'list'?",
        "key slot ad, did you mean 'add'?",
        "secret list --hom=x, did you mean '--home'?",
        "secret list --hom=x, there is no option --hom"
    })
    void misspelling_isRecognized(String line, String expected) {
        assertTrue(run(line).err().contains(expected), run(line).err());
    }

    @Test
    void confirmationThatNobodyCanGive_isWrongUsage() {
        CommandRun run = run("secret delete-all");

        assertEquals(2, run.code());
        assertTrue(run.err().contains("--yes"), run.err());
        assertFalse(Files.exists(home.resolve("h")));
    }

    @Test
    void noCommand_printsTheUsageOnStderr() {
        CommandRun bare = CommandRun.of(Map.of());

        assertEquals(2, bare.code());
        assertEquals("", bare.out());
        assertEquals(CommandRun.of(Map.of(), "--help").out(), bare.err());
    }

    @Test
    void keychain_isExplained_onlyWhereItIsAnOption() {
        assertTrue(run("init --keychain").err().contains("secret-tool"));
        assertTrue(run("key slot add --keychain").err().contains("secret-tool"));
        CommandRun elsewhere = run("key rotate --keychain");
        assertTrue(elsewhere.err().contains("there is no option --keychain"), elsewhere.err());
        assertFalse(elsewhere.err().contains("secret-tool"), elsewhere.err());
    }
}
