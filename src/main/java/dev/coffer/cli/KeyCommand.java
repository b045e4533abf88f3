package dev.coffer.cli;

/** {@code coffer key …}. */
@picocli.CommandLine.Command(
        name = "key",
        description = "See and renew the keys of the store, or of a secrets manager.",
        customSynopsis = "coffer key COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer key status"})
final class KeyCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
