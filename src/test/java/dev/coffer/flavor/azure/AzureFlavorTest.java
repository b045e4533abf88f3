package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AzureFlavorTest {
    private static final ComponentDefinition TEAM = new ComponentDefinition(
            ComponentType.SECRETS_MANAGER, "azure", "team", new UUID(4, 8), Map.of("vault", "my-vault"));

    /** As in the slim distribution, or where a library user did not add the SDK. */
    @Test
    void withoutTheSdk_isUnsupported_andNamesTheWayOut() {
        AzureFlavor slim = new AzureFlavor(ClassLoader.getPlatformClassLoader());
        UnsupportedByFlavorException e =
                assertThrows(UnsupportedByFlavorException.class, () -> slim.create(TEAM, SchemaCatalog.builtIn()));
        assertEquals(ExitCode.UNSUPPORTED, e.exitCode());
        assertTrue(e.getMessage().contains("team") && e.getMessage().contains("azure"), e.getMessage());
        assertTrue(e.hint().orElse("").contains("full distribution"), e.hint().toString());
    }

    /** Listing and describing flavors, and whatever else runs without Azure, loads none of the SDK. */
    @Test
    void flavor_isDescribedWithoutTheSdk() throws Exception {
        List<String> asked = new ArrayList<>();
        URL[] classes = {AzureFlavor.class.getProtectionDomain().getCodeSource().getLocation()};
        try (URLClassLoader alone = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return name.startsWith("dev.coffer.")
                        ? super.findClass(name)
                        : AzureFlavorTest.class.getClassLoader().loadClass(name);
            }
        }) {
            Object flavor = alone.loadClass(AzureFlavor.class.getName())
                    .getConstructor()
                    .newInstance();
            Object attributes = flavor.getClass().getMethod("attributes").invoke(flavor);
            assertTrue(attributes.toString().contains("completion-timeout"), attributes.toString());
            assertTrue(asked.contains(Flavor.class.getName()), "the loader is awake");
            assertEquals(
                    List.of(),
                    asked.stream().filter(name -> name.startsWith("com.azure")).toList());
        }
    }

    /** Versions of Azure are no numbers, and a deletion there has no condition: nothing of that is promised. */
    @Test
    void manager_promisesNoConditionalWrites() {
        try (SecretsManager manager = new AzureFlavor().create(TEAM, SchemaCatalog.builtIn())) {
            assertFalse(manager instanceof ConditionalWrites);
        }
    }
}
