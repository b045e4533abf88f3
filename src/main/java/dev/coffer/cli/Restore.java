package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.vault.RestoreReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer restore}. */
@picocli.CommandLine.Command(
        name = "restore",
        description = "Bring a backup back.",
        customSynopsis = "coffer restore FILE [--force]",
        footer = {
            "",
            "A store that is there is not touched without --force, and kept beside with it.",
            "",
            "Example:",
            "  coffer restore /media/usb/coffer.backup"
        })
final class Restore implements Command {
    @Parameters(paramLabel = "FILE", description = "the backup")
    private Path file = Path.of("");

    @Option(names = "--force", description = "replace the store that is there; it is kept beside")
    private boolean force;

    @Override
    public void run(Session session) throws IOException {
        CofferOptions options = session.options();
        Path database = options.location().database();
        if (force && Files.exists(database, LinkOption.NOFOLLOW_LINKS)) {
            session.confirm("replace the store in " + database + " by the backup?");
        }
        RestoreReceipt receipt;
        try (ProgressLine progress = session.progress("restoring")) {
            receipt = Coffer.restore(options, file, force, progress);
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("database", receipt.database().toString());
                json.writeNumberField("secrets", receipt.secrets());
                json.writeNumberField("versions", receipt.versions());
                Json.text(json, "kept", receipt.kept().map(Path::toString).orElse(null));
                json.writeEndObject();
            });
            return;
        }
        session.messages()
                .done("restored " + Messages.count(receipt.secrets(), "secret") + ", "
                        + Messages.count(receipt.versions(), "version") + " into " + receipt.database());
        receipt.kept().ifPresent(kept -> session.messages().done("the store that was there is kept in " + kept));
    }
}
