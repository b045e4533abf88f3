package dev.coffer.cli;

/** {@code coffer secret …}. */
@picocli.CommandLine.Command(
        name = "secret",
        description = "Keep, read and change secrets.",
        customSynopsis = "coffer secret COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer secret get prod/db --key password"})
final class SecretCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
