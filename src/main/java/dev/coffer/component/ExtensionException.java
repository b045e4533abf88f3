package dev.coffer.component;

/**
 * An extension that cannot be used: its jar is missing, changed or unreadable, or its class cannot be loaded. Callers
 * map it to the error of what they do; the message is one sentence and {@link #hint()} names the way out.
 */
public final class ExtensionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as callers answer differently. */
    public enum Reason {
        /** The pinned jar is gone. */
        MISSING,
        /** The pinned jar is not the one that was registered. */
        CHANGED,
        /** The jar or the class in it is not fit for use. */
        UNFIT,
        /** A file could not be read or written. */
        FILE
    }

    private final Reason reason;
    private final String hint;

    ExtensionException(Reason reason, String message, String hint, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.hint = hint;
    }

    /** What went wrong. */
    public Reason reason() {
        return reason;
    }

    /** What can be done about it. */
    public String hint() {
        return hint;
    }
}
