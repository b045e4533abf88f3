package dev.coffer.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTemplatesTest {
    @Test
    void templatesOnTheClassPath_areThoseOfTheDesign() {
        KeyTemplates templates = KeyTemplates.fromClassPath();

        assertEquals(PredefinedAeadParameters.AES256_GCM, templates.kek());
        assertEquals(PredefinedMacParameters.HMAC_SHA256_256BITTAG, templates.integrity());
        assertEquals(PredefinedMacParameters.HMAC_SHA256_256BITTAG, templates.fingerprint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"integrity\": \"AES256_GCM\"}",
                "{\"kek\": \"\"}",
                "{\"kek\": \"AES128_GCM\"}",
                "{\"kek\": \"aes256_gcm\"}",
                "{\"kek\": \"HMAC_SHA256_256BITTAG\"}",
                "{\"kek\": \"com.example.Evil\"}"
            })
    void nameOutsideTheClosedList_isRefused(String json) throws IOException {
        Map<String, String> names = read(json);

        assertThrows(IllegalStateException.class, () -> KeyTemplates.pick(KeyTemplates.AEADS, names, "kek"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "\"AES256_GCM\"",
                "{\"kek\": null}",
                "{\"kek\": 1}",
                "{\"kek\": {\"name\": \"AES256_GCM\"}}",
                "{\"kek\": [\"AES256_GCM\"]}",
                "{\"kek\": \"AES256_GCM\", \"kek\": \"AES256_GCM\"}",
                "{\"kek\": \"AES256_GCM\"} {}"
            })
    void otherJson_isRefused(String json) {
        assertThrows(IllegalStateException.class, () -> read(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"kek\"", "{\"kek\": \"AES256_GCM\"", "{\"kek\": AES256_GCM}", "\u0000"})
    void noJson_isRefused(String json) {
        Exception e = assertThrows(Exception.class, () -> read(json));
        assertTrue(e instanceof IOException || e instanceof IllegalStateException, e.toString());
    }

    private static Map<String, String> read(String json) throws IOException {
        return KeyTemplates.readObject(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }

    /** The folder keysets/ of the checkout, which is the working folder of this test, is no place they are read from. */
    @Test
    void templatesBesideTheProgram_areNotRead(@TempDir Path folder) throws IOException, ReflectiveOperationException {
        assertTrue(Files.exists(Path.of("keysets/templates.json")), "the working folder holds templates");
        copyClasses(Path.of("target/classes"), folder);

        try (URLClassLoader without = new URLClassLoader(classPath(folder), ClassLoader.getPlatformClassLoader())) {
            Method create = without.loadClass("dev.coffer.crypto.Keyring").getMethod("create");
            Throwable cause = assertThrows(InvocationTargetException.class, () -> create.invoke(null))
                    .getCause();
            assertEquals(
                    "keysets/templates.json is not on the class path",
                    assertInstanceOf(IllegalStateException.class, cause).getMessage());
        }
        Files.createDirectories(folder.resolve("keysets"));
        Files.copy(Path.of("keysets/templates.json"), folder.resolve("keysets/templates.json"));
        try (URLClassLoader with = new URLClassLoader(classPath(folder), ClassLoader.getPlatformClassLoader())) {
            Method create = with.loadClass("dev.coffer.crypto.Keyring").getMethod("create");
            assertEquals("Keyring(generation 1, 1 KEKs)", create.invoke(null).toString());
        }
    }

    private static void copyClasses(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Path parent = target.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.copy(file, target);
            }
        }
    }

    private static URL[] classPath(Path classes) throws IOException {
        List<URL> urls = new ArrayList<>(List.of(classes.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return urls.toArray(new URL[0]);
    }
}
