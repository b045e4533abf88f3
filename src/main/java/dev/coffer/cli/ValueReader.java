package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoreFileException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the values that a command line speaks of. A value is exactly what its source holds: of a file and of standard
 * input every byte, the last newline too. {@code printf %s} and {@code tr -d '\n'} make input without one.
 */
final class ValueReader {
    private final InputStream stdin;
    private final HiddenPrompt prompt;
    private boolean stdinIsRead;

    /**
     * Reads nothing yet.
     *
     * @param stdin read at most once, to its end. A buffer inside it is not wiped, so there should be none
     * @param prompt asked for the keys that have no source
     */
    ValueReader(InputStream stdin, HiddenPrompt prompt) {
        this.stdin = stdin;
        this.prompt = prompt;
    }

    /**
     * All values of a command line: those of the values file first, then those of the arguments. Nobody is asked before
     * all else has been read.
     *
     * @param valuesFile what the option {@code --values} names: a file, or {@code -} for standard input
     * @return key to value, in order; the caller closes the values, or hands them on
     * @throws UsageException if a key is given in both places, standard input is asked for twice, the format of the
     *     file is unknown, or there is nobody to ask
     * @throws InvalidException if a value or the file is not what it has to be
     * @throws StoreFileException if a file cannot be read
     */
    Map<String, SecretValue> read(KeyArguments arguments, @Nullable String valuesFile) {
        if (arguments.readsStdin() && "-".equals(valuesFile)) {
            throw KeyArguments.stdinTwice();
        }
        Map<String, SecretValue> values = new LinkedHashMap<>();
        boolean isDone = false;
        try {
            if (valuesFile != null) {
                values.putAll(fromFile(valuesFile));
            }
            for (KeyArguments.Entry entry : arguments.entries()) {
                if (values.containsKey(entry.key())) {
                    throw new UsageException(
                            "the key " + entry.key() + " is given on the command line and in the values file too",
                            "give each key once");
                }
            }
            values.putAll(fromArguments(arguments));
            isDone = true;
            return values;
        } finally {
            if (!isDone) {
                values.values().forEach(SecretValue::close);
            }
        }
    }

    /**
     * Asks for the value of one key.
     *
     * @throws UsageException if there is nobody to ask
     * @throws InvalidException if the answer is no text, or too long
     */
    SecretValue ask(String key) {
        char[] answer = prompt.ask(key);
        try {
            return SecretValue.of(CharBuffer.wrap(answer));
        } finally {
            Arrays.fill(answer, '\0');
        }
    }

    private Map<String, SecretValue> fromFile(String valuesFile) {
        if (valuesFile.equals("-")) {
            takeStdin();
        }
        byte[] content = ValuesFile.load(valuesFile, stdin);
        try {
            return ValuesFile.read(valuesFile, content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private Map<String, SecretValue> fromArguments(KeyArguments arguments) {
        Map<String, SecretValue> found = new LinkedHashMap<>();
        Map<String, SecretValue> inOrder = new LinkedHashMap<>();
        try {
            for (KeyArguments.Entry entry : arguments.entries()) {
                if (!(entry.source() instanceof KeyArguments.Source.Prompt)) {
                    found.put(entry.key(), fromSource(entry));
                }
            }
            for (KeyArguments.Entry entry : arguments.entries()) {
                SecretValue value = found.get(entry.key());
                inOrder.put(entry.key(), value == null ? ask(entry.key()) : value);
            }
            found.clear();
            return inOrder;
        } catch (RuntimeException e) {
            found.values().forEach(SecretValue::close);
            inOrder.values().forEach(SecretValue::close);
            throw e;
        }
    }

    /** What follows '@' may be the rest of a password: no error quotes it. */
    private static byte[] ofFile(String key, Path path) {
        try {
            return InputBytes.ofFile(path, "the file that is named for key " + key, SecretValue.MAX_BYTES);
        } catch (StoreFileException e) {
            throw new StoreFileException(
                    e.getMessage(),
                    null,
                    "check the path; a value that itself starts with '@' is written with '@@'",
                    e);
        }
    }

    private SecretValue fromSource(KeyArguments.Entry entry) {
        if (entry.source() instanceof KeyArguments.Source.Literal literal) {
            return literal(entry.key(), literal.text());
        }
        if (entry.source() instanceof KeyArguments.Source.FromFile file) {
            return bytes(ofFile(entry.key(), file.path()), file.path());
        }
        takeStdin();
        return bytes(InputBytes.ofStdin(stdin, SecretValue.MAX_BYTES), null);
    }

    private static SecretValue literal(String key, String text) {
        // What Java makes of bytes that the locale's character set does not have; the value is lost by then.
        if (text.indexOf('\uFFFD') >= 0) {
            throw new InvalidException(
                    "the value of the key " + key
                            + " did not arrive as it was typed: it is no text in the character set" + " of this locale",
                    key,
                    "set LC_ALL=C.UTF-8, or give the value with @FILE or @-");
        }
        return SecretValue.of(text);
    }

    private static SecretValue bytes(byte[] utf8, @Nullable Path file) {
        try {
            return SecretValue.ofUtf8(utf8);
        } catch (InvalidException e) { // it cannot know where the bytes are from
            String source = file == null ? "standard input" : "the file " + Printable.text(file.toString());
            throw new InvalidException(
                    source + " is not valid UTF-8 text",
                    file == null ? null : file.toString(),
                    "encode binary content as base64 and store that");
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private void takeStdin() {
        if (stdinIsRead) {
            throw KeyArguments.stdinTwice();
        }
        stdinIsRead = true;
    }
}
