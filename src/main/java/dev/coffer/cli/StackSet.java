package dev.coffer.cli;

import dev.coffer.stack.Stack;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer stack set}. */
@picocli.CommandLine.Command(
        name = "set",
        description = "Make another stack the active one.",
        customSynopsis = "coffer stack set NAME",
        footer = {"", "Example:", "  coffer stack set staging"})
final class StackSet implements Command {
    @Parameters(paramLabel = "NAME", description = "the stack")
    private String name = "";

    @Override
    public void run(Session session) throws IOException {
        ValidationLevel level = ReferenceNotes.level(session, null);
        Stack stack = session.coffer().stacks().setActive(name);
        StackText.report(session, "the active stack is " + stack.name(), stack);
        ReferenceNotes.warn(session, stack, level);
    }
}
