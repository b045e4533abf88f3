package dev.coffer.component;

import dev.coffer.component.ExtensionException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/**
 * The jar of an extension, read once: at most 64 MiB, and 256 MiB unpacked. What is loaded is always what was hashed:
 * classes are defined from these bytes, not from the file.
 */
public final class ExtensionJar {
    private static final int MAX_JAR = 64 << 20;
    private static final long MAX_UNPACKED = 256L << 20;

    private final byte[] bytes;
    private final String sha256;
    private final ClassLoader classes;

    private ExtensionJar(Path file, byte[] bytes) {
        this.bytes = bytes;
        this.sha256 = sha256(bytes);
        this.classes = new JarClasses(unpack(bytes, file.toString()), ExtensionJar.class.getClassLoader());
    }

    /**
     * Reads a jar.
     *
     * @throws ExtensionException if the file is missing, cannot be read, is too large, or is not a jar
     */
    public static ExtensionJar read(Path file) {
        return new ExtensionJar(file, bytes(file, Reason.FILE, "give the path of a jar"));
    }

    /** A jar that was registered, if it still is the one with that hash. */
    static ExtensionJar read(Path file, String sha256, String hint) {
        byte[] bytes = bytes(file, Reason.MISSING, hint);
        String found = sha256(bytes);
        if (!found.equals(sha256)) {
            throw new ExtensionException(
                    Reason.CHANGED,
                    "the jar " + file + " was changed: its SHA-256 is " + found + ", registered was " + sha256,
                    hint,
                    null);
        }
        return new ExtensionJar(file, bytes);
    }

    /** The SHA-256 of the jar, in lower-case hex. */
    public String sha256() {
        return sha256;
    }

    /**
     * The classes and resources of the jar, on top of coffer's own. Resources can be read as streams and have no URL;
     * multi-release jars are read as plain ones.
     */
    public ClassLoader classes() {
        return classes;
    }

    byte[] bytes() {
        return bytes;
    }

    private static byte[] bytes(Path file, Reason ifMissing, String hint) {
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
