package dev.coffer.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Start-up is a budget: what the catalog makes the JVM load is watched by a class loader of its own. */
class SchemaLoadingTest {
    /** Loads coffer's classes afresh and writes down every class that they ask for. */
    private static final class Witness extends URLClassLoader {
        private final Set<String> asked = new TreeSet<>();

        Witness() {
            super(
                    new URL[] {
                        SchemaCatalog.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                    },
                    SchemaLoadingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                asked.add(name);
                if (!name.startsWith("dev.coffer.")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        Set<String> schemaRecords() {
            Set<String> records = new TreeSet<>();
            for (String type : BuiltInSchemas.TYPES) {
                String record = String.valueOf(BuiltInSchemas.recordOf(type)).replace("class ", "");
                if (asked.contains(record)) {
                    records.add(type);
                }
            }
            return records;
        }
    }

    private static Object call(Witness loader, String method, Object... arguments) throws Exception {
        Class<?> catalog = loader.loadClass("dev.coffer.schema.SchemaCatalog");
        Object instance = catalog.getMethod("builtIn").invoke(null);
        Class<?>[] types = new Class<?>[arguments.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = arguments[i].getClass();
        }
        try {
            return catalog.getMethod(method, types).invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void askingWhetherATypeIsKnown_loadsNoSchema() throws Exception {
        try (Witness loader = new Witness()) {
            assertEquals(true, call(loader, "isKnown", "aws"));
            assertEquals(Set.of(), loader.schemaRecords());
        }
    }

    @Test
    void coffersOwnTypes_loadNeitherTheValidatorNorCustomSchemas() throws Exception {
        try (Witness loader = new Witness()) {
            call(loader, "find", "gcp");
            call(loader, "isKnown", "aws");
            call(loader, "isKnown", "arbitrary");
            assertTrue(
                    loader.asked.stream()
                            .noneMatch(name -> name.startsWith("com.networknt.") || name.contains("CustomSchemas")),
                    loader.asked.toString());
        }
    }

    @Test
    void findingOneType_loadsThatRecordAlone() throws Exception {
        try (Witness loader = new Witness()) {
            assertTrue(call(loader, "find", "gcp").toString().contains("token"));
            assertEquals(Set.of("gcp"), loader.schemaRecords());
            assertTrue(loader.asked.stream().noneMatch(name -> name.startsWith("com.fasterxml.")), "no JSON parser");
        }
    }

    @Test
    void listing_loadsAllOfThem() throws Exception {
        try (Witness loader = new Witness()) {
            call(loader, "list");
            assertEquals(Set.copyOf(BuiltInSchemas.TYPES), loader.schemaRecords());
        }
    }
}
