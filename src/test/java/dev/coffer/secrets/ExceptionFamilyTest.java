package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExceptionFamilyTest {
    /** The table that users' scripts rely on: numbers are never changed and never used again. */
    private static final List<String> EXIT_CODES = List.of(
            "0 done",
            "1 unexpected failure",
            "2 wrong usage or declined",
            "3 no such secret, stack, flavor, schema or target",
            "4 already exists",
            "5 wrong key",
            "6 integrity failure (tampered or corrupt)",
            "7 invalid (name, schema, size, file content)",
            "8 conflict",
            "9 remote unreachable or denied",
            "10 not supported by this flavor",
            "11 store written by a newer coffer",
            "12 older copy of the store than last seen",
            "13 locked, no key given",
            "14 store missing",
            "15 file trouble (disk full, read-only, unsafe permissions)",
            "130 interrupted");

    private static final Map<String, Integer> EXIT_CODE_OF = Map.ofEntries(
            Map.entry("NoSuchSecretException", 3),
            Map.entry("NoSuchSchemaException", 3),
            Map.entry("NoSuchRecordException", 3),
            Map.entry("SecretExistsException", 4),
            Map.entry("StoreExistsException", 4),
            Map.entry("RecordExistsException", 4),
            Map.entry("WrongKeyException", 5),
            Map.entry("IntegrityException", 6),
            Map.entry("InvalidException", 7),
            Map.entry("ConflictException", 8),
            Map.entry("RemoteException", 9),
            Map.entry("UnsupportedByFlavorException", 10),
            Map.entry("NewerStoreException", 11),
            Map.entry("OlderCopyException", 12),
            Map.entry("LockedException", 13),
            Map.entry("StoreMissingException", 14),
            Map.entry("StoreFileException", 15));

    static Stream<Class<?>> members() {
        return membersOf(CofferException.class);
    }

    private static Stream<Class<?>> membersOf(Class<?> parent) {
        return parent.isSealed()
                ? Arrays.stream(parent.getPermittedSubclasses()).flatMap(ExceptionFamilyTest::membersOf)
                : Stream.of(parent);
    }

    @Test
    void exitCodes_areStable() {
        assertEquals(
                EXIT_CODES,
                Arrays.stream(ExitCode.values())
                        .map(code -> code.number() + " " + code.meaning())
                        .toList());
    }

    @Test
    void everyMember_hasAnExitCode() {
        assertEquals(EXIT_CODE_OF.keySet(), members().map(Class::getSimpleName).collect(Collectors.toSet()));
    }

    @Test
    void everyExitCodeOfAnError_hasAMember() {
        Set<ExitCode> withoutException =
                EnumSet.of(ExitCode.DONE, ExitCode.UNEXPECTED, ExitCode.USAGE, ExitCode.INTERRUPTED);
        assertEquals(
                EnumSet.complementOf(EnumSet.copyOf(withoutException)).stream()
                        .map(ExitCode::number)
                        .collect(Collectors.toSet()),
                Set.copyOf(EXIT_CODE_OF.values()));
    }

    @ParameterizedTest
    @MethodSource("members")
    void member_isClosedAndEndsWithItsExitCode(Class<?> member) throws Exception {
        assertTrue(Modifier.isFinal(member.getModifiers()));
        assertTrue(RuntimeException.class.isAssignableFrom(member));
        Constructor<?>[] constructors = member.getConstructors();
        assertTrue(constructors.length > 0, "others than coffer can throw it");
        for (Constructor<?> constructor : constructors) {
            CofferException e = (CofferException)
                    constructor.newInstance(argumentsFor(constructor, "the sentence", "the name", "the hint"));
            assertEquals(EXIT_CODE_OF.get(member.getSimpleName()), e.exitCode().number());
            assertFalse(e.getMessage().isBlank());
            assertTrue(e.name().isPresent());
        }
    }

    @ParameterizedTest
    @MethodSource("members")
    void member_saysWhatItWasGiven(Class<?> member) throws Exception {
        for (Constructor<?> constructor : member.getConstructors()) {
            if (constructor.getParameterTypes()[0] != String.class) {
                continue;
            }
            CofferException e = (CofferException)
                    constructor.newInstance(argumentsFor(constructor, "the sentence", "the name", "the hint"));
            assertEquals("the sentence", e.getMessage());
            assertEquals("the name", e.name().orElseThrow());
            assertEquals("the hint", e.hint().orElseThrow());
            assertEquals(constructor.getParameterCount() == 4, e.getCause() != null);

            CofferException bare =
                    (CofferException) constructor.newInstance(argumentsFor(constructor, "the sentence", null, null));
            assertTrue(bare.name().isEmpty());
            assertTrue(bare.hint().isEmpty());
        }
    }

    @Test
    void errorsAboutASecret_nameItAndTheWayOut() {
        SecretName name = SecretName.of("db/prod");
        Map<String, CofferException> expected = new TreeMap<>(Map.of(
                "there is no secret named db/prod", new NoSuchSecretException(name),
                "secret db/prod has no version 3", new NoSuchSecretException(name, 3),
                "secret db/prod has no key host", new NoSuchSecretException(name, "host"),
                "a secret named db/prod exists already", new SecretExistsException(name)));
        expected.forEach((sentence, e) -> {
            assertEquals(sentence, e.getMessage());
            assertEquals("db/prod", e.name().orElseThrow());
        });
        assertEquals(
                "'coffer secret update db/prod' changes it",
                new SecretExistsException(name).hint().orElseThrow());
        assertTrue(new NoSuchSecretException(name).hint().orElseThrow().contains("coffer secret list"));
        assertTrue(new NoSuchSecretException(name, 3).hint().orElseThrow().contains("coffer secret history db/prod"));
    }

    /** Texts in order, and something fitting for every other type. */
    private static @Nullable Object[] argumentsFor(Constructor<?> constructor, @Nullable String... texts) {
        Class<?>[] types = constructor.getParameterTypes();
        @Nullable Object[] arguments = new @Nullable Object[types.length];
        int text = 0;
        for (int i = 0; i < types.length; i++) {
            if (types[i] == String.class) {
                arguments[i] = texts[text++];
            } else if (types[i] == SecretName.class) {
                arguments[i] = SecretName.of("a/b");
            } else if (types[i] == UUID.class) {
                arguments[i] = new UUID(7, 7);
            } else if (types[i] == long.class) {
                arguments[i] = 7L;
            } else {
                assertEquals(Throwable.class, types[i], "an argument that this test does not know");
                arguments[i] = new IllegalStateException("the cause");
            }
        }
        return arguments;
    }
}
