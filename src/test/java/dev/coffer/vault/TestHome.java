package dev.coffer.vault;

import dev.coffer.crypto.KdfParameters;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder of its own with a store in it, unlocked by a key file. The store is a copy of one that is made once for each
 * JVM, because making one takes a second; all these stores therefore have one identity and one key. Closing it closes
 * the vaults that it gave out and removes the folder.
 */
public final class TestHome implements AutoCloseable {
    /** A component. */
    public static final UUID HERE = new UUID(0, 1);
    /** Another one. */
    public static final UUID THERE = new UUID(0, 2);

    private static final String COMMON = "common";
    private static final Map<String, Path> TEMPLATES = new ConcurrentHashMap<>();

    private final Path folder;
    private final Deque<Vault> vaults = new ArrayDeque<>();
    private final List<String> notices = new ArrayList<>();

    private TestHome(Path folder) {
        this.folder = folder;
    }

    /** A home with an empty store. */
    public static TestHome create() {
        return create(COMMON);
    }

    /** A home without a store. */
    public static TestHome empty() {
        try {
            return new TestHome(Files.createTempDirectory("coffer-test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A home with an empty store that has its own identity and key, like all of that name. */
    public static TestHome create(String name) {
        TestHome home = empty();
        copyTree(TEMPLATES.computeIfAbsent(name, TestHome::template), home.folder);
        return home;
    }

    /** A new store; or that of an earlier JVM, for mutants are not to make the store by which they are judged. */
    private static Path template(String name) {
        Optional<Path> shared =
                Optional.ofNullable(System.getProperty("coffer.test.templates")).map(folder -> Path.of(folder, name));
        if (shared.isPresent() && Files.exists(shared.get())) {
            return shared.get();
        }
        TestHome home = empty();
        Vault.create(home.options(), Optional.empty());
        Runtime.getRuntime().addShutdownHook(new Thread(home::close));
        shared.ifPresent(folder -> {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            copyTree(home.folder, folder);
        });
        return home.folder;
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** A file in the folder. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Where the store is. */
    public StoreLocation location() {
        return StoreLocation.inHome(folder);
    }

    /** Options that unlock with the key file that is found; notices are collected. */
    public VaultOptions options() {
        return options(Unlocker.NONE);
    }

    /** Options with an unlocker; notices are collected. */
    public VaultOptions options(Unlocker unlocker) {
        return VaultOptions.at(location(), unlocker)
                .withPassphraseCost(KdfParameters::cheapest)
                .withNotices(notice -> {
                    synchronized (notices) {
                        notices.add(notice);
                    }
                });
    }

    /** What users would have been told. */
    public List<String> notices() {
        synchronized (notices) {
            return List.copyOf(notices);
        }
    }

    /** A vault over the store, closed with this home. */
    public Vault vault() {
        return vault(options());
    }

    /** As {@link #vault()}, with other options. */
    public Vault vault(VaultOptions options) {
        Vault vault = new Vault(options);
        synchronized (vaults) {
            vaults.push(vault);
        }
        return vault;
    }

    /** Closes all vaults given out so far, so that the database is one file again. */
    public void closeVaults() {
        synchronized (vaults) {
            vaults.forEach(Vault::close);
            vaults.clear();
        }
    }

    /** Does something with a vault that is closed afterwards. */
    void using(java.util.function.Consumer<Vault> work) {
        try (Vault vault = new Vault(options())) {
            work.accept(vault);
        }
    }

    /** What {@code verify} finds wrong. */
    List<Finding> findings() {
        try (Vault vault = new Vault(options())) {
            return vault.verify(Progress.NONE).findings();
        }
    }

    /** Another home with the same files. */
    TestHome copy() {
        TestHome copy = empty();
        copyTree(folder, copy.folder);
        return copy;
    }

    /** Brings database and marker back to what they are in another home. */
    void takeFrom(TestHome other, String... files) {
        for (String name : files) {
            try {
                if (Files.exists(other.file(name))) {
                    Files.copy(
                            other.file(name),
                            file(name),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.COPY_ATTRIBUTES);
                } else {
                    Files.deleteIfExists(file(name));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** All bytes of the store as they are on disk: every file but the key files and locks. */
    public byte[] bytesAtRest() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(f -> !f.toString().endsWith(".key"))
                    .sorted()
                    .toList()) {
                all.writeBytes(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toByteArray();
    }

    /** A secret of any keys. */
    public static Secret secret(String name, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(SecretName.of(name), content);
    }

    /** A secret's content in clear. */
    public static Map<String, String> revealed(Secret secret) {
        Map<String, String> values = new LinkedHashMap<>();
        secret.content().forEach((key, value) -> values.put(key, value.revealText()));
        secret.close();
        return values;
    }

    private static void copyTree(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!target.equals(to)) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closeVaults();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, java.io.IOException e) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
