package dev.coffer.cli;

import dev.coffer.stack.Stack;
import java.io.IOException;
import picocli.CommandLine.Parameters;

/** {@code coffer stack rename}. */
@picocli.CommandLine.Command(
        name = "rename",
        description = "Give a stack another name.",
        customSynopsis = "coffer stack rename OLD NEW",
        footer = {"", "Example:", "  coffer stack rename staging preview"})
final class StackRename implements Command {
    @Parameters(index = "0", paramLabel = "OLD", description = "the name that it has")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "the name that it gets")
    private String to = "";

    @Override
    public void run(Session session) throws IOException {
        Stack stack = session.coffer().stacks().rename(from, to);
        StackText.report(session, "renamed the stack " + from + " to " + to, stack);
    }
}
