package dev.coffer.stack;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The text of an attribute: literal text with any number of references in it. The grammar, in full:
 *
 * <pre>
 * text      = *( reference / escaped / character )
 * reference = "{{" *blank name "." key *blank "}}"       the last dot separates, so the key has none
 *           / "{{" *blank name "[" key "]" *blank "}}"   for any key
 * escaped   = "\{{"                                      stands for "{{"
 * blank     = space / tab
 * </pre>
 *
 * <p>Of more than two braces in a row the last two open the reference: <code>{{{db.host}}}</code> is a value between
 * single braces. Backslashes are themselves, but directly before two braces a pair of them stands for one.
 */
public final class ReferenceText {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String HINT =
            "a reference is written {{NAME.KEY}}, or {{NAME[KEY]}} for a key with dots; \\{{ stands for the braces";

    private final List<Part> parts;

    private sealed interface Part {}

    private record Literal(String text) implements Part {}

    private record Named(Reference reference) implements Part {}

    private ReferenceText(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Reads a text. It may hold a credential, so no error quotes it.
     *
     * @throws InvalidException if two braces are opened that are not a reference
     */
    public static ReferenceText parse(String text) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = runEnd(text, at, '\\');
            boolean opens = text.startsWith(OPEN, end);
            int slashes = end - at;
            literal.append("\\".repeat(opens ? slashes / 2 : slashes));
            at = end;
            if (opens && slashes % 2 == 1) {
                literal.append(OPEN);
                at += OPEN.length();
            } else if (opens) {
                int braces = runEnd(text, at, '{');
                literal.append(text, at, braces - OPEN.length());
                int close = text.indexOf(CLOSE, braces);
                flush(literal, parts);
                parts.add(new Named(reference(text, braces, close)));
                at = close + CLOSE.length();
            } else if (at < text.length()) {
                literal.append(text.charAt(at));
                at++;
            }
        }
        flush(literal, parts);
        return new ReferenceText(List.copyOf(parts));
    }

    private static int runEnd(String text, int from, char of) {
        int end = from;
        while (end < text.length() && text.charAt(end) == of) {
            end++;
        }
        return end;
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Reference reference(String text, int from, int close) {
        if (close < 0) {
            throw malformed(from, "opens a reference that is not closed");
        }
        int start = from;
        int end = close;
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        boolean bracketed = end > start && text.charAt(end - 1) == ']';
        int split = text.lastIndexOf(bracketed ? '[' : '.', end - 1);
        if (split < start) {
            throw malformed(from, "is not followed by a secret's name and a key");
        }
        try {
            return new Reference(
                    SecretName.of(text.substring(start, split)), text.substring(split + 1, bracketed ? end - 1 : end));
        } catch (InvalidException e) { // its message quotes the text
            throw malformed(from, "is not followed by a secret's name and a key");
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static InvalidException malformed(int from, String trouble) {
        return new InvalidException("the {{ at character " + (from - 1) + " " + trouble, null, HINT);
    }

    /** Text that means exactly the characters given, without references. */
    static ReferenceText literal(String characters) {
        return new ReferenceText(characters.isEmpty() ? List.of() : List.of(new Literal(characters)));
    }

    /** This text and then another. */
    ReferenceText plus(ReferenceText other) {
        List<Part> joined = new ArrayList<>(parts);
        for (Part part : other.parts) {
            // Neighbours are one literal: what stands for a brace depends on the brace beside it.
            if (part instanceof Literal next
                    && !joined.isEmpty()
                    && joined.get(joined.size() - 1) instanceof Literal last) {
                joined.set(joined.size() - 1, new Literal(last.text() + next.text()));
            } else {
                joined.add(part);
            }
        }
        return new ReferenceText(List.copyOf(joined));
    }

    /** Text of nothing but a reference. */
    static ReferenceText of(Reference reference) {
        return new ReferenceText(List.of(new Named(reference)));
    }

    /** The values that the text names, sorted, each once. */
    public SortedSet<Reference> references() {
        SortedSet<Reference> found = new TreeSet<>();
        for (Part part : parts) {
            if (part instanceof Named named) {
                found.add(named.reference());
            }
        }
        return found;
    }

    /** The text with a value in the place of each reference. Values are not read for references again. */
    String resolve(Function<Reference, String> values) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            out.append(part instanceof Named named ? values.apply(named.reference()) : ((Literal) part).text());
        }
        return out.toString();
    }

    /** The text as {@link #parse} reads it. */
    public String text() {
        StringBuilder backwards = new StringBuilder();
        boolean opens = false; // whether what follows would take the backslashes before it for an escape
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (parts.get(i) instanceof Named named) {
                prepend(backwards, named.reference().toString());
                opens = true;
            } else if (parts.get(i) instanceof Literal literal) {
                opens = prependLiteral(backwards, literal.text(), opens);
            }
        }
        return backwards.reverse().toString();
    }

    private static boolean prependLiteral(StringBuilder backwards, String literal, boolean opensBehind) {
        boolean opens = opensBehind;
        int end = literal.length();
        while (end > 0) {
            char last = literal.charAt(end - 1);
            int start = end;
            while (start > 0 && literal.charAt(start - 1) == last) {
                start--;
            }
            int count = end - start;
            if (last == '\\') {
                backwards.append("\\".repeat(opens ? 2 * count : count));
            } else if (last == '{') {
                boolean single = count % 2 == 1;
                boolean joins = single && backwards.length() > 0 && backwards.charAt(backwards.length() - 1) == '{';
                backwards.append(single ? "{" : "");
                prepend(backwards, "\\{{".repeat(count / 2));
                opens = count > 1 || joins;
            } else {
                backwards.append(String.valueOf(last).repeat(count));
                opens = false;
            }
            end = start;
        }
        return opens;
    }

    private static void prepend(StringBuilder backwards, String text) {
        for (int i = text.length() - 1; i >= 0; i--) {
            backwards.append(text.charAt(i));
        }
    }

    /** Never the text, which may hold a credential. */
    @Override
    public String toString() {
        return "text with the references " + references();
    }
}
