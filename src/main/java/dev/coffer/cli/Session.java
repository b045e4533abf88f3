package dev.coffer.cli;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.StoreLocation;
import dev.coffer.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of the command: what was asked for, where to print, and the store once it is needed. */
final class Session implements AutoCloseable {
    private final Globals globals;
    private final Map<String, String> environment;
    private final Terminal terminal;
    private final Messages messages;
    private final CommandUnlocker unlocker;
    private @Nullable Coffer coffer;
    private @Nullable SecretsManager manager;
    private final List<SecretsManager> managers = new ArrayList<>();

    Session(Globals globals, Map<String, String> environment, Terminal terminal, Messages messages) {
        this.globals = globals;
        this.environment = environment;
        this.terminal = terminal;
        this.messages = messages;
        this.unlocker = new CommandUnlocker(terminal, globals.passphraseFd(), environment);
    }

    Terminal terminal() {
        return terminal;
    }

    Messages messages() {
        return messages;
    }

    CommandUnlocker unlocker() {
        return unlocker;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean json() {
        return globals.json();
    }

    boolean yes() {
        return globals.yes();
    }

    /** Whether standard input is taken by the passphrase. */
    boolean passphraseFromStdin() {
        Integer fd = globals.passphraseFd();
        return fd != null && fd == 0;
    }

    /** How coffer is opened for this command; a missing store is an error. */
    CofferOptions options() {
        CofferOptions options = CofferOptions.fromEnvironment(environment)
                .withUnlocker(unlocker)
                .withNotices(messages)
                .withCreateIfMissing(false);
        options = globals.stack() == null ? options : options.withStack(globals.stack());
        return globals.home() == null ? options : options.withHome(globals.home());
    }

    /** A text in which the commands are about the same home. */
    String aimed(String text) {
        return globals.aimed(text);
    }

    StoreLocation location() {
        return options().location();
    }

    /** The store, which must exist. */
    Coffer store() {
        if (coffer == null) {
            Vault.warmUp();
            coffer = Coffer.open(options());
        }
        return coffer;
    }

    /** The schemas: those of the store if there is one, which is not opened before a type is not coffer's own. */
    SchemaCatalog schemas() {
        return coffer == null && !Files.exists(location().database())
                ? SchemaCatalog.builtIn()
                : store().vault().schemas();
    }

    /** Everything in the store; a missing one is made. */
    Coffer coffer() {
        if (coffer == null) {
            Vault.warmUp();
            coffer = Coffer.open(options().withCreateIfMissing(true));
        }
        return coffer;
    }

    /** The secrets of the stack; a missing store is made. */
    SecretsManager secrets() {
        if (manager == null) {
            manager = coffer().secrets();
            if (manager.flavor().equals("memory")) {
                messages.warn("the secrets manager " + manager.name()
                        + " keeps secrets in memory: they are gone when this command ends");
            }
        }
        return manager;
    }

    /** The secrets, by one of the optional interfaces. */
    <T> T secrets(Class<T> capability) {
        SecretsManager manager = secrets();
        if (!capability.isInstance(manager)) {
            throw Inability.of(manager, capability);
        }
        return capability.cast(manager);
    }

    /**
     * The keys of the store, or of a secrets manager with keys of its own.
     *
     * @param name the secrets manager; null for the store
     */
    KeySlots keys(@Nullable String name) {
        if (name == null) {
            return store().vault().keys();
        }
        SecretsManager named = store().secretsManager(name);
        managers.add(named);
        if (named instanceof KeySlots keys) {
            return keys;
        }
        throw Inability.of(named, KeySlots.class);
    }

    /** Fails at once if a later {@link #confirm} could not be answered. */
    void requireConfirmable() {
        if (!globals.yes() && !terminal.canAsk()) {
            throw new UsageException(
                    "this needs a confirmation and there is no terminal to ask on; nothing was changed",
                    "'--yes' confirms it");
        }
    }

    /** Asks before something is destroyed. */
    void confirm(String question) {
        requireConfirmable();
        if (!globals.yes() && !agrees(question)) {
            throw new UsageException("declined; nothing was changed", null);
        }
    }

    /** Asks a person. */
    boolean agrees(String question) {
        String answer = terminal.askVisibly(question + " [y/N]").toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    /** Asks twice for a passphrase that is new. */
    KeyInput newPassphrase() {
        char[] first = terminal.ask("new passphrase");
        try {
            char[] second = terminal.ask("the same again");
            try {
                if (!Arrays.equals(first, second)) {
                    throw new UsageException("the two passphrases differ; nothing was changed", null);
                }
                return KeyInput.passphrase(first);
            } finally {
                Arrays.fill(second, '\0');
            }
        } finally {
            Arrays.fill(first, '\0');
        }
    }

    /** A key in the keychain, made when a slot is made from it. */
    KeyInput newInKeychain() {
        return KeyInput.newInKeychain(
                unlocker.keychain(), "coffer: " + location().database());
    }

    ProgressLine progress(String activity) {
        return new ProgressLine(terminal, activity);
    }

    void print(Table table) throws IOException {
        table.print(terminal.out());
    }

    void print(Json.Body body) throws IOException {
        Json.write(terminal.out(), body);
    }

    @Override
    public void close() {
        managers.forEach(SecretsManager::close);
        if (coffer != null) {
            coffer.close();
        }
        unlocker.close();
    }
}
