package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SecretScopeProperties {
    @Property
    void path_isReadBack(
            @ForAll("scopes") SecretScope scope,
            @ForAll("names") SecretName name,
            @ForAll("separators") char separator) {
        assertEquals(Optional.of(name), scope.nameAt(scope.path(name, separator), separator));
    }

    @Property
    void paths_areEqualExactlyIfScopeAndNameAre(
            @ForAll("scopes") SecretScope left,
            @ForAll("names") SecretName leftName,
            @ForAll("scopes") SecretScope right,
            @ForAll("names") SecretName rightName,
            @ForAll("separators") char separator) {
        boolean same = left.equals(right) && leftName.equals(rightName);
        assertEquals(same, left.path(leftName, separator).equals(right.path(rightName, separator)));
    }

    @Property
    void aPathOfOneScope_isNoneOfAnother(
            @ForAll("scopes") SecretScope left,
            @ForAll("scopes") SecretScope right,
            @ForAll("names") SecretName name,
            @ForAll("separators") char separator) {
        boolean found = right.nameAt(left.path(name, separator), separator).isPresent();
        assertEquals(left.equals(right), found);
    }

    @Property
    void foreignPaths_areRefusedOrWrittenBackAsTheyAre(
            @ForAll("scopes") SecretScope scope, @ForAll String path, @ForAll("separators") char separator) {
        scope.nameAt(path, separator).ifPresent(name -> assertEquals(path, scope.path(name, separator)));
    }

    @Property
    void owners_areEqualExactlyIfScopesAre(@ForAll("scopes") SecretScope left, @ForAll("scopes") SecretScope right) {
        assertEquals(left.equals(right), left.owner().equals(right.owner()));
    }

    @Property
    void owner_ofASharedScope_isNoComponentsId(@ForAll("namespaces") SecretScope scope) {
        assertEquals(8, scope.owner().version());
        assertEquals(2, scope.owner().variant());
    }

    /** The pair that the original mixed up, where the separator is legal in names. */
    @Example
    void namespaceAndName_areNotMixedUp() {
        for (char separator : new char[] {'-', '/', '.'}) {
            assertNotEquals(
                    namespace("a-b").path(SecretName.of("c"), separator),
                    namespace("a").path(SecretName.of("b-c"), separator));
            assertNotEquals(
                    namespace("a/b").path(SecretName.of("c"), separator),
                    namespace("a").path(SecretName.of("b/c"), separator));
        }
    }

    @Example
    void paths_areWrittenAsDocumented() {
        SecretName name = SecretName.of("prod/db");
        assertEquals("coffer/namespace/team_2da/prod_2fdb", namespace("team-a").path(name, '/'));
        assertEquals("coffer-global-prod_2fdb", new SecretScope(SecretScope.Kind.GLOBAL, "").path(name, '-'));
        assertEquals("prod_2fdb", new SecretScope(SecretScope.Kind.NONE, "").path(name, '/'));
        assertEquals(new UUID(0, 7), new SecretScope(SecretScope.Kind.COMPONENT, new UUID(0, 7).toString()).owner());
    }

    @Example
    void aBareNameThatLooksLikeAPath_staysInScopeNone() {
        String path = new SecretScope(SecretScope.Kind.NONE, "").path(SecretName.of("coffer/global/db"), '/');
        assertTrue(
                new SecretScope(SecretScope.Kind.GLOBAL, "").nameAt(path, '/').isEmpty());
    }

    private static SecretScope namespace(String namespace) {
        return new SecretScope(SecretScope.Kind.NAMESPACE, namespace);
    }

    @Provide
    Arbitrary<SecretScope> scopes() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        new SecretScope(SecretScope.Kind.NONE, ""), new SecretScope(SecretScope.Kind.GLOBAL, "")),
                Arbitraries.longs()
                        .between(0, 3)
                        .map(low -> new SecretScope(SecretScope.Kind.COMPONENT, new UUID(0x4000, low).toString())),
                namespaces());
    }

    @Provide
    Arbitrary<SecretScope> namespaces() {
        return names().map(name -> namespace(name.value()));
    }

    /** Short ones of few characters, so that equal and nearly equal ones meet. */
    @Provide
    Arbitrary<SecretName> names() {
        Arbitrary<String> first = Arbitraries.of("a", "b", "coffer", "global", "5f", "é", "名", "_", ".a");
        Arbitrary<String> rest = Arbitraries.of("", "-b", "/b", "_b", ".b", "-", "_2d", "/global", "2f", "Ä");
        return Combinators.combine(first, rest, rest).as((a, b, c) -> SecretName.of(a + b + c));
    }

    @Provide
    Arbitrary<Character> separators() {
        return Arbitraries.of('/', '-', '.');
    }
}
