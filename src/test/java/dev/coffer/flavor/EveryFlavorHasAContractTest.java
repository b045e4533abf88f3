package dev.coffer.flavor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.SecretsManagerContract;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every flavor class below this package has a test that extends the contract, named after it:
 * {@code MemoryFlavor} has {@code MemoryFlavorSecretsManagerContractTest}. The contract itself then demands one more
 * test for each capability that the flavor's managers have; those are named after the flavor too.
 */
class EveryFlavorHasAContractTest {
    @Test
    void everyFlavor_hasItsContract() throws Exception {
        List<Class<?>> flavors = flavorsBeside(Flavors.class);
        assertTrue(flavors.contains(MemoryFlavor.class), () -> "the search is blind: it found only " + flavors);
        List<String> troubles = new ArrayList<>();
        for (Class<?> flavor : flavors) {
            troubles.addAll(troublesWith(flavor));
        }
        assertEquals(List.of(), troubles);
    }

    @Test
    void aFlavorWithoutContract_isNoticed() throws Exception {
        List<Class<?>> planted = flavorsBeside(EveryFlavorHasAContractTest.class);
        assertTrue(planted.contains(UntestedFlavor.class), () -> "the search is blind: it found only " + planted);
        assertTrouble("has no test", troublesWith(UntestedFlavor.class));
        assertTrouble("is not a concrete subclass", troublesWith(UntestedFlavor.class, LooseContract.class));
        assertTrouble("is not a concrete subclass", troublesWith(UntestedFlavor.class, AbstractContract.class));
        assertTrouble(
                "a test of another flavor",
                troublesWith(UntestedFlavor.class, MemoryFlavorSecretsManagerContractTest.class));
    }

    private static void assertTrouble(String expected, List<String> troubles) {
        assertFalse(troubles.isEmpty());
        assertTrue(troubles.get(0).contains(expected), troubles.get(0));
    }

    /** Empty if the flavor is tested as it must be. */
    private static List<String> troublesWith(Class<?> flavor) throws ReflectiveOperationException {
        String test = flavor.getName() + "SecretsManagerContractTest";
        try {
            return troublesWith(flavor, Class.forName(test));
        } catch (ClassNotFoundException e) {
            return List.of(flavor + " has no test " + test);
        }
    }

    private static List<String> troublesWith(Class<?> flavor, Class<?> test) throws ReflectiveOperationException {
        if (!SecretsManagerContract.class.isAssignableFrom(test) || Modifier.isAbstract(test.getModifiers())) {
            return List.of(test + " is not a concrete subclass of " + SecretsManagerContract.class);
        }
        List<String> troubles = new ArrayList<>();
        for (Object capabilityTest : capabilityTests(test)) {
            if (!((Class<?>) capabilityTest).getName().startsWith(flavor.getName())) {
                troubles.add(test + " names " + capabilityTest + ", a test of another flavor");
            }
        }
        return troubles;
    }

    private static Set<?> capabilityTests(Class<?> test) throws ReflectiveOperationException {
        Constructor<?> constructor = test.getDeclaredConstructor();
        Method capabilityTests = SecretsManagerContract.class.getDeclaredMethod("capabilityTests");
        AccessibleObject.setAccessible(new AccessibleObject[] {constructor, capabilityTests}, true);
        return (Set<?>) capabilityTests.invoke(constructor.newInstance());
    }

    /** The concrete flavors of this package and those below, among the classes where that one lies. */
    private static List<Class<?>> flavorsBeside(Class<?> neighbour) throws Exception {
        Path classes = Path.of(
                neighbour.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Path> files;
        try (Stream<Path> walk = Files.walk(classes.resolve("dev/coffer/flavor"))) {
            files = walk.filter(file -> file.toString().endsWith(".class")).toList();
        }
        List<Class<?>> flavors = new ArrayList<>();
        for (Path file : files) {
            String name = classes.relativize(file)
                    .toString()
                    .replaceAll("\\.class$", "")
                    .replace(classes.getFileSystem().getSeparator(), ".");
            Class<?> type = Class.forName(name, false, neighbour.getClassLoader());
            if (Flavor.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                flavors.add(type);
            }
        }
        return flavors;
    }

    // Planted, to prove that the check is awake.

    private static final class UntestedFlavor implements Flavor {
        @Override
        public ComponentType type() {
            return ComponentType.SECRETS_MANAGER;
        }

        @Override
        public String name() {
            return "planted";
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

    private static final class LooseContract {}

    private abstract static class AbstractContract extends SecretsManagerContract {}
}
