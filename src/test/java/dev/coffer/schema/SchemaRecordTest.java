package dev.coffer.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SchemaDefault;
import dev.coffer.secrets.SchemaKey;
import dev.coffer.secrets.SchemaRecord;
import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaRecordTest {
    private static final SecretName NAME = SecretName.of("records/one");

    static Stream<Class<? extends Record>> builtIn() {
        return BuiltInSchemas.TYPES.stream().map(BuiltInSchemas::recordOf);
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void everyComponentComesBack(Class<? extends Record> schema) throws Exception {
        Record instance = instanceOf(schema, false);
        try (Secret secret = Secret.from(NAME, instance)) {
            assertEquals(SchemaRecord.typeOf(schema), secret.schemaType());
            assertEquals(
                    SchemaRecord.keysOf(schema).stream().map(SchemaKey::name).toList(),
                    List.copyOf(secret.content().keySet()));
            Record back = secret.as(schema);
            for (RecordComponent component : schema.getRecordComponents()) {
                SecretValue given = valueOf(instance, component);
                SecretValue returned = valueOf(back, component);
                assertTrue(given.sameAs(returned), component.getName());
                assertNotSame(given, returned);
            }
            try (Secret again = Secret.from(NAME, back)) {
                assertTrue(secret.sameContentAs(again));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void absentOptionalComponents_areNullAndNotInTheSecret(Class<? extends Record> schema) throws Exception {
        Record instance = instanceOf(schema, true);
        try (Secret secret = Secret.from(NAME, instance)) {
            assertEquals(
                    SchemaRecord.keysOf(schema).stream()
                            .filter(SchemaKey::required)
                            .map(SchemaKey::name)
                            .toList(),
                    List.copyOf(secret.content().keySet()));
            Record back = secret.as(schema);
            for (RecordComponent component : schema.getRecordComponents()) {
                assertEquals(read(instance, component) == null, read(back, component) == null, component.getName());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void toString_showsNoValue(Class<? extends Record> schema) throws Exception {
        Record instance = instanceOf(schema, false);
        assertFalse(instance.toString().contains("value of"), instance.toString());
        assertTrue(instance.toString().contains("redacted"), instance.toString());
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void missingRequiredKeys_areNamed(Class<? extends Record> schema) {
        List<String> required = SchemaRecord.keysOf(schema).stream()
                .filter(SchemaKey::required)
                .map(SchemaKey::name)
                .toList();
        Secret empty = Secret.of(NAME, SchemaRecord.typeOf(schema), Map.of());
        if (required.isEmpty()) {
            assertInstanceOf(schema, empty.as(schema));
        } else {
            InvalidException e = assertThrows(InvalidException.class, () -> empty.as(schema));
            assertEquals(
                    "secret records/one does not fit schema " + SchemaRecord.typeOf(schema) + ": it lacks "
                            + String.join(", ", required),
                    e.getMessage());
        }
    }

    @Test
    void nullInARequiredComponent_isRefused() {
        @SuppressWarnings("NullAway") // what a caller without a null checker can do
        BasicAuth halved = new BasicAuth(SecretValue.of("u"), null);
        InvalidException e = assertThrows(InvalidException.class, () -> Secret.from(NAME, halved));
        assertTrue(e.getMessage().contains("password"), e.getMessage());
    }

    @Test
    void outgrownSecret_isReadWithoutTheKeysThatTheSchemaDoesNotKnow() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("password", SecretValue.of("p"));
        content.put("otp_seed", SecretValue.of("o"));
        content.put("username", SecretValue.of("u"));
        try (Secret secret = Secret.of(NAME, "basic_auth", content)) {
            BasicAuth login = secret.as(BasicAuth.class);
            assertEquals("u", login.username().revealText());
            assertEquals("p", login.password().revealText());
        }
    }

    @Test
    void secretOfAnotherType_isReadIfItsKeysFit() {
        try (Secret secret =
                Secret.of(NAME, Map.of("username", SecretValue.of("u"), "password", SecretValue.of("p")))) {
            assertEquals("u", secret.as(BasicAuth.class).username().revealText());
        }
    }

    @Test
    void storedValueThatWouldNotBeTakenToday_isStillRead() {
        try (Secret secret = Secret.of(NAME, "gcp", Map.of("token", SecretValue.of("not JSON")))) {
            assertEquals("not JSON", secret.as(Gcp.class).token().revealText());
        }
    }

    @Test
    void valuesOfARecord_areCopiesOfItsOwn() {
        Secret secret =
                Secret.of(NAME, "basic_auth", Map.of("username", SecretValue.of("u"), "password", SecretValue.of("p")));
        BasicAuth login = secret.as(BasicAuth.class);
        secret.close();
        assertEquals("p", login.password().revealText());

        Secret from = Secret.from(NAME, login);
        login.password().close();
        assertEquals("p", from.value("password").revealText());
    }

    @SchemaType("acme.gateway-2")
    record Gateway(
            SecretValue apiKey,
            SecretValue x,
            @SchemaDefault("eu") @Nullable SecretValue region2,

            @SchemaDefault(value = "v2", only = true) @Nullable
            SecretValue API) {}

    @Test
    void keys_areComponentNamesInSnakeCase() {
        assertEquals(
                List.of("api_key", "x", "region2", "_a_p_i"),
                SchemaRecord.keysOf(Gateway.class).stream().map(SchemaKey::name).toList());
        assertEquals("acme.gateway-2", SchemaRecord.typeOf(Gateway.class));
        assertEquals("", SchemaRecord.descriptionOf(Gateway.class));
        assertEquals(
                "eu", SchemaRecord.keysOf(Gateway.class).get(2).defaultValue().orElseThrow());
        assertTrue(SchemaRecord.keysOf(Gateway.class).get(3).only());
    }

    @Test
    void recordOfAThirdParty_needsNotBePublic() {
        try (Secret secret =
                Secret.from(NAME, new Gateway(SecretValue.of("k"), SecretValue.of(""), null, SecretValue.of("v2")))) {
            Gateway back = secret.as(Gateway.class);
            assertEquals("k", back.apiKey().revealText());
            assertEquals("", back.x().revealText());
            assertNull(back.region2());
            SecretValue api = back.API();
            assertNotNull(api);
            assertEquals("v2", api.revealText());
        }
    }

    record Untyped(SecretValue x) {}

    @SchemaType("Upper")
    record BadType(SecretValue x) {}

    @SchemaType("text")
    record TextComponent(String x) {}

    @SchemaType("needless_default")
    record NeedlessDefault(@SchemaDefault("d") SecretValue x) {}

    @SchemaType("twins")
    record Twins(SecretValue userName, @Nullable SecretValue user_name) {}

    @SchemaType("refuses")
    record Refuses(SecretValue x) {
        Refuses {
            throw new IllegalArgumentException("no: " + x.revealText());
        }
    }

    @Test
    void classThatIsNoSchema_isRefusedWithTheReason() {
        assertReason("it is not annotated with @SchemaType", Untyped.class);
        assertReason("its component x is not a SecretValue", TextComponent.class);
        assertReason("its required component x has a default", NeedlessDefault.class);
        assertReason("two of its components are the key user_name", Twins.class);
        assertThrows(InvalidException.class, () -> SchemaRecord.typeOf(BadType.class));
        assertThrows(InvalidException.class, () -> Secret.from(NAME, new Untyped(SecretValue.of("x"))));
    }

    private static void assertReason(String reason, Class<? extends Record> schema) {
        InvalidException e = assertThrows(InvalidException.class, () -> SchemaRecord.keysOf(schema));
        assertEquals("the class " + schema.getName() + " is not a secret schema: " + reason, e.getMessage());
    }

    @Test
    void constructorThatThrows_isNotQuoted() {
        try (Secret secret = Secret.of(NAME, "refuses", Map.of("x", SecretValue.of("CANARY")))) {
            InvalidException e = assertThrows(InvalidException.class, () -> secret.as(Refuses.class));
            assertFalse(e.getMessage().contains("CANARY"));
            assertNull(e.getCause());
        }
    }

    private static Record instanceOf(Class<? extends Record> schema, boolean requiredOnly) throws Exception {
        List<SchemaKey> keys = SchemaRecord.keysOf(schema);
        @Nullable
        Object[] values = keys.stream()
                .map(key -> requiredOnly && !key.required() ? null : SecretValue.of("value of " + key.name()))
                .toArray();
        Class<?>[] types = Arrays.stream(schema.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        return schema.getDeclaredConstructor(types).newInstance(values);
    }

    private static SecretValue valueOf(Record instance, RecordComponent component) throws Exception {
        SecretValue value = read(instance, component);
        assertNotNull(value, component.getName());
        return value;
    }

    private static @Nullable SecretValue read(Record instance, RecordComponent component) throws Exception {
        return (SecretValue) component.getAccessor().invoke(instance);
    }
}
