package dev.coffer.cli;

import dev.coffer.schema.SecretSchema;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.Spelling;
import dev.coffer.secrets.WriteReceipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** What registering and updating have in common: a name, and keys with their values. */
abstract class ContentCommand implements Command {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "the secret, for instance prod/db")
    private String name = "";

    @Option(names = "--schema", paramLabel = "TYPE", description = "the type; 'coffer schema list' shows all")
    private @Nullable String schema;

    @Option(
            names = "--set",
            paramLabel = "KEY=…",
            description = "as --KEY=…, also for keys that are named as an option is")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--values",
            paramLabel = "FILE|-",
            description = "keys and values from a file (.json, .yaml, .env) or from standard input")
    private @Nullable String valuesFile;

    @Option(names = "-i", description = "ask for keys and values")
    private boolean interactive;

    @Unmatched
    private List<String> words = new ArrayList<>();

    /** The keys and values of the command line, by the sources that they name. */
    record Given(KeyArguments arguments, boolean any) {}

    SecretName name() {
        if (name.contains("=")) { // may be a value whose key lacks its dashes: it is not quoted
            throw new UsageException(
                    "the command needs a NAME, and '=' is in no name", "keys are given as --KEY=VALUE");
        }
        return SecretName.of(name);
    }

    @Nullable
    String schema() {
        return schema;
    }

    boolean interactive() {
        return interactive;
    }

    /** Reads the arguments, not yet the values. */
    Given given(Session session) {
        refuseValuesAfterASpace();
        KeyArguments arguments = KeyArguments.parse(words, sets);
        boolean values = valuesFile != null;
        int readers = (arguments.readsStdin() ? 1 : 0)
                + ("-".equals(valuesFile) ? 1 : 0)
                + (session.passphraseFromStdin() ? 1 : 0);
        if (readers > 1) {
            throw KeyArguments.stdinTwice();
        }
        if (interactive && !session.terminal().canAsk()) {
            throw new UsageException("-i asks, and there is no terminal to ask on", "use --values or --KEY=@FILE");
        }
        if (arguments.hasLiterals() && session.terminal().is(Terminal.Stream.ERR)) {
            session.messages()
                    .warn("values on the command line can be seen by others, and stay in the shell's history;"
                            + " '--KEY' alone asks for the value, '--KEY=@FILE' reads it from a file");
        }
        return new Given(arguments, values || !arguments.entries().isEmpty());
    }

    /** {@code --password hunter2 prod/db} would otherwise take the value for the name. */
    private void refuseValuesAfterASpace() {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        for (int i = 0; i + 1 < all.size() && !all.get(i).equals("--"); i++) {
            String word = all.get(i);
            if (words.contains(word)
                    && word.startsWith("--")
                    && !word.contains("=")
                    && !all.get(i + 1).startsWith("-")) {
                throw new UsageException(
                        "a word follows a --KEY after a space",
                        "write --KEY=VALUE; to be asked for the value, write --KEY behind the NAME");
            }
        }
    }

    /** The values, by key; the caller closes them. */
    Map<String, SecretValue> values(ValueReader reader, Given given) {
        return new LinkedHashMap<>(reader.read(given.arguments(), valuesFile));
    }

    static ValueReader reader(Session session) {
        return new ValueReader(session.terminal().in(), session.terminal());
    }

    static void close(Map<String, SecretValue> values) {
        values.values().forEach(SecretValue::close);
    }

    /** The schema of a type; null for the one that asks for nothing. */
    static @Nullable SecretSchema schemaOf(Session session, String type) {
        return type.equals(Secret.ARBITRARY) ? null : session.schemas().get(type);
    }

    /**
     * Refuses to ask when a key is given that the schema does not know: what is typed then would be typed in vain.
     *
     * @throws InvalidException naming the keys
     */
    static void requireKnown(Session session, @Nullable SecretSchema schema, Given given) {
        if (schema == null || schema.anyKeys() || !session.terminal().canAsk()) {
            return;
        }
        List<String> known = schema.keys().stream().map(SchemaKey::name).toList();
        List<String> unknown = given.arguments().entries().stream()
                .map(KeyArguments.Entry::key)
                .filter(key -> !known.contains(key))
                .toList();
        if (!unknown.isEmpty()) {
            throw new InvalidException(
                    "schema " + schema.type() + " has no key " + String.join(", ", unknown),
                    null,
                    Spelling.didYouMean(unknown.get(0), known) + "'coffer schema describe " + schema.type()
                            + "' shows its keys; schema " + Secret.ARBITRARY + " takes any");
        }
    }

    /** On a terminal, asks for the required keys that are in neither of both. */
    static void askForMissing(
            Session session,
            ValueReader reader,
            @Nullable SecretSchema schema,
            Set<String> there,
            Map<String, SecretValue> values) {
        if (schema == null || !session.terminal().canAsk()) {
            return;
        }
        for (SchemaKey key : schema.keys()) {
            if (key.required() && !there.contains(key.name()) && !values.containsKey(key.name())) {
                values.put(key.name(), Interview.ask(session.terminal(), reader, key, ""));
            }
        }
    }

    /** Says what a write came to. */
    static void report(Session session, String done, WriteReceipt receipt) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("name", receipt.name().value());
                Json.version(json, receipt.version());
                json.writeBooleanField("changed", receipt.changed());
                json.writeEndObject();
            });
        } else if (receipt.changed()) {
            Long version = receipt.version();
            session.messages()
                    .done(done + " " + receipt.name() + (version == null ? "" : " (version " + version + ")"));
        } else {
            session.messages().done(receipt.name() + " is like that already; nothing was changed");
        }
    }
}
