package dev.coffer.cli;

import dev.coffer.vault.KeySlots;
import dev.coffer.vault.RotationReceipt;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer key rotate}. */
@picocli.CommandLine.Command(
        name = "rotate",
        description = "Give the store a new key-encryption key, or finish an interrupted rotation.",
        customSynopsis = "coffer key rotate [--deks] [--secrets-manager NAME]",
        footer = {
            "",
            "Others may use the store meanwhile. Backups keep the old keys.",
            "",
            "Example:",
            "  coffer key rotate --deks",
            "  coffer key rotate --secrets-manager team"
        })
final class KeyRotate implements Command {
    @Option(names = "--deks", description = "encrypt every version anew under a new data key as well")
    private boolean deks;

    @Option(
            names = "--secrets-manager",
            paramLabel = "NAME",
            description = "the keys of this secrets manager instead of the store's on this machine")
    private @Nullable String manager;

    @Override
    public void run(Session session) throws IOException {
        KeySlots keys = session.keys(manager);
        RotationReceipt receipt;
        try (ProgressLine progress = session.progress("rotating keys")) {
            receipt = deks ? keys.rotateDeks(progress) : keys.rotate(progress);
        }
        report(session, receipt, receipt.resumed() ? "finished an interrupted rotation" : "rotated the keys");
    }

    static void report(Session session, RotationReceipt receipt, String done) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeNumberField("generation", receipt.generation());
                json.writeNumberField("versions", receipt.versions());
                json.writeBooleanField("resumed", receipt.resumed());
                json.writeEndObject();
            });
        } else {
            session.messages()
                    .done(done + ": generation " + receipt.generation() + ", "
                            + Messages.count(receipt.versions(), "version") + " under the new key");
        }
    }
}
