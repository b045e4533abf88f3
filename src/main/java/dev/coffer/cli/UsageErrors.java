package dev.coffer.cli;

import dev.coffer.secrets.Spelling;
import dev.coffer.sync.Direction;
import java.util.Collection;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what picocli found wrong in words that quote nothing of the command line, except the names of options: any word
 * may be a secret in the wrong place.
 */
final class UsageErrors {
    private static final String KEYCHAIN_NEEDS =
            "keys are kept in the keychain of a Linux desktop by the command secret-tool, which is not on the PATH";

    private UsageErrors() {}

    static UsageException of(ParameterException e) {
        String help = "see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'";
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched, help);
        }
        if (e instanceof MissingParameterException missing) {
            return new UsageException(missing(missing), help);
        }
        if (e instanceof OverwrittenOptionException overwritten) {
            return new UsageException("the option " + label(overwritten.getOverwritten()) + " is given twice", help);
        }
        ArgSpec argument = e.getArgSpec();
        if (argument == null) {
            return new UsageException("the command line cannot be understood", help);
        }
        return new UsageException(label(argument) + " takes " + expected(argument), help);
    }

    private static UsageException unmatched(UnmatchedArgumentException e, String help) {
        if (e.getUnmatched().isEmpty()) { // '--schema --password=x'
            return new UsageException("an option lacks its value", help);
        }
        CommandLine command = e.getCommandLine();
        if (e.getUnmatched().get(0).equals("help")) { // where many look; the likeliest spelling would lead astray
            return new UsageException("there is no command help", help);
        }
        boolean misspelled =
                !command.getSubcommands().isEmpty() && !e.getUnmatched().get(0).startsWith("-");
        if (misspelled) { // its options cannot be right, whatever they are
            return new UsageException(
                    "'" + command.getCommandSpec().qualifiedName() + "' has no such command",
                    nearCommand(e.getUnmatched().get(0), command) + help);
        }
        for (String word : e.getUnmatched()) {
            if (word.startsWith("-")) {
                return new UsageException(
                        "there is no option " + optionName(word),
                        isHidden(word, e) ? KEYCHAIN_NEEDS : nearOption(word, command) + help);
            }
        }
        return new UsageException("there is a word too many", help);
    }

    /** Whether the command has the option elsewhere. */
    private static boolean isHidden(String word, UnmatchedArgumentException e) {
        Object command = e.getCommandLine().getCommand();
        return word.equals(CommandTree.KEYCHAIN) && (command instanceof Init || command instanceof KeySlotAdd);
    }

    /** Without what may be its value: {@code --password=x}, {@code -px}. */
    private static String optionName(String word) {
        if (!word.startsWith("--")) {
            return word.substring(0, Math.min(word.length(), word.offsetByCodePoints(0, Math.min(2, word.length()))));
        }
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        return name.matches("--[A-Za-z0-9][A-Za-z0-9_.-]{0,62}") ? name : "of that name";
    }

    /** One that is near, or the same verb of secrets, where most are looked for. */
    private static String nearCommand(String word, CommandLine command) {
        CommandLine secrets = command.getSubcommands().get("secret");
        if (secrets != null && secrets.getSubcommands().containsKey(word)) {
            return "did you mean 'coffer secret " + word + "'? ";
        }
        return didYouMean(word, command.getSubcommands().keySet());
    }

    private static String nearOption(String word, CommandLine command) {
        return didYouMean(
                optionName(word),
                command.getCommandSpec().optionsMap().keySet().stream()
                        .filter(option -> option.startsWith("--"))
                        .toList());
    }

    private static String didYouMean(String word, Collection<String> names) {
        return Spelling.nearest(word, names)
                .map(near -> "did you mean '" + near + "'? ")
                .orElse("");
    }

    private static String missing(MissingParameterException e) {
        ArgSpec first =
                e.getMissing().isEmpty() ? e.getArgSpec() : e.getMissing().get(0);
        if (first == null) {
            return "something is missing on the command line";
        }
        return first.isOption()
                ? "the option " + label(first) + " needs " + first.paramLabel()
                : "the command needs "
                        + e.getMissing().stream().map(UsageErrors::label).collect(Collectors.joining(" and "));
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String expected(ArgSpec argument) {
        Class<?> type = argument.type();
        if (type == OutputFormat.class) {
            return "table or json";
        }
        if (type == Direction.class) {
            return "push, pull or both";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "no value";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "a whole number" : "another sort of value";
    }
}
