package dev.coffer.cli;

import dev.coffer.component.ComponentType;
import dev.coffer.stack.Stack;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer stack update}. */
@picocli.CommandLine.Command(
        name = "update",
        description = "Change the components of a stack.",
        customSynopsis = {
            "coffer stack update NAME [--secrets-manager NAME] [--component TYPE=NAME]…",
            "       [--remove TYPE]…"
        },
        footer = {"", "Example:", "  coffer stack update staging --secrets-manager local --remove orchestrator"})
final class StackUpdate implements Command {
    @Parameters(paramLabel = "NAME", description = "the stack")
    private String name = "";

    @Option(names = "--secrets-manager", paramLabel = "NAME", description = "the secrets manager")
    private @Nullable String secretsManager;

    @Option(names = "--component", paramLabel = "TYPE=NAME", description = "a component of another type")
    private List<String> components = new ArrayList<>();

    @Option(names = "--remove", paramLabel = "TYPE", description = "a type of which it shall have none")
    private List<String> removed = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        Map<ComponentType, String> wanted = StackText.components(secretsManager, components);
        Set<ComponentType> types = new TreeSet<>();
        removed.forEach(type -> types.add(StackText.type(type)));
        if (wanted.isEmpty() && types.isEmpty()) {
            throw new UsageException("nothing is to be changed", "see 'coffer stack update --help'");
        }
        if (types.stream().anyMatch(wanted::containsKey)) {
            throw new UsageException("one type is both given and removed", "say what the stack shall have");
        }
        ValidationLevel level = ReferenceNotes.level(session, null);
        Stack stack = session.coffer().stacks().update(name, wanted, types);
        StackText.report(session, "updated the stack " + name, stack);
        ReferenceNotes.warn(session, stack, level);
    }
}
