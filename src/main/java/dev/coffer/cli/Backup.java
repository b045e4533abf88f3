package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.vault.BackupReceipt;
import dev.coffer.vault.KeyService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** {@code coffer backup}. */
@picocli.CommandLine.Command(
        name = "backup",
        description = "Write an encrypted copy of the store into a new file, and prove it.",
        customSynopsis = "coffer backup FILE",
        footer = {
            "",
            "The file holds the key slots but no key file. It keeps the keys of today: rotation does not reach it.",
            "",
            "Example:",
            "  coffer backup /media/usb/coffer.backup"
        })
final class Backup implements Command {
    @Parameters(paramLabel = "FILE", description = "a file that does not exist yet")
    private Path file = Path.of("");

    @Override
    public void run(Session session) throws IOException {
        Coffer store = session.store();
        offerRecoveryCode(session, store.vault().keys());
        BackupReceipt receipt;
        try (ProgressLine progress = session.progress("backing up")) {
            receipt = store.vault().backup(file, progress);
        }
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("file", receipt.file().toString());
                json.writeNumberField("bytes", receipt.bytes());
                json.writeNumberField("secrets", receipt.secrets());
                json.writeNumberField("versions", receipt.versions());
                json.writeBooleanField("survivesLossOfKeyFile", receipt.survivesLossOfKeyFile());
                json.writeEndObject();
            });
        } else {
            session.messages()
                    .done("wrote and verified " + receipt.file() + ": " + Messages.count(receipt.secrets(), "secret")
                            + ", " + Messages.count(receipt.versions(), "version") + ", "
                            + Messages.count(receipt.bytes(), "byte"));
        }
        if (!receipt.survivesLossOfKeyFile()) {
            session.messages()
                    .warn(
                            (hasKeychain(store.vault().keys())
                                            ? "only keys on this machine open this backup, and it holds none:"
                                            : "only key files open this backup, and it holds none: keep a copy of one elsewhere, or")
                                    + " add a recovery code with 'coffer key slot add --recovery-code' and make another backup");
        }
    }

    /** Before the backup is made, so that the code opens it. Data on stdout stays the one thing that was asked for. */
    private void offerRecoveryCode(Session session, KeyService keys) throws IOException {
        boolean talks = session.terminal().canAsk() && !session.yes() && !session.json();
        if (!talks || Files.exists(file, LinkOption.NOFOLLOW_LINKS) || keys.hasSlotForText()) {
            return;
        }
        String only = hasKeychain(keys) ? "keys on this machine" : "key files";
        if (session.agrees("only " + only + " open this store, and a backup holds none; add a recovery code first?")) {
            RecoveryCodes.add(session, keys);
        }
    }

    private static boolean hasKeychain(KeyService keys) {
        return keys.slots().stream().anyMatch(slot -> slot.kind().equals("keychain"));
    }
}
