package dev.coffer.cli;

/** {@code coffer key slot …}. */
@picocli.CommandLine.Command(
        name = "slot",
        description = "Add and remove ways to unlock the store, or a secrets manager.",
        customSynopsis = "coffer key slot COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer key slot add --recovery-code"})
final class KeySlotCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
