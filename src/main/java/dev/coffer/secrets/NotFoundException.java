package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** A thing that was named does not exist. */
public abstract sealed class NotFoundException extends CofferException
        permits NoSuchSecretException, NoSuchSchemaException, NoSuchRecordException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String sentence, @Nullable String name, @Nullable String hint) {
        super(ExitCode.NOT_FOUND, sentence, name, hint, null);
    }
}
