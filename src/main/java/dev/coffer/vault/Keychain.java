package dev.coffer.vault;

import dev.coffer.secrets.LockedException;
import java.util.Map;
import java.util.Optional;

/**
 * The keychain of the operating system, which opens when somebody logs in. coffer keeps one item in it for each key slot
 * of the kind {@code keychain}, found by the id of the key that it holds.
 */
public interface Keychain {
    /** No keychain: it holds nothing and takes nothing. */
    Keychain NONE = new NoKeychain();

    /**
     * The keychain of this machine: on Linux the Secret Service, by way of {@code secret-tool}, if that command is in a
     * folder that {@code PATH} names; else {@link #NONE}. Nothing is asked of it yet.
     *
     * @param environment as of {@link System#getenv()}
     */
    static Keychain ofEnvironment(Map<String, String> environment) {
        return SecretTool.find(environment, System.getProperty("os.name", ""))
                .<Keychain>map(tool -> tool)
                .orElse(NONE);
    }

    /** Whether there is one at all; whether it answers is known once it is asked. */
    boolean isPresent();

    /**
     * Keeps an item; one under the same id is replaced.
     *
     * @param keyId 16 hexadecimal digits
     * @param label what a person sees in a list of the keychain's items
     * @param content at most 4 KiB of text without line breaks, ASCII; the caller wipes it
     * @throws LockedException if the keychain is locked or does not answer
     */
    void put(String keyId, String label, byte[] content);

    /**
     * Looks for an item.
     *
     * @return its content, which the caller wipes; empty if the keychain answers that there is none
     * @throws LockedException if the keychain is locked or does not answer
     */
    Optional<byte[]> find(String keyId);

    /**
     * Removes an item, if it is there.
     *
     * @throws LockedException if the keychain is locked or does not answer
     */
    void remove(String keyId);

    /** The command that removes an item by hand. */
    String removal(String keyId);
}
