package dev.coffer.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Mutual exclusion between processes, by an operating system lock that vanishes with its holder. The file itself stays:
 * removing it would let two holders in.
 */
public final class LockFile {
    // A process gets an operating system lock only once, so that its threads have to take turns before: for each file
    // by itself, because one thread may hold one and wait for another.
    private static final Map<Object, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private LockFile() {}

    /** Runs work while no other thread or process holds the lock of that file; waits for it. May be nested. */
    public static <T> T holding(Path file, Supplier<T> work) {
        ReentrantLock threads = THREADS.computeIfAbsent(identity(file), key -> new ReentrantLock());
        if (threads.isHeldByCurrentThread()) {
            return work.get();
        }
        threads.lock();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock); // a blocking lock is always given
            return work.get();
        } catch (IOException e) {
            throw PrivateFiles.trouble("the lock " + file + " cannot be taken", file, e);
        } finally {
            threads.unlock();
        }
    }

    /** A lock that was taken. */
    public interface Held extends AutoCloseable {
        /** Gives it back. */
        @Override
        void close();
    }

    /**
     * Takes the lock of that file if nobody has it, this thread included; does not wait.
     *
     * @return to be closed by the same thread; empty if somebody has it
     */
    public static Optional<Held> take(Path file) {
        ReentrantLock threads = THREADS.computeIfAbsent(identity(file), key -> new ReentrantLock());
        if (threads.isHeldByCurrentThread() || !threads.tryLock()) {
            return Optional.empty();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                FileChannel held = channel;
                return Optional.of(() -> release(file, held, threads));
            }
        } catch (OverlappingFileLockException e) {
            // Another copy of this class in the same JVM has it.
        } catch (IOException e) {
            release(file, channel, threads);
            throw PrivateFiles.trouble("the lock " + file + " cannot be taken", file, e);
        }
        release(file, channel, threads);
        return Optional.empty();
    }

    /** Closing the channel gives the operating system's lock back. */
    private static void release(Path file, @Nullable FileChannel channel, ReentrantLock threads) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw PrivateFiles.trouble("the lock " + file + " cannot be given back", file, e);
        } finally {
            threads.unlock();
        }
    }

    /** The same for all names of one file, which is made if it is missing. */
    private static Object identity(Path file) {
        try {
            PrivateFiles.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // The usual case.
        }
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key != null ? key : file.toRealPath();
        } catch (IOException e) {
            throw PrivateFiles.trouble("the lock " + file + " cannot be taken", file, e);
        }
    }
}
