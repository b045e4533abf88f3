package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
            "VALUE may name values of secrets, which it does not hold then: {{NAME.KEY}}. What is missing of them",
            "is noted; LEVEL says how closely to look: NONE, SECRET_EXISTS, SECRET_AND_KEY_EXISTS.",
            "",
            "Example:",
            "  coffer secrets-manager update team --namespace=crew"
        })
final class ComponentUpdate extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "its name")
    private String name = "";

    @Option(names = "--set", paramLabel = "ATTR=VALUE", description = "as --ATTR=VALUE, also for names of options")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--validation", paramLabel = "LEVEL", description = ReferenceNotes.OPTION)
    private @Nullable String validation;

    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        ValidationLevel level = ReferenceNotes.level(session, validation);
        Map<String, String> attributes = ComponentText.attributes(words, sets);
        if (attributes.isEmpty()) {
            throw new UsageException("nothing is to be changed", "give attributes as --ATTR=VALUE");
        }
        ComponentDefinition updated = ComponentText.update(session, type(), name, attributes, Set.of());
        ReferenceNotes.warn(session, updated, level);
    }
}
