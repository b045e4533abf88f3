package dev.coffer.cli;

/** Asks on a terminal for something that must not be seen there. */
interface HiddenPrompt {
    /**
     * Shows the label, turns the echo off and reads one line.
     *
     * @param label what is asked for, for instance a key; never a value
     * @return the line without its end; the caller wipes it
     * @throws UsageException if there is no terminal, or it was closed without an answer
     */
    char[] ask(String label);
}
