package dev.coffer.secrets;

/** Hears how far a long operation has come. Called often: be quick. */
@FunctionalInterface
public interface Progress {
    /** Listens to nothing. */
    Progress NONE = (done, total) -> {};

    /**
     * Some more is done.
     *
     * @param done units of work finished, from 0 to {@code total}
     * @param total units of work in all
     */
    void at(long done, long total);
}
