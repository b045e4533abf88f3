package dev.coffer.flavor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.InvalidException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlavorsTest {
    private static final Flavor MEMORY = new MemoryFlavor(Clock.systemUTC());
    private static final ComponentType SECRETS_MANAGER = ComponentType.SECRETS_MANAGER;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void find_builtIn_doesNotSearchTheClassPath() {
        Flavors flavors = Flavors.of(List.of(MEMORY), new NoClassPath());
        assertEquals(Optional.of(MEMORY), flavors.find(SECRETS_MANAGER, "memory"));
        assertThrows(AssertionError.class, () -> flavors.find(SECRETS_MANAGER, "other"));
        assertThrows(AssertionError.class, () -> flavors.list(SECRETS_MANAGER));
    }

    @Test
    void find_onTheClassPath_isFound() throws IOException {
        Flavors flavors = Flavors.of(List.of(MEMORY), classPathWith(Attic.class));
        Flavor found = flavors.find(SECRETS_MANAGER, "attic").orElseThrow();
        assertEquals(Attic.class, found.getClass());
        assertEquals(Optional.of(found), flavors.find(SECRETS_MANAGER, "attic"));
    }

    @Test
    void find_unknownNameOrOtherType_isEmpty() throws IOException {
        Flavors flavors = Flavors.of(List.of(MEMORY), classPathWith(Attic.class));
        assertEquals(Optional.empty(), flavors.find(SECRETS_MANAGER, "cellar"));
        assertEquals(Optional.empty(), flavors.find(new ComponentType("orchestrator"), "memory"));
        assertEquals(Optional.empty(), flavors.find(SECRETS_MANAGER, "Memory"));
    }

    @Test
    void list_isSorted_andOfOneType() throws IOException {
        Flavors flavors = Flavors.of(List.of(MEMORY), classPathWith(Zoo.class, Attic.class, AtticOrchestrator.class));
        assertEquals(
                List.of("attic", "memory", "zoo"),
                flavors.list(SECRETS_MANAGER).stream().map(Flavor::name).toList());
        assertEquals(1, flavors.list(new ComponentType("orchestrator")).size());
        assertEquals(List.of(), flavors.list(new ComponentType("artifact-store")));
    }

    @Test
    void list_ofTheRealClassPath_holdsTheBuiltIn() {
        assertTrue(Flavors.of(List.of(MEMORY)).list(SECRETS_MANAGER).contains(MEMORY));
    }

    @Test
    void duplicate_amongBuiltIn_namesBothClasses() {
        InvalidException e =
                assertThrows(InvalidException.class, () -> Flavors.of(List.of(new Attic(), new OtherAttic())));
        assertNames(e, Attic.class, OtherAttic.class);
    }

    @Test
    void duplicate_onTheClassPath_namesBothClasses() throws IOException {
        Flavors flavors = Flavors.of(List.of(MEMORY), classPathWith(Attic.class, OtherAttic.class));
        assertNames(
                assertThrows(InvalidException.class, () -> flavors.list(SECRETS_MANAGER)),
                Attic.class,
                OtherAttic.class);
        assertEquals(Optional.of(MEMORY), flavors.find(SECRETS_MANAGER, "memory"));
    }

    @Test
    void duplicate_ofABuiltIn_namesBothClasses_neverReplacesIt() throws IOException {
        Attic builtIn = new Attic();
        Flavors flavors = Flavors.of(List.of(builtIn), classPathWith(OtherAttic.class));
        assertEquals(Optional.of(builtIn), flavors.find(SECRETS_MANAGER, "attic"));
        assertNames(
                assertThrows(InvalidException.class, () -> flavors.list(SECRETS_MANAGER)),
                Attic.class,
                OtherAttic.class);
    }

    @Test
    void broken_onTheClassPath_isNamed() throws IOException {
        for (Class<?> broken : List.of(Collapsing.class, NotAFlavor.class, Unreachable.class, Mute.class)) {
            Flavors flavors = Flavors.of(List.of(MEMORY), classPathWith(Attic.class, broken));
            InvalidException e = assertThrows(InvalidException.class, () -> flavors.list(SECRETS_MANAGER));
            assertTrue(e.getMessage().contains(broken.getName()), e.getMessage());
        }
        Flavors flavors = Flavors.of(List.of(), classPathWith("com.example.Gone"));
        InvalidException e = assertThrows(InvalidException.class, () -> flavors.find(SECRETS_MANAGER, "gone"));
        assertTrue(e.getMessage().contains("com.example.Gone"), e.getMessage());
    }

    private static void assertNames(InvalidException e, Class<?>... classes) {
        for (Class<?> one : classes) {
            assertTrue(e.getMessage().contains(one.getName()), e.getMessage());
        }
        assertEquals(Optional.of("attic"), e.name());
    }

    private ClassLoader classPathWith(Class<?>... providers) throws IOException {
        return classPathWith(List.of(providers).stream().map(Class::getName).toArray(String[]::new));
    }

    private ClassLoader classPathWith(String... providers) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(services.resolve(Flavor.class.getName()), List.of(providers));
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, FlavorsTest.class.getClassLoader());
    }

    /** Fails whoever looks for services. */
    private static final class NoClassPath extends ClassLoader {
        @Override
        public Enumeration<URL> getResources(String name) {
            throw new AssertionError("the class path was searched for " + name);
        }
    }

    abstract static class Named implements Flavor {
        private final ComponentType type;
        private final String name;

        Named(ComponentType type, String name) {
            this.type = type;
            this.name = name;
        }

        @Override
        public ComponentType type() {
            return type;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return "for this test";
        }

        @Override
        public List<AttributeDeclaration> attributes() {
            return List.of();
        }
    }

    /** A flavor. */
    public static final class Attic extends Named {
        /** For the loader. */
        public Attic() {
            super(SECRETS_MANAGER, "attic");
        }
    }

    /** Another flavor of the same name. */
    public static final class OtherAttic extends Named {
        /** For the loader. */
        public OtherAttic() {
            super(SECRETS_MANAGER, "attic");
        }
    }

    /** The same name, another type. */
    public static final class AtticOrchestrator extends Named {
        /** For the loader. */
        public AtticOrchestrator() {
            super(new ComponentType("orchestrator"), "attic");
        }
    }

    /** A flavor that sorts last. */
    public static final class Zoo extends Named {
        /** For the loader. */
        public Zoo() {
            super(SECRETS_MANAGER, "zoo");
        }
    }

    /** Cannot be constructed. */
    public static final class Collapsing extends Named {
        /** For the loader. */
        public Collapsing() {
            super(SECRETS_MANAGER, "collapsing");
            throw new IllegalStateException("collapsed");
        }
    }

    /** Does not tell its name. */
    public static final class Mute extends Named {
        /** For the loader. */
        public Mute() {
            super(SECRETS_MANAGER, "mute");
        }

        @Override
        public String name() {
            throw new IllegalStateException("mute");
        }
    }

    /** Has no constructor that the loader could use. */
    public static final class Unreachable extends Named {
        Unreachable(String name) {
            super(SECRETS_MANAGER, name);
        }
    }

    /** Is something else. */
    public static final class NotAFlavor {}
}
