package dev.coffer.vault;

import dev.coffer.secrets.InvalidException;
import dev.coffer.storage.PrivateFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the key that {@code COFFER_KEY_FILE} names, or the passphrase in the file that {@code COFFER_PASSPHRASE_FILE}
 * names; asks nobody. Without either, the keychain of the operating system may open the store. Either file is refused if others can read it. Of a passphrase file, one line ending at its end does not count.
 */
public final class EnvironmentUnlocker implements Unlocker {
    private static final int MAX_PASSPHRASE_FILE_BYTES = 8_192;

    private final Map<String, String> environment;

    /** An unlocker for an environment as of {@link System#getenv()}. */
    public EnvironmentUnlocker(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Optional<KeyInput> given() {
        String keyFile = environment.getOrDefault("COFFER_KEY_FILE", "");
        String passphraseFile = environment.getOrDefault("COFFER_PASSPHRASE_FILE", "");
        if (!keyFile.isEmpty() && !passphraseFile.isEmpty()) {
            throw new InvalidException(
                    "both COFFER_KEY_FILE and COFFER_PASSPHRASE_FILE are set", null, "unset the one that is not meant");
        }
        if (!keyFile.isEmpty()) {
            return Optional.of(KeyInput.keyFile(Path.of(keyFile)));
        }
        return passphraseFile.isEmpty() ? Optional.empty() : Optional.of(readPassphrase(Path.of(passphraseFile)));
    }

    @Override
    public Keychain keychain() {
        return Keychain.ofEnvironment(environment);
    }

    private static KeyInput readPassphrase(Path file) {
        PrivateFiles.requirePrivate(file);
        byte[] content = PrivateFiles.read(file, MAX_PASSPHRASE_FILE_BYTES);
        try {
            return passphrase(content);
        } catch (InvalidException e) {
            throw new InvalidException(
                    "the passphrase file " + file + " cannot be used: " + e.getMessage(), file.toString(), null);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /**
     * A passphrase as it stands in a file or comes from a pipe: one line ending at its end does not count.
     *
     * @throws InvalidException if it is empty or too long
     */
    public static KeyInput passphrase(byte[] content) {
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        byte[] passphrase = Arrays.copyOf(content, end);
        try {
            return KeyInput.passphrase(passphrase);
        } finally {
            Arrays.fill(passphrase, (byte) 0);
        }
    }

    @Override
    public Optional<KeyInput> ask(Set<String> kinds) {
        return Optional.empty();
    }
}
