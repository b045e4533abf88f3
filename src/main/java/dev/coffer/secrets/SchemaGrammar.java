package dev.coffer.secrets;

import java.util.regex.Pattern;

/**
 * The grammar of schema types: 1–63 characters of {@code a-z}, {@code 0-9}, {@code _}, {@code -} and {@code .},
 * starting with a letter.
 */
public final class SchemaGrammar {
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_.-]{0,62}");

    private SchemaGrammar() {}

    /** Whether a text is a schema type. */
    public static boolean isValid(String type) {
        return TYPE.matcher(type).matches();
    }

    /**
     * Checks a schema type.
     *
     * @return the type
     * @throws InvalidException if it breaks the grammar
     */
    public static String check(String type) {
        if (!isValid(type)) {
            throw new InvalidException(
                    "the schema type " + Printable.quote(type) + " is not a valid type",
                    Printable.text(type),
                    "a type has 1 to 63 lower-case letters, digits, '_', '-' and '.', and starts with a letter");
        }
        return type;
    }
}
