package dev.coffer.cli;

/** {@code coffer stack …}. */
@picocli.CommandLine.Command(
        name = "stack",
        description = "Put components together and switch between them.",
        customSynopsis = "coffer stack COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer stack set staging"})
final class StackCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
