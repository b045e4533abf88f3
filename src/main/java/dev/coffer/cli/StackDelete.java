package dev.coffer.cli;

import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer stack delete}. */
@picocli.CommandLine.Command(
        name = "delete",
        description = "Delete a stack; its components stay.",
        customSynopsis = "coffer stack delete NAME",
        footer = {"", "Example:", "  coffer stack delete staging"})
final class StackDelete implements Command {
    @Parameters(paramLabel = "NAME", description = "the stack")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        session.requireConfirmable();
        Stacks stacks = session.coffer().stacks();
        Stack stack = stacks.requireDeletable(name);
        session.confirm("delete the stack " + name + "?");
        stacks.delete(name);
        StackText.deleted(session, "deleted the stack " + name, stack.name());
    }
}
