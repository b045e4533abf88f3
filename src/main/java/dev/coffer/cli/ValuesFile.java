package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoreFileException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * A file of keys and values, as the option {@code --values} names it: one flat JSON object, one flat YAML map, or a
 * dotenv file. Its name tells which: {@code .json}; {@code .yaml} or {@code .yml}; {@code .env} at the end, or at the
 * start as in {@code .env.local}. Standard input ({@code -}) is JSON if its first character other than white space is
 * <code>{</code>, else dotenv.
 *
 * <p>Scalars keep their source text: {@code 1.0}, {@code 012}, {@code yes} and {@code 2026-01-01} are stored as they are
 * written. Refused are null, maps and lists as values, a key given twice, and a file without any key: an empty file is
 * more likely an accident than a wish, and <code>{}</code> states the wish. The text is UTF-8; a byte order mark at its
 * start is skipped.
 */
final class ValuesFile {
    /** The largest file, in bytes: the largest content of a secret, and 1 MiB for quotes, escapes and comments. */
    static final int MAX_BYTES = Secret.MAX_BYTES + (1 << 20);

    private static final String STDIN = "-";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private enum Format {
        JSON,
        YAML,
        DOTENV
    }

    private ValuesFile() {}

    /**
     * Reads the file's bytes, if its format is a known one.
     *
     * @param fileNameOrDash {@code -} is standard input; a leading {@code ~/} is the user's home
     * @return the bytes; the caller wipes them
     * @throws UsageException if the name says no format
     * @throws StoreFileException if the file cannot be read
     * @throws InvalidException if it holds more than {@link #MAX_BYTES}
     */
    static byte[] load(String fileNameOrDash, InputStream stdin) {
        if (fileNameOrDash.equals(STDIN)) {
            return InputBytes.ofStdin(stdin, MAX_BYTES);
        }
        Path file = InputBytes.path(fileNameOrDash);
        formatByName(file);
        return InputBytes.ofFile(file, "the file " + Printable.text(file.toString()), MAX_BYTES);
    }

    /**
     * Finds the keys and values.
     *
     * @param fileNameOrDash tells the format, and names the file in errors
     * @param content the file's bytes, which are left as they are
     * @return key to value, in order; the caller closes the values
     * @throws UsageException if the name says no format
     * @throws InvalidException if the content is not what it has to be; it names the line and quotes nothing
     */
    static Map<String, SecretValue> read(String fileNameOrDash, byte[] content) {
        boolean isStdin = fileNameOrDash.equals(STDIN);
        Format format = isStdin ? formatByContent(content) : formatByName(InputBytes.path(fileNameOrDash));
        CollectedValues collected = isStdin
                ? new CollectedValues("standard input", null)
                : new CollectedValues("the values file " + Printable.text(fileNameOrDash), fileNameOrDash);
        checkSize(content.length, collected);
        char[] text = new char[content.length]; // no character takes less than one byte
        boolean isDone = false;
        try {
            CharBuffer decoded = decode(content, text, collected);
            switch (format) {
                case JSON -> JsonValues.read(decoded, collected);
                case YAML -> YamlValues.read(decoded, collected);
                case DOTENV -> new DotenvValues(decoded, collected).read();
            }
            isDone = true;
            return collected.values();
        } finally {
            Arrays.fill(text, '\0');
            if (!isDone) {
                collected.close();
            }
        }
    }

    private static void checkSize(int bytes, CollectedValues collected) {
        if (bytes > MAX_BYTES) {
            throw collected.refused(
                    CollectedValues.Place.line(1),
                    "the file holds " + bytes + " bytes; the limit is " + MAX_BYTES,
                    "split it into several secrets");
        }
    }

    private static CharBuffer decode(byte[] content, char[] text, CollectedValues collected) {
        CharBuffer target = CharBuffer.wrap(text);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content), target, true);
        target.flip();
        if (result.isError()) {
            int line = 1 + (int) target.chars().filter(c -> c == '\n').count();
            throw collected.refused(
                    CollectedValues.Place.line(line),
                    "this is not UTF-8 text",
                    "save the file as UTF-8, and encode binary content as base64");
        }
        if (target.hasRemaining() && target.get(0) == BYTE_ORDER_MARK) {
            target.get();
        }
        return target;
    }

    private static Format formatByName(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return Format.JSON;
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return Format.YAML;
        }
        if (name.startsWith(".env") || name.endsWith(".env")) {
            return Format.DOTENV;
        }
        throw new UsageException(
                "the name of the values file " + Printable.text(file.toString()) + " says no format that coffer reads",
                "name it .json, .yaml, .yml or .env, or send JSON or dotenv through --values -");
    }

    private static Format formatByContent(byte[] content) {
        int at = startsWithByteOrderMark(content) ? 3 : 0;
        while (at < content.length
                && (content[at] == ' ' || content[at] == '\t' || content[at] == '\r' || content[at] == '\n')) {
            at++;
        }
        return at < content.length && content[at] == '{' ? Format.JSON : Format.DOTENV;
    }

    private static boolean startsWithByteOrderMark(byte[] content) {
        return content.length >= 3
                && content[0] == (byte) 0xEF
                && content[1] == (byte) 0xBB
                && content[2] == (byte) 0xBF;
    }
}
