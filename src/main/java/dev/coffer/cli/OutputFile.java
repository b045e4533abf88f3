package dev.coffer.cli;

import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Writes a file that the user named: as a whole or not at all, for its owner alone, and never over another unasked. */
final class OutputFile {
    private final Path file;
    private final String name;

    /** A file that is not touched yet. */
    OutputFile(Path file) {
        this.file = file;
        this.name = "the file " + file;
    }

    /**
     * Asks, if there is one.
     *
     * @throws RecordExistsException if there is one and nobody to ask
     * @throws StoreFileException if it is a folder
     */
    void requireReplaceable(Session session) {
        if (Files.isDirectory(file)) {
            throw new StoreFileException(name + " is a folder", file.toString(), "name a file");
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!session.yes() && !session.terminal().canAsk()) {
            throw new RecordExistsException(
                    name + " is there already; nothing was written",
                    file.toString(),
                    "'--yes' replaces it; another name keeps both");
        }
        session.confirm(name + " is there already; replace it?");
    }

    /**
     * Writes it. What has the name is replaced in one step.
     *
     * @throws StoreFileException if it cannot be written; what had the name is still there
     */
    void write(byte[] content) {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = null;
        try {
            // Made for the owner alone, whatever the umask.
            temporary = Files.createTempFile(folder == null ? Path.of("/") : folder, ".coffer-", ".tmp");
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StoreFileException(
                    name + " cannot be written" + reason(e),
                    file.toString(),
                    "check the path, its permissions and the free space",
                    e);
        } finally {
            delete(temporary);
        }
    }

    private static void delete(@Nullable Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            // It is private, and holds no secret.
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return ": there is no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return ": permission denied";
        }
        return e instanceof FileSystemException fs && fs.getReason() != null ? ": " + fs.getReason() : "";
    }
}
