package dev.coffer.cli;

import dev.coffer.stack.Stack;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer stack copy}. */
@picocli.CommandLine.Command(
        name = "copy",
        description = "Make a stack of the same components.",
        customSynopsis = "coffer stack copy FROM TO",
        footer = {"", "Example:", "  coffer stack copy default staging"})
final class StackCopy implements Command {
    @Parameters(index = "0", paramLabel = "FROM", description = "the stack")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "the new stack")
    private String to = "";

    @Override
    public void run(Session session) throws IOException {
        Stack stack = session.coffer().stacks().copy(from, to);
        StackText.report(session, "copied the stack " + from + " to " + to, stack);
    }
}
