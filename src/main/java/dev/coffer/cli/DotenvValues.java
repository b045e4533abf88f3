package dev.coffer.cli;

import dev.coffer.cli.CollectedValues.Place;
import dev.coffer.secrets.InvalidException;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dotenv file. The format has no standard. This is the syntax of Docker Compose's environment files
 * (https://docs.docker.com/compose/env-file/), made strict, and without its interpolation: {@code $} is a character like
 * any other.
 *
 * <ul>
 *   <li>A line is blank, a comment (its first character is {@code #}), or {@code KEY=VALUE}, which {@code export } may
 *       precede. Spaces and tabs around the line, the key and {@code =} do not count. Lines end in LF or CR LF.
 *   <li>An unquoted value ends with its line, or before a {@code #} that follows a space or a tab. Spaces and tabs at its
 *       end do not count. A quote or a backslash inside it, and {@code #} after another character, belong to it.
 *   <li>A value in single quotes is what stands between them: there are no escapes, and it may span lines.
 *   <li>A value in double quotes may span lines, too. In it, {@code \n}, {@code \r}, {@code \t}, {@code \\}, {@code \"}
 *       and {@code \$} stand for a line feed, a carriage return, a tab, and the character after the backslash; before
 *       any other character the backslash is one itself. Other line ends are kept as they are.
 *   <li>After a closing quote the line is over, but for a comment that a space or a tab sets off.
 * </ul>
 *
 * <p>Everything else is refused, a line without {@code =} first of all: it may be the second line of a private key that
 * nobody quoted. Compose's {@code \'} inside single quotes is refused as text after the closing quote.
 */
final class DotenvValues {
    private static final String EXPORT = "export";

    private final char[] text;
    private final int end;
    private final CollectedValues into;
    private int at;
    private int line = 1;

    /** Will read the remaining text, which an array must back. Escapes are resolved in that array. */
    DotenvValues(CharBuffer text, CollectedValues into) {
        this.text = text.array();
        this.at = text.arrayOffset() + text.position();
        this.end = text.arrayOffset() + text.limit();
        this.into = into;
    }

    void read() {
        while (at < end) {
            skipBlanks();
            if (at < end && text[at] != '#' && !atLineEnd()) {
                assignment();
            } else {
                finishLine();
            }
        }
        if (into.values().isEmpty()) {
            throw into.nothing();
        }
    }

    private void assignment() {
        Place place = Place.line(line);
        int equals = at;
        while (equals < end && text[equals] != '=' && text[equals] != '\n') {
            equals++;
        }
        if (equals == end || text[equals] != '=') {
            throw refused("there is no '=' in it", "put a value that spans lines between quotes");
        }
        String key = into.key(keyText(equals), place);
        at = equals + 1;
        skipBlanks();
        if (at < end && (text[at] == '"' || text[at] == '\'')) {
            CharBuffer value = text[at] == '"' ? doubleQuoted() : singleQuoted();
            into.put(key, value, place);
            finishQuotedLine();
        } else {
            into.put(key, unquoted(), place);
            finishLine();
        }
    }

    private String keyText(int equals) {
        int start = at;
        int stop = equals;
        while (stop > start && isBlank(text[stop - 1])) {
            stop--;
        }
        int afterExport = start + EXPORT.length();
        if (afterExport < stop && isBlank(text[afterExport]) && startsWithExport(start)) {
            start = afterExport;
            while (isBlank(text[start])) {
                start++;
            }
        }
        return new String(text, start, stop - start);
    }

    private boolean startsWithExport(int start) {
        return CharBuffer.wrap(text, start, EXPORT.length()).equals(CharBuffer.wrap(EXPORT));
    }

    private CharBuffer unquoted() {
        int start = at;
        while (at < end && !atLineEnd() && !atComment()) {
            if (text[at] == '\r') {
                throw refused("a carriage return stands alone", "end lines with LF or CR LF, or quote the value");
            }
            at++;
        }
        int stop = at;
        while (stop > start && isBlank(text[stop - 1])) {
            stop--;
        }
        return CharBuffer.wrap(text, start, stop - start);
    }

    private CharBuffer singleQuoted() {
        int opened = line;
        int start = ++at;
        while (at < end && text[at] != '\'') {
            countLine(text[at++]);
        }
        closeQuote(opened);
        return CharBuffer.wrap(text, start, at - 1 - start);
    }

    /** Escapes only shorten: the value is written over its own source. */
    private CharBuffer doubleQuoted() {
        int opened = line;
        int start = ++at;
        int to = start;
        while (at < end && text[at] != '"') {
            char c = text[at++];
            countLine(c);
            char escaped = c == '\\' && at < end ? unescaped(text[at]) : '\0';
            if (escaped != '\0') {
                at++;
                c = escaped;
            }
            text[to++] = c;
        }
        closeQuote(opened);
        return CharBuffer.wrap(text, start, to - start);
    }

    private static char unescaped(char letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '$' -> letter;
            default -> '\0';
        };
    }

    private void closeQuote(int opened) {
        if (at == end) {
            throw into.refused(Place.line(opened), "a quote is opened and never closed", null);
        }
        at++;
    }

    private void finishQuotedLine() {
        boolean isSetOff = at < end && isBlank(text[at]);
        skipBlanks();
        if (at < end && !atLineEnd() && !(isSetOff && text[at] == '#')) {
            throw refused("there is more after the closing quote", "escape a quote inside double quotes as \\\"");
        }
        finishLine();
    }

    private void finishLine() {
        while (at < end && text[at] != '\n') {
            at++;
        }
        if (at < end) {
            countLine(text[at++]);
        }
    }

    private void countLine(char c) {
        if (c == '\n') {
            line++;
        }
    }

    private void skipBlanks() {
        while (at < end && isBlank(text[at])) {
            at++;
        }
    }

    private boolean atLineEnd() {
        return text[at] == '\n' || (text[at] == '\r' && at + 1 < end && text[at + 1] == '\n');
    }

    /** The character before the first of a value is '=' or a blank, so there always is one. */
    private boolean atComment() {
        return text[at] == '#' && isBlank(text[at - 1]);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private InvalidException refused(String trouble, @Nullable String hint) {
        return into.refused(Place.line(line), trouble, hint);
    }
}
