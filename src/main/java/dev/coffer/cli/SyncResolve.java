package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Conflict;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.Conflict.Decided;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Item;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync resolve}. */
@picocli.CommandLine.Command(
        name = "resolve",
        description = "Decide conflicts between the local secrets manager and a target.",
        customSynopsis = {
            "coffer sync resolve [NAME] --ours|--theirs|--keep-both|--interactive",
            "       [--target MANAGER]"
        },
        footer = {
            "",
            "Without NAME it is about all conflicts, and asks. What loses becomes a version of the secret, which",
            "'coffer secret history' shows and no limit on versions removes. Nothing is written to the target:",
            "'coffer sync push' does that afterwards. Where a target seems tampered with, NAME has to be given.",
            "",
            "Example:",
            "  coffer sync resolve prod/db --interactive"
        })
final class SyncResolve implements Command {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the secret; else all that are in conflict")
    private @Nullable String name;

    @Option(names = "--ours", description = "what is here wins")
    private boolean ours;

    @Option(names = "--theirs", description = "what is on the target wins")
    private boolean theirs;

    @Option(
            names = "--keep-both",
            description = "what is here wins, and what is on the target becomes the secret NAME-theirs")
    private boolean keepBoth;

    @Option(
            names = {"-i", "--interactive"},
            description = "go through conflicts and keys; values are shown on request alone")
    private boolean interactive;

    @Option(names = "--target", paramLabel = "MANAGER", description = "only conflicts with this target")
    private @Nullable String target;

    private Optional<SecretName> alsoDeleted = Optional.empty();
    private final List<Done> done = new ArrayList<>();
    private final SyncTroubles troubles = new SyncTroubles();

    private record Done(SyncTarget target, String choice, Decided decided) {
        static Done of(SyncTarget target, String choice, Decided decided) {
            return new Done(target, decided.apart() ? "apart" : choice, decided);
        }
    }

    /** A conflict as somebody was asked about it. */
    private record Asked(SyncTarget target, SecretName secret) {}

    @Override
    public void run(Session session) throws IOException {
        Optional<Choice> choice = choice();
        Optional<SecretName> wanted = Optional.ofNullable(name).map(SecretName::of);
        if (choice.isEmpty() && !session.terminal().canAsk()) {
            throw new UsageException(
                    "there is no terminal to ask on; nothing was changed",
                    "'--ours', '--theirs' or '--keep-both' decides without asking");
        }
        Sync sync = session.store().sync();
        List<SyncTarget> targets = SyncTargets.some(sync, target == null ? List.of() : List.of(target));
        Set<SyncTarget> unusable = new HashSet<>();
        Set<Asked> asked = asked(session, sync, targets, wanted, unusable);
        if (asked.isEmpty() && wanted.isPresent()) {
            // In no conflict with any target: then it is about a deletion that is held.
            alsoDeleted = wanted;
            List<SyncTarget> usable =
                    targets.stream().filter(one -> !unusable.contains(one)).toList();
            asked = asked(session, sync, usable, wanted, unusable);
        }
        if (asked.isEmpty()) {
            none(session, wanted);
        } else if (wanted.isEmpty() && choice.isPresent()) {
            session.confirm("decide for " + choice.get().text() + ": "
                    + asked.stream()
                            .map(one -> one.secret() + " with " + one.target().name())
                            .collect(Collectors.joining(", "))
                    + "?");
        }
        for (SyncTarget one : targets) {
            if (!unusable.contains(one)) {
                decide(session, sync, one, asked, choice);
            }
        }
        report(session);
        troubles.failIfAny("not everything is decided:");
    }

    private Set<Asked> asked(
            Session session,
            Sync sync,
            List<SyncTarget> targets,
            Optional<SecretName> wanted,
            Set<SyncTarget> unusable) {
        Set<Asked> asked = new LinkedHashSet<>();
        for (SyncTarget one : targets) {
            try (Sync.Conflicts conflicts = sync.conflicts(one, alsoDeleted)) {
                conflicts.items().stream()
                        .filter(item -> wanted.isEmpty() || item.name().equals(wanted.get()))
                        .forEach(item -> asked.add(new Asked(one, item.name())));
            } catch (CofferException e) {
                unusable.add(one);
                trouble(session, one, e);
            }
        }
        return asked;
    }

    private Optional<Choice> choice() {
        List<Choice> chosen = new ArrayList<>();
        if (ours) {
            chosen.add(Choice.OURS);
        }
        if (theirs) {
            chosen.add(Choice.THEIRS);
        }
        if (keepBoth) {
            chosen.add(Choice.KEEP_BOTH);
        }
        if (chosen.size() + (interactive ? 1 : 0) != 1) {
            throw new UsageException(
                    "it takes one of --ours, --theirs, --keep-both and --interactive",
                    "'--interactive' goes through all of it");
        }
        return chosen.stream().findFirst();
    }

    private void none(Session session, Optional<SecretName> wanted) {
        if (wanted.isPresent() && !troubles.any()) {
            throw new NoSuchRecordException(
                    "secret " + wanted.get() + " is in no conflict",
                    wanted.get().value(),
                    "'coffer sync plan' shows how everything stands");
        }
        session.messages().done("there is no conflict to decide");
    }

    /** Looked at anew for each target: what was decided for one of them is news to the next. */
    private void decide(Session session, Sync sync, SyncTarget with, Set<Asked> asked, Optional<Choice> choice) {
        if (asked.stream().noneMatch(one -> one.target().equals(with))) {
            return;
        }
        try (Sync.Conflicts conflicts = sync.conflicts(with, alsoDeleted)) {
            for (Item item : conflicts.items()) {
                if (asked.contains(new Asked(with, item.name()))) {
                    decide(session, conflicts, with, item, choice);
                }
            }
        } catch (CofferException e) {
            trouble(session, with, e);
        }
    }

    private void decide(
            Session session, Sync.Conflicts conflicts, SyncTarget with, Item item, Optional<Choice> choice) {
        if (item.alarm() && name == null) {
            session.messages()
                    .warn(item.name() + " is left out: " + item.held() + "; 'coffer sync resolve " + item.name()
                            + "' decides it by itself");
            troubles.add(ExitCode.INTEGRITY, item.name().value(), SyncTroubles.ALARM);
            return;
        }
        try (Conflict conflict = conflicts.open(item)) {
            if (choice.isPresent()) {
                decided(session, Done.of(with, choice.get().text(), conflict.resolve(choice.get())));
                return;
            }
            Optional<ConflictInterview.Answer> answer = new ConflictInterview(session.terminal(), with).ask(conflict);
            if (answer.isEmpty()) {
                troubles.add(ExitCode.CONFLICT, item.name().value(), SyncTroubles.CONFLICT);
                return;
            }
            decided(
                    session,
                    Done.of(
                            with,
                            answer.get().word(),
                            conflict.resolve(answer.get().choice(), answer.get().keys())));
        } catch (CofferException e) {
            session.messages()
                    .warn(item.name() + ": " + e.getMessage()
                            + e.hint().map(hint -> "; " + hint).orElse(""));
            troubles.add(item.name().value(), e);
        }
    }

    private void trouble(Session session, SyncTarget with, CofferException e) {
        session.messages()
                .warn(with.name() + ": " + e.getMessage()
                        + e.hint().map(hint -> "; " + hint).orElse(""));
        troubles.add(e.exitCode(), with.name(), SyncTroubles.TARGET);
    }

    /** Told at once: who stops in the middle knows what is decided. */
    private void decided(Session session, Done one) {
        done.add(one);
        Decided decided = one.decided();
        String lost = decided.kept().isEmpty()
                ? ""
                : "; what lost is version "
                        + decided.kept().stream().map(Object::toString).collect(Collectors.joining(" and "))
                        + " in 'coffer secret history " + decided.name() + "'";
        String beside =
                decided.beside().map(both -> "; what was there is " + both).orElse("");
        session.messages()
                .done("decided " + decided.name() + " with " + one.target().name() + ": " + one.choice() + beside
                        + (decided.apart() ? ", it and the target's go on as two secrets" : "") + lost);
    }

    private void report(Session session) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartArray();
                for (Done one : done) {
                    json.writeStartObject();
                    json.writeStringField("target", one.target().name());
                    json.writeStringField("name", one.decided().name().value());
                    json.writeStringField("choice", one.choice());
                    Json.text(
                            json,
                            "beside",
                            one.decided().beside().map(SecretName::value).orElse(null));
                    json.writeArrayFieldStart("kept");
                    for (long version : one.decided().kept()) {
                        json.writeNumber(version);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        }
        String targets = done.stream()
                .filter(one -> !one.choice().equals(Choice.THEIRS.text())
                        && one.target().direction() != Direction.PULL)
                .map(one -> one.target().name())
                .distinct()
                .collect(Collectors.joining(" "));
        if (!targets.isEmpty()) {
            session.messages().done("'coffer sync push " + targets + "' sends it");
        }
    }
}
