package dev.coffer.cli;

/** {@code coffer secrets-manager …}. */
@picocli.CommandLine.Command(
        name = "secrets-manager",
        description = "Manage where secrets are kept.",
        customSynopsis = "coffer secrets-manager COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer secrets-manager flavor list"})
final class SecretsManagerCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
