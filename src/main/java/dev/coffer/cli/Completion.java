package dev.coffer.cli;

import dev.coffer.stack.ValidationLevel;
import dev.coffer.sync.Direction;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What can stand where the cursor is, in a command line that is being typed. All shells ask the same: {@link #ASK} is the
 * only word, and standard input has the line's words behind {@code coffer} up to the cursor, each with a NUL behind it,
 * the last one as far as it is typed. As arguments all on this machine could read them, and one may be a secret. Each
 * answer is a line, a word and, behind a tab, what it is; the line {@link #FILES} says that a file can stand there too.
 */
final class Completion {
    /** Asks for candidates; no command has this name. */
    static final String ASK = "--complete";

    /** An answer: the shell knows the files. */
    static final String FILES = ":files";

    private static final String HOME = "--home";
    private static final int MAX_LINE = 1 << 20; // bytes

    private static final Set<String> FILE_LABELS =
            Set.of("FILE", "FILE|-", "FILE|CLASS", "JAR", "DIR", "PATH", "ID=FILE");

    private final CompletionNames names;
    private final Map<String, String> found = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private CommandLine command;
    private @Nullable OptionSpec open;
    private @Nullable String componentType;
    private int positionals;
    private boolean files;

    private Completion(CommandLine root, CompletionNames names) {
        this.command = root;
        this.names = names;
    }

    /** The words that a shell hands over. */
    static List<String> words(InputStream in) {
        String text = new String(InputBytes.ofStdin(in, MAX_LINE), StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(List.of(text.split("\0", -1)));
        words.remove(words.size() - 1);
        return words;
    }

    /** The folder that {@code --home} names on a line, if the cursor is behind it. */
    static @Nullable String home(List<String> words) {
        for (int i = 0; i < words.size() - 1; i++) {
            if (words.get(i).startsWith(HOME + "=")) {
                return words.get(i).substring(HOME.length() + 1);
            }
            int value = words.get(i + 1).equals("=") ? i + 2 : i + 1; // bash makes a word of the sign
            if (words.get(i).equals(HOME) && value < words.size() - 1) {
                return words.get(value);
            }
        }
        return null;
    }

    /**
     * The lines of the answer.
     *
     * @param words behind {@code coffer}, up to the cursor; the last one may be empty
     */
    static List<String> answer(List<String> words, Map<String, String> environment, CompletionNames names) {
        Completion completion = new Completion(CommandTree.build(name -> true, environment), names);
        List<String> line = words.isEmpty() ? List.of("") : words;
        line.subList(0, line.size() - 1).forEach(completion::pass);
        return completion.complete(line.get(line.size() - 1));
    }

    /** Takes a word that is typed already. */
    private void pass(String word) {
        if (open != null) {
            if (!word.equals("=")) { // bash makes a word of it
                given.put(open.longestName(), word);
                open = null;
            }
            return;
        }
        if (word.startsWith("-") && word.length() > 1) {
            int equals = word.indexOf('=');
            OptionSpec option = command.getCommandSpec().findOption(equals < 0 ? word : word.substring(0, equals));
            if (option != null && equals > 0) {
                given.put(option.longestName(), word.substring(equals + 1));
            } else if (option != null && option.arity().max() > 0) {
                open = option;
            }
            return;
        }
        CommandLine below = command.getSubcommands().get(word);
        if (below != null && (positionals > 0 || !isComponents())) {
            command = below;
            positionals = 0;
        } else {
            if (isComponents()) {
                componentType = word;
            }
            positionals++;
        }
    }

    private boolean isComponents() {
        return command.getCommand() instanceof ComponentCommand;
    }

    private List<String> complete(String typed) {
        CommandSpec spec = command.getCommandSpec();
        int equals = typed.indexOf('=');
        OptionSpec whole = equals > 0 ? spec.findOption(typed.substring(0, equals)) : null;
        if (open != null) {
            values(open, typed.equals("=") ? "" : typed, ""); // bash: the cursor is behind the sign
        } else if (whole != null) {
            values(whole, typed.substring(equals + 1), typed.substring(0, equals + 1));
        } else if (typed.startsWith("-")) {
            options(spec, typed);
        } else {
            if (positionals > 0 || !isComponents()) {
                command.getSubcommands()
                        .forEach((name, below) -> offer(
                                typed,
                                name,
                                String.join(
                                        " ",
                                        below.getCommandSpec().usageMessage().description())));
            }
            position(spec).ifPresent(parameter -> positional(parameter, typed));
        }
        List<String> lines = new ArrayList<>();
        found.forEach((word, description) -> lines.add(description.isEmpty() ? word : word + "\t" + description));
        if (files) {
            lines.add(FILES);
        }
        return lines;
    }

    private void offer(String typed, String word, String description) {
        if (word.startsWith(typed)) {
            found.putIfAbsent(word, description);
        }
    }

    private void options(CommandSpec spec, String typed) {
        for (OptionSpec option : spec.options()) {
            if (!option.hidden() && !(given.containsKey(option.longestName()) && !option.isMultiValue())) {
                offer(typed, option.longestName(), String.join(" ", option.description()));
            }
        }
        if (command.getCommand() instanceof ContentCommand) {
            String type = given.getOrDefault("--schema", "");
            names.keys(type).forEach(key -> offer(typed, "--" + key + "=", "a key of the schema " + type));
        }
    }

    /** The parameter that the next word is for. */
    private Optional<PositionalParamSpec> position(CommandSpec spec) {
        return spec.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(positionals))
                .findFirst();
    }

    private void values(OptionSpec option, String typed, String before) {
        Stream<String> words = switch (option.longestName()) {
            case "--schema" -> names.schemas().stream();
            case "--stack" -> names.stacks().stream();
            case "--secrets-manager" -> names.components("secrets-manager").stream();
            case "--flavor" -> names.flavors().stream();
            case "--target" -> names.targets().stream();
            case "--direction" -> Arrays.stream(Direction.values()).map(Direction::text);
            case "--remove", "--component" -> names.types().stream();
            case "--validation" -> Arrays.stream(ValidationLevel.values()).map(Enum::name);
            default ->
                option.completionCandidates() == null
                        ? Stream.empty()
                        : StreamSupport.stream(option.completionCandidates().spliterator(), false)
                                .map(word -> word.toLowerCase(Locale.ROOT));
        };
        words.filter(word -> word.startsWith(typed)).forEach(word -> found.putIfAbsent(before + word, ""));
        files |= FILE_LABELS.contains(option.paramLabel());
    }

    private void positional(PositionalParamSpec parameter, String typed) {
        if (FILE_LABELS.contains(parameter.paramLabel())) {
            files = true;
            return;
        }
        if (isNew(parameter)) {
            return;
        }
        Object user = command.getCommand();
        Supplier<List<String>> words = List::of;
        if (isComponents()) {
            words = names::types;
        } else if (user instanceof ComponentVerb || user instanceof ManagerCheck) {
            String type = componentType == null ? "secrets-manager" : componentType;
            words = () -> names.components(type);
        } else {
            String above =
                    command.getParent() == null ? "" : command.getParent().getCommandName();
            words = switch (above) {
                case "secret" -> names::secrets;
                case "schema" -> names::schemas;
                case "stack" -> names::stacks;
                case "flavor" -> names::flavors;
                case "sync" ->
                    user instanceof SyncAdd
                            ? () -> names.components("secrets-manager")
                            : user instanceof SyncResolve ? names::secrets : names::targets;
                default ->
                    user instanceof CopyCommand
                            ? () -> names.components("secrets-manager")
                            : user instanceof CompletionCommand ? CompletionCommand::shells : List::of;
            };
        }
        words.get().forEach(word -> offer(typed, word, ""));
    }

    /** Whether it is a name that nobody has yet. */
    private boolean isNew(PositionalParamSpec parameter) {
        return command.getCommandName().equals("register")
                || (Set.of("NEW", "TO").contains(parameter.paramLabel())
                        && !(command.getCommand() instanceof CopyCommand));
    }
}
