package dev.coffer.component;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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

    private String added(Path file) {
        ExtensionJar jar = ExtensionJar.read(file);
        jars.add(jar);
        return jar.sha256();
    }

    private String failure(String name, String source) throws IOException {
        ClassLoader loader = jars.load(added(jar(name, source)));
        ExtensionException e =
                assertThrows(ExtensionException.class, () -> ExtensionClasses.create(loader, name, Supplier.class));
        assertEquals(Reason.UNFIT, e.reason());
        return String.valueOf(e.getMessage());
    }

    @Test
    void aJarIsCopiedForItsOwnerAloneAndLoaded() throws IOException {
        Path source = jar("Good", GOOD);
        String hash = added(source);
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
        String hash = added(source);
        Path copy = temp.resolve("data/extensions/" + hash + ".jar");
        Files.write(copy, Files.readAllBytes(jar("Other", GOOD.replace("Good", "Other"))));
        ExtensionException e = assertThrows(ExtensionException.class, () -> jars.load(hash));
        assertEquals(Reason.CHANGED, e.reason());
        assertTrue(e.getMessage().contains(hash), e.getMessage());
        assertTrue(e.hint().contains("--jar FILE"), e.hint());
        assertEquals(hash, added(source));
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
                assertThrows(ExtensionException.class, () -> added(text)).reason());
        assertEquals(
                Reason.FILE,
                assertThrows(ExtensionException.class, () -> added(temp.resolve("gone.jar")))
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
        ClassLoader loader = jars.load(added(jar("Good", GOOD)));
        assertThrows(ExtensionException.class, () -> ExtensionClasses.find(loader, "Absent"));
    }

    @Test
    void aClassUnderAnotherName_isNotToldAsAMissingOne() throws IOException {
        Path classes = jar("Good", GOOD).resolveSibling("classes-Good");
        Path jar = temp.resolve("misnamed.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("Bad.class"));
            out.write(Files.readAllBytes(classes.resolve("Good.class")));
        }
        ClassLoader loader = jars.load(added(jar));
        ExtensionException e =
                assertThrows(ExtensionException.class, () -> ExtensionClasses.create(loader, "Bad", Supplier.class));
        assertEquals("the class Bad is another one by what is in its file", e.getMessage());
    }

    @Test
    void aClassInAPackageOfJavasOwn_isToldSo() throws IOException {
        Path jar = temp.resolve("java.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("java/attic/Good.class"));
            out.write(Files.readAllBytes(jar("Good", GOOD).resolveSibling("classes-Good/Good.class")));
        }
        ClassLoader loader = jars.load(added(jar));
        ExtensionException e =
                assertThrows(ExtensionException.class, () -> ExtensionClasses.find(loader, "java.attic.Good"));
        assertEquals("the class java.attic.Good is in a package of Java's own", e.getMessage());
    }

    @Test
    void keepOnly_removesOtherJars_andWhatAnInterruptedCopyLeft() throws IOException {
        jars.keepOnly(Set.of()); // before there is a folder
        assertFalse(jars.exist());
        String kept = added(jar("Good", GOOD));
        String other = added(jar("Other", GOOD.replace("Good", "Other")));
        Path folder = temp.resolve("data/extensions");
        Files.writeString(folder.resolve(".extension123.tmp"), "half a jar");
        Files.writeString(folder.resolve("notes.txt"), "not a jar");
        jars.changing(() -> {
            jars.keepOnly(Set.of(kept));
            return true;
        });
        assertNotNull(jars.load(kept));
        assertThrows(ExtensionException.class, () -> jars.load(other));
        assertFalse(Files.exists(folder.resolve(".extension123.tmp")));
        assertTrue(Files.exists(folder.resolve("notes.txt")));
    }

    @Test
    void changing_isForOneAtATime_andItsLockForItsOwnerAlone() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExtensionJars others = new ExtensionJars(temp.resolve("data/extensions"));
        List<Callable<Integer>> changes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ExtensionJars mine = i % 2 == 0 ? jars : others;
            changes.add(() -> mine.changing(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                LockSupport.parkNanos(5_000_000);
                return inside.decrementAndGet();
            }));
        }
        ExecutorService threads = Executors.newFixedThreadPool(changes.size());
        try {
            for (Future<Integer> change : threads.invokeAll(changes)) {
                change.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, most.get());
        Path lock = temp.resolve("data/extensions/.lock");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)));
    }
}
