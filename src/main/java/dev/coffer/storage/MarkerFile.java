package dev.coffer.storage;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.StoreFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code last-seen}, one line of text:
 *
 * <pre>
 * coffer-last-seen-v1 STORE-ID SEQUENCE MAC
 * </pre>
 *
 * <p>with the MAC in hexadecimal. It is replaced as a whole, under a lock file beside it, and moves only forward as long
 * as the store stays the same.
 */
public final class MarkerFile {
    private static final int MAX_BYTES = 4_096;
    private static final Pattern LINE =
            Pattern.compile("coffer-last-seen-v1 ([0-9a-f-]{36}) (\\d{1,18}) ((?:[0-9a-f]{2}){1,64})\\R?");

    private final Path file;
    private final Path lockFile;

    /** The marker at a path; nothing is read yet. */
    public MarkerFile(Path file) {
        this.file = file;
        this.lockFile = file.resolveSibling(file.getFileName() + ".lock");
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /**
     * What it says; empty if there is no such file.
     *
     * @throws IntegrityException if it says something else
     */
    public Optional<Marker> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] content = PrivateFiles.read(file, MAX_BYTES);
        Matcher m = LINE.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!m.matches()) {
            throw new IntegrityException(
                    "the marker " + file + " is damaged",
                    file.toString(),
                    "if you trust the store as it is, accept it with 'coffer doctor --accept-older'");
        }
        try {
            return Optional.of(new Marker(
                    UUID.fromString(m.group(1)),
                    Long.parseLong(m.group(2)),
                    HexFormat.of().parseHex(m.group(3))));
        } catch (IllegalArgumentException e) {
            throw new IntegrityException("the marker " + file + " is damaged", file.toString(), null);
        }
    }

    /** As {@link #read}; empty also if the file is damaged. */
    public Optional<Marker> readIfSound() {
        try {
            return read();
        } catch (IntegrityException e) {
            return Optional.empty();
        }
    }

    /** Fails now, before anything is committed, if the marker could not be moved afterwards. */
    public void requireWritable() {
        locked(() -> {
            requireWritable(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            if (Files.isDirectory(file)) {
                throw new StoreFileException(
                        "the marker cannot be moved: " + file + " is a folder; nothing was changed",
                        file.toString(),
                        "move the folder away");
            }
        });
    }

    /**
     * Moves the marker forward. One of the same store that is as far or further stays; so does one of another store,
     * which was put in place while this change was made.
     */
    public void advance(Marker to) {
        locked(() -> {
            Optional<Marker> now = read();
            if (now.isEmpty() || isBehind(now.get(), to)) {
                write(to);
            }
        });
    }

    /**
     * Makes the marker follow what was made, restored or accepted, whatever it says of other stores. Where another
     * process has moved it on since, it stays.
     */
    public void follow(Marker to) {
        locked(() -> {
            Optional<Marker> now = readIfSound();
            if (now.isEmpty() || !now.get().storeId().equals(to.storeId()) || isBehind(now.get(), to)) {
                write(to);
            }
        });
    }

    private static boolean isBehind(Marker now, Marker to) {
        return now.storeId().equals(to.storeId()) && now.sequence() < to.sequence();
    }

    private void write(Marker to) {
        String line = "coffer-last-seen-v1 " + to.storeId() + " " + to.sequence() + " "
                + HexFormat.of().formatHex(to.mac()) + "\n";
        // One name, so that processes that are killed here leave one file at most.
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        PrivateFiles.deleteQuietly(temporary);
        PrivateFiles.replace(file, temporary, line.getBytes(StandardCharsets.US_ASCII));
    }

    private void locked(Runnable work) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.isDirectory(folder)) {
            PrivateFiles.createFolders(folder);
        }
        LockFile.holding(lockFile, () -> {
            work.run();
            return true;
        });
    }

    private static void requireWritable(Path folder) {
        if (!Files.isWritable(folder)) {
            throw new StoreFileException(
                    "the marker cannot be moved: the folder " + folder + " is not writable; nothing was changed",
                    folder.toString(),
                    "make it writable: chmod 700 " + PrivateFiles.quoted(folder));
        }
    }
}
