package dev.coffer.cli;

import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** {@code coffer stack describe}. */
@picocli.CommandLine.Command(
        name = "describe",
        description = "Show the components of a stack.",
        customSynopsis = "coffer stack describe [NAME]",
        footer = {"", "Example:", "  coffer stack describe staging"})
final class StackDescribe implements Command {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the stack; else the active one")
    private @Nullable String name;

    @Override
    public void run(Session session) throws IOException {
        Stacks stacks = session.coffer().stacks();
        Stack stack = name == null ? stacks.active() : stacks.require(name);
        boolean isActive = stacks.isActive(stack);
        if (session.json()) {
            session.print(json -> StackText.write(json, stacks, stack, isActive, true));
            return;
        }
        Table table = new Table("TYPE", "NAME", "FLAVOR");
        stacks.componentsOf(stack).forEach((type, component) -> table.row(type, component.name(), component.flavor()));
        session.messages().done("stack " + stack.name() + (isActive ? ", the active one" : ""));
        session.print(table);
    }
}
