package dev.coffer.component;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ExtensionException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars are pinned by their hash, and each way in which a class fails is told apart. */
class ExtensionJarsTest {
    private static final String GOOD = "public class Good implements java.util.function.Supplier<String> {"
            + " public String get() { return \"made\"; } }";

    @TempDir
    Path temp;

    private ExtensionJars jars;

    @BeforeEach
    void setUp() {
        jars = new ExtensionJars(temp.resolve("data/extensions"));
    }

    private Path jar(String name, String source) throws IOException {
        Path classes = Files.createDirectories(temp.resolve("classes-" + name));
        var text = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var options = List.of("-d", classes.toString(), "-proc:none");
        assertTrue(ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, List.of(text))
                .call());
        Path jar = temp.resolve(name + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry(name + ".class"));
            out.write(Files.readAllBytes(classes.resolve(name + ".class")));
        }
        return jar;
    }

    private String failure(String name, String source) throws IOException {
        ClassLoader loader = jars.load(jars.add(jar(name, source)));
        ExtensionException e =
                assertThrows(ExtensionException.class, () -> ExtensionClasses.create(loader, name, Supplier.class));
        assertEquals(Reason.UNFIT, e.reason());
        return String.valueOf(e.getMessage());
    }

    @Test
    void aJarIsCopiedForItsOwnerAloneAndLoaded() throws IOException {
        Path source = jar("Good", GOOD);
        String hash = jars.add(source);
        Files.delete(source);
        Path copy = temp.resolve("data/extensions/" + hash + ".jar");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.getParent())));
        ClassLoader loader = jars.load(hash);
        assertEquals(
                "made", ExtensionClasses.create(loader, "Good", Supplier.class).get());
        try (var resource = loader.getResourceAsStream("Good.class")) {
            assertNotNull(resource);
        }
        assertSame(Flavor.class, ExtensionClasses.find(loader, Flavor.class.getName()));
    }

    @Test
    void aChangedJarIsRefusedUntilItIsAddedAgain() throws IOException {
        Path source = jar("Good", GOOD);
        String hash = jars.add(source);
        Path copy = temp.resolve("data/extensions/" + hash + ".jar");
        Files.write(copy, Files.readAllBytes(jar("Other", GOOD.replace("Good", "Other"))));
        ExtensionException e = assertThrows(ExtensionException.class, () -> jars.load(hash));
        assertEquals(Reason.CHANGED, e.reason());
        assertTrue(e.getMessage().contains(hash), e.getMessage());
        assertTrue(e.hint().contains("--jar FILE"), e.hint());
        assertEquals(hash, jars.add(source));
        assertNotNull(jars.load(hash));
    }

    @Test
    void aMissingJarAndAFileThatIsNoneAreToldApart() throws IOException {
        assertEquals(
                Reason.MISSING,
                assertThrows(ExtensionException.class, () -> jars.load("0".repeat(64)))
                        .reason());
        assertEquals(
                Reason.UNFIT,
                assertThrows(ExtensionException.class, () -> jars.load("../../etc"))
                        .reason());
        Path text = Files.writeString(temp.resolve("a.txt"), "no jar");
        assertEquals(
                Reason.UNFIT,
                assertThrows(ExtensionException.class, () -> jars.add(text)).reason());
        assertEquals(
                Reason.FILE,
                assertThrows(ExtensionException.class, () -> jars.add(temp.resolve("gone.jar")))
                        .reason());
    }

    @Test
    void eachWayInWhichAClassFailsIsNamed() throws IOException {
        assertEquals("the class Plain is no java.util.function.Supplier", failure("Plain", "public class Plain {}"));
        assertEquals(
                "the class Vague is abstract",
                failure("Vague", "public abstract class Vague implements java.util.function.Supplier<String> {}"));
        assertEquals(
                "the class Hidden is not public", failure("Hidden", GOOD.replace("public class Good", "class Hidden")));
        assertEquals(
                "the class Needy has no public constructor without parameters",
                failure("Needy", GOOD.replace("Good", "Needy").replace("{ public", "{ public Needy(int i) {} public")));
        assertEquals(
                "the constructor of Angry failed with java.lang.IllegalStateException",
                failure(
                        "Angry",
                        GOOD.replace("Good", "Angry")
                                .replace(
                                        "{ public",
                                        "{ public Angry() { throw new IllegalStateException(\"s3cret\"); } public")));
        // The jar holds the outer class alone.
        assertEquals(
                "the class Torn needs Torn$Part, which cannot be found",
                failure(
                        "Torn",
                        GOOD.replace("Good", "Torn")
                                .replace("{ public", "{ static class Part {} public Torn() { new Part(); } public")));
        ClassLoader loader = jars.load(jars.add(jar("Good", GOOD)));
        assertThrows(ExtensionException.class, () -> ExtensionClasses.find(loader, "Absent"));
    }
}
