package dev.coffer.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of every command, as picocli fills them in. {@link Globals} puts those of a whole command line together. */
final class GlobalOptions {
    static final String NAME = "global";

    @ArgGroup(validate = false, heading = "%nOptions of every command:%n", order = Integer.MAX_VALUE)
    private Group group = new Group();

    private static final class Group {
        @Option(
                names = "--home",
                paramLabel = "DIR",
                order = 1,
                description = "the folder that holds everything; else COFFER_HOME, else the folders of the platform")
        private @Nullable Path home;

        @Option(
                names = "--passphrase-fd",
                paramLabel = "N",
                order = 2,
                description = "read the passphrase from this open file; 0 is standard input")
        private @Nullable Integer passphraseFd;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                order = 3,
                description = "table (the default) or json")
        private @Nullable OutputFormat output;

        @Option(
                names = {"-y", "--yes"},
                order = 4,
                description = "answer every question with yes")
        private boolean yes;

        @Option(names = "--verbose", order = 5, description = "show the stack trace of an error")
        private boolean verbose;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                order = 6,
                description = "show this help")
        private boolean help;
    }

    @Nullable
    Path home() {
        return group.home;
    }

    @Nullable
    Integer passphraseFd() {
        return group.passphraseFd;
    }

    @Nullable
    OutputFormat output() {
        return group.output;
    }

    boolean yes() {
        return group.yes;
    }

    boolean verbose() {
        return group.verbose;
    }

    boolean help() {
        return group.help;
    }
}
