package dev.coffer.cli;

import dev.coffer.secrets.Printable;
import dev.coffer.stack.Stack;
import dev.coffer.stack.StackFile;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** {@code coffer stack export}. */
@picocli.CommandLine.Command(
        name = "export",
        description = "Write a stack into a file, without any secret.",
        customSynopsis = "coffer stack export [NAME] [FILE|-]",
        footer = {
            "",
            "The file (YAML) holds the components with their attributes, references to secrets as they are, and",
            "what these secrets are called. No value of a secret is in it. Attributes that may hold a credential",
            "in clear are left out, and named. With '-o json' and no FILE, the same is printed as JSON.",
            "",
            "Example:",
            "  coffer stack export staging staging.yaml"
        })
final class StackExport implements Command {
    private static final String STDOUT = "-";

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "the stack; else the active one")
    private @Nullable String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE|-",
            description = "where to; else, and with '-', standard output")
    private @Nullable String target;

    @Override
    public void run(Session session) throws IOException {
        Stacks stacks = session.coffer().stacks();
        Stack stack = name == null ? stacks.active() : stacks.require(name);
        StackFile file = session.coffer().export(stack);
        if (target == null || target.equals(STDOUT)) {
            print(session, file);
        } else {
            OutputFile output = new OutputFile(InputBytes.path(target));
            output.requireReplaceable(session);
            output.write(file.toYaml().getBytes(StandardCharsets.UTF_8));
            report(session, file, target);
        }
        tell(session, file);
    }

    private static void print(Session session, StackFile file) throws IOException {
        if (session.json()) {
            session.print(json -> StackFileText.write(json, file));
        } else {
            session.terminal().out().write(file.toYaml().getBytes(StandardCharsets.UTF_8));
            session.terminal().out().flush();
        }
    }

    private static void report(Session session, StackFile file, String target) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("stack", file.name());
                json.writeStringField("file", target);
                json.writeArrayFieldStart("leftOut");
                for (StackFile.Component component : file.components()) {
                    for (String attribute : component.leftOut()) {
                        json.writeStartObject();
                        json.writeStringField("type", component.type().name());
                        json.writeStringField("component", component.name());
                        json.writeStringField("attribute", attribute);
                        json.writeEndObject();
                    }
                }
                json.writeEndArray();
                StackFileText.writeNeeds(json, file.secrets());
                json.writeEndObject();
            });
        } else {
            session.messages().done("wrote the stack " + file.name() + " to " + target);
        }
    }

    private static void tell(Session session, StackFile file) throws IOException {
        for (StackFile.Component component : file.components()) {
            if (!component.leftOut().isEmpty()) {
                session.messages()
                        .warn("left out, because it may be a credential in clear: "
                                + Printable.text(String.join(", ", component.leftOut())) + " of the "
                                + component.type().name().replace('-', ' ') + " " + component.name()
                                + "; keep it in a secret and name that: {{NAME.KEY}}");
            }
        }
        if (session.json() || file.secrets().isEmpty()) {
            return;
        }
        session.messages().done("the stack needs these secrets, which the file does not hold:");
        Table table = new Table("SECRET", "KEYS", "SCHEMA", "IN");
        for (StackFile.Need need : file.secrets()) {
            table.row(
                    need.secret(), String.join(", ", need.keys()), need.schema().orElse(null), need.manager());
        }
        StackFileText.talk(session, table);
    }
}
