package dev.coffer.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ExtensionJars;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoredRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CustomSchemasTest {
    private static CustomSchemas.Draft draft(String rest) {
        return CustomSchemas.read("{\"type\":\"object\"," + rest + "}", "my-type.schema.json");
    }

    private static boolean fits(String property, String value) {
        CustomSchemas.Draft draft = draft("\"properties\":{\"k\":" + property + "}");
        try (Secret secret = Secret.of(SecretName.of("s"), "my-type", Map.of("k", SecretValue.of(value)))) {
            return draft.fits(secret);
        }
    }

    @Test
    void keysKeepTheirOrderAndAllThatIsSaidOfThem() {
        SecretSchema schema = draft("\"description\":\"d\",\"required\":[\"z\"],\"properties\":{"
                        + "\"z\":{\"description\":\"the z\",\"format\":\"uri\",\"x-secret\":false},"
                        + "\"a\":{\"type\":\"integer\",\"default\":5}}")
                .schema();

        assertEquals(
                new SecretSchema(
                        "my-type",
                        "d",
                        List.of(
                                new SchemaKey("z", true, Optional.empty(), false, "the z", "of the format uri", true),
                                new SchemaKey("a", false, Optional.of("5"), false, "", "a whole number", false)),
                        false),
                schema);
    }

    @ParameterizedTest
    @CsvSource({"x-type,one,one", "title,two,two", "title,Not a type,my-type", "$comment,x,my-type"})
    void theTypeIsNamedByTheDocument_elseByTheFile(String word, String value, String type) {
        assertEquals(type, draft("\"" + word + "\":\"" + value + "\"").schema().type());
    }

    @Test
    void oneOfCoffersOwnTypesIsNotReplaced() {
        assertThrows(RecordExistsException.class, () -> draft("\"x-type\":\"aws\""));
        assertThrows(RecordExistsException.class, () -> draft("\"x-type\":\"arbitrary\""));
    }

    @Test
    void otherKeysAreRefusedUnlessAllowed() {
        assertFalse(draft("\"properties\":{}").schema().anyKeys());
        assertTrue(draft("\"additionalProperties\":true").schema().anyKeys());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"integer\"}; -12; 1.5",
                "{\"type\":\"number\"}; 1.5e3; 1.",
                "{\"type\":\"boolean\"}; true; yes",
                "{\"enum\":[\"a\",\"b\"]}; b; c",
                "{\"const\":\"a\"}; a; b",
                "{\"minLength\":2}; ab; a",
                "{\"maxLength\":2}; ab; abc",
                "{\"pattern\":\"^a+$\"}; aa; ab",
                "{\"pattern\":\"b\"}; abc; ac",
                "{\"format\":\"ipv4\"}; 10.0.0.1; 10.0.0.256",
                "{\"format\":\"uuid\"}; 6f0cb4a8-1d5c-4a9e-8e8b-0f5d0f0a1b2c; 6f0cb4a8",
                "{\"format\":\"date\"}; 2026-02-28; 2026-02-30",
                "{\"format\":\"date-time\"}; 2026-02-28T10:00:00Z; 2026-02-28",
                "{\"format\":\"uri\"}; https://a.example/x; a b"
            })
    void aValueIsHeldAgainstItsProperty(String property, String good, String bad) {
        assertTrue(fits(property, good), good);
        assertFalse(fits(property, bad), bad);
    }

    @Test
    void lengthsCountCharacters_notHalvesOfThem() {
        assertTrue(fits("{\"maxLength\":1}", "\uD83D\uDD11"));
    }

    @Test
    void aPatternOfUnboundedEffortComesToAnEnd() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertFalse(fits("{\"pattern\":\"^(.*a){30}$\"}", "a".repeat(60) + "!")));
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> fits("{\"pattern\":\"^(a|b)*$\"}", "ab".repeat(500_000)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"properties\":{\"a\":{\"type\":\"object\"}}; /properties/a/type",
                "\"properties\":{\"a\":{\"$ref\":\"https://x.example/\"}}; /properties/a/$ref",
                "\"properties\":{\"a\":{\"minLength\":\"x\"}}; /properties/a/minLength",
                "\"properties\":{\"a\":{\"type\":\"integer\",\"maxLength\":1}}; /properties/a/maxLength",
                "\"properties\":{\"a\":{\"type\":\"integer\",\"default\":\"x\"}}; /properties/a/default",
                "\"properties\":{\"a\":{\"enum\":[1]}}; /properties/a/enum",
                "\"properties\":{\"a\":{\"x-secret\":\"no\"}}; /properties/a/x-secret",
                "\"properties\":{\"a b\":{}}; /properties/a b",
                "\"properties\":{\"a\":true}; /properties/a",
                "\"required\":[\"q\"]; /required",
                "\"allOf\":[]; /allOf",
                "\"$schema\":\"http://json-schema.org/draft-07/schema#\"; /$schema",
                "\"additionalProperties\":{}; /additionalProperties"
            })
    void whatHasNoMeaningForASecretIsRefusedWithItsPlace(String rest, String place) {
        String message = assertThrows(InvalidException.class, () -> draft(rest)).getMessage();
        assertTrue(message.contains(place), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "{\"type\":\"object\",\"type\":\"object\"}", "{\"type\":\"object\"} x"})
    void whatIsNoJsonObjectIsRefused(String text) {
        assertThrows(InvalidException.class, () -> CustomSchemas.read(text, "a.json"));
    }

    @Test
    void noFaultQuotesAValue() {
        String canary = "Q7canaryQ7";
        CustomSchemas.Draft draft = draft("\"properties\":{\"a\":{\"pattern\":\"^x$\",\"maxLength\":3},"
                + "\"b\":{\"format\":\"uri\"},\"c\":{\"enum\":[\"x\"]},\"d\":{\"type\":\"number\"}}");
        SchemaCatalog catalog = SchemaCatalog.builtIn().with(new SchemaSource() {
            @Override
            public Optional<StoredRecord> find(String type) {
                return Optional.of(new StoredRecord(KIND, new UUID(0, 1), type, 1, CustomSchemas.body(draft)));
            }

            @Override
            public ExtensionJars jars() {
                return new ExtensionJars(Path.of("none"));
            }

            @Override
            public List<StoredRecord> list() {
                return List.of();
            }
        });
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (String key : List.of("a", "b", "c", "d")) {
            content.put(key, SecretValue.of(canary + " " + key));
        }
        try (Secret secret = Secret.of(SecretName.of("s"), "my-type", content)) {
            String message = assertThrows(InvalidException.class, () -> catalog.fit(secret))
                    .getMessage();
            assertFalse(message.contains(canary), message);
            assertEquals(4, catalog.faultsOf(secret).size());
        }
    }
}
