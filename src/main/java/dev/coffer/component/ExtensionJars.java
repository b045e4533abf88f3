package dev.coffer.component;

import dev.coffer.component.ExtensionException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.regex.Pattern;

/**
 * The jars of registered extensions, each kept in coffer's own folder under its SHA-256. A jar is at most 64 MiB, and
 * 256 MiB unpacked. What is loaded is always what was hashed: classes are defined from the verified bytes, not from the
 * file. Backups do not carry these jars; on another machine they are registered again.
 */
public final class ExtensionJars {
    private static final int MAX_JAR = 64 << 20;
    private static final long MAX_UNPACKED = 256L << 20;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String AGAIN = "register the extension again, with --jar FILE";

    private final Path folder;

    /** Touches no file. The folder is made, for its owner alone, when the first jar is added. */
    public ExtensionJars(Path folder) {
        this.folder = folder;
    }

    /**
     * Copies a jar into the folder, durably and for its owner alone. Adding the same jar again puts its copy right.
     *
     * @return the SHA-256 of the jar, in lower-case hex, which {@link #load} takes
     * @throws ExtensionException if the file cannot be read or written, is too large, or is not a jar
     */
    public String add(Path jar) {
        byte[] bytes = read(jar, Reason.FILE, "give the path of a jar");
        unpack(bytes, jar.toString());
        String hash = sha256(bytes);
        try {
            write(bytes, folder.resolve(hash + ".jar"));
        } catch (IOException e) {
            throw new ExtensionException(
                    Reason.FILE, "the jar cannot be copied to " + folder, "see that the folder can be written to", e);
        }
        return hash;
    }

    /**
     * The classes and resources of a jar that was added, on top of coffer's own. Resources can be read as streams and
     * have no URL; multi-release jars are read as plain ones.
     *
     * @throws ExtensionException if the jar is missing or is not the one with this hash
     */
    public ClassLoader load(String sha256) {
        // The hash becomes a file name: nothing but a hash may.
        if (!HASH.matcher(sha256).matches()) {
            throw new ExtensionException(Reason.UNFIT, "the hash of an extension's jar is not a SHA-256", AGAIN, null);
        }
        Path file = folder.resolve(sha256 + ".jar");
        byte[] bytes = read(file, Reason.MISSING, AGAIN);
        String found = sha256(bytes);
        if (!found.equals(sha256)) {
            throw new ExtensionException(
                    Reason.CHANGED,
                    "the jar " + file + " was changed: its SHA-256 is " + found + ", registered was " + sha256,
                    AGAIN,
                    null);
        }
        return new JarClasses(unpack(bytes, file.toString()), ExtensionJars.class.getClassLoader());
    }

    private static byte[] read(Path file, Reason ifMissing, String hint) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_JAR + 1);
            if (bytes.length > MAX_JAR) {
                throw new ExtensionException(
                        Reason.UNFIT, "the jar " + file + " is larger than 64 MiB", "use a smaller jar", null);
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ExtensionException(ifMissing, "there is no jar " + file, hint, e);
        } catch (IOException e) {
            throw new ExtensionException(Reason.FILE, "the jar " + file + " cannot be read", hint, e);
        }
    }

    private void write(byte[] bytes, Path target) throws IOException {
        Files.createDirectories(folder, ownerOnly("rwx------"));
        Path temporary = Files.createTempFile(folder, ".extension", ".tmp", ownerOnly("rw-------"));
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

    private static Map<String, byte[]> unpack(byte[] bytes, String name) {
        Map<String, byte[]> entries = new HashMap<>();
        long left = MAX_UNPACKED;
        try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(bytes), false)) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                byte[] content = in.readNBytes((int) left + 1);
                left -= content.length;
                if (left < 0) {
                    throw new ExtensionException(
                            Reason.UNFIT,
                            "the jar " + name + " is larger than 256 MiB unpacked",
                            "use a smaller jar",
                            null);
                }
                entries.putIfAbsent(entry.getName(), content);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ExtensionException(Reason.UNFIT, "the file " + name + " is a damaged jar", "build it again", e);
        }
        if (entries.isEmpty()) {
            throw new ExtensionException(
                    Reason.UNFIT,
                    "the file " + name + " is not a jar, or an empty one",
                    "give the path of a jar",
                    null);
        }
        return entries;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Defines classes from bytes in memory, parents first. */
    private static final class JarClasses extends ClassLoader {
        private final Map<String, byte[]> entries;

        JarClasses(Map<String, byte[]> entries, ClassLoader parent) {
            super(parent);
            this.entries = entries;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = entries.get(name.replace('.', '/') + ".class");
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            InputStream parents = super.getResourceAsStream(name);
            byte[] own = entries.get(name);
            return parents != null || own == null ? parents : new ByteArrayInputStream(own);
        }
    }
}
