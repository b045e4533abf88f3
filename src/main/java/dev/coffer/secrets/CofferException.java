package dev.coffer.secrets;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything that coffer throws on purpose. The family is closed: each member is a situation that a caller
 * can act on and has an exit code of its own. Messages, names and hints never hold a secret value, a passphrase, a
 * token or a key byte.
 */
public abstract sealed class CofferException extends RuntimeException
        permits NotFoundException,
                AlreadyExistsException,
                WrongKeyException,
                IntegrityException,
                InvalidException,
                ConflictException,
                RemoteException,
                UnsupportedByFlavorException,
                NewerStoreException,
                OlderCopyException,
                LockedException,
                StoreMissingException,
                StoreFileException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final @Nullable String name;
    private final @Nullable String hint;

    CofferException(
            ExitCode exitCode,
            String sentence,
            @Nullable String name,
            @Nullable String hint,
            @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
        this.name = name;
        this.hint = hint;
    }

    /** The exit code that the command ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }

    /** The thing that the error is about, for instance the secret's name. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** What to do about it, in one sentence. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** One sentence that names the thing. */
    @Override
    public String getMessage() {
        // Never null: the constructor takes a sentence.
        return String.valueOf(super.getMessage());
    }
}
