package dev.coffer.cli;

import dev.coffer.stack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code coffer stack get}. */
@picocli.CommandLine.Command(
        name = "get",
        description = "Print the name of the active stack.",
        customSynopsis = "coffer stack get",
        footer = {"", "Example:", "  coffer stack get"})
final class StackGet implements Command {

    @Override
    public void run(Session session) throws IOException {
        Stack active = session.coffer().stacks().active();
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("name", active.name());
                json.writeEndObject();
            });
        } else {
            session.terminal().out().write((active.name() + "\n").getBytes(StandardCharsets.UTF_8));
            session.terminal().out().flush();
        }
    }
}
