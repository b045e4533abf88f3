package dev.coffer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.coffer.cli.ImportPlan.Action;
import dev.coffer.cli.ImportPlan.Item;
import dev.coffer.cli.ImportPlan.OnDuplicate;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer import}. */
@picocli.CommandLine.Command(
        name = "import",
        description = "Take over the secrets that another tool keeps on this machine.",
        customSynopsis = {
            "coffer import --from zenml [PATH]… [--dry-run]",
            "       [--on-duplicate ask|skip|overwrite|rename] [--rename OLD=NEW]…"
        },
        footer = {
            "",
            "Shows what it would do, asks, and imports into the active secrets manager. Values are never",
            "shown, and the source is left as it is. Without PATH, looks where ZenML keeps its secrets.yaml",
            "files; import while ZenML is idle. Entries that cannot be imported are named and left out, the",
            "others are imported, and the exit code is 7. If names are taken by other content and there is",
            "nobody to ask, nothing is imported, and the exit code is 4.",
            "",
            "Example:",
            "  coffer import --from zenml --dry-run",
            "  coffer import --from zenml ~/.config/zenml --on-duplicate rename --yes"
        })
final class Import implements Command {
    /** Where secrets can come from. */
    enum Origin {
        ZENML
    }

    @Option(names = "--from", required = true, paramLabel = "TOOL", description = "whose secrets: zenml")
    private Origin from = Origin.ZENML;

    @Option(names = "--dry-run", description = "show what would be done and stop there")
    private boolean dryRun;

    @Option(
            names = "--on-duplicate",
            paramLabel = "WHAT",
            description = "what becomes of a secret whose name is taken by other content: ask (the default), skip,"
                    + " overwrite or rename")
    private OnDuplicate onDuplicate = OnDuplicate.ASK;

    @Option(names = "--rename", paramLabel = "OLD=NEW", description = "import the secret OLD under the name NEW")
    private List<String> renames = new ArrayList<>();

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "files, or folders that hold secrets.yaml files")
    private List<String> paths = new ArrayList<>();

    @Override
    public void run(Session session) throws IOException {
        if (!dryRun) {
            session.requireConfirmable();
        }
        Map<String, String> names = names();
        List<ZenmlEntry> entries = new ArrayList<>();
        for (Path file : files(session)) {
            entries.addAll(ZenmlFile.read(file));
        }
        requireUsed(names, entries);
        session.store(); // a missing store is no place to move into by accident
        SecretsManager target = session.secrets();
        try (ImportPlan plan =
                new ImportPlan(target, session.schemas(), names, (name, where) -> decide(session, name, where))) {
            entries.forEach(plan::add);
            if (dryRun) {
                if (session.json()) {
                    session.print(json -> write(json, plan));
                } else {
                    session.print(table(plan));
                }
            } else {
                carryOut(session, target, plan);
            }
            failIfLeftOut(plan);
        }
    }

    private Map<String, String> names() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String rename : renames) {
            int split = rename.lastIndexOf('='); // NEW holds none
            if (split < 1) {
                throw new UsageException("--rename takes OLD=NEW", null);
            }
            String old = rename.substring(0, split);
            if (names.put(old, SecretName.of(rename.substring(split + 1)).value()) != null) {
                throw new UsageException("--rename names " + Printable.quote(old) + " twice", null);
            }
        }
        return names;
    }

    private static void requireUsed(Map<String, String> names, List<ZenmlEntry> entries) {
        Set<String> unknown = new LinkedHashSet<>(names.keySet());
        entries.forEach(entry -> unknown.remove(entry.name()));
        if (!unknown.isEmpty()) {
            throw new UsageException(
                    "--rename names a secret that the source does not hold: "
                            + unknown.stream().map(Printable::quote).collect(Collectors.joining(", ")),
                    "'--dry-run' shows what it holds");
        }
    }

    private List<Path> files(Session session) {
        Set<Path> files = new LinkedHashSet<>();
        List<Path> roots = paths.isEmpty()
                ? ZenmlPlaces.folders(
                        session.environment(),
                        System.getProperty("os.name", ""),
                        Path.of(System.getProperty("user.home", ".")))
                : paths.stream().map(InputBytes::path).toList();
        roots.forEach(root -> files.addAll(ZenmlPlaces.files(root)));
        if (paths.isEmpty()) {
            files.removeIf(file -> !Files.exists(file)); // a folder that ZenML never made
        }
        if (files.isEmpty()) {
            throw new StoreFileException(
                    "there are no secrets.yaml files in "
                            + roots.stream()
                                    .map(root -> Printable.text(root.toString()))
                                    .collect(Collectors.joining(", ")),
                    null,
                    "name the file or its folder");
        }
        return List.copyOf(files);
    }

    private OnDuplicate decide(Session session, SecretName name, String where) {
        if (onDuplicate != OnDuplicate.ASK || dryRun || !session.terminal().canAsk()) {
            return onDuplicate;
        }
        return ask(session, name + " has other content " + where);
    }

    /** Asks until it is known. */
    static OnDuplicate ask(Session session, String sentence) {
        while (true) {
            String answer = session.terminal()
                    .askVisibly(Printable.text(sentence) + ": skip, overwrite or rename? [s/o/r]")
                    .toLowerCase(Locale.ROOT);
            for (OnDuplicate choice : List.of(OnDuplicate.SKIP, OnDuplicate.OVERWRITE, OnDuplicate.RENAME)) {
                String word = choice.name().toLowerCase(Locale.ROOT);
                if (!answer.isEmpty() && word.startsWith(answer)) {
                    return choice;
                }
            }
        }
    }

    private void carryOut(Session session, SecretsManager target, ImportPlan plan) throws IOException {
        List<Item> open = plan.items(Action.DUPLICATE);
        if (!open.isEmpty()) {
            List<String> taken = open.stream().map(Import::name).toList();
            throw new RecordExistsException(
                    "nothing was imported: other content has the " + (taken.size() == 1 ? "name " : "names ")
                            + String.join(", ", taken),
                    taken.get(0),
                    "'--on-duplicate skip', 'overwrite' or 'rename' says what becomes of them");
        }
        if (!session.json() || !session.yes()) {
            ByteArrayOutputStream shown = new ByteArrayOutputStream();
            table(plan).print(shown);
            session.terminal().talk(shown.toString(StandardCharsets.UTF_8));
        }
        List<Secret> fresh = secrets(plan, Action.REGISTER);
        List<Secret> changed = secrets(plan, Action.OVERWRITE);
        int writes = fresh.size() + changed.size();
        if (writes > 0) {
            session.confirm("import " + Messages.count(writes, "secret") + "?");
            if (!fresh.isEmpty() && target instanceof BulkWrites bulk) {
                bulk.registerSecrets(fresh);
            } else {
                fresh.forEach(target::registerSecret);
            }
            changed.forEach(secret -> overwrite(target, secret, plan.seen(secret.name())));
        }
        if (session.json()) {
            session.print(json -> write(json, plan));
        }
        session.messages().done("imported " + Messages.count(writes, "secret"));
        session.messages()
                .warn("the source still holds its secrets in clear (base64 hides nothing): when all is well,"
                        + " delete them there with 'zenml secret delete', or remove the files");
    }

    private static void overwrite(SecretsManager target, Secret secret, Optional<Long> seen) {
        if (seen.isPresent() && target instanceof ConditionalWrites conditional) {
            conditional.updateSecret(secret, seen.get()); // what somebody wrote since the question stays
        } else {
            target.updateSecret(secret);
        }
    }

    private static List<Secret> secrets(ImportPlan plan, Action action) {
        return plan.items(action).stream()
                .map(item -> Objects.requireNonNull(item.secret()))
                .toList();
    }

    private static void failIfLeftOut(ImportPlan plan) {
        List<Item> invalid = plan.items(Action.INVALID);
        if (!invalid.isEmpty()) {
            List<String> names = invalid.stream().map(Import::name).toList();
            throw new InvalidException(
                    Messages.count(invalid.size(), "entry").replace("entrys", "entries") + " of the source cannot be"
                            + " imported: "
                            + names.stream().map(Printable::quote).collect(Collectors.joining(", ")),
                    names.get(0),
                    "'--dry-run' says why");
        }
    }

    /** The name that it gets, or that it has where it gets none. */
    private static String name(Item item) {
        return item.secret() == null
                ? item.entry().name()
                : item.secret().name().value();
    }

    private static Table table(ImportPlan plan) {
        Table table = new Table("action", "name", "schema", "source", "note");
        for (Item item : plan.items()) {
            Secret secret = item.secret();
            table.row(
                    item.action(),
                    name(item),
                    secret == null ? null : secret.schemaType(),
                    item.entry().source(),
                    item.note());
        }
        return table;
    }

    private void write(JsonGenerator json, ImportPlan plan) throws IOException {
        json.writeStartObject();
        json.writeStringField("from", from.name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("dry_run", dryRun);
        json.writeArrayFieldStart("secrets");
        for (Item item : plan.items()) {
            Secret secret = item.secret();
            json.writeStartObject();
            json.writeStringField("action", item.action().toString());
            json.writeStringField("name", name(item));
            json.writeStringField("source_name", item.entry().name());
            Json.text(json, "schema", secret == null ? null : secret.schemaType());
            Json.texts(
                    json, "keys", secret == null ? List.of() : secret.content().keySet());
            json.writeStringField("source", item.entry().source());
            Json.text(json, "note", item.note());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
