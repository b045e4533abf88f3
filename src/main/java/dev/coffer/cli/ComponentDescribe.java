package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.stack.Components;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code describe} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "describe",
        description = "Show how a secrets manager is configured.",
        customSynopsis = "coffer secrets-manager describe NAME",
        footer = {
            "",
            "References are shown as they are; a credential that was given in clear is not shown.",
            "",
            "Example:",
            "  coffer secrets-manager describe local"
        })
final class ComponentDescribe extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        Components components = session.coffer().components();
        ComponentDefinition one = components.require(type(), name);
        ComponentText.print(session, one, attribute -> components.isHidden(one, attribute));
    }
}
