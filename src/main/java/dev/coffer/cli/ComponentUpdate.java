package dev.coffer.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code update} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "update",
        description = "Change attributes of a secrets manager.",
        customSynopsis = "coffer secrets-manager update NAME [--ATTR=VALUE | --set ATTR=VALUE]…",
        footer = {
            "",
            "VALUE may name values of secrets, which it does not hold then: {{NAME.KEY}}.",
            "",
            "Example:",
            "  coffer secrets-manager update team --namespace=crew"
        })
final class ComponentUpdate extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Option(names = "--set", paramLabel = "ATTR=VALUE", description = "as --ATTR=VALUE, also for names of options")
    private List<String> sets = new ArrayList<>();

    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        Map<String, String> attributes = ComponentText.attributes(words, sets);
        if (attributes.isEmpty()) {
            throw new UsageException("nothing is to be changed", "give attributes as --ATTR=VALUE");
        }
        ComponentText.update(session, type(), name, attributes, Set.of());
    }
}
