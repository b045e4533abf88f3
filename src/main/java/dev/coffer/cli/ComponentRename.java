package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code rename} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "rename",
        description = "Give a secrets manager another name; its secrets and stacks stay.",
        customSynopsis = "coffer secrets-manager rename OLD NEW",
        footer = {"", "Example:", "  coffer secrets-manager rename team crew"})
final class ComponentRename extends ComponentVerb {
    @Parameters(index = "0", paramLabel = "OLD", description = "the name that it has")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "the name that it gets")
    private String to = "";

    @Override
    public void run(Session session) throws IOException {
        ComponentDefinition made = session.coffer().components().rename(type(), from, to);
        ComponentText.report(session, "renamed " + from + " to " + to, made);
    }
}
