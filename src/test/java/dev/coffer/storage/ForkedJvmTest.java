package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.SecretName;
import dev.coffer.vault.TestHome;
import dev.coffer.vault.Unlocker;
import dev.coffer.vault.Vault;
import dev.coffer.vault.VaultOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What only a process of its own can show: the classes that it loads, the umask that it has, the heap that it needs. */
class ForkedJvmTest {
    private static final int HANG_SECONDS = 120;

    /** A program that reads one secret. */
    static final class Get {
        private Get() {}

        public static void main(String[] arguments) {
            try (Vault vault = new Vault(options(arguments[0]))) {
                TestHome.revealed(vault.secretsOf(TestHome.HERE).get(SecretName.of("a")));
            }
        }
    }

    /** A program that makes a store, uses everything that makes files, and lists them while the store is open. */
    static final class MakeEverything {
        private MakeEverything() {}

        public static void main(String[] arguments) throws IOException {
            VaultOptions options = options(arguments[0] + "/deep/home");
            Path folder = options.location().dataFolder();
            Vault.create(options, Optional.empty());
            try (Vault vault = new Vault(options)) {
                vault.secretsOf(TestHome.HERE).register(TestHome.secret("a", "k", "v"));
                vault.keys().addSlot(dev.coffer.vault.KeyInput.keyFile(folder.resolve("more/other.key")));
                vault.backup(folder.resolve("backup"), dev.coffer.secrets.Progress.NONE);
                Vault.restore(options, folder.resolve("backup"), true, dev.coffer.secrets.Progress.NONE);
                vault.secretsOf(TestHome.HERE).register(TestHome.secret("b", "k", "v"));
                list(Path.of(arguments[0]));
            }
        }

        private static void list(Path folder) throws IOException {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(f -> !f.equals(folder)).toList()) {
                    System.out.println(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + " "
                            + folder.relativize(file));
                }
            }
        }
    }

    /** A program that rotates and lists the history of more than its heap holds. */
    static final class RotateLarge {
        private RotateLarge() {}

        public static void main(String[] arguments) {
            try (Vault vault = new Vault(options(arguments[0]))) {
                vault.keys().rotate(dev.coffer.secrets.Progress.NONE);
                vault.keys().rotateDeks(dev.coffer.secrets.Progress.NONE);
                System.out.println(vault.secretsOf(TestHome.HERE)
                        .history(SecretName.of("large"))
                        .size());
                System.out.println(
                        vault.verify(dev.coffer.secrets.Progress.NONE).findings());
            }
        }
    }

    private static VaultOptions options(String home) {
        return VaultOptions.at(dev.coffer.vault.StoreLocation.inHome(Path.of(home)), Unlocker.NONE);
    }

    private static String fork(List<String> jvmArguments, Class<?> program, Path home) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), program.getName(), home.toString()));
        Path output = Files.createTempFile("coffer-fork", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("hangs: " + Files.readString(output));
            }
            String said = Files.readString(output);
            assertEquals(0, process.exitValue(), said);
            return said;
        } finally {
            Files.delete(output);
        }
    }

    @Test
    void get_loadsNeitherFlywayNorDatabind() throws Exception {
        try (TestHome home = TestHome.create()) {
            try (Vault vault = new Vault(home.options())) {
                vault.secretsOf(TestHome.HERE).register(TestHome.secret("a", "k", "v"));
            }
            String loaded = fork(List.of("-Xlog:class+load"), Get.class, home.folder());
            assertTrue(loaded.contains("dev.coffer.storage.StoreDatabase"), "the probe sees nothing");
            for (String heavy :
                    List.of("org.flywaydb", "com.fasterxml.jackson.databind", "org.bouncycastle", "picocli")) {
                assertFalse(loaded.contains(" " + heavy), heavy);
            }
        }
    }

    @Test
    void everyFile_isPrivate_alsoWithoutUmask() throws Exception {
        Path folder = Files.createTempDirectory("coffer-umask");
        try {
            TreeMap<String, String> modes = new TreeMap<>();
            fork(List.of(), MakeEverything.class, folder)
                    .lines()
                    .filter(l -> l.matches("[rwx-]{9} .*"))
                    .forEach(line -> modes.put(line.substring(10), line.substring(0, 9)));
            for (String expected : List.of(
                    "deep",
                    "deep/home",
                    "deep/home/keys",
                    "deep/home/more",
                    "deep/home/more/other.key",
                    "deep/home/coffer.db",
                    "deep/home/coffer.db-wal",
                    "deep/home/coffer.db-shm",
                    "deep/home/coffer.db.lock",
                    "deep/home/last-seen",
                    "deep/home/last-seen.lock",
                    "deep/home/backup")) {
                assertTrue(modes.containsKey(expected), () -> expected + " is not among " + modes);
            }
            assertTrue(modes.keySet().stream().anyMatch(f -> f.contains(".replaced-")), modes::toString);
            modes.forEach((file, mode) -> assertTrue(
                    mode.equals(Files.isDirectory(folder.resolve(file)) ? "rwx------" : "rw-------"),
                    () -> file + " has " + mode));
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void rotationAndHistory_needNoHeapForTheWholeStore() throws Exception {
        try (TestHome home = TestHome.create()) {
            try (Vault vault = new Vault(home.options())) {
                vault.secretsOf(TestHome.HERE).register(TestHome.secret("large", "k", "v"));
                for (int i = 0; i < 50; i++) {
                    vault.secretsOf(TestHome.HERE)
                            .update(TestHome.secret("large", "k", i + "x".repeat(1_000_000)), OptionalLong.empty());
                }
            }
            assertEquals(
                    List.of("51", "[]"),
                    fork(List.of("-Xmx40m"), RotateLarge.class, home.folder())
                            .lines()
                            .filter(line -> !line.startsWith("WARNING") && !line.isBlank())
                            .toList());
        }
    }
}
