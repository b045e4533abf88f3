package dev.coffer.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** {@code remove-attribute} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "remove-attribute",
        description = "Take attributes away from a secrets manager.",
        customSynopsis = "coffer secrets-manager remove-attribute NAME ATTR…",
        footer = {"", "Example:", "  coffer secrets-manager remove-attribute team scope"})
final class ComponentRemoveAttribute extends ComponentVerb {
    @Parameters(index = "0", paramLabel = "NAME", description = "its name")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "ATTR", description = "the attributes")
    private List<String> attributes = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        ComponentText.update(session, type(), name, Map.of(), new LinkedHashSet<>(attributes));
    }
}
