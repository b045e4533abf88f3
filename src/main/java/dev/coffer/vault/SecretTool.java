package dev.coffer.vault;

import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC) through {@code secret-tool} of libsecret. The
 * content of an item goes over the tool's standard streams and never into its arguments. An item has the attributes
 * {@code application=coffer} and {@code key=ID}.
 */
final class SecretTool implements Keychain {
    private static final String TOOL = "secret-tool";
    // As long as a key in base64: a tool that says what it was given, as a script in its place may, is not repeated.
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{40,}");
    private static final int MISSING = 1;
    private static final int MAX_BYTES = 4_096;
    // Long enough for somebody to type the password of a locked keychain into the window that it shows.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path tool;
    private final Duration patience;

    SecretTool(Path tool, Duration patience) {
        this.tool = tool;
        this.patience = patience;
    }

    /** The tool in the first folder of {@code PATH} that has it. Relative folders do not count: they may be anybody's. */
    static Optional<SecretTool> find(Map<String, String> environment, String osName) {
        if (!osName.toLowerCase(Locale.ROOT).contains("linux")) {
            return Optional.empty();
        }
        for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
            try {
                Path tool = Path.of(folder, TOOL);
                if (tool.isAbsolute() && Files.isRegularFile(tool) && Files.isExecutable(tool)) {
                    return Optional.of(new SecretTool(tool, PATIENCE));
                }
            } catch (InvalidPathException e) {
                // The shell finds nothing there either.
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public void put(String keyId, String label, byte[] content) {
        Answer answer = run(content, "store", "--label=" + label, "application", "coffer", "key", keyId);
        answer.wipe();
        if (answer.code() != 0) {
            throw unusable(answer.words());
        }
    }

    /**
     * The tool fails alike for an item that is missing, for one that is locked and for a keychain that is missing. Only for
     * the last it has words, and only what is locked is found by a search.
     */
    @Override
    public Optional<byte[]> find(String keyId) {
        Answer answer = run(new byte[0], "lookup", "application", "coffer", "key", keyId);
        if (answer.code() == 0) {
            return Optional.of(answer.content());
        }
        answer.wipe();
        if (answer.code() == MISSING && answer.words().isEmpty()) {
            requireNotLocked(keyId);
            return Optional.empty();
        }
        throw unusable(answer.words());
    }

    private void requireNotLocked(String keyId) {
        Answer answer = run(new byte[0], "search", "application", "coffer", "key", keyId);
        boolean isFound = answer.code() == 0 && answer.content().length > 0;
        answer.wipe();
        if (isFound) {
            throw unusable("it is locked");
        }
    }

    @Override
    public void remove(String keyId) {
        Answer answer = run(new byte[0], "clear", "application", "coffer", "key", keyId);
        answer.wipe();
        if (answer.code() != 0 && !(answer.code() == MISSING && answer.words().isEmpty())) {
            throw unusable(answer.words());
        }
    }

    @Override
    public String removal(String keyId) {
        return "secret-tool clear application coffer key " + keyId;
    }

    /**
     * What the tool said.
     *
     * @param code its exit code
     * @param content its standard output
     * @param words its standard error, printable, in one line
     */
    private record Answer(int code, byte[] content, String words) {
        void wipe() {
            Arrays.fill(content, (byte) 0);
        }
    }

    private Answer run(byte[] input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("COFFER_"));
        Process process = null;
        try {
            process = builder.start();
            return converse(process, input);
        } catch (IOException e) {
            throw unusable(tool + " cannot be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unusable("waiting for it was interrupted");
        } catch (TimeoutException e) {
            throw unusable("it did not answer within " + patience.toSeconds() + " seconds");
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private Answer converse(Process process, byte[] input) throws IOException, InterruptedException, TimeoutException {
        CompletableFuture<byte[]> out = reading(process.getInputStream());
        CompletableFuture<byte[]> err = reading(process.getErrorStream());
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            // It ended without reading; its exit code and its words say why.
        }
        long deadline = System.nanoTime() + patience.toNanos();
        if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        try {
            // A child that the tool left behind may hold its streams open.
            byte[] content = out.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            byte[] words = err.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            String line = new String(words, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
            line = KEY.matcher(line).replaceAll("…");
            return new Answer(process.exitValue(), content, Printable.text(line));
        } catch (ExecutionException e) {
            throw new IOException("the answer of " + tool + " cannot be read", e.getCause());
        }
    }

    private static CompletableFuture<byte[]> reading(InputStream stream) {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    byte[] buffer = new byte[MAX_BYTES];
                    try {
                        int length = stream.readNBytes(buffer, 0, MAX_BYTES);
                        read.complete(Arrays.copyOf(buffer, length));
                    } catch (IOException e) {
                        read.completeExceptionally(e);
                    } finally {
                        Arrays.fill(buffer, (byte) 0);
                    }
                },
                "coffer keychain");
        reader.setDaemon(true);
        reader.start();
        return read;
    }

    private static LockedException unusable(String words) {
        String why = words.isEmpty() ? TOOL + " failed without a word" : words;
        return new LockedException(
                "the keychain of the operating system cannot be used: " + why,
                null,
                "log in to a desktop session, or unlock its keychain, and try again");
    }
}
