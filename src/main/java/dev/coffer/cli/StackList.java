package dev.coffer.cli;

import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import java.util.List;

/** {@code coffer stack list}. */
@picocli.CommandLine.Command(
        name = "list",
        description = "List the stacks and their components.",
        customSynopsis = "coffer stack list",
        footer = {"", "Example:", "  coffer stack list -o json"})
final class StackList implements Command {

    @Override
    public void run(Session session) throws IOException {
        Stacks stacks = session.coffer().stacks();
        List<Stack> all = stacks.list();
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Stack stack : all) {
                    StackText.write(json, stacks, stack, stacks.isActive(stack), false);
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("NAME", "ACTIVE", "SECRETS MANAGER", "OTHER COMPONENTS");
        for (Stack stack : all) {
            table.row(
                    stack.name(),
                    stacks.isActive(stack) ? "yes" : "no",
                    StackText.secretsManager(stacks, stack),
                    StackText.others(stacks, stack));
        }
        session.print(table);
    }
}
