package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** A component, stack, target or other record of that name exists already. */
public final class RecordExistsException extends AlreadyExistsException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public RecordExistsException(String sentence, @Nullable String name, @Nullable String hint) {
        super(sentence, name, hint);
    }
}
