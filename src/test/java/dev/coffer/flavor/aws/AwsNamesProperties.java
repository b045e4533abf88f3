package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AwsNamesProperties {
    private static final SecretScope NONE = new SecretScope(SecretScope.Kind.NONE, "");
    private static final SecretScope GLOBAL = new SecretScope(SecretScope.Kind.GLOBAL, "");

    private static AwsNames names(String prefix, SecretScope scope) {
        return new AwsNames(
                AwsSettings.of(new ComponentDefinition(
                        ComponentType.SECRETS_MANAGER, "aws", "team", new UUID(4, 8), Map.of("prefix", prefix))),
                scope);
    }

    @Provide
    Arbitrary<SecretName> names() {
        Arbitrary<String> segment =
                Arbitraries.of("a", "A", "db", "a-secret", "x.y", "_2f", "3D", "é", "字", "𐐀", "coffer", "global", "B");
        return segment.list().ofMinSize(1).ofMaxSize(5).map(parts -> SecretName.of(String.join("/", parts)));
    }

    @Provide
    Arbitrary<SecretScope> scopes() {
        Arbitrary<String> namespaces = Arbitraries.of("a", "A", "a/b", "a-b", "b", "global", "x");
        return Arbitraries.oneOf(
                Arbitraries.of(
                        NONE,
                        GLOBAL,
                        new SecretScope(SecretScope.Kind.COMPONENT, "6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1")),
                namespaces.map(name -> new SecretScope(SecretScope.Kind.NAMESPACE, name)));
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of("", "team/", "team", "x=", "=C3");
    }

    @Property
    void nameInAws_tellsTheName_andIsOneOfAws(
            @ForAll("prefixes") String prefix, @ForAll("scopes") SecretScope scope, @ForAll("names") SecretName name) {
        AwsNames names = names(prefix, scope);
        if (scope.equals(NONE) && isOfScope(name)) {
            assertThrows(InvalidException.class, () -> names.of(name));
        } else {
            assertEquals(Optional.of(name), names.nameAt(names.of(name)));
            assertTrue(names.of(name).matches("[A-Za-z0-9/_+=.@-]{1,512}"), names.of(name));
        }
    }

    @Property
    void namesOfTwoScopes_areNeverTheSame(
            @ForAll("scopes") SecretScope one, @ForAll("scopes") SecretScope other, @ForAll("names") SecretName name) {
        if (!one.equals(other) && !(one.equals(NONE) && isOfScope(name))) {
            assertEquals(
                    Optional.empty(), names("p/", other).nameAt(names("p/", one).of(name)));
        }
    }

    @Property
    void twoNames_areTwoInAws(@ForAll("names") SecretName one, @ForAll("names") SecretName other) {
        AwsNames names = names("", GLOBAL);
        assertEquals(one.equals(other), names.of(one).equals(names.of(other)));
    }

    @Example
    void whatIsNoName_isSomebodyElses() {
        AwsNames names = names("", GLOBAL);
        for (String foreign : List.of(
                "",
                "coffer/global/",
                "coffer/global/a b",
                "coffer/global/..",
                "coffer/globalx",
                "team/coffer/global/db",
                "db",
                "coffer/global/=61", // a letter needs no escape
                "coffer/global/=c3=a9", // the digits are upper-case
                "coffer/global/=C3",
                "coffer/global/=2",
                "coffer/global/a@b",
                "coffer/global/a+b")) {
            assertEquals(Optional.empty(), names.nameAt(foreign), foreign);
        }
        assertEquals(Optional.empty(), names.nameAt(names.ofNobody()));
        assertEquals(Optional.empty(), names("", NONE).nameAt("team/coffer/global/db"), "of another prefix");
        assertThrows(InvalidException.class, () -> names("", NONE).of(SecretName.of("team/coffer/component/x/db")));
        assertEquals("coffer/global/prod/db-secret", names.of(SecretName.of("prod/db-secret")));
        assertEquals("team/prod/caf=C3=A9", names("team/", NONE).of(SecretName.of("prod/café")));
    }

    @Example
    void nameThatIsTooLongForAws_isRefused() {
        AwsNames names = names("", NONE);
        assertEquals(255, names.of(SecretName.of("a".repeat(255))).length());
        assertThrows(InvalidException.class, () -> names.of(SecretName.of("字".repeat(100))));
    }

    private static boolean isOfScope(SecretName name) {
        return name.value().matches("(?s)coffer/.*|.*/coffer/(global|component|namespace)/.*");
    }
}
