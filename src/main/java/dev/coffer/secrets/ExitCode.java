package dev.coffer.secrets;

/** The exit codes of the command, one for each kind of outcome. Stable: a number is never given a new meaning. */
public enum ExitCode {
    /** The command did what it was asked. */
    DONE(0, "done"),
    /** Something went wrong that coffer did not foresee. */
    UNEXPECTED(1, "unexpected failure"),
    /** The command line was wrong, or a confirmation was declined. */
    USAGE(2, "wrong usage or declined"),
    /** A thing that was named does not exist. */
    NOT_FOUND(3, "no such secret, stack, flavor, schema or target"),
    /** A thing that was to be made exists. */
    ALREADY_EXISTS(4, "already exists"),
    /** The passphrase, key file or recovery code opens no key slot. */
    WRONG_KEY(5, "wrong key"),
    /** Stored data was changed or is damaged. */
    INTEGRITY(6, "integrity failure (tampered or corrupt)"),
    /** A name, schema, size or file content breaks a rule. */
    INVALID(7, "invalid (name, schema, size, file content)"),
    /** Somebody else changed the same thing first. */
    CONFLICT(8, "conflict"),
    /** A remote secrets manager could not be reached or refused. */
    REMOTE(9, "remote unreachable or denied"),
    /** The flavor cannot do this. */
    UNSUPPORTED(10, "not supported by this flavor"),
    /** The store was written by a newer coffer. */
    NEWER_STORE(11, "store written by a newer coffer"),
    /** The store is older than, or another one than, the store that was last seen. */
    OLDER_COPY(12, "older copy of the store than last seen"),
    /** The store is locked and no key was given. */
    LOCKED(13, "locked, no key given"),
    /** There is no store. */
    STORE_MISSING(14, "store missing"),
    /** The disk is full, read-only or readable by others. */
    FILE_TROUBLE(15, "file trouble (disk full, read-only, unsafe permissions)"),
    /** The user pressed Ctrl-C. */
    INTERRUPTED(130, "interrupted");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** The process exit status, 0–255. */
    public int number() {
        return number;
    }

    /** A few words for the table of {@code coffer --exit-codes}. */
    public String meaning() {
        return meaning;
    }
}
