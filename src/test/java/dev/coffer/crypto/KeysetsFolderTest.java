package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The folder {@code keysets/} holds the names of key kinds and, under {@code public-test/}, keys that everybody knows.
 * No other file there could be anything but key material on its way into the repository.
 */
class KeysetsFolderTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout", ""));
    private static final String GOOD = "{\"kek\": \"AES256_GCM\", \"integrity\": \"HMAC_SHA256_256BITTAG\","
            + " \"fingerprint\": \"HMAC_SHA256_256BITTAG\"}";

    @Test
    void checkout_holdsNoKeyMaterial() throws IOException {
        assertEquals(List.of(), violations(CHECKOUT.resolve("keysets")));
    }

    @Test
    void folderWithTemplatesAndPublicTestKeys_isFine(@TempDir Path folder) throws IOException {
        plant(folder, "templates.json", GOOD);
        plant(folder, "public-test/v1/root.key", "coffer-key-v1:…");
        plant(folder, "public-test/README.md", "everybody knows these");

        assertEquals(List.of(), violations(folder));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "my.key",
                "kek.json",
                "README.md",
                ".hidden",
                "templates.json.bak",
                "private/kek.json",
                "public-test2/root.key",
                "public/test/root.key"
            })
    void plantedFile_isReported(String name, @TempDir Path folder) throws IOException {
        plant(folder, "templates.json", GOOD);
        plant(folder, name, "x");

        assertEquals(List.of(name + " is neither templates.json nor under public-test/"), violations(folder));
    }

    @Test
    void publicTestThatIsALinkOrAFile_isReported(@TempDir Path folder, @TempDir Path elsewhere) throws IOException {
        plant(folder, "templates.json", GOOD);
        plant(elsewhere, "root.key", "x");
        Files.createSymbolicLink(folder.resolve("public-test"), elsewhere);
        List<String> expected = List.of("public-test is neither templates.json nor under public-test/");
        assertEquals(expected, violations(folder));

        Files.delete(folder.resolve("public-test"));
        plant(folder, "public-test", "x");
        assertEquals(expected, violations(folder));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"kek\": \"AES256_GCM\", \"integrity\": \"HMAC_SHA256_256BITTAG\"}",
                "{\"kek\": \"AES256_GCM\", \"integrity\": \"HMAC_SHA256_256BITTAG\", \"fingerprint\": \"AES256_GCM\"}",
                "{\"kek\": \"CMRiChLk2g3sEnQK\", \"integrity\": \"HMAC_SHA256_256BITTAG\","
                        + " \"fingerprint\": \"HMAC_SHA256_256BITTAG\"}",
                "{\"kek\": \"AES256_GCM\", \"integrity\": \"HMAC_SHA256_256BITTAG\","
                        + " \"fingerprint\": \"HMAC_SHA256_256BITTAG\", \"key\": \"CMRiChLk2g3sEnQK\"}"
            })
    void templatesOutsideTheClosedList_areReported(String json, @TempDir Path folder) throws IOException {
        plant(folder, "templates.json", json);

        assertEquals(List.of("templates.json names something else than the closed list allows"), violations(folder));
    }

    @Test
    void missingTemplates_areReported(@TempDir Path folder) throws IOException {
        assertEquals(List.of("templates.json names something else than the closed list allows"), violations(folder));
    }

    private static List<String> violations(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        Path templates = folder.resolve("templates.json");
        if (!Files.isRegularFile(templates) || !isFromTheClosedList(templates)) {
            found.add("templates.json names something else than the closed list allows");
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(folder::relativize)
                    .filter(file -> !file.equals(Path.of("templates.json")))
                    .filter(file -> file.getNameCount() == 1 || !file.startsWith("public-test"))
                    .map(file -> file + " is neither templates.json nor under public-test/")
                    .sorted()
                    .forEach(found::add);
        }
        return found;
    }

    private static boolean isFromTheClosedList(Path templates) throws IOException {
        try (InputStream in = Files.newInputStream(templates)) {
            Map<String, String> names = KeyTemplates.readObject(in);
            return names.keySet().equals(Set.of("kek", "integrity", "fingerprint"))
                    && KeyTemplates.AEADS.containsKey(names.get("kek"))
                    && KeyTemplates.MACS.containsKey(names.get("integrity"))
                    && KeyTemplates.MACS.containsKey(names.get("fingerprint"));
        }
    }

    private static void plant(Path folder, String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, content);
    }
}
