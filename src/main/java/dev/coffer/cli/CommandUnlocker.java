package dev.coffer.cli;

import dev.coffer.vault.EnvironmentUnlocker;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.Keychain;
import dev.coffer.vault.Unlocker;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    private static final int MAX_BYTES = 8_192; // more than a passphrase may have, so that a longer one is told
    private static final int FIRST_FREE = 3; // stdout and stderr are not for reading

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

    @Override
    public Keychain keychain() {
        return environment.keychain();
    }

    /**
     * Reads what an open file holds.
     *
     * @param fd its number, as the process was given it
     * @throws UsageException if it is not open
     */
    static byte[] read(Terminal terminal, int fd) {
        try {
            if (fd == 0) {
                return read(terminal.in());
            }
            if (fd >= FIRST_FREE && !isOfTheJvm(fd)) {
                try (InputStream in = new FileInputStream("/dev/fd/" + fd)) {
                    return read(in);
                }
            }
        } catch (IOException e) {
            // The same as one that is not open.
        }
        throw new UsageException(
                "no passphrase can be read from file descriptor " + fd,
                "open it for reading, for instance with 3<FILE");
    }

    /** Whether a descriptor that nobody gave this process is one of the archives that the JVM opened for itself. */
    private static boolean isOfTheJvm(int fd) throws IOException {
        Path file = Path.of("/dev/fd/" + fd);
        if (!Files.isSymbolicLink(file)) { // as everywhere but on Linux
            return false;
        }
        Path target = Files.readSymbolicLink(file);
        return target.toString().endsWith(".jar")
                || target.startsWith(Path.of(System.getProperty("java.home")).toRealPath());
    }

    /** Not by readNBytes, which asks a FileInputStream for its position; a pipe has none. */
    private static byte[] read(InputStream in) throws IOException {
        byte[] buffer = new byte[MAX_BYTES];
        int length = 0;
        try {
            int read = in.read(buffer);
            while (read > 0) {
                length += read;
                read = in.read(buffer, length, MAX_BYTES - length);
            }
            return Arrays.copyOf(buffer, length);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
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
            char[] typed;
            try {
                typed = terminal.ask(label);
            } catch (UsageException e) {
                return Optional.empty(); // Ctrl-D: the store stays locked, and the error of that says what to do
            }
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
