package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code copy} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "copy",
        description = "Make a secrets manager that is configured alike; secrets are not copied.",
        customSynopsis = "coffer secrets-manager copy FROM TO",
        footer = {"", "Example:", "  coffer secrets-manager copy team crew"})
final class ComponentCopy extends ComponentVerb {
    @Parameters(index = "0", paramLabel = "FROM", description = "the one that is there")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "the name of the new one")
    private String to = "";

    @Override
    public void run(Session session) throws IOException {
        ComponentDefinition made = session.coffer().components().copy(type(), from, to);
        ComponentText.report(session, "copied " + from + " to " + to, made);
    }
}
