package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class CommandTreeTest {
    private static final int WIDTH = 100;

    @TempDir
    Path folder;

    private static List<CommandLine> all() {
        List<CommandLine> found = new ArrayList<>(List.of(CommandTree.build(name -> true, System.getenv())));
        for (int i = 0; i < found.size(); i++) {
            found.addAll(found.get(i).getSubcommands().values());
        }
        return found;
    }

    private static List<String> words(CommandLine command) {
        List<String> words =
                new ArrayList<>(List.of(command.getCommandSpec().qualifiedName().split(" ")));
        words.remove(0);
        return words;
    }

    @Test
    void everyHelp_showsAnExampleOfItsCommand() {
        assertTrue(all().size() > 25, "the walk finds the commands");
        for (CommandLine command : all()) {
            String name = command.getCommandSpec().qualifiedName();
            String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

            // The type of the components stands between two words of the name.
            String spoken = help.replaceAll("coffer component (TYPE|orchestrator)", "coffer component");
            assertTrue(spoken.startsWith("Usage: " + name), help);
            assertTrue(spoken.substring(spoken.indexOf("\nExample:\n")).contains("  " + name), help);
            assertTrue(help.lines().allMatch(line -> line.length() <= WIDTH), help);
        }
    }

    @Test
    void everyCommand_takesTheOptionsOfEveryCommand() {
        for (CommandLine command : all()) {
            assertTrue(
                    command.getCommandSpec()
                            .optionsMap()
                            .keySet()
                            .containsAll(List.of(
                                    "--home",
                                    "--passphrase-fd",
                                    "-o",
                                    "--output",
                                    "-y",
                                    "--yes",
                                    "--verbose",
                                    "-h",
                                    "--help",
                                    "-V",
                                    "--version")),
                    command.getCommandSpec().qualifiedName());
        }
    }

    @Test
    void commandsThatAreNotNamed_changeNothing() {
        for (CommandLine command : all()) {
            List<String> words = words(command);
            words.add("--help");
            CommandRun run = CommandRun.of(System.getenv(), words.toArray(new String[0]));

            assertEquals(0, run.code(), run.err());
            assertEquals(command.getUsageMessage(CommandLine.Help.Ansi.OFF), run.out());
            assertEquals("", run.err());
        }
    }

    /** With a command in the place of the keychain's, and without. */
    @Test
    void keychain_isOfferedWhereThereIsOne() throws IOException {
        Path tool = Files.writeString(folder.resolve("secret-tool"), "#!/bin/sh\nexit 1\n");
        assertTrue(tool.toFile().setExecutable(true));
        Map<String, String> with = Map.of("PATH", folder.toString());
        Map<String, String> without = Map.of("PATH", "/no/such/folder");
        boolean linux = System.getProperty("os.name").equals("Linux");
        for (String command : List.of("init", "key slot add")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.add("--help");
            assertEquals(
                    linux,
                    CommandRun.of(with, words.toArray(String[]::new)).out().contains("keychain"));
            assertFalse(
                    CommandRun.of(without, words.toArray(String[]::new)).out().contains("keychain"));
            words.set(words.size() - 1, "--keychain");
            CommandRun run = CommandRun.of(without, words.toArray(String[]::new));
            assertEquals(2, run.code());
            assertTrue(run.err().contains("there is no option --keychain"), run.err());
            assertTrue(run.err().contains("secret-tool"), run.err());
        }
    }

    @Test
    void noOption_takesAPassphraseOrValueInClear() {
        for (CommandLine command : all()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                boolean isText = option.type() == String.class;
                assertFalse(
                        isText
                                && option.longestName().matches(".*(pass|value|secret|token).*")
                                && !option.longestName().equals("--values") // names a file
                                && !option.longestName().equals("--secrets-manager"), // names a component
                        option.longestName());
            }
        }
    }
}
