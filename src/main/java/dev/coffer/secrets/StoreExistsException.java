package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** There is a store already. It was not touched. */
public final class StoreExistsException extends AlreadyExistsException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public StoreExistsException(String sentence, @Nullable String name, @Nullable String hint) {
        super(sentence, name, hint);
    }
}
