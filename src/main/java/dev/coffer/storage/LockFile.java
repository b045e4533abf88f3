package dev.coffer.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Mutual exclusion between processes, by an operating system lock that vanishes with its holder. The file itself stays:
 * removing it would let two holders in.
 */
public final class LockFile {
    // A process gets an operating system lock only once, so that its threads have to take turns before.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private LockFile() {}

    /** Runs work while no other thread or process holds the lock of that file; waits for it. */
    public static <T> T holding(Path file, Supplier<T> work) {
        THREADS.lock();
        try (FileChannel channel = open(file);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock); // a blocking lock is always given
            return work.get();
        } catch (IOException e) {
            throw PrivateFiles.trouble("the lock " + file + " cannot be taken", file, e);
        } finally {
            THREADS.unlock();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            PrivateFiles.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // The usual case.
        }
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }
}
