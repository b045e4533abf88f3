package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checkout keeps the rules, and each rule reports a violation that is planted for it. */
class ArchitectureTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout", ""));

    @Test
    void checkout_keepsEveryRule() throws IOException {
        List<SourceFile> files = SourceFile.all(CHECKOUT);

        assertTrue(
                files.stream().anyMatch(file -> file.path().endsWith("main/java/dev/coffer/secrets/SecretName.java")),
                "the scan finds the sources: " + CHECKOUT.toAbsolutePath());
        assertEquals(List.of(), ArchitectureRules.violations(files));
    }

    @Test
    void table_hasNoCycle() {
        Set<String> left = new TreeSet<>(ArchitectureRules.MAY_NAME.keySet());
        Set<String> below = new HashSet<>();
        while (left.removeIf(module -> below.containsAll(ArchitectureRules.mayName(module)))) {
            below.addAll(ArchitectureRules.MAY_NAME.keySet());
            below.removeAll(left);
        }
        assertEquals(Set.of(), left, "these name each other in a circle, or name one that does");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vault/X.java           | dev.coffer.flavor.Local          | vault may not name dev.coffer.flavor
            vault/X.java           | dev.coffer.Coffer                | vault may not name dev.coffer.Coffer
            crypto/X.java          | dev.coffer.storage.Store         | crypto may not name dev.coffer.storage
            storage/X.java         | dev.coffer.crypto.Keyring        | storage may not name dev.coffer.crypto
            secrets/X.java         | dev.coffer.vault.Vault           | secrets may not name dev.coffer.vault
            component/X.java       | dev.coffer.secrets.Secret        | component may not name dev.coffer.secrets
            sync/X.java            | dev.coffer.flavor.Local          | sync may not name dev.coffer.flavor
            cli/X.java             | dev.coffer.crypto.Keyring        | cli may not name dev.coffer.crypto
            cli/X.java             | dev.coffer.storage.Store         | cli may not name dev.coffer.storage
            flavor/aws/X.java      | dev.coffer.crypto.Keyring        | flavor may not name dev.coffer.crypto
            Coffer.java            | dev.coffer.crypto.Keyring        | may not name dev.coffer.crypto
            util/X.java            | java.util.List                   | the architecture has no package util
            vault/impl/X.java      | java.util.List                   | packages are one level deep
            vault/X.java           | com.google.crypto.tink.Aead      | only crypto names Tink
            flavor/github/X.java   | com.google.crypto.tink.Aead      | only crypto names Tink
            vault/X.java           | org.bouncycastle.util.Arrays     | only crypto, and the github flavor, name Bouncy Castle
            flavor/http/X.java     | org.bouncycastle.util.Arrays     | only crypto, and the github flavor, name Bouncy Castle
            vault/X.java           | java.sql.Connection              | only storage, and the postgres flavor, name JDBC
            vault/X.java           | javax.sql.DataSource             | only storage, and the postgres flavor, name JDBC
            cli/X.java             | org.flywaydb.core.Flyway         | only storage, and the postgres flavor, name JDBC
            vault/X.java           | org.sqlite.SQLiteConfig          | only storage, and the postgres flavor, name JDBC
            flavor/X.java          | software.amazon.awssdk.regions.Region | only the aws flavor names the AWS SDK
            flavor/vault/X.java    | software.amazon.awssdk.regions.Region | only the aws flavor names the AWS SDK
            flavor/aws/X.java      | com.google.cloud.secretmanager.v1.Secret | only the gcp flavor names Google's client
            vault/X.java           | com.google.protobuf.ByteString   | only the gcp flavor names Google's client
            flavor/gcp/X.java      | com.azure.core.http.HttpClient   | only the azure flavor names the Azure SDK
            flavor/http/X.java     | reactor.core.publisher.Mono      | only the azure flavor names the Azure SDK
            vault/X.java           | com.microsoft.aad.msal4j.Prompt  | only the azure flavor names the Azure SDK
            vault/X.java           | picocli.CommandLine              | only cli names picocli
            vault/X.java           | org.junit.jupiter.api.Test       | only junit names JUnit
            vault/X.java           | org.snakeyaml.engine.v2.api.Load | only cli, schema and stack read YAML
            cli/X.java             | com.networknt.schema.JsonSchema  | only schema names a JSON Schema validator
            secrets/X.java         | com.fasterxml.jackson.core.Base64Variant | know no JSON
            component/X.java       | com.fasterxml.jackson.core.Base64Variant | know no JSON
            vault/X.java           | org.slf4j.Logger                 | own code logs through System.Logger
            vault/X.java           | System.out                       | only cli prints
            vault/X.java           | System.err                       | only cli prints
            vault/X.java           | System.exit                      | only cli ends the process
            cli/X.java             | java.net.http.HttpClient         | only flavor reaches the network
            component/X.java       | java.net.Socket                  | only flavor reaches the network
            component/X.java       | java.net.URLConnection           | only flavor reaches the network
            vault/X.java           | java.nio.channels.SocketChannel  | only flavor reaches the network
            vault/X.java           | javax.net.SocketFactory          | only flavor reaches the network
            sync/X.java            | java.net.URI                     | only flavor and component know URLs
            crypto/X.java          | com.google.crypto.tink.CleartextKeysetHandle | no key set is written in clear
            """)
    void plantedName_isReported(String path, String name, String rule) {
        // Fully qualified on purpose: no import gives it away.
        String inBody = "class X {\n    Object x() {\n        return " + name + ";\n    }\n}\n";

        List<String> found = violations("src/main/java/dev/coffer/" + path, inBody);

        assertTrue(found.stream().anyMatch(line -> line.contains(path) && line.contains(rule)), found.toString());
        assertTrue(
                rule.contains("package") || found.stream().anyMatch(line -> line.contains(path + ":3 ")),
                "the line is named: " + found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vault/X.java           | dev.coffer.crypto.Keyring
            vault/X.java           | dev.coffer.vault.Vault
            flavor/postgres/X.java | dev.coffer.crypto.Keyring
            flavor/postgres/X.java | java.sql.Connection
            flavor/GithubSeal.java | org.bouncycastle.crypto.engines.XSalsa20Engine
            flavor/github/X.java   | org.bouncycastle.crypto.engines.XSalsa20Engine
            flavor/aws/X.java      | java.net.http.HttpClient
            flavor/aws/X.java      | software.amazon.awssdk.regions.Region
            flavor/azure/X.java    | com.azure.core.http.HttpClient
            flavor/http/X.java     | java.net.http.HttpClient
            component/X.java       | java.net.URLClassLoader
            Coffer.java            | dev.coffer.sync.Plan
            junit/X.java           | dev.coffer.Coffer
            cli/X.java             | dev.coffer.Coffer
            cli/X.java             | System.out
            crypto/X.java          | com.google.crypto.tink.Aead
            storage/X.java         | java.sql.Connection
            vault/X.java           | com.fasterxml.jackson.core.JsonParser
            """)
    void nameInItsHome_isNotReported(String path, String name) {
        assertEquals(List.of(), violations("src/main/java/dev/coffer/" + path, "class X { Object x = " + name + "; }"));
    }

    @Test
    void libraryImportedByTheSpi_isReported() {
        assertReported("src/main/java/dev/coffer/secrets/X.java", "import com.example.Any;", "secrets may not import");
        assertReported(
                "src/main/java/dev/coffer/component/X.java",
                "import org.jspecify.annotations.Nullable;",
                "component may not import");
    }

    @Test
    void wildcardImport_isReported() {
        assertReported("src/main/java/dev/coffer/vault/X.java", "import java.util.*;", "no wildcard import");
    }

    @Test
    void disabledTest_isReported() {
        assertReported(
                "src/test/java/dev/coffer/vault/XTest.java", "class XTest { @Disabled void a() {} }", "disabled");
        assertReported("src/test/java/dev/coffer/XTest.java", "@org.x.DisabledOnOs(WINDOWS) void a() {}", "disabled");
    }

    @Test
    void cleartextKeysetInATest_isReported() {
        assertReported("src/test/java/dev/coffer/XTest.java", "CleartextKeysetHandle.read(r)", "no key set is written");
    }

    @Test
    void packageWithoutNullMarked_isReported() {
        SourceFile lone = SourceFile.of("src/main/java/dev/coffer/vault/X.java", "class X {}");
        SourceFile unmarked = SourceFile.of("src/main/java/dev/coffer/vault/package-info.java", "// @NullMarked");

        assertEquals(
                List.of("dev/coffer/vault has no package-info.java with @NullMarked"),
                ArchitectureRules.violations(List.of(lone, unmarked)));
    }

    @Test
    void comments_doNotCount() {
        String code = """
                /** Like {@link dev.coffer.flavor.Local}, never java.sql.Connection. */
                class X { // System.out
                    String url = "http://example.org"; /* dev.coffer.cli.Main */
                    char quote = '"'; // dev.coffer.cli.Main "
                }
                """;

        assertEquals(List.of(), violations("src/main/java/dev/coffer/vault/X.java", code));
    }

    @Test
    void codeAfterALiteralThatLooksLikeAComment_counts() {
        String code = "class X { String a = \"/*\"; Object b = dev.coffer.cli.Main.class; String c = \"*/\"; }";

        assertReported("src/main/java/dev/coffer/vault/X.java", code, "vault may not name dev.coffer.cli");
    }

    @Test
    void nameInAString_countsInMainOnly() {
        String code = "class X { Object a = load(\"dev.coffer.cli.Main\"); String b = \"@Disabled\"; }";

        assertReported("src/main/java/dev/coffer/vault/X.java", code, "vault may not name dev.coffer.cli");
        assertEquals(List.of(), violations("src/test/java/dev/coffer/vault/XTest.java", code));
    }

    private static void assertReported(String path, String code, String rule) {
        List<String> found = violations(path, code);
        assertTrue(found.stream().anyMatch(line -> line.contains(path) && line.contains(rule)), found.toString());
    }

    /** What is reported of a file, with a package-info beside it that satisfies the rule on those. */
    private static List<String> violations(String path, String code) {
        String folder = path.substring(0, path.lastIndexOf('/'));
        return ArchitectureRules.violations(List.of(
                SourceFile.of(path, code), SourceFile.of(folder + "/package-info.java", "@NullMarked\npackage x;")));
    }
}
