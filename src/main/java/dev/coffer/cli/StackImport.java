package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.cli.ImportPlan.OnDuplicate;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.stack.Stack;
import dev.coffer.stack.StackFile;
import dev.coffer.stack.StackImporter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer stack import}. */
@picocli.CommandLine.Command(
        name = "import",
        description = "Make a stack out of a file that 'coffer stack export' wrote.",
        customSynopsis = {
            "coffer stack import FILE|- [--name NAME] [--dry-run] [--register-secrets]",
            "       [--on-duplicate ask|skip|overwrite|rename]"
        },
        footer = {
            "",
            "Shows what it would do, asks, and makes the stack and its components, all of it or nothing. A",
            "component that is there already, with the same flavor and attributes, is used. If a name is taken",
            "by another one and there is nobody to ask, nothing is imported, and the exit code is 8. The secrets",
            "manager local in the file stands for that of the store here. Secrets that the stack needs and that",
            "are missing are listed; --register-secrets asks for them, hidden.",
            "",
            "Example:",
            "  coffer stack import staging.yaml --dry-run",
            "  coffer stack import staging.yaml --name preview --register-secrets"
        })
final class StackImport implements Command {
    private static final String STDIN = "-";

    @Parameters(paramLabel = "FILE|-", description = "the file; '-' is standard input")
    private String file = "";

    @Option(names = "--name", paramLabel = "NAME", description = "the stack's name here; else as in the file")
    private @Nullable String name;

    @Option(names = "--dry-run", description = "show what would be done and stop there")
    private boolean dryRun;

    @Option(names = "--register-secrets", description = "ask for the secrets that are missing, hidden")
    private boolean registerSecrets;

    @Option(
            names = "--on-duplicate",
            paramLabel = "WHAT",
            description = "what becomes of a stack or component whose name is taken by another one: ask (the"
                    + " default), skip (the one that is here is used), overwrite or rename")
    private OnDuplicate onDuplicate = OnDuplicate.ASK;

    @Override
    public void run(Session session) throws IOException {
        StackFile read = read(session);
        StackFile wanted = name == null ? read : read.named(name);
        StackImporter importer = session.coffer().stackImporter();
        StackImporter.Plan plan = importer.plan(wanted, title -> decide(session, title));
        NeededSecrets needs = NeededSecrets.of(session, plan);
        if (dryRun) {
            show(session, plan, needs, List.of());
            return;
        }
        requireDecided(plan);
        if (!session.json() || !session.yes()) {
            StackFileText.talk(session, table(plan));
        }
        if (registerSecrets) {
            needs.requireAskable(session);
        }
        for (StackImporter.Item item : plan.items()) {
            if (item.action() == StackImporter.Action.OVERWRITE) {
                ComponentDefinition now = item.result();
                ComponentDefinition before = session.coffer().components().require(now.type(), now.name());
                HiddenSecrets.confirm(session, before, now);
            }
        }
        if (plan.changes()) {
            session.confirm("import the stack " + plan.name() + "?");
        }
        Stack stack = importer.apply(plan);
        session.messages()
                .done(
                        plan.changes()
                                ? "imported the stack " + stack.name()
                                : "nothing was changed: all of it is there");
        SecretsForm form = new SecretsForm(session, stack.name(), true);
        if (registerSecrets) {
            needs.ask(session, form);
        }
        finish(session, plan, needs, form);
    }

    private void finish(Session session, StackImporter.Plan plan, NeededSecrets needs, SecretsForm form)
            throws IOException {
        NeededSecrets left = registerSecrets ? NeededSecrets.of(session, plan) : needs;
        if (session.json()) {
            show(session, plan, left, form.written());
        } else {
            left.list(session);
            left.note(session);
        }
        int missing = left.missing().size();
        if (missing > 0) {
            session.messages()
                    .warn("the stack " + plan.name() + " names " + Messages.count(missing, "value") + " that "
                            + (missing == 1 ? "is" : "are") + " missing; 'coffer stack register-secrets " + plan.name()
                            + "' asks for what is missing");
        }
    }

    private StackFile read(Session session) {
        boolean isStdin = file.equals(STDIN);
        if (isStdin && session.passphraseFromStdin()) {
            throw KeyArguments.stdinTwice();
        }
        String source = isStdin ? "standard input" : "the file " + Printable.text(file);
        byte[] bytes = isStdin
                ? InputBytes.ofStdin(session.terminal().in(), 4 * StackFile.MAX_CHARACTERS)
                : InputBytes.ofFile(InputBytes.path(file), source, 4 * StackFile.MAX_CHARACTERS);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return StackFile.parse(text, source);
        } catch (CharacterCodingException e) {
            throw new InvalidException(source + " is not UTF-8 text", isStdin ? null : file, "save it as UTF-8");
        }
    }

    private StackImporter.Resolution decide(Session session, String title) {
        OnDuplicate choice = onDuplicate;
        if (choice == OnDuplicate.ASK && !dryRun && session.terminal().canAsk()) {
            choice = Import.ask(session, "the " + title + " is here already, and is another one");
        }
        return switch (choice) {
            case ASK -> StackImporter.Resolution.LEAVE_OPEN;
            case SKIP -> StackImporter.Resolution.SKIP;
            case OVERWRITE -> StackImporter.Resolution.OVERWRITE;
            case RENAME -> StackImporter.Resolution.RENAME;
        };
    }

    private static void requireDecided(StackImporter.Plan plan) {
        if (!plan.open().isEmpty()) {
            throw new ConflictException(
                    "nothing was imported: another one has the name of the " + String.join(", of the ", plan.open()),
                    plan.name(),
                    "'--on-duplicate skip', 'overwrite' or 'rename' says what becomes of it; '--name' gives the stack"
                            + " another name");
        }
    }

    private void show(
            Session session, StackImporter.Plan plan, NeededSecrets needs, List<SecretsForm.Written> registered)
            throws IOException {
        if (session.json()) {
            session.print(json -> write(json, session, plan, needs, registered));
            needs.note(session);
        } else {
            session.print(table(plan));
            needs.list(session);
            needs.note(session);
        }
    }

    private static Table table(StackImporter.Plan plan) {
        Table table = new Table("ACTION", "TYPE", "NAME", "FLAVOR", "NOTE");
        table.row(word(plan.action()), "stack", plan.name(), null, note(plan));
        for (StackImporter.Item item : plan.items()) {
            ComponentDefinition result = item.result();
            table.row(
                    word(item.action()),
                    result.type(),
                    result.name(),
                    result.flavor(),
                    item.notes().isEmpty() ? null : String.join("; ", item.notes()));
        }
        return table;
    }

    private static @Nullable String note(StackImporter.Plan plan) {
        return plan.action() == StackImporter.Action.DUPLICATE
                ? "another one has the name"
                : plan.name().equals(plan.file().name())
                        ? null
                        : "renamed from " + plan.file().name();
    }

    private static String word(StackImporter.Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private void write(
            JsonGenerator json,
            Session session,
            StackImporter.Plan plan,
            NeededSecrets needs,
            List<SecretsForm.Written> registered)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("stack", plan.name());
        json.writeStringField("action", word(plan.action()));
        json.writeBooleanField("dryRun", dryRun);
        json.writeArrayFieldStart("components");
        for (StackImporter.Item item : plan.items()) {
            json.writeStartObject();
            json.writeStringField("action", word(item.action()));
            json.writeStringField("type", item.result().type().name());
            json.writeStringField("name", item.result().name());
            json.writeStringField("flavor", item.result().flavor());
            Json.texts(json, "leftOut", item.wanted().leftOut());
            Json.texts(json, "notes", item.notes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("missing");
        needs.write(json);
        json.writeEndArray();
        Json.texts(json, "unknownSchemas", needs.unknownSchemas(session));
        json.writeArrayFieldStart("registered");
        SecretsForm.write(json, registered);
        json.writeEndArray();
        json.writeEndObject();
    }
}
