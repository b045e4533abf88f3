package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code register} of a secrets manager or another component. */
@picocli.CommandLine.Command(
        name = "register",
        description = "Make a secrets manager.",
        customSynopsis = "coffer secrets-manager register NAME --flavor F [--ATTR=VALUE | --set ATTR=VALUE]…",
        footer = {
            "",
            "VALUE may name values of secrets, which it does not hold then: {{NAME.KEY}}. What is missing of them",
            "is noted; LEVEL says how closely to look: NONE, SECRET_EXISTS, SECRET_AND_KEY_EXISTS.",
            "",
            "Example:",
            "  coffer secrets-manager register team --flavor local --scope=namespace --namespace=team"
        })
final class ComponentRegister extends ComponentVerb {
    @Parameters(paramLabel = "NAME", description = "the name that it gets")
    private String name = "";

    @Option(names = "--flavor", required = true, paramLabel = "F", description = "what it is an instance of")
    private String flavor = "";

    @Option(names = "--set", paramLabel = "ATTR=VALUE", description = "as --ATTR=VALUE, also for names of options")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--validation", paramLabel = "LEVEL", description = ReferenceNotes.OPTION)
    private @Nullable String validation;

    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        ValidationLevel level = ReferenceNotes.level(session, validation);
        ComponentType type = type();
        ComponentDefinition made =
                session.coffer().components().register(type, name, flavor, ComponentText.attributes(words, sets));
        ComponentText.warnOfCredentials(session, made, made.attributes().keySet());
        ComponentText.report(session, "registered the " + ComponentText.spoken(made), made);
        ReferenceNotes.warn(session, made, level);
    }
}
