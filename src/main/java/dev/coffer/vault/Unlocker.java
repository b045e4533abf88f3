package dev.coffer.vault;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Where the key to a store comes from when it is needed. The vault closes what it is given. */
public interface Unlocker {
    /** Brings nothing: only the key files that coffer finds by itself open the store. */
    Unlocker NONE = new Unlocker() {
        @Override
        public Optional<KeyInput> given() {
            return Optional.empty();
        }

        @Override
        public Optional<KeyInput> ask(Set<String> kinds) {
            return Optional.empty();
        }
    };

    /** What the user named beforehand, for instance in the environment. It is the only key that is tried then. */
    Optional<KeyInput> given();

    /**
     * Asks a person, after no key file was found.
     *
     * @param kinds the kinds of slots that text opens: {@code passphrase}, {@code recovery-code}
     * @return empty if there is nobody to ask
     */
    Optional<KeyInput> ask(Set<String> kinds);

    /** The keychain in which the keys of slots of that kind are looked for, after the key files and before asking. */
    default Keychain keychain() {
        return Keychain.NONE;
    }

    /** Brings one key, made anew each time that it is needed, and asks nobody. */
    static Unlocker of(Supplier<KeyInput> key) {
        return new Unlocker() {
            @Override
            public Optional<KeyInput> given() {
                return Optional.of(key.get());
            }

            @Override
            public Optional<KeyInput> ask(Set<String> kinds) {
                return Optional.empty();
            }
        };
    }
}
