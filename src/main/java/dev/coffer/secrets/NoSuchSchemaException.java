package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** No secret schema of that type is known. */
public final class NoSuchSchemaException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public NoSuchSchemaException(String sentence, @Nullable String name, @Nullable String hint) {
        super(sentence, name, hint);
    }
}
