package dev.coffer.cli;

import dev.coffer.vault.EnvironmentUnlocker;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer key slot add}. */
@picocli.CommandLine.Command(
        name = "add",
        description = "Add a way to unlock the store.",
        customSynopsis = {
            "coffer key slot add (--passphrase | --key-file FILE | --recovery-code | --keychain)",
            "                    [--secrets-manager NAME]"
        },
        footer = {
            "",
            "A recovery code is shown once, on standard output.",
            "",
            "What is added to a secrets manager opens it on other machines, too, as its attribute passphrase",
            "or key-file there.",
            "",
            "Example:",
            "  coffer key slot add --recovery-code",
            "  coffer key slot add --passphrase --secrets-manager team"
        })
final class KeySlotAdd implements Command {
    @Option(names = "--passphrase", description = "a new passphrase, which is asked for")
    private boolean passphrase;

    @Option(
            names = "--new-passphrase-fd",
            paramLabel = "N",
            description = "with --passphrase: read it from this open file instead")
    private @Nullable Integer newPassphraseFd;

    @Option(names = "--key-file", paramLabel = "FILE", description = "a key file, which is made if it is missing")
    private @Nullable Path keyFile;

    @Option(names = "--recovery-code", description = "a random code to print and put away")
    private boolean recoveryCode;

    @Option(names = "--keychain", description = "a new key in the keychain of your login")
    private boolean keychain;

    @Option(
            names = "--secrets-manager",
            paramLabel = "NAME",
            description = "the keys of this secrets manager instead of the store's on this machine")
    private @Nullable String manager;

    @Override
    public void run(Session session) throws IOException {
        long kinds = Stream.of(passphrase, keyFile != null, recoveryCode, keychain)
                .filter(given -> given)
                .count();
        if (kinds != 1) {
            throw new UsageException(
                    "the command needs exactly one way to unlock the store, for instance --recovery-code",
                    "see 'coffer key slot add --help'");
        }
        if (newPassphraseFd != null && !passphrase) {
            throw new UsageException("--new-passphrase-fd belongs to --passphrase", null);
        }
        if (passphrase && newPassphraseFd == null && !session.terminal().canAsk()) {
            throw new UsageException(
                    "there is no terminal to ask for the new passphrase on", "pass it with --new-passphrase-fd");
        }
        if (keychain && manager != null) {
            throw new UsageException(
                    "--keychain is for the store on this machine, and not for --secrets-manager", null);
        }
        KeySlots keys = session.keys(manager);
        if (recoveryCode) {
            RecoveryCodes.add(session, keys);
            return;
        }
        keys.slots(); // unlocks the store, or reaches the server, before a new passphrase is asked for
        SlotInfo added;
        try (KeyInput key = newKey(session)) {
            added = keys.addSlot(key);
        }
        if (session.json()) {
            session.print(json -> Slots.write(json, added));
        } else {
            session.messages()
                    .done("added the " + added.kind() + " slot " + added.id()
                            + (added.label().isEmpty() ? "" : ", opened by " + added.label()));
        }
    }

    private KeyInput newKey(Session session) {
        if (keychain) {
            return session.newInKeychain();
        }
        return keyFile == null ? newPassphrase(session) : KeyInput.keyFile(keyFile);
    }

    private KeyInput newPassphrase(Session session) {
        if (newPassphraseFd == null) {
            return session.newPassphrase();
        }
        byte[] content = CommandUnlocker.read(session.terminal(), newPassphraseFd);
        try {
            return EnvironmentUnlocker.passphrase(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }
}
