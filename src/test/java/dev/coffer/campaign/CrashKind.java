package dev.coffer.campaign;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * One kind of work during which a process is killed. A home belongs to one kind and lives through all its kills: what
 * one kill left behind is there at the next.
 */
interface CrashKind {
    /** What the kind is called in the output. */
    String title();

    /** In the parent, once: whatever the work needs. */
    void prepare(Path home, long seed);

    /** In the child, before the moment of the kill is drawn: loads classes, in a home of its own. */
    void warmUp(Path home, long seed);

    /**
     * In the child: works until it is killed.
     *
     * @param run counts the kills of this kind
     * @param out takes a line for each step that is done and each that is begun, as the kind needs it
     */
    void work(Path home, int run, long seed, Consumer<String> out) throws Exception;

    /** In the parent, after the kill: fails unless everything that was acknowledged is there, and nothing by halves. */
    void check(Path home, int run, long seed, List<String> lines) throws Exception;
}
