package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tar.gz that {@code mvn package} makes, unpacked for a user who may not write to it. */
class DistributionIT {
    private static final Path TARGET =
            Path.of(System.getProperty("coffer.checkout")).resolve("target");
    private static final Map<String, String> JDK =
            Map.of("COFFER_JAVA_HOME", System.getProperty("java.home"), "COFFER_ARCHIVE", "off");

    @TempDir
    Path folder;

    private InstalledCoffer installed;

    @BeforeEach
    void unpack() throws Exception {
        installed = InstalledCoffer.unpack(archive(false), folder);
    }

    private static Path archive(boolean slim) throws Exception {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.getFileName().toString().matches("coffer-[^/]*\\.tar\\.gz"))
                    .filter(file -> file.getFileName().toString().endsWith("-slim.tar.gz") == slim)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @AfterEach
    void reopen() throws Exception {
        installed.reopen();
    }

    @Test
    void firstSecret_isKeptAndReadBack_withoutWritingToTheProgram() throws Exception {
        String coffer = installed.place().resolve("bin/coffer").toString();
        Set<String> before = listing(installed.place());
        InstalledCoffer.Answer made = installed.run(JDK, coffer, "secret", "register", "demo", "--password=lovelace");
        assertEquals(0, made.code(), made.err());
        InstalledCoffer.Answer got = installed.run(JDK, coffer, "secret", "get", "demo", "--key", "password");
        assertEquals(new InstalledCoffer.Answer(0, "lovelace", ""), got);
        assertEquals(before, listing(installed.place()));
        assertTrue(Files.exists(installed.home().resolve(".local/share/coffer/coffer.db")));
    }

    @Test
    void symbolicLink_runsItFromAnyFolder() throws Exception {
        Path link = folder.resolve("link to coffer");
        Files.createSymbolicLink(link, installed.place().resolve("bin/coffer"));
        InstalledCoffer.Answer answer = installed.run(JDK, link.toString(), "--version");
        assertEquals(0, answer.code(), answer.err());
        assertTrue(answer.out().startsWith("coffer "), answer.out());
    }

    @Test
    void distributionWithoutItsJar_saysSo() throws Exception {
        installed.reopen();
        Path jar = installed.place().resolve("lib/coffer.jar");
        if (!Files.isWritable(jar.getParent())) {
            throw new IllegalStateException(jar + " cannot be deleted");
        }
        Files.delete(jar);
        InstalledCoffer.Answer answer =
                installed.run(JDK, installed.place().resolve("bin/coffer").toString(), "--version");
        assertEquals(
                new InstalledCoffer.Answer(
                        1,
                        "",
                        "coffer: " + jar + " is not there: this distribution is not whole.\nhint: Unpack it again.\n"),
                answer);
    }

    /** Nothing is given away without its licence, or without an entry in the bill of materials. */
    @Test
    void eachLibrary_isInTheLicencesAndInTheBillOfMaterials() throws Exception {
        Set<String> jars = jars(installed);
        TreeSet<String> listed = new TreeSet<>();
        TreeSet<String> named = new TreeSet<>();
        JsonNode components = new ObjectMapper()
                .readTree(installed.place().resolve("coffer.cdx.json").toFile())
                .get("components");
        for (JsonNode component : components) {
            listed.add(component.get("name").asText() + "-"
                    + component.get("version").asText() + ".jar");
            named.add(component.get("name").asText());
        }
        assertEquals(jars, listed);

        String licences = Files.readString(installed.place().resolve("licenses/README"));
        String rows = licences.substring(licences.indexOf("\nlibrary "));
        assertEquals(
                named,
                Pattern.compile("\n([a-z0-9_-]+)  ")
                        .matcher(rows)
                        .results()
                        .map(row -> row.group(1))
                        .filter(name -> !name.equals("library"))
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(Files.exists(installed.place().resolve("LICENSE")));
        assertTrue(Files.exists(installed.place().resolve("licenses/protobuf-java.txt")));
    }

    private static Set<String> jars(InstalledCoffer of) throws Exception {
        try (Stream<Path> files = Files.list(of.place().resolve("lib/lib"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Without what single providers need, the others work, and those say what is missing. */
    @Test
    void slimDistribution_keepsSecretsHere_andNamesTheFullOne() throws Exception {
        InstalledCoffer slim = InstalledCoffer.unpack(archive(true), Files.createDirectory(folder.resolve("slim")));
        try {
            Set<String> left = jars(installed);
            left.removeAll(jars(slim));
            for (String library : List.of("secretsmanager-", "sts-", "sso-", "ssooidc-")) { // the last three log in
                assertTrue(left.stream().anyMatch(jar -> jar.startsWith(library)), left.toString());
            }
            assertTrue(jars(installed).containsAll(jars(slim)));
            String coffer = slim.place().resolve("bin/coffer").toString();
            InstalledCoffer.Answer made = slim.run(JDK, coffer, "secret", "register", "demo", "--password=lovelace");
            assertEquals(0, made.code(), made.err());
            InstalledCoffer.Answer got = slim.run(JDK, coffer, "secret", "get", "demo", "--key", "password");
            assertEquals(new InstalledCoffer.Answer(0, "lovelace", ""), got);
            slim.run(JDK, coffer, "secrets-manager", "register", "team", "--flavor", "aws", "--region=eu-central-1");
            InstalledCoffer.Answer refused = slim.run(JDK, coffer, "secrets-manager", "check", "team");
            assertEquals(10, refused.code(), refused.toString());
            assertTrue(refused.err().contains("hint: install the full distribution"), refused.err());
        } finally {
            slim.reopen();
        }
    }

    /** The libraries of a provider say nothing of their own, on stdout or stderr. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "aws --region=eu-central-1 --endpoint=http://127.0.0.1:1 --access-key-id=nobody --secret-access-key=nothing",
                "azure --vault-url=https://127.0.0.1:1 --tenant-id=t --client-id=nobody --client-secret=nothing"
            })
    void flavorOfTheFullDistribution_isLoaded_andPrintsNothingOfItsOwn(String attributes) throws Exception {
        String coffer = installed.place().resolve("bin/coffer").toString();
        List<String> register = new ArrayList<>(List.of(coffer, "secrets-manager", "register", "team", "--flavor"));
        register.addAll(List.of(attributes.split(" ")));
        InstalledCoffer.Answer made = installed.run(JDK, register.toArray(String[]::new));
        assertEquals(0, made.code(), made.err());
        InstalledCoffer.Answer answer = installed.run(JDK, coffer, "secrets-manager", "check", "team");
        assertEquals(9, answer.code(), answer.toString());
        assertEquals(2, answer.err().lines().count(), answer.err());
        assertTrue(answer.err().contains("it cannot be reached"), answer.err());
    }

    private static Set<String> listing(Path place) throws Exception {
        try (Stream<Path> files = Files.walk(place)) {
            return files.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
