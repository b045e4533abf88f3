package dev.coffer.cli;

import dev.coffer.flavor.Flavors;
import java.nio.file.Files;

/** {@code coffer secrets-manager flavor …}. */
@picocli.CommandLine.Command(
        name = "flavor",
        description = "See what sorts of secrets managers there are, and add your own.",
        customSynopsis = "coffer secrets-manager flavor COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer secrets-manager flavor describe local"})
final class FlavorCommand implements Command {
    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }

    /** The flavors; without a store those that need none. */
    static Flavors flavors(Session session) {
        Flavors flavors = session.store().flavors();
        return Files.exists(session.location().database()) ? flavors : flavors.withoutRegistered();
    }
}
