package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.component.ComponentDefinition;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer component TYPE resolve}. */
@picocli.CommandLine.Command(
        name = "resolve",
        description = "Show a component with the values of secrets in place of its references.",
        customSynopsis = "coffer component TYPE resolve NAME",
        footer = {
            "",
            "What it prints holds secrets. '-o json' gives the exact text.",
            "",
            "Example:",
            "  coffer component orchestrator resolve team -o json"
        })
final class ComponentResolve extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        Coffer coffer = session.coffer();
        ComponentDefinition one = coffer.components().require(type(), name);
        ComponentText.print(session, coffer.resolve(one), attribute -> false);
    }
}
