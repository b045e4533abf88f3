package dev.coffer.flavor;

import static dev.coffer.component.ComponentType.SECRETS_MANAGER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.secrets.ConditionalWritesContract;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.UntrustedStorageContract;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of a flavor of one's own, as somebody else has it: built into a jar of its own against the built coffer
 * alone, registered by the real command, and put through the published contracts as coffer then loads it. Its own test,
 * which runs the contract in each scope, is compiled and run as that person would do it.
 */
class SharedFolderIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));
    private static final Path SOURCES = CHECKOUT.resolve("src/test/resources/shared-folder/com/example");
    private static final Path RUN_TESTS = CHECKOUT.resolve("src/test/resources/sample-project/shop/RunTests.java");
    private static final String COFFER = CHECKOUT.resolve("target/coffer.jar").toString();
    private static final String CONTRACTS =
            CHECKOUT.resolve("target/coffer-tests.jar").toString();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static Path place;

    @SuppressWarnings("NullAway.Init") // made before all tests
    private static Coffer coffer;

    @BeforeAll
    static void registerByTheRealCommand() throws Exception {
        Path classes = Files.createDirectory(place.resolve("classes"));
        compile(classes, COFFER, SOURCES.resolve("SharedFolder.java"));
        java.util.spi.ToolProvider jar =
                java.util.spi.ToolProvider.findFirst("jar").orElseThrow();
        assertEquals(0, jar.run(System.out, System.err, "cf", jar().toString(), "-C", classes.toString(), "."));

        String said = run(
                CHECKOUT.resolve("bin/coffer").toString(),
                "--home",
                home().toString(),
                "secrets-manager",
                "flavor",
                "register",
                "com.example.SharedFolder",
                "--jar",
                jar().toString());
        assertTrue(said.contains("registered the flavor shared-folder"), said);

        coffer = Coffer.open(CofferOptions.fromEnvironment(Map.of()).withHome(home()));
    }

    @AfterAll
    static void close() {
        coffer.close();
    }

    private static Path jar() {
        return place.resolve("shared-folder.jar");
    }

    private static Path home() {
        return place.resolve("home");
    }

    @Test
    void itsOwnTest_compiledAgainstTheTwoJars_passes() throws Exception {
        Path classes = Files.createDirectory(place.resolve("test-classes"));
        String classPath = String.join(File.pathSeparator, jar().toString(), COFFER, CONTRACTS, libraries());
        compile(classes, classPath, SOURCES.resolve("SharedFolderTest.java"), RUN_TESTS);
        String said = run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + File.pathSeparator + classPath,
                "shop.RunTests",
                "com.example.SharedFolderTest");
        String last = said.strip().replaceAll("(?s).*\n", "");
        assertTrue(last.matches("(\\d{3,}) of \\1 succeeded"), said);
    }

    private static void compile(Path classes, String classPath, Path... sources) {
        List<String> arguments =
                new ArrayList<>(List.of("-d", classes.toString(), "-cp", classPath, "-proc:none", "-Xlint:all,-path"));
        arguments.addAll(List.of("-Werror", "--release", "17"));
        Arrays.stream(sources).map(Path::toString).forEach(arguments::add);
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)));
    }

    /** JUnit's jars among them, and nothing that was compiled here. */
    private static String libraries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        entry.contains("junit") || entry.contains("opentest4j") || entry.contains("apiguardian"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("COFFER_"));
        builder.environment().put("COFFER_JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private static SecretsManagerFlavor flavor() {
        return (SecretsManagerFlavor)
                coffer.flavors().find(SECRETS_MANAGER, "shared-folder").orElseThrow();
    }

    /** As coffer makes it; that it comes to this from the command line, a transcript shows. */
    private static SecretsManager open(Path folder, String component, Map<String, String> more) {
        Map<String, String> attributes = new TreeMap<>(more);
        attributes.put("folder", folder.toString());
        attributes.put("key", "JSfmZNUKr5WBw1pVKZvR8vwLRjR0QBIBHSEpzHpuHQE=");
        UUID id = UUID.nameUUIDFromBytes(component.getBytes(StandardCharsets.UTF_8));
        ComponentDefinition definition =
                new ComponentDefinition(SECRETS_MANAGER, "shared-folder", component, id, attributes);
        return flavor().create(definition, coffer.vault().schemas());
    }

    /** In one scope: its own test runs the whole contract in each. */
    @Nested
    class Operations extends SecretsManagerContract {
        @TempDir
        @SuppressWarnings("NullAway.Init") // JUnit sets it
        Path folder;

        private final Map<String, String> scope = Map.of("scope", "namespace", "namespace", "team-a");

        @Override
        protected SecretsManager open() {
            return SharedFolderIT.open(folder, "here", scope);
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderIT.open(folder, "there", Map.of());
        }

        @Override
        protected Optional<SecretsManager> openBroken() {
            return Optional.of(SharedFolderIT.open(folder.resolve("missing"), "here", scope));
        }

        @Override
        protected Optional<byte[]> rawBytesAtRest() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.writeBytes(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                    all.writeBytes(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Optional.of(all.toByteArray());
        }

        @Override
        protected Set<Class<? extends ContractFixture>> capabilityTests() {
            return Set.of(ConditionalWrites.class, Traces.class);
        }
    }

    @Nested
    class Scopes extends ScopeContract {
        @TempDir
        @SuppressWarnings("NullAway.Init") // JUnit sets it
        Path folder;

        @Override
        protected SecretsManager openScoped(String component, Map<String, String> attributes) {
            return SharedFolderIT.open(folder, component, attributes);
        }

        @Override
        protected List<AttributeDeclaration> declared() {
            return flavor().attributes();
        }
    }

    @Nested
    class ConditionalWrites extends ConditionalWritesContract {
        @TempDir
        @SuppressWarnings("NullAway.Init") // JUnit sets it
        Path folder;

        @Override
        protected SecretsManager open() {
            return SharedFolderIT.open(folder, "here", Map.of());
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderIT.open(folder, "there", Map.of());
        }
    }

    @Nested
    class Traces extends UntrustedStorageContract {
        @TempDir
        @SuppressWarnings("NullAway.Init") // JUnit sets it
        Path folder;

        @Override
        protected SecretsManager open() {
            return SharedFolderIT.open(folder, "here", Map.of());
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderIT.open(folder, "there", Map.of());
        }
    }
}
