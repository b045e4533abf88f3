package dev.coffer.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.SchemaRecord;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaCatalogTest {
    private static final String CANARY = "CANARY-8b1f";

    private final SchemaCatalog catalog = SchemaCatalog.builtIn();

    /** A released schema never changes by accident: older secrets and other people's scripts name its keys. */
    @Test
    void builtInSchemas_areThoseOfTheGoldenListing() throws IOException {
        try (InputStream golden = SchemaCatalogTest.class.getResourceAsStream("built-in-schemas.txt")) {
            assertTrue(golden != null, "the golden listing is on the test class path");
            assertEquals(new String(golden.readAllBytes(), UTF_8), listing());
        }
    }

    private String listing() {
        StringBuilder listing = new StringBuilder();
        for (SecretSchema schema : catalog.list()) {
            listing.append(schema.type())
                    .append(": ")
                    .append(schema.description())
                    .append('\n');
            for (SchemaKey key : schema.keys()) {
                listing.append("  ").append(key.name()).append(key.required() ? " required" : " optional");
                key.defaultValue()
                        .ifPresent(text -> listing.append(key.only() ? ", only '" : ", default '")
                                .append(text)
                                .append('\''));
                ValueRule format = formatOf(schema.type(), key.name());
                listing.append(format == null ? "" : ", " + format.phrase()).append('\n');
            }
            listing.append(schema.anyKeys() ? "  *\n" : "");
        }
        return listing.toString();
    }

    private static @Nullable ValueRule formatOf(String type, String key) {
        Class<? extends Record> schema = BuiltInSchemas.recordOf(type);
        return schema == null ? null : Template.of(schema).formats().get(key);
    }

    @Test
    void everySchemaRecord_isBuiltInUnderItsType() throws Exception {
        Map<String, Class<? extends Record>> found = new LinkedHashMap<>();
        Path classes = Path.of(SchemaCatalog.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.list(classes.resolve("dev/coffer/schema"))) {
            for (Path file : files.toList()) {
                String simpleName = file.getFileName().toString().replace(".class", "");
                Class<?> loaded = Class.forName("dev.coffer.schema." + simpleName);
                if (loaded.isAnnotationPresent(SchemaType.class)) {
                    Class<? extends Record> schema = loaded.asSubclass(Record.class);
                    found.put(SchemaRecord.typeOf(schema), schema);
                }
            }
        }
        assertEquals(BuiltInSchemas.TYPES, List.copyOf(new TreeSet<>(found.keySet())));
        for (String type : BuiltInSchemas.TYPES) {
            assertSame(found.get(type), BuiltInSchemas.recordOf(type), type);
        }
    }

    @Test
    void list_isSortedAndEveryTypeIsFound() {
        List<String> types = catalog.list().stream().map(SecretSchema::type).toList();
        assertEquals(types.stream().sorted().toList(), types);
        assertEquals(19, types.size());
        for (String type : types) {
            assertEquals(type, catalog.get(type).type());
            assertEquals(catalog.get(type), catalog.find(type).orElseThrow());
            assertTrue(catalog.isKnown(type), type);
            assertFalse(catalog.get(type).description().isEmpty(), type);
        }
    }

    @Test
    void unknownType_isNotFound() {
        assertTrue(catalog.find("no_such_type").isEmpty());
        assertFalse(catalog.isKnown("no_such_type"));
        assertFalse(catalog.isKnown("AWS"));
        NoSuchSchemaException e = assertThrows(NoSuchSchemaException.class, () -> catalog.get("no_such_type"));
        assertEquals(ExitCode.NOT_FOUND, e.exitCode());
        assertEquals("there is no schema 'no_such_type'", e.getMessage());
        assertEquals("no_such_type", e.name().orElseThrow());
        assertEquals("'coffer schema list' shows all types", e.hint().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "basic-auth=basic_auth",
                "BasicAuth=basic_auth",
                "postgresql=postgres",
                "mysq=mysql",
                "seldon_s4=seldon_s3 or seldon_az or seldon_gs",
                "gpc=gcp",
                "oauth2=oauth2_client",
                "tls=tls_certificate",
                "s3=kserve_s3 or seldon_s3",
                "aws_key=aws"
            })
    void misspeltType_hintNamesWhatMayBeMeant(String example) {
        String[] parts = example.split("=", -1);
        NoSuchSchemaException e = assertThrows(NoSuchSchemaException.class, () -> catalog.get(parts[0]));
        assertEquals(
                "did you mean " + parts[1] + "? 'coffer schema list' shows all types",
                e.hint().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u0000\u001b[31m", "名"})
    void strangeType_isNotFoundAndSafeToPrint(String type) {
        NoSuchSchemaException e = assertThrows(NoSuchSchemaException.class, () -> catalog.get(type));
        assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl));
        assertEquals("'coffer schema list' shows all types", e.hint().orElseThrow());
    }

    @Test
    void hugeType_isNotFoundSoon() {
        String huge = "aws".repeat(1 << 18);
        assertThrows(NoSuchSchemaException.class, () -> catalog.get(huge));
    }

    @Test
    void arbitrary_takesAnyKeys() {
        SecretSchema schema = catalog.get(Secret.ARBITRARY);
        assertTrue(schema.anyKeys());
        assertTrue(schema.keys().isEmpty());
        try (Secret secret = secret(Secret.ARBITRARY, "name", "x", "zenml_schema_name", "y", "π", "")) {
            assertSame(secret, catalog.fit(secret));
        }
        try (Secret empty = secret(Secret.ARBITRARY)) {
            assertSame(empty, catalog.fit(empty));
        }
    }

    @Test
    void fit_returnsTheSameInstanceWhenNothingIsAdded() {
        try (Secret secret = secret("basic_auth", "password", "p", "username", "u")) {
            assertSame(secret, catalog.fit(secret));
        }
    }

    @Test
    void fit_keepsTheGivenOrderAndAppendsDefaults() {
        try (Secret secret =
                secret("seldon_s3", "rclone_config_s3_region", "eu", "rclone_config_s3_provider", "Minio")) {
            Secret fitted = catalog.fit(secret);
            assertNotSame(secret, fitted);
            assertEquals(secret.name(), fitted.name());
            assertEquals("seldon_s3", fitted.schemaType());
            assertEquals(
                    "{rclone_config_s3_region=eu, rclone_config_s3_provider=Minio, rclone_config_s3_type=s3, "
                            + "rclone_config_s3_env_auth=false}",
                    texts(fitted).toString());
            assertEquals(2, secret.content().size());
        }
    }

    @Test
    void fit_isIdempotent() {
        for (SecretSchema schema : catalog.list()) {
            try (Secret secret = minimal(schema);
                    Secret fitted = catalog.fit(secret)) {
                assertSame(fitted, catalog.fit(fitted), schema.type());
            }
        }
    }

    /** With no more than what is required. */
    private static Secret minimal(SecretSchema schema) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        schema.keys().stream()
                .filter(SchemaKey::required)
                .forEach(key -> content.put(key.name(), SecretValue.of("{}")));
        return Secret.of(SecretName.of("minimal"), schema.type(), content);
    }

    @Test
    void fit_sharesTheValues_closingTheGivenSecretWipesThem() {
        Secret secret = secret("mysql", "password", CANARY);
        Secret fitted = catalog.fit(secret);
        assertSame(secret.value("password"), fitted.value("password"));
        secret.close();
        assertThrows(IllegalStateException.class, () -> fitted.value("password").size());
        assertEquals("false", fitted.value("ssl_verify_server_cert").revealText());
    }

    @Test
    void missingAndUnknownKeys_areAllNamedAtOnce() {
        try (Secret secret = secret("postgres", "usr", CANARY, "host", CANARY, "pass", CANARY)) {
            InvalidException e = refused(secret);
            assertEquals(
                    "secret s does not fit schema postgres: it lacks user, password; it has the unknown keys usr, pass",
                    e.getMessage());
            assertEquals("s", e.name().orElseThrow());
            assertEquals(
                    "did you mean user? 'coffer schema describe postgres' shows its keys; schema arbitrary takes any",
                    e.hint().orElseThrow());
        }
    }

    @Test
    void oneUnknownKey_isNamedInTheSingular() {
        try (Secret secret = secret("basic_auth", "username", "u", "password", "p", "Password", CANARY)) {
            assertEquals(
                    "secret s does not fit schema basic_auth: it has the unknown key Password",
                    refused(secret).getMessage());
        }
    }

    @Test
    void valueOtherThanTheOnlyOne_isRefused() {
        try (Secret secret = secret("kserve_s3", "storage_type", CANARY)) {
            assertEquals(
                    "secret s does not fit schema kserve_s3: storage_type must be 'S3'",
                    refused(secret).getMessage());
        }
        try (Secret secret = secret("kserve_s3", "storage_type", "s3")) {
            refused(secret);
        }
        try (Secret secret = secret("kserve_s3", "storage_type", "S3")) {
            assertSame(secret, catalog.fit(secret));
        }
    }

    @Test
    void missingUnknownAndWrong_areAllNamedAtOnce() {
        try (Secret secret = secret(
                "seldon_s3", "rclone_config_s3_type", CANARY, "rclone_config_s3_env_auth", CANARY, "x", CANARY)) {
            assertEquals(
                    "secret s does not fit schema seldon_s3: it has the unknown key x; "
                            + "rclone_config_s3_type must be 's3'; rclone_config_s3_env_auth must be true or false",
                    refused(secret).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "True", "False", "TRUE", "FALSE", "tRuE"})
    void booleanValue_isStoredAsGiven(String text) {
        for (String key : List.of(
                "mysql ssl_verify_server_cert",
                "seldon_s3 rclone_config_s3_env_auth",
                "seldon_gs rclone_config_gs_anonymous",
                "seldon_az rclone_config_azureblob_use_msi",
                "kserve_s3 s3_use_https",
                "kserve_s3 s3_verify_ssl")) {
            String[] parts = key.split(" ", -1);
            try (Secret secret = secret(parts[0], parts[1], text);
                    Secret fitted = catalog.fit(secret)) {
                assertEquals(text, fitted.value(parts[1]).revealText());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "1", "0", " true", "true\n", "tru\u0435", "t\u0000ue", "t\u0012ue", "falsee"})
    void otherThanABoolean_isRefused(String text) {
        try (Secret secret = secret("mysql", "ssl_verify_server_cert", text)) {
            assertEquals(
                    "secret s does not fit schema mysql: ssl_verify_server_cert must be true or false",
                    refused(secret).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0"})
    void digitIsASwitchOfKServe(String text) {
        try (Secret secret = secret("kserve_s3", "s3_use_https", text, "s3_verify_ssl", text, "storage_type", "S3")) {
            assertSame(secret, catalog.fit(secret));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "01", "on"})
    void otherThanASwitch_isRefused(String text) {
        try (Secret secret = secret("kserve_s3", "s3_verify_ssl", text)) {
            assertEquals(
                    "secret s does not fit schema kserve_s3: s3_verify_ssl must be true, false, 1 or 0",
                    refused(secret).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \r\n\t{ } \n",
                "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN\\nX\\n\", \"n\": [1, {\"a\": null}]}",
                "{\"π\": \"\\ud83d\\ude00 😀\"}",
                "{\"n\": 1e999999999}"
            })
    void gcpToken_mayBeAnyJsonObject(String token) {
        try (Secret secret = secret("gcp", "token", token)) {
            assertSame(secret, catalog.fit(secret));
            assertEquals(token, secret.value("token").revealText());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "CANARY-8b1f",
                "\"CANARY-8b1f\"",
                "[{\"a\": \"CANARY-8b1f\"}]",
                "null",
                "1",
                "{\"a\": CANARY-8b1f}",
                "{\"CANARY-8b1f\": 1",
                "{\"a\": \"CANARY-8b1f}",
                "{\"a\": 1}}",
                "{} {}",
                "{} CANARY-8b1f",
                "{\"a\": 1,}",
                "{'a': 1}",
                "{\"a\": \"CANARY\n-8b1f\"}",
                "{\"a\": NaN}",
                "{} // CANARY-8b1f",
                "\uFEFF{}",
                "{\u0000}\u0000",
                "{\u0000\u0000\u0000}\u0000\u0000\u0000"
            })
    void gcpToken_otherThanAJsonObjectIsRefusedAndNotQuoted(String token) {
        try (Secret secret = secret("gcp", "token", token)) {
            InvalidException e = refused(secret);
            assertEquals("secret s does not fit schema gcp: token must be a JSON object", e.getMessage());
            assertNull(e.getCause());
        }
    }

    @Test
    void gcpToken_mayNestOnlySoDeep() {
        int inner = JsonText.MAX_DEPTH - 1;
        String deepest = "{\"a\":" + "[".repeat(inner) + "]".repeat(inner) + "}";
        try (Secret secret = secret("gcp", "token", deepest)) {
            assertSame(secret, catalog.fit(secret));
        }
        String deeper = "{\"a\":" + "[".repeat(inner + 1) + "]".repeat(inner + 1) + "}";
        try (Secret secret = secret("gcp", "token", deeper)) {
            refused(secret);
        }
        try (Secret secret = secret("gcp", "token", "{\"a\":".repeat(200_000))) {
            refused(secret);
        }
    }

    @Test
    void gcpToken_mayBeAsLongAsAnyValue() {
        String longest = "{\"a\":\"" + "x".repeat(SecretValue.MAX_BYTES - 8) + "\"}";
        try (Secret secret = secret("gcp", "token", longest)) {
            assertEquals(SecretValue.MAX_BYTES, secret.value("token").size());
            assertSame(secret, catalog.fit(secret));
        }
    }

    @Test
    void secretOfUnknownSchema_isRefusedWithTheWayOut() {
        try (Secret secret = secret("basic-auth", "username", CANARY)) {
            NoSuchSchemaException e = assertThrows(NoSuchSchemaException.class, () -> catalog.fit(secret));
            assertEquals("there is no schema 'basic-auth'", e.getMessage());
            assertFalse((e.getMessage() + e.hint()).contains(CANARY));
        }
    }

    @Test
    void azure_takesBothSpellings() {
        try (Secret secret = secret("azure", "accountname", "a", "account_name", "b", "clientid", "c")) {
            assertSame(secret, catalog.fit(secret));
        }
    }

    @Test
    void closedSecret_cannotBeFitted() {
        Secret secret = secret("kserve_gs", "storage_type", "GCS");
        secret.close();
        assertThrows(IllegalStateException.class, () -> catalog.fit(secret));
    }

    private InvalidException refused(Secret secret) {
        InvalidException e = assertThrows(InvalidException.class, () -> catalog.fit(secret));
        assertEquals(ExitCode.INVALID, e.exitCode());
        assertFalse((e.getMessage() + e.name() + e.hint()).contains("8b1f"), "a value in " + e.getMessage());
        assertNull(e.getCause());
        return e;
    }

    private static Map<String, String> texts(Secret secret) {
        Map<String, String> texts = new LinkedHashMap<>();
        secret.content().forEach((key, value) -> texts.put(key, value.revealText()));
        return texts;
    }

    private static Secret secret(String type, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(SecretName.of("s"), type, content);
    }
}
