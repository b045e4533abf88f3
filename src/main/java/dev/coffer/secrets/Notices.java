package dev.coffer.secrets;

/** Hears what a user should know although the operation went on, for instance that a marker was missing. */
@FunctionalInterface
public interface Notices {
    /**
     * Something is worth knowing.
     *
     * @param sentence for people; holds no secret value
     */
    void warn(String sentence);
}
