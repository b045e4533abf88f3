package dev.coffer.cli;

import dev.coffer.vault.EnvironmentUnlocker;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.Unlocker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes the passphrase from {@code --passphrase-fd}, else a key from the environment, else asks for one. */
final class CommandUnlocker implements Unlocker, AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final int MAX_BYTES = 8_192;

    private final Terminal terminal;
    private final @Nullable Integer fd;
    private final EnvironmentUnlocker environment;
    private byte @Nullable [] fromFd;
    private int attempts;

    CommandUnlocker(Terminal terminal, @Nullable Integer fd, Map<String, String> environment) {
        this.terminal = terminal;
        this.fd = fd;
        this.environment = new EnvironmentUnlocker(environment);
    }

    @Override
    public Optional<KeyInput> given() {
        if (fd == null) {
            return environment.given();
        }
        if (fromFd == null) { // a pipe gives what it has only once, and a store is opened after it was made
            fromFd = read(terminal, fd);
        }
        return Optional.of(EnvironmentUnlocker.passphrase(fromFd));
    }

    /**
     * Reads what an open file holds.
     *
     * @param fd its number, as the process was given it
     * @throws UsageException if it is not open
     */
    static byte[] read(Terminal terminal, int fd) {
        if (fd == 0) {
            return InputBytes.ofStdin(terminal.in(), MAX_BYTES);
        }
        Path file = Path.of("/dev/fd/" + fd);
        if (fd < 3 || !Files.exists(file)) {
            throw new UsageException(
                    "there is no open file " + fd + " to read a passphrase from", "open it, for instance with 3<FILE");
        }
        return InputBytes.ofFile(file, MAX_BYTES);
    }

    @Override
    public Optional<KeyInput> ask(Set<String> kinds) {
        boolean passphrase = kinds.contains("passphrase");
        boolean code = kinds.contains("recovery-code");
        String label = passphrase && code ? "passphrase or recovery code" : code ? "recovery code" : "passphrase";
        while (terminal.canAsk() && attempts < ATTEMPTS) {
            if (attempts++ > 0) {
                terminal.talk("that does not open the store\n");
            }
            char[] typed = terminal.ask(label);
            try {
                if (typed.length > 0) {
                    return Optional.of(KeyInput.passphrase(typed));
                }
            } finally {
                Arrays.fill(typed, '\0');
            }
        }
        return Optional.empty();
    }

    /** Wipes what was read. */
    @Override
    public void close() {
        if (fromFd != null) {
            Arrays.fill(fromFd, (byte) 0);
        }
    }
}
