package dev.coffer;

import dev.coffer.secrets.Notices;
import dev.coffer.vault.EnvironmentUnlocker;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.StoreLocation;
import dev.coffer.vault.Unlocker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * How to open coffer. {@link #fromEnvironment()} is what the command uses; each {@code with} method gives a copy with
 * one thing changed.
 *
 * @param location where the store is
 * @param unlocker where its key comes from
 * @param createIfMissing whether a missing store is made at the first use
 * @param clock for times that are shown; nothing is ordered by it
 * @param notices hears what a user should know although the operation went on
 * @param stack the stack to work with; empty for the active one
 */
public record CofferOptions(
        StoreLocation location,
        Unlocker unlocker,
        boolean createIfMissing,
        Clock clock,
        Notices notices,
        Optional<String> stack) {
    /**
     * The store that {@code COFFER_HOME} or the platform's folders name, unlocked by {@code COFFER_KEY_FILE},
     * {@code COFFER_PASSPHRASE_FILE} or the key file that was made with the store; made if it is missing. The stack is
     * the one that {@code COFFER_STACK} names, else the active one. Notices go to the system logger {@code dev.coffer}.
     */
    public static CofferOptions fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /** As {@link #fromEnvironment()}, with another environment. */
    public static CofferOptions fromEnvironment(Map<String, String> environment) {
        return new CofferOptions(
                StoreLocation.ofEnvironment(
                        environment, System.getProperty("os.name", ""), Path.of(System.getProperty("user.home", "."))),
                new EnvironmentUnlocker(environment),
                true,
                Clock.systemUTC(),
                sentence -> System.getLogger("dev.coffer").log(System.Logger.Level.WARNING, sentence),
                Optional.ofNullable(environment.get("COFFER_STACK")).filter(name -> !name.isEmpty()));
    }

    /** With everything under one folder. */
    public CofferOptions withHome(Path home) {
        return withLocation(StoreLocation.inHome(home));
    }

    /** With the store in another place. */
    public CofferOptions withLocation(StoreLocation other) {
        return new CofferOptions(other, unlocker, createIfMissing, clock, notices, stack);
    }

    /** Unlocked by a key file; a missing store is made with it. */
    public CofferOptions withKeyFile(Path file) {
        return withUnlocker(Unlocker.of(() -> KeyInput.keyFile(file)));
    }

    /** Unlocked by a passphrase, which is copied; a missing store is made with it. */
    public CofferOptions withPassphrase(char[] passphrase) {
        char[] copy = passphrase.clone();
        return withUnlocker(Unlocker.of(() -> KeyInput.passphrase(copy)));
    }

    /** Unlocked in another way. */
    public CofferOptions withUnlocker(Unlocker other) {
        return new CofferOptions(location, other, createIfMissing, clock, notices, stack);
    }

    /** Whether a missing store is made. */
    public CofferOptions withCreateIfMissing(boolean create) {
        return new CofferOptions(location, unlocker, create, clock, notices, stack);
    }

    /** With another clock. */
    public CofferOptions withClock(Clock other) {
        return new CofferOptions(location, unlocker, createIfMissing, other, notices, stack);
    }

    /** With another listener. */
    public CofferOptions withNotices(Notices other) {
        return new CofferOptions(location, unlocker, createIfMissing, clock, other, stack);
    }

    /** With that stack instead of the active one, which stays active. */
    public CofferOptions withStack(String name) {
        return new CofferOptions(location, unlocker, createIfMissing, clock, notices, Optional.of(name));
    }
}
