package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** No component, stack, target or other record of that name exists. */
public final class NoSuchRecordException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error.
     *
     * @param sentence says what is wrong and names the thing
     * @param name the thing
     * @param hint the way out
     */
    public NoSuchRecordException(String sentence, @Nullable String name, @Nullable String hint) {
        super(sentence, name, hint);
    }
}
