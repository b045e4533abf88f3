package dev.coffer.cli;

import dev.coffer.CofferOptions;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.Printable;
import dev.coffer.vault.Diagnosis;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.Keychain;
import dev.coffer.vault.StoreLocation;
import dev.coffer.vault.Unlocker;
import dev.coffer.vault.Vault;
import dev.coffer.vault.VaultOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** {@code coffer doctor}. */
@picocli.CommandLine.Command(
        name = "doctor",
        description = "Look the store and the installation over and say how to mend what is wrong.",
        customSynopsis = "coffer doctor [--accept-older]",
        footer = {
            "",
            "Exits with 0 if nothing serious is found, else with the code of the most serious finding.",
            "",
            "Example:",
            "  coffer doctor"
        })
final class Doctor implements Command {
    @Option(
            names = "--accept-older",
            description =
                    "go on with the store as it is, although a newer state of it, or another store, was seen here")
    private boolean acceptOlder;

    @Override
    public void run(Session session) throws IOException {
        if (acceptOlder) {
            session.confirm("accept the store as it is? What was changed since is given up");
            session.store().vault().acceptOlder();
            session.messages().done("accepted the store as it is");
        }
        CofferOptions options = session.options();
        Diagnosis ofStore = Vault.examine(VaultOptions.at(options.location(), new AskingNobody(session.unlocker()))
                .withClock(options.clock()));
        List<Diagnosis.Symptom> symptoms = new ArrayList<>(ofStore.symptoms());
        StartArchive.symptom().ifPresent(symptoms::add);
        NewerJava.symptom(session.environment(), Runtime.version().feature()).ifPresent(symptoms::add);
        symptoms.replaceAll(symptom -> new Diagnosis.Symptom(
                symptom.code(), symptom.sentence(), symptom.remedy().map(session::aimed)));
        Diagnosis diagnosis = new Diagnosis(ofStore.slots(), ofStore.unlocked(), symptoms);
        String database = options.location().database().toString();
        if (session.json()) {
            print(session, options.location(), diagnosis);
        } else {
            print(session, diagnosis);
            String slots = String.join(", ", diagnosis.slots());
            session.messages().done("examined " + database + (slots.isEmpty() ? "" : ", key slots: " + slots));
        }
        List<ExitCode> serious = diagnosis.symptoms().stream()
                .map(Diagnosis.Symptom::code)
                .filter(code -> code != ExitCode.DONE)
                .sorted(Comparator.comparingInt(Doctor::seriousness).reversed())
                .toList();
        if (!serious.isEmpty()) {
            throw new UnhealthyException(
                    serious.get(0),
                    "something is wrong with the store " + database + ": "
                            + Messages.count(serious.size(), "serious finding"),
                    database);
        }
    }

    /** A path as a word of a mending command. */
    static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /** Rarely does one hide another; then what breaks the store comes before what only keeps it closed. */
    private static int seriousness(ExitCode code) {
        return switch (code) {
            case DONE -> 0;
            case INVALID, WRONG_KEY, LOCKED -> 1;
            case FILE_TROUBLE -> 2;
            case NEWER_STORE, STORE_MISSING -> 3;
            case OLDER_COPY -> 4;
            case INTEGRITY -> 5;
            default -> 6;
        };
    }

    /** Lines, not columns: the sentences are long. */
    private static void print(Session session, Diagnosis diagnosis) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Diagnosis.Symptom symptom : diagnosis.symptoms()) {
            String level = symptom.code() == ExitCode.DONE
                    ? "advice"
                    : "exit " + symptom.code().number();
            text.append(level)
                    .append(": ")
                    .append(Printable.text(symptom.sentence()))
                    .append('\n');
            symptom.remedy()
                    .ifPresent(remedy -> text.append("  mend: ")
                            .append(Printable.text(remedy))
                            .append('\n'));
        }
        session.terminal().out().write(text.toString().getBytes(StandardCharsets.UTF_8));
        session.terminal().out().flush();
    }

    private static void print(Session session, StoreLocation location, Diagnosis diagnosis) throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeStringField("database", location.database().toString());
            json.writeStringField("keys", location.keysFolder().toString());
            json.writeStringField("marker", location.marker().toString());
            Json.texts(json, "slots", diagnosis.slots());
            json.writeBooleanField("unlocked", diagnosis.unlocked());
            json.writeArrayFieldStart("findings");
            for (Diagnosis.Symptom symptom : diagnosis.symptoms()) {
                json.writeStartObject();
                json.writeNumberField("code", symptom.code().number());
                json.writeStringField("sentence", symptom.sentence());
                Json.text(json, "mend", symptom.remedy().orElse(null));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** The key that was named beforehand, or none: an examination disturbs nobody. */
    private record AskingNobody(Unlocker named) implements Unlocker {
        @Override
        public Optional<KeyInput> given() {
            return named.given();
        }

        @Override
        public Optional<KeyInput> ask(Set<String> kinds) {
            return Optional.empty();
        }

        @Override
        public Keychain keychain() {
            return named.keychain();
        }
    }
}
