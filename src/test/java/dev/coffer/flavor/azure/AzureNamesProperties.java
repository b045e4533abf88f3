package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AzureNamesProperties {
    private static final SecretScope NONE = new SecretScope(SecretScope.Kind.NONE, "");
    private static final SecretScope GLOBAL = new SecretScope(SecretScope.Kind.GLOBAL, "");

    @Provide
    Arbitrary<SecretName> names() {
        Arbitrary<String> piece = Arbitraries.of(
                "a",
                "A",
                "db",
                "-",
                "--",
                "a-",
                "42",
                "--42",
                "--2f",
                "-2d",
                "x.y",
                "_",
                "/b",
                "é",
                "字",
                "𐐀",
                "coffer-",
                "global-",
                "component-",
                "namespace-",
                "B",
                "z");
        return piece.list().ofMinSize(0).ofMaxSize(5).map(parts -> SecretName.of("n" + String.join("", parts)));
    }

    /** Names as people choose them, of all characters that there are. */
    @Provide
    Arbitrary<SecretName> anyNames() {
        return Arbitraries.strings()
                .withChars("abzABZ019-_./éß字")
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(AzureNamesProperties::isName)
                .map(SecretName::of);
    }

    private static boolean isName(String text) {
        try {
            SecretName.of(text);
            return true;
        } catch (InvalidException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<SecretScope> scopes() {
        Arbitrary<String> namespaces = Arbitraries.of("a", "A", "a/b", "a-b", "a--42", "b", "global", "x");
        return Arbitraries.oneOf(
                Arbitraries.of(
                        NONE,
                        GLOBAL,
                        new SecretScope(SecretScope.Kind.COMPONENT, "6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1")),
                namespaces.map(name -> new SecretScope(SecretScope.Kind.NAMESPACE, name)));
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of("", "team-", "team", "x--");
    }

    private static Optional<String> inAzure(AzureNames names, SecretName name) {
        try {
            return Optional.of(names.of(name));
        } catch (InvalidException e) {
            return Optional.empty();
        }
    }

    @Property
    void nameInAzure_tellsTheName_andIsOneOfAzure_inAnyCase(
            @ForAll("prefixes") String prefix, @ForAll("scopes") SecretScope scope, @ForAll("names") SecretName name) {
        AzureNames names = new AzureNames(prefix, scope);
        inAzure(names, name).ifPresent(encoded -> {
            assertTrue(encoded.matches("[a-z0-9-]{1,127}"), encoded);
            assertEquals(Optional.of(name), names.nameAt(encoded));
            assertEquals(Optional.of(name), names.nameAt(encoded.toUpperCase(Locale.ROOT)));
        });
    }

    @Property
    void anyName_comesBack(@ForAll("anyNames") SecretName name) {
        AzureNames names = new AzureNames("", GLOBAL);
        assertEquals(Optional.of(name), names.nameAt(names.of(name)));
    }

    @Property
    void twoNames_areTwoInAzure(@ForAll("names") SecretName one, @ForAll("names") SecretName other) {
        AzureNames names = new AzureNames("", GLOBAL);
        assertEquals(one.equals(other), names.of(one).equalsIgnoreCase(names.of(other)));
    }

    @Property
    void secretsOfTwoScopes_areNeverTheSame(
            @ForAll("scopes") SecretScope one, @ForAll("scopes") SecretScope other, @ForAll("names") SecretName name) {
        if (!one.equals(other)) {
            inAzure(new AzureNames("p-", one), name)
                    .ifPresent(encoded ->
                            assertEquals(Optional.empty(), new AzureNames("p-", other).nameAt(encoded), encoded));
        }
    }

    /** What other tools made is listed under the name by which it is read. */
    @Property
    void whatIsListed_isReadThere(@ForAll("foreign") String foreign) {
        AzureNames names = new AzureNames("", NONE);
        names.nameAt(foreign).ifPresent(name -> assertEquals(foreign.toLowerCase(Locale.ROOT), names.of(name)));
    }

    @Provide
    Arbitrary<String> foreign() {
        return Arbitraries.strings().withChars("aBf012-").ofMinLength(1).ofMaxLength(12);
    }

    @Example
    void names_areWrittenForPeople() {
        AzureNames names = new AzureNames("", NONE);
        assertEquals("my-db", names.of(SecretName.of("my-db")));
        assertEquals("prod--2fmy-db", names.of(SecretName.of("prod/my-db")));
        assertEquals("--44--42", names.of(SecretName.of("DB")));
        assertEquals("connectionstrings--default", names.of(SecretName.of("connectionstrings--default")));
        assertEquals(
                Optional.of(SecretName.of("connectionstrings--default")), names.nameAt("ConnectionStrings--Default"));
        assertEquals(Optional.of(SecretName.of("app--2024")), names.nameAt("app--2024"));
        assertEquals("coffer-global-a--2eb", new AzureNames("", GLOBAL).of(SecretName.of("a.b")));
    }

    @Example
    void whatIsNoName_isSomebodyElses() {
        AzureNames names = new AzureNames("", GLOBAL);
        for (String foreign :
                List.of("", "coffer-global-", "coffer-global--a", "coffer-globalx", "team-coffer-global-db", "db")) {
            assertEquals(Optional.empty(), names.nameAt(foreign), foreign);
        }
        assertEquals(Optional.empty(), names.nameAt(names.ofNobody()));
        assertEquals(Optional.empty(), new AzureNames("", NONE).nameAt("team-coffer-global-db"), "of another prefix");
        for (String name : List.of("coffer-global-x", "team-coffer-component-x")) {
            assertThrows(InvalidException.class, () -> new AzureNames("", NONE).of(SecretName.of(name)));
        }
        assertThrows(InvalidException.class, () -> new AzureNames("cof", NONE).of(SecretName.of("fer-global-x")));
    }

    @Example
    void nameThatIsTooLongForAzure_isRefused() {
        AzureNames names = new AzureNames("", NONE);
        assertEquals(127, names.of(SecretName.of("a".repeat(127))).length());
        assertThrows(InvalidException.class, () -> names.of(SecretName.of("a".repeat(128))));
        assertThrows(InvalidException.class, () -> names.of(SecretName.of("A".repeat(32))));
    }
}
