package dev.coffer.cli;

import dev.coffer.component.ComponentType;
import java.util.Arrays;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;

/** What is done to a component of a type. The help of these commands is written for secrets managers. */
abstract class ComponentVerb implements Command {
    @Spec
    private CommandSpec spec;

    /** The type that the command line names before the verb. */
    ComponentType type() {
        return spec.parent().userObject() instanceof ComponentCommand above
                ? above.type()
                : ComponentType.SECRETS_MANAGER;
    }

    /** Makes the help speak of components of any type. */
    static void generalize(CommandSpec spec) {
        UsageMessageSpec help = spec.usageMessage();
        help.customSynopsis(general(help.customSynopsis(), "TYPE"));
        help.description(general(help.description(), "TYPE"));
        help.footer(general(help.footer(), "orchestrator"));
    }

    private static String[] general(String[] lines, String type) {
        return Arrays.stream(lines)
                .map(line -> line.replace("coffer secrets-manager", "coffer component " + type)
                        .replace("secrets manager", "component")
                        .replace(
                                "--flavor local --scope=namespace --namespace=team",
                                "--flavor kubernetes --context=team")
                        .replace("--namespace=crew", "--context=crew")
                        .replace("team scope", "team context")
                        .replace(" local", " team"))
                .toArray(String[]::new);
    }
}
