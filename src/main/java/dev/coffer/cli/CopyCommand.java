package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.NamePattern;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.stack.References;
import dev.coffer.sync.Copy;
import dev.coffer.sync.Copy.Action;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer copy}. */
@picocli.CommandLine.Command(
        name = "copy",
        description = "Copy secrets from one secrets manager to another.",
        customSynopsis = "coffer copy FROM TO [--only PATTERN]… [--replace] [--plan]",
        footer = {
            "",
            "Looks at both first, and asks before it writes. Names, types and values are copied, not the history.",
            "Nothing is deleted. What is there with another content stays, unless --replace says otherwise.",
            "Everything that was written is read back. A copy that broke off is run again: it goes on from there.",
            "What opens secrets managers is left out, unless --only gives its whole name.",
            "",
            "Example:",
            "  coffer copy old-vault team-aws --only 'prod/*'"
        })
final class CopyCommand implements Command {
    @Parameters(index = "0", paramLabel = "FROM", description = "the secrets manager to copy from")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "the secrets manager to copy to")
    private String to = "";

    @Option(
            names = "--only",
            paramLabel = "PATTERN",
            description = "only secrets whose names match; '*' is any characters, '?' is one")
    private List<String> only = new ArrayList<>();

    @Option(names = "--replace", description = "replace what is there with another content")
    private boolean replace;

    @Option(names = "--plan", description = "only say what would be done")
    private boolean planOnly;

    @Override
    public void run(Session session) throws IOException {
        try (SecretsManager source = session.store().secretsManager(from);
                SecretsManager target = session.store().secretsManager(to)) {
            Copy copy = session.store().copy(source, target);
            Set<SecretName> atHome =
                    from.equals(References.ROOT_MANAGER) ? session.store().credentials() : Set.of();
            List<Copy.Step> steps = copy.plan(name -> isWanted(name, atHome), replace);
            List<String> left = atHome.stream()
                    .filter(source::hasSecret)
                    .filter(name -> !isWanted(name, atHome) && isWanted(name, Set.of()))
                    .map(SecretName::value)
                    .toList();
            if (!left.isEmpty()) {
                session.messages()
                        .warn("left out, because secrets managers are opened with it: " + String.join(", ", left)
                                + "; --only takes one in by its whole name");
            }
            if (planOnly) {
                print(
                        session,
                        steps.stream()
                                .map(step -> new Copy.Result(step, false, false, step.refusal()))
                                .toList());
                return;
            }
            long writes = steps.stream().filter(CopyCommand::isWrite).count();
            if (writes > 0) {
                long replaced = steps.stream()
                        .filter(step -> step.action() == Action.REPLACE)
                        .count();
                session.confirm("write " + secrets(writes) + " to " + to
                        + (replaced == 0 ? "" : ", replacing " + replaced + " that differ") + "?");
            }
            List<Copy.Result> results;
            try (ProgressLine progress = session.progress("copying to " + to)) {
                results = copy.apply(steps, progress);
            }
            print(session, results);
            tell(session, results);
        }
    }

    /** What opens a secrets manager goes to no other one, unless it is asked for by its whole name. */
    private boolean isWanted(SecretName name, Set<SecretName> atHome) {
        return only.isEmpty()
                ? !atHome.contains(name)
                : only.stream()
                        .anyMatch(pattern -> pattern.equals(name.value())
                                || (NamePattern.of(pattern).test(name.value()) && !atHome.contains(name)));
    }

    private static boolean isWrite(Copy.Step step) {
        return step.action() == Action.CREATE || step.action() == Action.REPLACE;
    }

    private static String secrets(long count) {
        return count == 1 ? "1 secret" : count + " secrets";
    }

    private void print(Session session, List<Copy.Result> results) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Copy.Result result : results) {
                    json.writeStartObject();
                    json.writeStringField("name", result.step().name().value());
                    json.writeStringField("action", result.step().action().text());
                    json.writeBooleanField("done", result.done());
                    json.writeBooleanField("verified", result.verified());
                    json.writeStringField("error", why(result));
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else if (results.isEmpty()) {
            session.messages().done("there is nothing to copy");
        } else {
            Table table = new Table("NAME", "ACTION", "RESULT");
            for (Copy.Result result : results) {
                table.row(result.step().name(), result.step().action().text(), result(result));
            }
            session.print(table);
        }
    }

    private String result(Copy.Result result) {
        String why = why(result);
        if (why != null) {
            return why;
        }
        if (planOnly || result.step().action() == Action.SAME || result.step().action() == Action.DIFFERS) {
            return "";
        }
        return result.verified() ? "done" : "done, not read back";
    }

    private static @org.jspecify.annotations.Nullable String why(Copy.Result result) {
        CofferException error = result.error();
        return error == null ? null : error.getMessage();
    }

    private void tell(Session session, List<Copy.Result> results) {
        long written = results.stream()
                .filter(result -> isWrite(result.step()) && result.done())
                .count();
        long same = results.stream()
                .filter(result -> result.step().action() == Action.SAME)
                .count();
        session.messages()
                .done(String.format(Locale.ROOT, "%s written to %s, %d there already", secrets(written), to, same));
        List<Copy.Result> open =
                results.stream().filter(result -> !result.done()).toList();
        if (!open.isEmpty()) {
            Copy.Result worst = open.stream()
                    .min(Comparator.comparingInt(result -> code(result).number()))
                    .orElseThrow();
            throw new IncompleteException(
                    code(worst),
                    secrets(open.size()) + " of " + results.size() + (open.size() == 1 ? " is" : " are") + " not on "
                            + to + " as on " + from,
                    worst.step().name().value(),
                    hint(open));
        }
    }

    private static String hint(List<Copy.Result> open) {
        List<Optional<String>> hints = open.stream()
                .map(result -> Optional.ofNullable(result.error()).flatMap(CofferException::hint))
                .distinct()
                .toList();
        String several =
                "the table says why; '--replace' replaces what differs, and running it again goes on from there";
        return hints.size() == 1 ? hints.get(0).orElse(several) : several;
    }

    private static ExitCode code(Copy.Result result) {
        CofferException error = result.error();
        return error == null ? ExitCode.CONFLICT : error.exitCode(); // what differs has no error
    }
}
