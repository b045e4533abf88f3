package dev.coffer.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command, as picocli fills them in. {@link Globals} puts those of a whole command line together. */
final class GlobalOptions {
    static final String NAME = "global";

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "the folder that holds everything; else COFFER_HOME, else the folders of the platform")
    private @Nullable Path home;

    @Option(
            names = "--stack",
            paramLabel = "NAME",
            description = "the stack to work with; else COFFER_STACK, else the active one")
    private @Nullable String stack;

    @Option(
            names = "--passphrase-fd",
            paramLabel = "N",
            description = "read the passphrase from this open file; 0 is standard input")
    private @Nullable Integer passphraseFd;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (the default) or json")
    private @Nullable OutputFormat output;

    @Option(
            names = {"-y", "--yes"},
            description = "answer every question with yes")
    private boolean yes;

    @Option(names = "--verbose", description = "show the stack trace of an error")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("unused") // picocli asks for it itself
    private boolean help;

    @Nullable
    Path home() {
        return home;
    }

    @Nullable
    String stack() {
        return stack;
    }

    @Nullable
    Integer passphraseFd() {
        return passphraseFd;
    }

    @Nullable
    OutputFormat output() {
        return output;
    }

    boolean yes() {
        return yes;
    }

    boolean verbose() {
        return verbose;
    }
}
