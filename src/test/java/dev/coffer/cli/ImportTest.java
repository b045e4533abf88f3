package dev.coffer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {
    private static final String MARKER = "lOvElAcE-5ecret";
    private static final String ENCODED = Base64.getEncoder().encodeToString(MARKER.getBytes(UTF_8));

    @TempDir
    Path folder;

    @BeforeEach
    void makeStore() {
        assertEquals(0, coffer("init").code());
    }

    private CommandRun coffer(String... args) {
        return CommandRun.of(
                Map.of(
                        "COFFER_HOME",
                        folder.resolve("home").toString(),
                        "ZENML_CONFIG_PATH",
                        folder.resolve("config").toString(),
                        "ZENML_LOCAL_STORES_PATH",
                        folder.resolve("stores").toString()),
                args);
    }

    private Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private CommandRun bringIn(Path path, String... more) {
        List<String> args = new ArrayList<>(List.of("import", "--from", "zenml", path.toString(), "--yes"));
        args.addAll(List.of(more));
        return coffer(args.toArray(new String[0]));
    }

    private String value(String name, String key) {
        CommandRun run = coffer("secret", "get", name, "--key", key);
        assertEquals(0, run.code(), run.err());
        return run.out();
    }

    private static String entry(String name, String key, String encoded) {
        return name + ":\n  " + key + ": " + encoded + "\n  zenml_schema_name: arbitrary\n";
    }

    @Test
    void bothLocations_areFoundWithoutAPath() throws IOException {
        file("config/secrets.yaml", entry("global", "k", "djE="));
        file("config/local_stores/one/secrets.yaml", entry("old", "k", "djE="));
        file("stores/two/secrets.yaml", entry("newer", "k", "djI="));

        assertEquals(0, coffer("import", "--from", "zenml", "--yes").code());

        assertEquals("v1", value("global", "k"));
        assertEquals("v1", value("old", "k"));
        assertEquals("v2", value("newer", "k"));
    }

    @Test
    void source_isLeftAlone_andNoValueIsShown() throws IOException {
        Path file = file("secrets.yaml", entry("db", "k", ENCODED) + entry("bad", "k", ENCODED + "!"));
        FileTime written = FileTime.fromMillis(1_600_000_000_000L);
        Files.setLastModifiedTime(file, written);
        byte[] before = Files.readAllBytes(file);

        for (String more : List.of("--dry-run", "--output=json", "--verbose")) {
            CommandRun run = bringIn(file, more);
            assertEquals(7, run.code(), run.err());
            for (String secret : List.of(MARKER, ENCODED)) {
                assertFalse((run.out() + run.err()).contains(secret), run.out() + run.err());
            }
        }

        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(written, Files.getLastModifiedTime(file));
        assertEquals(MARKER, value("db", "k"));
    }

    @Test
    void emptyFiles_holdNoSecrets() throws IOException {
        for (String content : List.of("", "\n", "{default:{}}", "{default:{}}\n", "default: {}\n", "{}\n")) {
            CommandRun run = bringIn(file("secrets.yaml", content), "-o", "json");
            assertEquals(0, run.code(), content + run.err());
            assertTrue(run.out().contains("\"secrets\":[]"), run.out());
        }
    }

    @Test
    void entriesAfterTheFirstLineOfTheFirstGeneration_areRead() throws IOException {
        assertEquals(
                0,
                bringIn(file("secrets.yaml", "{default:{}}\ndb:\n  k: djE=\n")).code());
        assertEquals("v1", value("db", "k"));
    }

    @Test
    void scalars_keepTheirText() throws IOException {
        assertEquals(
                0,
                bringIn(file("secrets.yaml", "1e5:\n  0o17: djE=\n'12':\n  'yes': djI=\n"))
                        .code());
        assertEquals("v1", value("1e5", "0o17"));
        assertEquals("v2", value("12", "yes"));
    }

    @Test
    void longNames_areExplicitKeys() throws IOException {
        String name = "n".repeat(200);
        assertEquals(
                0, bringIn(file("secrets.yaml", "? " + name + "\n: k: djE=\n")).code());
        assertEquals("v1", value(name, "k"));
    }

    @Test
    void badEntries_areNamedAndTheOthersImported() throws IOException {
        String bad = """
                nopad:
                  k: djE
                bytes:
                  k: //8=
                keys:
                  a b: djE=
                list:
                  k: [djE=]
                anchor:
                  k: &x djE=
                tag:
                  k: !!binary djE=
                twice:
                  k: djE=
                  k: djI=
                ../up:
                  k: djE=
                plain: text
                """;
        CommandRun run = bringIn(file("secrets.yaml", bad + entry("good", "k", "djE=")));

        assertEquals(7, run.code());
        assertTrue(run.err().contains("9 entries"), run.err());
        for (String name : List.of("nopad", "bytes", "keys", "list", "anchor", "tag", "twice", "../up", "plain")) {
            assertTrue(run.err().contains("'" + name + "'"), run.err());
        }
        assertEquals("v1", value("good", "k"));
    }

    @Test
    void cutOffFile_isReadAboveTheCut() throws IOException {
        String whole = entry("a", "k", "djE=") + entry("b", "k", "djE=");
        for (String cut : List.of(whole + "c:\n  k: djEyMz", whole + "c:\n  k: \"dj", whole + "c:\n  k: djE=")) {
            CommandRun run = bringIn(file("secrets.yaml", cut), "-o", "json");
            assertEquals(7, run.code(), run.out());
            assertTrue(run.out().contains("cut off"), run.out());
            assertFalse(coffer("secret", "list").out().contains("\nc "));
            assertEquals("v1", value("b", "k"));
        }
    }

    /** Whoever deletes the source afterwards has been told that not all of it was taken over. */
    @Test
    void secondDocument_isReported() throws IOException {
        String second = "---\n" + entry("b", "k", "djI=");
        for (String first : List.of(entry("a", "k", "djE="), "---\nnull\n", "k: v1\n")) {
            CommandRun run = bringIn(file("a.yaml", first + second), "-o", "json");
            assertEquals(7, run.code(), run.out());
            assertTrue(run.out().contains("a second YAML document"), run.out());
        }
        assertEquals("v1", value("a", "k"));
    }

    @Test
    void booleans_areThoseOfTheSchemaOnly() throws IOException {
        String yes = "VHJ1ZQ==";
        assertEquals(
                0,
                bringIn(file(
                                "secrets.yaml",
                                "db:\n  password: " + yes + "\n  ssl_verify_server_cert: " + yes
                                        + "\n  zenml_schema_name: mysql\n"))
                        .code());
        assertEquals("true", value("db", "ssl_verify_server_cert"));
        assertEquals("True", value("db", "password"));
    }

    @Test
    void duplicates_followTheOption() throws IOException {
        file("z/one/secrets.yaml", entry("db", "k", "djE="));
        file("z/two/secrets.yaml", entry("db", "k", "djI="));
        Path z = folder.resolve("z");

        assertEquals(4, bringIn(z).code());
        assertEquals(3, coffer("secret", "get", "db").code(), "nothing was imported");
        assertEquals(0, bringIn(z, "--on-duplicate=skip").code());
        assertEquals("v1", value("db", "k"));
        assertEquals(0, bringIn(z, "--on-duplicate=rename").code());
        assertEquals("v2", value("db-2", "k"));
        assertEquals(0, bringIn(z, "--on-duplicate=rename").code());
        assertEquals(3, coffer("secret", "get", "db-3").code(), "it is there as db-2 already");
        assertEquals(0, bringIn(z, "--on-duplicate=overwrite").code());
        assertEquals("v2", value("db", "k"));
    }

    /** What was agreed to is the replacement of what was there, not of what somebody wrote since. */
    @Test
    void secretThatChangesAfterTheQuestion_isNotOverwritten() throws IOException {
        Path file = file("secrets.yaml", entry("db", "k", "djE="));
        assertEquals(0, coffer("secret", "register", "db", "--k=old").code());
        CommandRun run = CommandRun.agreeing(
                Map.of("COFFER_HOME", folder.resolve("home").toString()),
                () -> assertEquals(
                        0, coffer("secret", "update", "db", "--k=late").code()),
                "import",
                "--from=zenml",
                file.toString(),
                "--on-duplicate=overwrite");

        assertEquals(8, run.code(), run.err());
        assertEquals("late", value("db", "k"));
    }

    @Test
    void equalContent_isNotWrittenAgain() throws IOException {
        Path file = file("secrets.yaml", entry("db", "k", "djE="));
        assertEquals(0, bringIn(file).code());
        CommandRun again = bringIn(file, "-o", "json");

        assertEquals(0, again.code());
        assertTrue(again.out().contains("\"action\":\"unchanged\""), again.out());
        assertTrue(coffer("secret", "get", "db", "-o", "json").out().contains("\"version\":1,"));
    }

    @Test
    void scopedJson_isOneSecret() throws IOException {
        Path file = file(
                "login.json", "{\"username\": \"ada\", \"password\": \"p\", \"zenml_schema_name\": \"basic_auth\"}");
        assertEquals(0, bringIn(file).code());
        assertTrue(coffer("secret", "get", "login", "-o", "json").out().contains("\"schema\":\"basic_auth\""));
    }

    @Test
    void platforms_haveTheirFolders() {
        Path home = Path.of("/home/ada");
        assertEquals(
                List.of(home.resolve("Library/Application Support/zenml")),
                ZenmlPlaces.folders(Map.of(), "Mac OS X", home));
        assertEquals(List.of(home.resolve(".config/zenml")), ZenmlPlaces.folders(Map.of(), "Linux", home));
        assertEquals(
                List.of(Path.of("/roaming/zenml")),
                ZenmlPlaces.folders(Map.of("APPDATA", "/roaming"), "Windows 11", home));
    }

    @Test
    void blobOfTheGitHubManager_isOneSecret() throws IOException {
        String json = "{\"schema\": \"basic_auth\", \"content\": {\"username\": \"ada\", \"password\": \"" + MARKER
                + "\", \"gone\": null}}";
        String blob = Base64.getMimeEncoder().encodeToString(json.getBytes(UTF_8));

        CommandRun run = bringIn(file("__ZENML__DB.txt", blob + "\n"));

        assertEquals(0, run.code(), run.err());
        assertFalse((run.out() + run.err()).contains(MARKER));
        assertEquals(MARKER, value("DB", "password"));
        assertTrue(coffer("secret", "get", "DB", "-o", "json").out().contains("\"schema\":\"basic_auth\""));
    }

    @Test
    void damagedBlob_isNamedAndQuotesNothing() throws IOException {
        for (String json : List.of(
                "{\"schema\": \"aws\", \"content\": {\"k\": \"" + MARKER,
                "{\"schema\": \"aws\", \"content\": \"" + MARKER + "\"}",
                "{\"schema\": \"aws\"}",
                "{\"content\": {\"k\": [\"" + MARKER + "\"]}}",
                "{\"content\": {\"k\": \"a\", \"k\": \"" + MARKER + "\"}}",
                "{\"other\": {\"k\": \"" + MARKER + "\"}}")) {
            String blob = Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
            CommandRun run = bringIn(file("__ZENML__BROKEN", blob));
            assertEquals(7, run.code(), run.err());
            assertTrue((run.out() + run.err()).contains("BROKEN"), run.err());
            assertFalse((run.out() + run.err()).contains(MARKER));
        }
        assertEquals("[]\n", coffer("secret", "list", "-o", "json").out());
    }
}
