package dev.coffer.stack;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import java.util.regex.Pattern;

/** What stacks and components may be called. */
final class Names {
    static final int LONGEST = 128;

    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9._][A-Za-z0-9._-]{0," + (LONGEST - 1) + "}");

    private Names() {}

    /**
     * Checks a new name.
     *
     * @param what the sort of thing, for the error
     * @throws InvalidException if it breaks the grammar
     */
    static String check(String what, String name) {
        if (!GRAMMAR.matcher(name).matches()) {
            throw new InvalidException(
                    Printable.quote(name) + " cannot be the name of a " + what,
                    Printable.text(name),
                    "a name has 1 to 128 letters, digits, '.', '_' and '-', and does not start with '-'");
        }
        return name;
    }
}
