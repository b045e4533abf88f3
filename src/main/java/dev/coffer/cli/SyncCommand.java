package dev.coffer.cli;

/** {@code coffer sync …}. */
@picocli.CommandLine.Command(
        name = "sync",
        description = "Keep the secrets manager local and remote ones together.",
        customSynopsis = "coffer sync COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer sync push"})
final class SyncCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
