package dev.coffer.flavor.aws;

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

class AwsFlavorTest {
    private static final ComponentDefinition TEAM = new ComponentDefinition(
            ComponentType.SECRETS_MANAGER, "aws", "team", new UUID(4, 8), Map.of("region", "eu-central-1"));

    /** As in the slim distribution, or where a library user did not add the SDK. */
    @Test
    void withoutTheSdk_isUnsupported_andNamesTheWayOut() {
        AwsFlavor slim = new AwsFlavor(ClassLoader.getPlatformClassLoader());
        UnsupportedByFlavorException e =
                assertThrows(UnsupportedByFlavorException.class, () -> slim.create(TEAM, SchemaCatalog.builtIn()));
        assertEquals(ExitCode.UNSUPPORTED, e.exitCode());
        assertTrue(e.getMessage().contains("team") && e.getMessage().contains("aws"), e.getMessage());
        assertTrue(e.hint().orElse("").contains("full distribution"), e.hint().toString());
    }

    /** Listing and describing flavors, and whatever else runs without AWS, loads none of the SDK. */
    @Test
    void flavor_isDescribedWithoutTheSdk() throws Exception {
        List<String> asked = new ArrayList<>();
        URL[] classes = {AwsFlavor.class.getProtectionDomain().getCodeSource().getLocation()};
        try (URLClassLoader alone = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                asked.add(name);
                return name.startsWith("dev.coffer.")
                        ? super.findClass(name)
                        : AwsFlavorTest.class.getClassLoader().loadClass(name);
            }
        }) {
            Object flavor =
                    alone.loadClass(AwsFlavor.class.getName()).getConstructor().newInstance();
            Object attributes = flavor.getClass().getMethod("attributes").invoke(flavor);
            assertTrue(attributes.toString().contains("kms-key"), attributes.toString());
            assertTrue(asked.contains(Flavor.class.getName()), "the loader is awake");
            assertEquals(
                    List.of(),
                    asked.stream()
                            .filter(name -> name.startsWith("software.amazon"))
                            .toList());
        }
    }

    /** Versions of AWS are no numbers, and a deletion there has no condition: nothing of that is promised. */
    @Test
    void manager_promisesNoConditionalWrites() {
        try (SecretsManager manager = new AwsFlavor().create(TEAM, SchemaCatalog.builtIn())) {
            assertFalse(manager instanceof ConditionalWrites);
        }
    }
}
