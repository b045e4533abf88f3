package dev.coffer.secrets;

import org.jspecify.annotations.Nullable;

/** A thing that was to be made exists already; it was not touched. */
public abstract sealed class AlreadyExistsException extends CofferException
        permits SecretExistsException, StoreExistsException, RecordExistsException {
    private static final long serialVersionUID = 1L;

    AlreadyExistsException(String sentence, @Nullable String name, @Nullable String hint) {
        super(ExitCode.ALREADY_EXISTS, sentence, name, hint, null);
    }
}
