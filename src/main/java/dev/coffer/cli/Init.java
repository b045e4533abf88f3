package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.NewStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code coffer init}. */
@picocli.CommandLine.Command(
        name = "init",
        description = "Make a store.",
        customSynopsis = "coffer init [--passphrase | --key-file FILE | --keychain]",
        footer = {
            "",
            "Without options, COFFER_KEY_FILE, COFFER_PASSPHRASE_FILE or --passphrase-fd name the key; without",
            "those either, a random key file is made.",
            "",
            "Example:",
            "  coffer init --passphrase"
        })
final class Init implements Command {
    @Option(names = "--passphrase", description = "unlock it with a passphrase, which is asked for")
    private boolean passphrase;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "unlock it with this key file, which is made if it is missing")
    private @Nullable Path keyFile;

    @Option(names = "--keychain", description = "unlock it with a new key in the keychain of your login")
    private boolean keychain;

    @Override
    public void run(Session session) throws IOException {
        List<String> asked = Stream.of(
                        passphrase ? "--passphrase" : "",
                        keyFile == null ? "" : "--key-file",
                        keychain ? "--keychain" : "")
                .filter(option -> !option.isEmpty())
                .toList();
        if (asked.size() > 1) {
            throw new UsageException(
                    asked.get(0) + " and " + asked.get(1) + " exclude each other", "add the other one as a key slot");
        }
        CofferOptions options = session.options();
        Path database = options.location().database();
        if (Files.exists(database, LinkOption.NOFOLLOW_LINKS)) { // before anything is typed in vain
            throw new StoreExistsException(
                    "there is a store in " + database + " already; it was not touched",
                    database.toString(),
                    "use it as it is, or name another place with --home");
        }
        NewStore made;
        try (KeyInput key = key(session)) {
            made = Coffer.create(options, Optional.ofNullable(key));
        }
        report(session, made);
    }

    private @Nullable KeyInput key(Session session) {
        if (keyFile != null) {
            return KeyInput.keyFile(keyFile);
        }
        if (keychain) {
            return session.newInKeychain();
        }
        Optional<KeyInput> given = session.unlocker().given();
        if (given.isPresent() || !passphrase) {
            return given.orElse(null);
        }
        if (!session.terminal().canAsk()) {
            throw new UsageException(
                    "there is no terminal to ask for the passphrase on",
                    "name a file with it in COFFER_PASSPHRASE_FILE, or pass --passphrase-fd");
        }
        return session.newPassphrase();
    }

    private static void report(Session session, NewStore made) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("store", made.storeId().toString());
                json.writeStringField("database", made.database().toString());
                json.writeStringField("slot", made.slotKind());
                Json.text(json, "keyFile", made.newKeyFile().map(Path::toString).orElse(null));
                json.writeEndObject();
            });
            return;
        }
        Messages messages = session.messages();
        messages.done("made a store in " + made.database());
        made.newKeyFile().ifPresent(file -> messages.done("its key file is " + file));
        if (made.slotKind().equals("keychain")) {
            messages.warn("its key is in the keychain of your login, and nowhere else: print a code with"
                    + " 'coffer key slot add --recovery-code'; without either the secrets are lost");
        }
        if (made.slotKind().equals("key-file")) {
            messages.warn("the key file protects copies of the database, such as a backup or a synced folder;"
                    + " whoever has your whole home folder has both");
            messages.warn("keep a copy of the key file elsewhere, or print a code with"
                    + " 'coffer key slot add --recovery-code': without one of them the secrets are lost");
        }
    }
}
