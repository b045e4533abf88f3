package dev.coffer.cli;

import dev.coffer.vault.KeyStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer key status}. */
@picocli.CommandLine.Command(
        name = "status",
        description = "Show the state of the keys.",
        customSynopsis = "coffer key status [--secrets-manager NAME]",
        footer = {"", "Example:", "  coffer key status", "  coffer key status --secrets-manager team"})
final class KeyStatusCommand implements Command {
    @Option(
            names = "--secrets-manager",
            paramLabel = "NAME",
            description = "the keys of this secrets manager instead of the store's on this machine")
    private @Nullable String manager;

    @Override
    public void run(Session session) throws IOException {
        KeyStatus status = session.keys(manager).status();
        if (session.json()) {
            print(session, status);
            return;
        }
        Table facts = new Table(manager == null ? "STORE" : "TARGET", "GENERATION", "KEK SINCE", "ROTATION");
        facts.row(
                status.storeId(),
                status.generation(),
                Json.time(status.keksSince()),
                status.rotationPending() ? "interrupted" : "complete");
        session.print(facts);
        session.terminal().out().write('\n');
        Table keks = new Table("KEK", "IN USE", "VERSIONS");
        status.keks().forEach(kek -> keks.row(kek.id(), kek.primary() ? "yes" : "no", kek.versions()));
        session.print(keks);
        session.terminal().out().write('\n');
        session.print(Slots.table(status.slots()));
        if (status.rotationPending()) {
            session.messages()
                    .warn("a rotation was interrupted; 'coffer key rotate"
                            + (manager == null ? "" : " --secrets-manager " + manager) + "' finishes it");
        }
    }

    private static void print(Session session, KeyStatus status) throws IOException {
        session.print(json -> {
            json.writeStartObject();
            json.writeStringField("store", status.storeId().toString());
            json.writeNumberField("generation", status.generation());
            Json.time(json, "kekSince", status.keksSince());
            json.writeBooleanField("rotationPending", status.rotationPending());
            json.writeArrayFieldStart("keks");
            for (KeyStatus.Kek kek : status.keks()) {
                json.writeStartObject();
                json.writeStringField("id", kek.id());
                json.writeBooleanField("primary", kek.primary());
                json.writeNumberField("versions", kek.versions());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeFieldName("slots");
            Slots.write(json, status.slots());
            json.writeEndObject();
        });
    }
}
