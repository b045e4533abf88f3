package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of a secret that a command line gives, and where the value of each is to be found.
 *
 * <table>
 *   <caption>What may be written; {@code --set KEY…} stands for {@code --KEY…} and reaches keys that are options too</caption>
 *   <tr><td>{@code --KEY=VALUE}</td><td>the value itself; everything after the first {@code =} belongs to it</td></tr>
 *   <tr><td>{@code --KEY=@FILE}</td><td>the bytes of a file; a leading {@code ~/} is the user's home</td></tr>
 *   <tr><td>{@code --KEY=@-}</td><td>the bytes of standard input, for one key only</td></tr>
 *   <tr><td>{@code --KEY=@@x}</td><td>the value {@code @x}</td></tr>
 *   <tr><td>{@code --KEY}</td><td>a hidden prompt</td></tr>
 * </table>
 *
 * <p>What is wrong may be a secret in the wrong place. So no error quotes a word of the command line, save a key that
 * fits the grammar of keys.
 */
final class KeyArguments {
    /** The grammar of keys, as a hint. */
    static final String KEY_RULE = "a key has 1 to 255 letters, digits, '.', '_' and '-', and does not start with '-'";

    private static final String FORM = "use --KEY=VALUE, --KEY=@FILE, --KEY=@- or --KEY";

    private final List<Entry> entries;

    private KeyArguments(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Where the value of a key is to be found. None of them shows itself. */
    sealed interface Source {
        /** The value stood on the command line. */
        record Literal(String text) implements Source {
            @Override
            public String toString() {
                return "Literal(redacted)";
            }
        }

        /** The value is the content of a file. */
        record FromFile(Path path) implements Source {
            @Override
            public String toString() {
                return "FromFile(redacted)";
            }
        }

        /** The value is what comes from standard input. */
        record FromStdin() implements Source {}

        /** The value is asked for. */
        record Prompt() implements Source {}
    }

    /**
     * One key.
     *
     * @param key fits the grammar of keys, in normalization form C
     */
    record Entry(String key, Source source) {
        @Override
        public String toString() {
            return "Entry(" + key + ")";
        }
    }

    /**
     * Reads the keys.
     *
     * @param unmatched the words of the command line that are no option of the command, in order
     * @param sets the values of the option {@code --set}, in order
     * @throws UsageException if a word is neither an option nor a key, a key is given twice, or standard input is
     * @throws InvalidException if what stands before {@code =} breaks the grammar of keys
     */
    static KeyArguments parse(List<String> unmatched, List<String> sets) {
        List<Entry> entries = new ArrayList<>();
        for (String word : unmatched) {
            entries.add(entry("--", keyPart(word)));
        }
        for (String set : sets) {
            entries.add(entry("--set ", set));
        }
        Set<String> keys = new HashSet<>();
        for (Entry entry : entries) {
            if (!keys.add(entry.key())) {
                throw new UsageException("the key " + entry.key() + " is given twice", "give each key once");
            }
        }
        KeyArguments arguments = new KeyArguments(entries);
        if (arguments.count(Source.FromStdin.class) > 1) {
            throw stdinTwice();
        }
        return arguments;
    }

    /** The keys in the order in which they were given, those of {@code --set} last. */
    List<Entry> entries() {
        return entries;
    }

    /** Whether a value stood on the command line itself, where other users and the shell's history can see it. */
    boolean hasLiterals() {
        return count(Source.Literal.class) > 0;
    }

    /** The keys whose values are asked for. */
    List<String> prompted() {
        return entries.stream()
                .filter(entry -> entry.source() instanceof Source.Prompt)
                .map(Entry::key)
                .toList();
    }

    /** Whether a key takes standard input. */
    boolean readsStdin() {
        return count(Source.FromStdin.class) > 0;
    }

    static UsageException stdinTwice() {
        return new UsageException(
                "standard input is asked for twice", "read one of them from a file, or give all keys with --values -");
    }

    private long count(Class<? extends Source> kind) {
        return entries.stream().filter(entry -> kind.isInstance(entry.source())).count();
    }

    private static String keyPart(String word) {
        if (word.startsWith("--") && word.length() > 2) {
            return word.substring(2);
        }
        if (word.length() > 1 && word.charAt(0) == '-' && word.charAt(1) != '-') {
            char letter = word.charAt(1); // the rest may be a secret, as in -pSECRET
            boolean isSafe = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
            throw new UsageException("unknown option" + (isSafe ? " -" + letter : ""), FORM);
        }
        throw new UsageException(
                "a word stands alone that is neither an option nor the value of one",
                "use --KEY=VALUE, with '=' and no space");
    }

    private static Entry entry(String prefix, String text) {
        int equals = text.indexOf('=');
        String key = equals < 0 ? text : text.substring(0, equals);
        String checked;
        try {
            checked = KeyGrammar.check(key);
        } catch (InvalidException e) { // its message quotes what may be a secret, as in --set hunter2!=x
            String what = "what follows '" + prefix + "'";
            if (equals < 0) {
                throw new UsageException(what + " is neither a key nor KEY=VALUE", FORM);
            }
            throw new InvalidException(what + " up to '=' is not a key", null, KEY_RULE);
        }
        return new Entry(checked, equals < 0 ? new Source.Prompt() : source(checked, text.substring(equals + 1)));
    }

    private static Source source(String key, String value) {
        if (!value.startsWith("@")) {
            return new Source.Literal(value);
        }
        if (value.startsWith("@@")) {
            return new Source.Literal(value.substring(1));
        }
        if (value.equals("@")) {
            throw new UsageException(
                    "the key " + key + " names no file after '@'", "write '@@' for a value that starts with '@'");
        }
        return value.equals("@-") ? new Source.FromStdin() : new Source.FromFile(InputBytes.path(value.substring(1)));
    }
}
