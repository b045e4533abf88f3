package dev.coffer.cli;

import dev.coffer.component.ComponentType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** {@code coffer component TYPE …}. */
@picocli.CommandLine.Command(
        name = "component",
        description = "Keep what other parts of a stack are configured with.",
        customSynopsis = "coffer component TYPE COMMAND …",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:", "  coffer component orchestrator list"})
final class ComponentCommand implements Command {
    // Not required for picocli: 'coffer component' alone shows the help.
    @Parameters(arity = "0..1", paramLabel = "TYPE", description = "what the component does, for instance orchestrator")
    private @Nullable String type;

    ComponentType type() {
        if (type == null) {
            throw new UsageException("the command needs TYPE", "see 'coffer component --help'");
        }
        return StackText.type(type);
    }

    @Override
    public void run(Session session) {
        throw new CommandMissingException();
    }
}
