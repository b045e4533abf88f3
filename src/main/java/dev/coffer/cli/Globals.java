package dev.coffer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that every command takes, before or after its name. Of one that is
 * given on both sides, what stands behind counts.
 *
 * @param home where everything is; null for where the environment says
 * @param stack the stack to work with instead of the active one
 * @param passphraseFd the open file to read the passphrase from
 * @param json whether data and errors are JSON
 * @param yes whether every question is answered with yes
 * @param verbose whether errors come with their stack trace
 */
record Globals(
        @Nullable Path home,
        @Nullable String stack,
        @Nullable Integer passphraseFd,
        boolean json,
        boolean yes,
        boolean verbose) {
    /** Of a command line that gives none. */
    static final Globals NONE = new Globals(null, null, null, false, false, false);

    static Globals of(ParseResult parsed) {
        Path home = null;
        String stack = null;
        Integer passphraseFd = null;
        OutputFormat output = OutputFormat.TABLE;
        boolean yes = false;
        boolean verbose = false;
        for (GlobalOptions given : given(parsed)) {
            home = given.home() != null ? named(given.home()) : home;
            stack = given.stack() != null ? given.stack() : stack;
            passphraseFd = given.passphraseFd() != null ? given.passphraseFd() : passphraseFd;
            output = given.output() != null ? given.output() : output;
            yes |= given.yes();
            verbose |= given.verbose();
        }
        return new Globals(home, stack, passphraseFd, output == OutputFormat.JSON, yes, verbose);
    }

    /** Of an unset variable, as in --home "$DIR", nothing is left; that is not the current folder. */
    private static Path named(Path home) {
        if (home.toString().isEmpty()) {
            throw new UsageException("--home names no folder", "name one, or leave --home out");
        }
        return home;
    }

    private static List<GlobalOptions> given(ParseResult parsed) {
        List<GlobalOptions> given = new ArrayList<>();
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            CommandSpec mixin = Objects.requireNonNull(at.commandSpec().mixins().get(GlobalOptions.NAME));
            given.add((GlobalOptions) mixin.userObject());
        }
        return given;
    }

    /** A text in which the commands are about the same home, where the command line names one. */
    String aimed(String text) {
        if (home == null) {
            return text;
        }
        String word = home.toAbsolutePath().normalize().toString();
        if (!word.matches("[A-Za-z0-9/._-]+")) {
            word = '"' + word.replaceAll("([\\\\\"$`])", "\\\\$1") + '"';
        }
        return text.replaceAll(
                "(^|'|&& )coffer (?=[a-z])", "$1" + Matcher.quoteReplacement("coffer --home " + word + " "));
    }

    /** What can be told of a command line that is wrong: whether its error is to be JSON, and how much it tells. */
    static Globals guess(List<String> args) {
        List<String> options = args.contains("--") ? args.subList(0, args.indexOf("--")) : args;
        boolean json = options.stream().anyMatch(List.of("-ojson", "-o=json", "--output=json")::contains);
        for (int i = 1; i < options.size(); i++) {
            json |= options.get(i).equals("json") && List.of("-o", "--output").contains(options.get(i - 1));
        }
        return new Globals(null, null, null, json, false, options.contains("--verbose"));
    }
}
