package dev.coffer.component;

import dev.coffer.component.ExtensionException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The jars of registered extensions, each kept in coffer's own folder under its SHA-256. Backups do not carry these
 * jars; on another machine they are registered again.
 */
public final class ExtensionJars {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String JAR = ".jar";
    private static final String TEMPORARY = ".tmp";
    private static final String AGAIN = "register the extension again, with --jar FILE";

    // A process gets an operating system lock only once, so that its threads have to take turns before.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path folder;

    /** Touches no file. The folder is made, for its owner alone, when the first jar is added. */
    public ExtensionJars(Path folder) {
        this.folder = folder;
    }

    /** Whether there ever was a jar. */
    public boolean exist() {
        return Files.exists(folder);
    }

    /**
     * Runs work while no other thread or process adds or removes jars; waits for it.
     *
     * @throws ExtensionException if the lock cannot be taken
     */
    public <T> T changing(Supplier<T> work) {
        THREADS.lock();
        try {
            Files.createDirectories(folder, ownerOnly("rwx------"));
            try (FileChannel lock = FileChannel.open(
                    folder.resolve(".lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    ownerOnly("rw-------"))) {
                lock.lock();
                return work.get();
            }
        } catch (IOException e) {
            throw new ExtensionException(
                    Reason.FILE, "the folder " + folder + " cannot be locked", "see that it can be written to", e);
        } finally {
            THREADS.unlock();
        }
    }

    /**
     * Copies a jar into the folder, durably and for its owner alone. Adding the same jar again puts its copy right.
     *
     * @throws ExtensionException if the copy cannot be written
     */
    public void add(ExtensionJar jar) {
        try {
            write(jar.bytes(), folder.resolve(jar.sha256() + JAR));
        } catch (IOException e) {
            throw new ExtensionException(
                    Reason.FILE, "the jar cannot be copied to " + folder, "see that the folder can be written to", e);
        }
    }

    /** Removes all jars but those with these hashes, and what an interrupted {@link #add} left. For {@link #changing}. */
    public void keepOnly(Set<String> hashes) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*{" + JAR + "," + TEMPORARY + "}")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (!hashes.contains(name.substring(0, name.length() - JAR.length()))) {
                    Files.delete(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A jar that nobody names is in nobody's way; the next change tries again.
        }
    }

    /**
     * The classes of a jar that was added, see {@link ExtensionJar#classes()}.
     *
     * @throws ExtensionException if the jar is missing or is not the one with this hash
     */
    public ClassLoader load(String sha256) {
        // The hash becomes a file name: nothing but a hash may.
        if (!HASH.matcher(sha256).matches()) {
            throw new ExtensionException(Reason.UNFIT, "the hash of an extension's jar is not a SHA-256", AGAIN, null);
        }
        return ExtensionJar.read(folder.resolve(sha256 + JAR), sha256, AGAIN).classes();
    }

    private void write(byte[] bytes, Path target) throws IOException {
        Files.createDirectories(folder, ownerOnly("rwx------"));
        Path temporary = Files.createTempFile(folder, ".extension", TEMPORARY, ownerOnly("rw-------"));
        try {
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
