package dev.coffer.sync;

/** The process ends here: nothing that follows in it happens. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
        super(where);
    }
}
