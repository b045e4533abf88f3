package dev.coffer.cli;

/** The command line stops at a group of commands: its usage is the error. */
final class CommandMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
