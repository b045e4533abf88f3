package dev.coffer.cli;

/** Keeps what is typed from being seen. */
interface Echo {
    /**
     * Hides from now on.
     *
     * @return shows again
     * @throws UsageException if that is not possible here; nothing may be asked then
     */
    Runnable hide();
}
