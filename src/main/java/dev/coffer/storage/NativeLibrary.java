package dev.coffer.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Unpacks SQLite's native library, which its driver would otherwise do again in every process. {@code bin/coffer} runs
 * this once, and holds the copy against the SHA-256 before each use.
 */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Takes the library of this platform out of the driver's jar.
     *
     * @param args a free name for the library, and one for a file that gets its SHA-256 in hexadecimal digits
     */
    public static void main(String[] args) throws IOException {
        unpack(Path.of(args[0]), Path.of(args[1]));
    }

    static void unpack(Path library, Path sum) throws IOException {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = LibraryLoaderUtil.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the driver has no library for this platform: " + resource);
            }
            byte[] bytes = in.readAllBytes();
            PrivateFiles.writeNew(library, bytes);
            Files.writeString(sum, HexFormat.of().formatHex(sha256(bytes)) + "\n");
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
