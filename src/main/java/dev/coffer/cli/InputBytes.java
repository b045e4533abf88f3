package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads input that may be secret: exactly, up to a limit, and leaving no copy of it in an array of its own. */
final class InputBytes {
    private static final int FIRST_SIZE = 8192; // most secrets fit

    private InputBytes() {}

    /**
     * The file that a word of the command line names. A leading {@code ~/} is the user's home: no shell expands it
     * behind {@code =@}.
     *
     * @throws UsageException if no file can have that name
     */
    static Path path(String word) {
        try {
            return word.startsWith("~/") ? Path.of(System.getProperty("user.home"), word.substring(2)) : Path.of(word);
        } catch (InvalidPathException e) {
            throw new UsageException("a file name on the command line holds characters that no file name has", null);
        }
    }

    /**
     * Everything that a file holds. It need not be a regular one: the shell's {@code <(…)} will do.
     *
     * @param name what the file is called in an error
     * @param limit the most bytes that it may hold
     * @return the bytes; the caller wipes them
     * @throws StoreFileException if there is no such file, it is a folder, or it cannot be read
     * @throws InvalidException if it holds more than the limit
     */
    static byte[] ofFile(Path file, String name, int limit) {
        if (Files.isDirectory(file)) {
            throw new StoreFileException(name + " is a folder", null, "name a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return upTo(limit, in, name);
        } catch (NoSuchFileException e) {
            throw new StoreFileException(name + " is not there", null, "check the path");
        } catch (AccessDeniedException e) {
            throw new StoreFileException(name + " may not be read", null, "check its permissions");
        } catch (IOException e) {
            throw new StoreFileException(name + " could not be read", null, null, e);
        }
    }

    /**
     * Everything that standard input still has to give.
     *
     * @param limit the most bytes that it may give
     * @return the bytes; the caller wipes them
     * @throws StoreFileException if it cannot be read
     * @throws InvalidException if it gives more than the limit
     */
    static byte[] ofStdin(InputStream stdin, int limit) {
        try {
            return upTo(limit, stdin, "standard input");
        } catch (IOException e) {
            throw new StoreFileException("standard input could not be read", null, null, e);
        }
    }

    private static byte[] upTo(int limit, InputStream in, String name) throws IOException {
        byte[] buffer = new byte[Math.min(FIRST_SIZE, limit + 1)];
        int length = 0;
        try {
            int read = in.read(buffer, length, buffer.length - length);
            while (read >= 0) {
                length += read;
                if (length > limit) {
                    throw new InvalidException(
                            name + " holds more than " + limit + " bytes (" + (limit >> 20)
                                    + " MiB), which is the limit",
                            null,
                            "keep large content in a file and the key to it in coffer");
                }
                if (length == buffer.length) {
                    byte[] outgrown = buffer;
                    buffer = Arrays.copyOf(outgrown, (int) Math.min(2L * outgrown.length, limit + 1L));
                    Arrays.fill(outgrown, (byte) 0);
                }
                read = in.read(buffer, length, buffer.length - length);
            }
            return Arrays.copyOf(buffer, length);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }
}
