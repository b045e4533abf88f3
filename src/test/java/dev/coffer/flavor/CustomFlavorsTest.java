package dev.coffer.flavor;

import static dev.coffer.component.ComponentType.SECRETS_MANAGER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.Flavor;
import dev.coffer.schema.CustomSchemas;
import dev.coffer.secrets.ExtensionRecords;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flavors that are registered: found by name, loaded only then, and only from the jar that was registered. */
class CustomFlavorsTest {
    private static final String NAME = "return \"attic\";";
    private static final String DESCRIPTION = "return \"under the roof\";";
    private static final String ATTRIBUTES = "return List.of();";

    private static final String SMUGGLING = "class Smuggler<T extends Throwable> {"
            + " @SuppressWarnings(\"unchecked\") void run(Throwable t) throws T { throw (T) t; } }"
            + " new Smuggler<RuntimeException>().run(new java.io.IOException(\"hunter2\")); return \"\";";
    private static final String BROKEN_LIST = "return new AbstractList<AttributeDeclaration>() {"
            + " public int size() { return 1; }"
            + " public AttributeDeclaration get(int i) { throw new IllegalStateException(\"hunter2\"); } };";

    @TempDir
    Path temp;

    private Coffer coffer;

    @BeforeEach
    void open() {
        coffer = open("home");
    }

    private Coffer open(String home) {
        return Coffer.open(CofferOptions.fromEnvironment(Map.of()).withHome(temp.resolve(home)));
    }

    @AfterEach
    void close() {
        coffer.close();
    }

    /** A jar with the flavors {@code Attic}, whose managers are those of the memory flavor, and {@code Attic$Box}. */
    private Path jar(String name, String description, String attributes) throws IOException {
        String source = "import dev.coffer.component.*; import dev.coffer.secrets.*; import java.util.*;"
                + "public class Attic implements SecretsManagerFlavor {"
                + "private final SecretsManagerFlavor memory ="
                + " new dev.coffer.flavor.MemoryFlavor(java.time.Clock.systemUTC());"
                + "public String name() {" + name + "}"
                + "public String description() {" + description + "}"
                + "public List<AttributeDeclaration> attributes() {" + attributes + "}"
                + "public SecretsManager create(ComponentDefinition d, SecretSchemas s)"
                + " { return memory.create(d, s); }"
                + "public static class Box extends Attic { public String name() { return \"box\"; } } }";
        Path classes = Files.createTempDirectory(temp, "classes");
        var text = new SimpleJavaFileObject(URI.create("string:///Attic.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        // Not on the class path of this JVM: surefire's may be in the manifest of a jar.
        String coffer = Path.of(URI.create(Flavor.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        var options = List.of("-d", classes.toString(), "-proc:none", "-cp", coffer);
        assertTrue(ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, List.of(text))
                .call());
        Path jar = classes.resolve("attic.jar");
        List<Path> entries;
        try (Stream<Path> files = Files.list(classes)) {
            entries = files.sorted().toList();
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path entry : entries) {
                out.putNextEntry(new JarEntry(entry.getFileName().toString()));
                out.write(Files.readAllBytes(entry));
            }
        }
        return jar;
    }

    private RegisteredFlavor register() throws IOException {
        return coffer.flavors().register("Attic", Optional.of(jar(NAME, DESCRIPTION, ATTRIBUTES)), false);
    }

    private Path copy(RegisteredFlavor flavor) {
        return temp.resolve("home/extensions").resolve(flavor.jar().orElseThrow() + ".jar");
    }

    private Optional<Flavor> found() {
        return coffer.flavors().find(SECRETS_MANAGER, "attic");
    }

    @Test
    void aRegisteredFlavor_isFoundByName_alsoByTheNext_andMakesManagers() throws IOException {
        register();
        assertSame(found().orElseThrow(), found().orElseThrow());
        coffer.close();
        coffer = open("home");
        assertEquals("Attic", found().orElseThrow().getClass().getName());
        coffer.components().register(SECRETS_MANAGER, "roof", "attic", Map.of());
        try (SecretsManager manager = coffer.secretsManager("roof")) {
            assertEquals("roof", manager.name());
        }
    }

    /** A flavor gets what it declares, also where a secret stands for it. */
    @Test
    void aReferenceToAnotherKindOfValue_isRefused_withoutTheValue() throws IOException {
        String port =
                "new AttributeDeclaration(\"port\", AttributeDeclaration.Kind.NUMBER, true, Optional.empty(), \"\", false)";
        coffer.flavors().register("Attic", Optional.of(jar(NAME, DESCRIPTION, "return List.of(" + port + ");")), false);
        coffer.secrets()
                .registerSecret(Secret.of(
                        SecretName.of("db"), Map.of("good", SecretValue.of("5432"), "bad", SecretValue.of("hunter2"))));
        coffer.components().register(SECRETS_MANAGER, "good", "attic", Map.of("port", "{{db.good}}"));
        coffer.components().register(SECRETS_MANAGER, "bad", "attic", Map.of("port", "{{db.bad}}"));
        coffer.secretsManager("good").close();
        InvalidException e = assertThrows(InvalidException.class, () -> coffer.secretsManager("bad"));
        assertEquals("the attribute port of bad takes a whole number", e.getMessage());
        assertThrows(
                InvalidException.class,
                () -> coffer.components().register(SECRETS_MANAGER, "none", "attic", Map.of("port", "\\{{db.good}}")));
    }

    @Test
    void aListing_runsNoCode_andNeedsNoJar() throws IOException {
        Files.delete(copy(register()));
        assertTrue(coffer.flavors()
                .entries(SECRETS_MANAGER)
                .contains(new Flavors.Entry("attic", Flavors.Source.REGISTERED, "under the roof")));
    }

    @Test
    void aMissingOrChangedJar_isRefused_withTheWayOut() throws IOException {
        Path copy = copy(register());
        Files.writeString(copy, "more", StandardOpenOption.APPEND);
        String hint = String.valueOf(
                assertThrows(IntegrityException.class, this::found).hint());
        assertTrue(hint.contains("flavor register Attic --jar FILE --replace"), hint);
        Files.delete(copy);
        assertThrows(StoreFileException.class, this::found);
        coffer.flavors().register("Attic", Optional.of(jar(NAME, DESCRIPTION, ATTRIBUTES)), true);
        assertTrue(found().isPresent());
    }

    @Test
    void aName_isTakenOnce_unlessReplaced() throws IOException {
        RegisteredFlavor first = register();
        Path other = jar(NAME, "return \"in the cellar\";", ATTRIBUTES);
        assertThrows(RecordExistsException.class, () -> coffer.flavors().register("Attic", Optional.of(other), false));
        RegisteredFlavor second = coffer.flavors().register("Attic", Optional.of(other), true);
        assertNotEquals(first.jar(), second.jar());
        assertEquals("in the cellar", found().orElseThrow().description());
        Path local = jar("return \"local\";", DESCRIPTION, ATTRIBUTES);
        assertThrows(RecordExistsException.class, () -> coffer.flavors().register("Attic", Optional.of(local), true));
    }

    /** Somebody else registers the name just when it was found to be free. */
    @Test
    void aNameThatIsTakenMeanwhile_isNotReplaced() throws IOException {
        Path mine = jar(NAME, "return \"in the cellar\";", ATTRIBUTES);
        boolean[] taken = new boolean[1];
        RecordStore store = coffer.vault();
        RecordStore overtaken = (RecordStore) Proxy.newProxyInstance(
                RecordStore.class.getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, given) -> {
                    try {
                        Object answer = method.invoke(store, given);
                        if (method.getName().equals("findRecord") && !taken[0]) {
                            taken[0] = true;
                            register();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Flavors flavors = Flavors.of(
                List.of(new MemoryFlavor(Clock.systemUTC())),
                overtaken,
                coffer.vault().extensions());
        assertThrows(RecordExistsException.class, () -> flavors.register("Attic", Optional.of(mine), false));
        assertTrue(taken[0]);
        assertEquals("under the roof", found().orElseThrow().description());
    }

    @Test
    void whatTheClassGetsWrong_isToldWithoutItsText() throws IOException {
        assertUnfit(
                "failed in name() with", jar("throw new IllegalStateException(\"hunter2\");", DESCRIPTION, ATTRIBUTES));
        assertUnfit("failed in name() with", jar("throw new AssertionError(\"hunter2\");", DESCRIPTION, ATTRIBUTES));
        assertUnfit("failed in name() with", jar("return name();", DESCRIPTION, ATTRIBUTES));
        assertUnfit("failed in name() with java.io.IOException", jar(SMUGGLING, DESCRIPTION, ATTRIBUTES));
        assertUnfit("failed in attributes() with java.lang.IllegalState", jar(NAME, DESCRIPTION, BROKEN_LIST));
        assertUnfit(
                "its type is orchestrator",
                jar(
                        NAME,
                        DESCRIPTION + "} public ComponentType type() { return new ComponentType(\"orchestrator\");",
                        ATTRIBUTES));
        assertUnfit("null from name()", jar("return null;", DESCRIPTION, ATTRIBUTES));
        assertUnfit("kebab-case", jar("return \"At/tic\";", DESCRIPTION, ATTRIBUTES));
        assertUnfit("null from description()", jar(NAME, "return null;", ATTRIBUTES));
        assertUnfit("null from attributes()", jar(NAME, DESCRIPTION, "return null;"));
        String box =
                "new AttributeDeclaration(\"box\", AttributeDeclaration.Kind.TEXT, true, Optional.empty(), \"\", false)";
        assertUnfit("box twice", jar(NAME, DESCRIPTION, "return List.of(" + box + ", " + box + ");"));
        assertUnfit(
                "a part that is null",
                jar(
                        NAME,
                        DESCRIPTION,
                        "return List.of(" + box.replace("AttributeDeclaration.Kind.TEXT", "null") + ");"));
        assertEquals(
                List.of("aws", "azure", "gcp", "github", "local", "memory", "postgres", "vault"),
                coffer.flavors().entries(SECRETS_MANAGER).stream()
                        .map(Flavors.Entry::name)
                        .toList());
    }

    private void assertUnfit(String expected, Path jar) {
        String message = String.valueOf(assertThrows(
                        InvalidException.class, () -> coffer.flavors().register("Attic", Optional.of(jar), false))
                .getMessage());
        assertTrue(message.contains("Attic") && message.contains(expected), message);
        assertTrue(!message.contains("hunter2"), message);
    }

    @Test
    void aDeletedFlavor_isGone_andBuiltInOnesStay() throws IOException {
        register();
        coffer.flavors().delete(SECRETS_MANAGER, "attic");
        assertEquals(Optional.empty(), found());
        assertThrows(NoSuchRecordException.class, () -> coffer.flavors().delete(SECRETS_MANAGER, "attic"));
        assertThrows(NoSuchRecordException.class, () -> coffer.flavors().delete(SECRETS_MANAGER, "local"));
    }

    // Jars: each is there as long as a record names it, and no longer.

    private List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("home/extensions"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    private static String file(RegisteredFlavor flavor) {
        return flavor.jar().orElseThrow() + ".jar";
    }

    @Test
    void theJarOfARefusedFlavor_isNotKept() throws IOException {
        RegisteredFlavor kept = register();
        Path other = jar(NAME, "return \"in the cellar\";", ATTRIBUTES);
        assertThrows(RecordExistsException.class, () -> coffer.flavors().register("Attic", Optional.of(other), false));
        assertUnfit("kebab-case", jar("return \"At/tic\";", DESCRIPTION, ATTRIBUTES));
        assertEquals(List.of(file(kept)), jars());
    }

    @Test
    void theJarOfADeletedOrReplacedFlavor_isRemoved() throws IOException {
        register();
        Path other = jar(NAME, "return \"in the cellar\";", ATTRIBUTES);
        RegisteredFlavor second = coffer.flavors().register("Attic", Optional.of(other), true);
        assertEquals(List.of(file(second)), jars());
        coffer.flavors().delete(SECRETS_MANAGER, "attic");
        assertEquals(List.of(), jars());
    }

    @Test
    void aJarOfTwoFlavors_staysUntilBothAreDeleted() throws IOException {
        Path jar = jar(NAME, DESCRIPTION, ATTRIBUTES);
        RegisteredFlavor attic = coffer.flavors().register("Attic", Optional.of(jar), false);
        assertEquals(
                attic.jar(),
                coffer.flavors().register("Attic$Box", Optional.of(jar), false).jar());
        coffer.flavors().delete(SECRETS_MANAGER, "attic");
        assertEquals(List.of(file(attic)), jars());
        assertTrue(coffer.flavors().find(SECRETS_MANAGER, "box").isPresent());
        coffer.flavors().delete(SECRETS_MANAGER, "box");
        assertEquals(List.of(), jars());
    }

    @Test
    void theJarOfASchema_staysWhenAFlavorIsDeleted() throws IOException {
        Path jar = jar(NAME, DESCRIPTION, ATTRIBUTES);
        RegisteredFlavor attic = coffer.flavors().register("Attic", Optional.of(jar), false);
        byte[] schema = ("{\"form\":\"class\",\"class\":\"My\",\"jar\":\""
                        + attic.jar().orElseThrow() + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        coffer.vault()
                .changeRecords(List.of(
                        new RecordChange.Insert(ExtensionRecords.SCHEMA, UUID.randomUUID(), "my_login", schema)));
        coffer.flavors().delete(SECRETS_MANAGER, "attic");
        assertEquals(List.of(file(attic)), jars());
        new CustomSchemas(coffer.vault(), coffer.vault().extensions()).delete("my_login");
        assertEquals(List.of(), jars());
    }

    /** One registers what the other one's deletion could take away. */
    @Test
    void registering_whileAnotherDeletes_neverLosesTheJar() throws Exception {
        Path jar = jar(NAME, DESCRIPTION, ATTRIBUTES);
        coffer.flavors().register("Attic", Optional.of(jar), false); // makes the store
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Coffer other = open("home")) {
            List<Future<?>> running = List.of(
                    threads.submit(() -> churn(coffer, "Attic", "attic", jar)),
                    threads.submit(() -> churn(other, "Attic$Box", "box", jar)));
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(List.of(), jars());
    }

    private void churn(Coffer mine, String className, String name, Path jar) {
        for (int i = 0; i < 15; i++) {
            mine.flavors().register(className, Optional.of(jar), true);
            try (Coffer fresh = open("home")) { // one that has not loaded it yet
                assertTrue(fresh.flavors().find(SECRETS_MANAGER, name).isPresent());
            }
            mine.flavors().delete(SECRETS_MANAGER, name);
        }
    }

    // The class path

    /** A class path that declares the flavor {@code attic}. */
    private Flavors withAtticOnTheClassPath() throws IOException {
        Path services = Files.createDirectories(temp.resolve("path/META-INF/services"));
        Files.writeString(services.resolve(Flavor.class.getName()), FlavorsTest.Attic.class.getName());
        URL[] path = {temp.resolve("path").toUri().toURL()};
        return Flavors.of(
                List.of(new MemoryFlavor(Clock.systemUTC())),
                coffer.vault(),
                coffer.vault().extensions(),
                new URLClassLoader(path, CustomFlavorsTest.class.getClassLoader()));
    }

    @Test
    void aNameOnTheClassPath_isTaken_alsoForReplacing() throws IOException {
        Flavors flavors = withAtticOnTheClassPath();
        Path jar = jar(NAME, DESCRIPTION, ATTRIBUTES);
        for (boolean replace : new boolean[] {false, true}) {
            RecordExistsException e = assertThrows(
                    RecordExistsException.class, () -> flavors.register("Attic", Optional.of(jar), replace));
            assertTrue(e.getMessage().contains(FlavorsTest.Attic.class.getName()), e.getMessage());
        }
        assertEquals(Optional.empty(), flavors.registration(SECRETS_MANAGER, "attic"));
        assertEquals(
                "box", flavors.register("Attic$Box", Optional.of(jar), false).name());
    }

    @Test
    void aRegisteredFlavor_neverWinsSilently_overOneThatCameToTheClassPathLater() throws IOException {
        register();
        Flavors flavors = withAtticOnTheClassPath();
        InvalidException e = assertThrows(InvalidException.class, () -> flavors.find(SECRETS_MANAGER, "attic"));
        assertTrue(
                e.getMessage().contains("Attic, which is registered")
                        && e.getMessage().contains(FlavorsTest.Attic.class.getName()),
                e.getMessage());
        assertEquals(
                List.of(Flavors.Source.REGISTERED, Flavors.Source.CLASS_PATH),
                flavors.entries(SECRETS_MANAGER).stream()
                        .filter(entry -> entry.name().equals("attic"))
                        .map(Flavors.Entry::source)
                        .toList());
        flavors.delete(SECRETS_MANAGER, "attic");
        assertEquals(
                FlavorsTest.Attic.class,
                flavors.find(SECRETS_MANAGER, "attic").orElseThrow().getClass());
    }
}
