package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.stack.Missing;
import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import dev.coffer.stack.ValidationLevel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer stack check}. */
@picocli.CommandLine.Command(
        name = "check",
        description = "Report the secrets and keys that a stack's components name and that are missing.",
        customSynopsis = "coffer stack check [NAME] [--validation LEVEL]",
        footer = {
            "",
            "Levels: NONE checks nothing, SECRET_EXISTS only looks for the names and reads no secret,",
            "SECRET_AND_KEY_EXISTS (the default) reads each secret once. Exits with 3 if any is missing.",
            "",
            "Example:",
            "  coffer stack check staging"
        })
final class StackCheck implements Command {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the stack; else the active one")
    private @Nullable String name;

    @Option(names = "--validation", paramLabel = "LEVEL", description = ReferenceNotes.OPTION)
    private @Nullable String validation;

    @Override
    public void run(Session session) throws IOException {
        ValidationLevel level = ReferenceNotes.level(session, validation);
        Stacks stacks = session.coffer().stacks();
        Stack stack = name == null ? stacks.active() : stacks.require(name);
        List<Missing> missing = session.coffer().missing(stack, level);
        if (session.json()) {
            session.print(json -> write(json, missing));
        } else if (!missing.isEmpty()) {
            session.print(table(missing));
        }
        if (!missing.isEmpty()) {
            throw new NoSuchRecordException(
                    "the stack " + stack.name() + " names " + Messages.count(missing.size(), "value") + " that "
                            + (missing.size() == 1 ? "is" : "are") + " missing",
                    stack.name(),
                    "'coffer stack register-secrets " + stack.name() + "' asks for what is missing");
        }
        session.messages()
                .done(
                        level == ValidationLevel.NONE
                                ? "nothing was checked: the validation level is NONE"
                                : "the stack " + stack.name() + " lacks no secret"
                                        + (level == ValidationLevel.SECRET_EXISTS ? "; keys were not checked" : ""));
    }

    private static Table table(List<Missing> missing) {
        Table table = new Table("TYPE", "COMPONENT", "ATTRIBUTE", "SECRET", "KEY", "IN", "MISSING");
        for (Missing one : missing) {
            table.row(
                    one.component().type(),
                    one.component().name(),
                    one.attribute(),
                    one.reference().secret(),
                    one.reference().key(),
                    one.manager(),
                    what(one));
        }
        return table;
    }

    private static void write(JsonGenerator json, List<Missing> missing) throws IOException {
        json.writeStartArray();
        for (Missing one : missing) {
            json.writeStartObject();
            json.writeStringField("type", one.component().type().name());
            json.writeStringField("component", one.component().name());
            json.writeStringField("attribute", one.attribute());
            json.writeStringField("secret", one.reference().secret().value());
            json.writeStringField("key", one.reference().key());
            json.writeStringField("secretsManager", one.manager());
            json.writeStringField("missing", what(one));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String what(Missing missing) {
        return missing.secretExists() ? "key" : "secret";
    }
}
