package dev.coffer.cli;

import dev.coffer.stack.Stack;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer stack register}. */
@picocli.CommandLine.Command(
        name = "register",
        description = "Make a stack.",
        customSynopsis = "coffer stack register NAME [--secrets-manager NAME] [--component TYPE=NAME]…",
        footer = {"", "Example:", "  coffer stack register staging --secrets-manager team"})
final class StackRegister implements Command {
    @Parameters(paramLabel = "NAME", description = "the new stack")
    private String name = "";

    @Option(names = "--secrets-manager", paramLabel = "NAME", description = "the secrets manager; else local")
    private @Nullable String secretsManager;

    @Option(names = "--component", paramLabel = "TYPE=NAME", description = "a component of another type")
    private List<String> components = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        ValidationLevel level = ReferenceNotes.level(session, null);
        Stack stack = session.coffer().stacks().register(name, StackText.components(secretsManager, components));
        StackText.report(session, "registered the stack " + name, stack);
        ReferenceNotes.warn(session, stack, level);
    }
}
