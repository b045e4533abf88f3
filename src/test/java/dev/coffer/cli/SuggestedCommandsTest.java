package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command that a hint, a help page or the README names exists, with the options that it is named with. */
class SuggestedCommandsTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout", "."));
    private static final Pattern SUGGESTED = Pattern.compile(
            "(?:'|`|  |^)coffer ((?:[a-z-]+|TYPE|--[a-z-]+)(?: (?:[a-z-]+|TYPE|--[a-z-]+)(?![\\w|=.:/]))*)");

    private static List<Path> texts() throws IOException {
        List<Path> files = new ArrayList<>(List.of(CHECKOUT.resolve("README.md")));
        try (Stream<Path> sources = Files.walk(CHECKOUT.resolve("src/main/java"))) {
            sources.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
        }
        return files;
    }

    @Test
    void suggestedCommands_exist() throws IOException {
        List<String> unknown = new ArrayList<>();
        int seen = 0;
        for (Path file : texts()) {
            for (String line : Files.readAllLines(file)) {
                Matcher suggested = SUGGESTED.matcher(line);
                while (suggested.find()) {
                    seen++;
                    String fault = faultOf(suggested.group(1).split(" "));
                    if (!fault.isEmpty()) {
                        unknown.add(CHECKOUT.relativize(file) + ": " + fault + " in: " + line.strip());
                    }
                }
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(seen > 150, "the search found " + seen);
    }

    @Test
    void theSearch_isAwake() {
        assertEquals("there is no command 'frob' below 'coffer secret'", faultOf("secret", "frob"));
        assertEquals("'coffer secret get' has no option --frob", faultOf("secret", "get", "--frob"));
        assertEquals("", faultOf("component", "TYPE", "resolve"));
        assertEquals("", faultOf("key", "slot", "add", "--recovery-code"));
    }

    /** What does not exist; empty if all does. Words behind a command that has none below it are its arguments. */
    private static String faultOf(String... words) {
        CommandLine at = CommandTree.build(name -> true, System.getenv());
        for (String word : words) {
            String name = at.getCommandSpec().qualifiedName();
            if (word.startsWith("--")) {
                if (at.getCommandSpec().findOption(word) == null && !(at.getCommand() instanceof ContentCommand)) {
                    return "'" + name + "' has no option " + word;
                }
            } else if (at.getSubcommands().containsKey(word)) {
                at = at.getSubcommands().get(word);
            } else if (!at.getSubcommands().isEmpty() && !(at.getCommand() instanceof ComponentCommand)) {
                return "there is no command '" + word + "' below '" + name + "'";
            }
        }
        return "";
    }
}
