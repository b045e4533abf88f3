package dev.coffer.cli;

/** {@code coffer schema …}. */
@picocli.CommandLine.Command(
        name = "schema",
        description = "See what the types of secrets hold, and add your own.",
        customSynopsis = "coffer schema COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer schema describe basic_auth"})
final class SchemaCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
