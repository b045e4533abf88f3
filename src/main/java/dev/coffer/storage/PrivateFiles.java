package dev.coffer.storage;

import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Files that only their owner may read: folders have mode 0700 and files 0600 from the moment they exist, whatever the
 * umask. On file systems without POSIX permissions the platform's defaults stand.
 */
public final class PrivateFiles {
    /** How hints that are a command start. */
    public static final String MEND = "mend it with: ";

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    private static final Set<PosixFilePermission> WRITE_BY_OTHERS =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private static final int RANDOM_ENDING = 36 + ".tmp".length(); // a UUID

    private PrivateFiles() {}

    /** Makes a folder and its missing parents. */
    public static void createFolders(Path folder) {
        try {
            if (posix(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
            } else {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw trouble("the folder " + folder + " cannot be made", folder, e);
        }
    }

    /** Makes an empty file; it is an error if there is one. */
    public static void createFile(Path file) throws FileAlreadyExistsException {
        try {
            Files.newByteChannel(
                            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(file))
                    .close();
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw trouble("the file " + file + " cannot be made", file, e);
        }
    }

    /** Makes an empty file whose name is known to be free. */
    public static void createFileOrFail(Path file) {
        try {
            createFile(file);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException("the name of a new file is taken: " + file, e);
        }
    }

    /** Makes an empty file with a random name beside a target, to be moved onto it when complete. */
    public static Path createTemporary(Path target) {
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        createFileOrFail(temporary);
        return temporary;
    }

    /**
     * Removes the temporary files of a target, which processes left that were killed. Whoever makes the same file at the
     * same time fails.
     */
    public static void sweepTemporaries(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        String beginning = "." + target.getFileName() + ".";
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> {
            String name = file.getFileName().toString();
            return name.length() == beginning.length() + RANDOM_ENDING
                    && name.startsWith(beginning)
                    && name.endsWith(".tmp");
        })) {
            files.forEach(PrivateFiles::deleteQuietly);
        } catch (IOException | DirectoryIteratorException e) {
            // They are private, and in nobody's way.
        }
    }

    /** Forces a complete temporary file to the disk and gives it its name, replacing what had it. */
    public static void moveIntoPlace(Path temporary, Path target) {
        try {
            force(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(target);
        } catch (IOException e) {
            throw trouble("the file " + target + " cannot be written", target, e);
        }
    }

    /**
     * Writes a file as a whole: afterwards the old content is there or the new, never a part.
     *
     * @param temporary a free name in the same folder
     */
    public static void replace(Path file, Path temporary, byte[] content) {
        createFileOrFail(temporary);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                write(channel, content);
            }
            moveIntoPlace(temporary, file);
        } catch (IOException e) {
            throw trouble("the file " + file + " cannot be written", file, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /**
     * Writes a new file as a whole: afterwards it is there with this content, or not at all. It is an error if there is
     * one.
     */
    public static void writeNew(Path file, byte[] content) throws FileAlreadyExistsException {
        sweepTemporaries(file);
        Path temporary = createTemporary(file);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                write(channel, content);
                channel.force(true);
            }
            giveFreeName(temporary, file);
            forceFolder(file);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw trouble("the file " + file + " cannot be written", file, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /** Unlike a move, a link never replaces what is there. */
    private static void giveFreeName(Path temporary, Path file) throws IOException {
        try {
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) { // FAT and some network file systems have no links
            if (exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /**
     * Reads a small file.
     *
     * @param limit the most bytes that it may have; one byte more is returned of a larger file, to tell
     */
    public static byte[] read(Path file, int limit) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(limit + 1);
        } catch (NoSuchFileException e) {
            throw new StoreFileException("there is no file " + file, file.toString(), "check the path", e);
        } catch (IOException e) {
            throw trouble("the file " + file + " cannot be read", file, e);
        }
    }

    /** Removes a file if it is there. */
    public static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // What is left over is private and swept at the next start.
        }
    }

    /**
     * Refuses a file that others than its owner may read or write.
     *
     * @throws StoreFileException with the command that mends it
     */
    public static void requirePrivate(Path file) {
        if (!permissionsAmong(file, OTHERS).isEmpty()) {
            throw new StoreFileException(
                    "others can read or change " + file, file.toString(), MEND + "chmod 600 " + quoted(file));
        }
    }

    /**
     * Refuses a folder that others than its owner may write.
     *
     * @throws StoreFileException with the command that mends it
     */
    public static void requirePrivateFolder(Path folder) {
        if (!permissionsAmong(folder, WRITE_BY_OTHERS).isEmpty()) {
            throw new StoreFileException(
                    "others can change files in " + folder, folder.toString(), MEND + "chmod 700 " + quoted(folder));
        }
    }

    /** Whether others than the owner may look into a folder or file. */
    public static boolean openToOthers(Path file) {
        return !permissionsAmong(file, OTHERS).isEmpty();
    }

    private static Set<PosixFilePermission> permissionsAmong(Path file, Set<PosixFilePermission> unwanted) {
        if (!posix(file)) {
            return Set.of();
        }
        try {
            Set<PosixFilePermission> found = EnumSet.noneOf(PosixFilePermission.class);
            found.addAll(Files.getPosixFilePermissions(file));
            found.retainAll(unwanted);
            return found;
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (IOException e) {
            throw trouble("the permissions of " + file + " cannot be read", file, e);
        }
    }

    /** A path as a shell takes it. */
    public static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes the name of a new file durable. Not every platform can open a folder. */
    public static void forceFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows has no such operation and needs none.
        }
    }

    private static FileAttribute<?>[] attributes(Path file) {
        return posix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Whether something has that name, a dangling link included. */
    public static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static @Nullable String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file"; // its message is the path once more
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException fs && fs.getReason() != null ? fs.getReason() : e.getMessage();
    }

    /** An error that says why the file system refused. */
    public static StoreFileException trouble(String sentence, Path file, IOException e) {
        String reason = reason(e);
        return new StoreFileException(
                sentence + (reason == null ? "" : ": " + reason),
                file.toString(),
                "check the path, its permissions and the free space",
                e);
    }
}
