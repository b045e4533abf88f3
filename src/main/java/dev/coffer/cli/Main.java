package dev.coffer.cli;

import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Spelling;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command {@code coffer}. */
public final class Main {
    /** Which of the standard streams are terminals, as the script that starts coffer found: {@code 0}, {@code 1}, {@code 2}. */
    private static final String TERMINALS = "coffer.terminals";

    private final Map<String, String> environment;
    private final Terminal terminal;

    private Main(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        // The bare files: the streams of System would keep what passes through in their buffers.
        Terminal terminal = new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                terminals(System.getProperty(TERMINALS, "")),
                new SttyEcho());
        end(run(List.of(args), environment(), terminal));
    }

    /**
     * Ends the process. Since JDK 21, exit() looks for a log in every jar, which the end of the last thread does not. Where
     * another thread is left, as of a provider's client, that would wait for it.
     */
    static void end(int code) {
        if (code != ExitCode.DONE.number() || Thread.activeCount() > 1) {
            System.exit(code);
        }
    }

    /** The script that starts coffer hands these over in another way, so that no child of the JVM inherits them. */
    static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        for (String name : List.of("COFFER_KEY_FILE", "COFFER_PASSPHRASE_FILE")) {
            String value = System.getProperty("coffer.environment." + name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        return environment;
    }

    private static Set<Terminal.Stream> terminals(String digits) {
        Set<Terminal.Stream> found = EnumSet.noneOf(Terminal.Stream.class);
        for (Terminal.Stream stream : Terminal.Stream.values()) {
            if (digits.indexOf(stream.descriptor()) >= 0) {
                found.add(stream);
            }
        }
        return found;
    }

    /**
     * Runs the command.
     *
     * @return the exit code, see {@link ExitCode}. When the reader of stdout goes away before it has all, that is
     *     {@link ExitCode#FILE_TROUBLE}, without a word
     */
    static int run(List<String> args, Map<String, String> environment, Terminal terminal) {
        return new Main(environment, terminal).run(args);
    }

    private int run(List<String> args) {
        try {
            return read(args);
        } catch (CommandMissingException e) {
            throw new AssertionError(e); // met where the command is run
        } catch (ParameterException e) {
            return failed(new Messages(terminal, Globals.guess(args)), UsageErrors.of(e));
        } catch (IOException | RuntimeException | Error e) {
            return failed(new Messages(terminal, Globals.guess(args)), e);
        }
    }

    private int read(List<String> args) throws IOException {
        Optional<SecretGet> plain = PlainGet.of(args);
        if (plain.isPresent()) {
            return run(plain.get(), Globals.NONE, new Messages(terminal, Globals.NONE));
        }
        return args.equals(List.of(Completion.ASK)) ? complete() : readByPicocli(args);
    }

    private int readByPicocli(List<String> args) throws IOException {
        String[] words = args.toArray(new String[0]);
        ParseResult parsed;
        try {
            parsed = CommandTree.build(args::contains, environment).parseArgs(words);
        } catch (ParameterException e) {
            CommandTree.build(name -> true, environment).parseArgs(words); // the same error, with suggestions
            throw e;
        }
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        Messages messages = new Messages(terminal, Globals.of(parsed));
        if (isAsked(parsed, ParseResult::isUsageHelpRequested)) {
            write(usage(words));
            return ExitCode.DONE.number();
        }
        if (isAsked(parsed, ParseResult::isVersionHelpRequested)) {
            write("coffer " + version() + "\n");
            return ExitCode.DONE.number();
        }
        return execute(leaf.commandSpec(), Globals.of(parsed), messages, words);
    }

    private int complete() throws IOException {
        List<String> words = Completion.words(terminal.in());
        CompletionNames names = new CompletionNames(environment, Completion.home(words));
        for (String line : Completion.answer(words, environment, names)) {
            write(line + "\n");
        }
        return ExitCode.DONE.number();
    }

    private static boolean isAsked(ParseResult parsed, java.util.function.Predicate<ParseResult> question) {
        boolean asked = false;
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            asked |= question.test(at);
        }
        return asked;
    }

    private int execute(CommandSpec command, Globals globals, Messages messages, String[] words) throws IOException {
        try {
            return run((Command) command.userObject(), globals, messages);
        } catch (CommandMissingException e) {
            if (globals.json()) {
                String help = "see '" + command.qualifiedName() + " --help'";
                return failed(messages, new UsageException("the command line names no command", help));
            }
            terminal.talk(usage(words));
            return ExitCode.USAGE.number();
        }
    }

    private int run(Command command, Globals globals, Messages messages) {
        try (Session session = new Session(globals, environment, terminal, messages)) {
            try {
                command.run(session);
            } catch (NoSuchSecretException e) { // here, where the session is still open
                return failed(messages, ErrorReport.of(e).withHintAfter(near(session, e)));
            }
            messages.flush();
            return ExitCode.DONE.number();
        } catch (CommandMissingException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            return failed(messages, e);
        }
    }

    /** What the name of a missing secret may have been meant to be, among those that can be seen without a network. */
    private static String near(Session session, NoSuchSecretException e) {
        SecretsManager manager = session.secrets();
        if (!manager.flavor().equals("local")) {
            return "";
        }
        String wanted = e.name().orElse("");
        List<String> names =
                manager.getAllSecretKeys().stream().map(SecretName::value).toList();
        return names.contains(wanted) ? "" : Spelling.didYouMean(wanted, names);
    }

    private static int failed(Messages messages, Throwable e) {
        if (e instanceof Terminal.OutputException output && output.readerWentAway()) {
            return ErrorReport.of(e).code().number();
        }
        return failed(messages, ErrorReport.of(e));
    }

    private static int failed(Messages messages, ErrorReport report) {
        messages.error(report);
        return report.code().number();
    }

    /** The usage of the command that the words name. */
    private String usage(String[] words) {
        CommandLine all = CommandTree.build(name -> true, environment);
        ParseResult leaf = all.parseArgs(words);
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf.commandSpec().commandLine().getUsageMessage(ansi());
    }

    /** See <a href="https://no-color.org">no-color.org</a>. */
    private Ansi ansi() {
        boolean coloured = terminal.is(Terminal.Stream.OUT)
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return coloured ? Ansi.ON : Ansi.OFF;
    }

    private void write(String text) throws IOException {
        terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
