package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.flavor.http.Exchange;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class VaultPathsProperties {
    private static final SecretScope NONE = new SecretScope(SecretScope.Kind.NONE, "");
    private static final SecretScope GLOBAL = new SecretScope(SecretScope.Kind.GLOBAL, "");

    private static SecretScope namespace(String name) {
        return new SecretScope(SecretScope.Kind.NAMESPACE, name);
    }

    @Provide
    Arbitrary<SecretName> names() {
        Arbitrary<String> segment = Arbitraries.of("a", "db", "a-b", "x.y", "_2f", "é", "字", "coffer", "global", "B");
        return segment.list().ofMinSize(1).ofMaxSize(5).map(parts -> SecretName.of(String.join("/", parts)));
    }

    @Provide
    Arbitrary<SecretScope> scopes() {
        Arbitrary<String> namespaces = Arbitraries.of("a", "a/b", "a-b", "b", "global", "x");
        return Arbitraries.oneOf(
                Arbitraries.of(
                        NONE,
                        GLOBAL,
                        new SecretScope(SecretScope.Kind.COMPONENT, "6a1f0f1e-50c5-4c39-9d6b-0a5ad0a5d4f1")),
                namespaces.map(VaultPathsProperties::namespace));
    }

    @Property
    void path_tellsTheName(@ForAll("scopes") SecretScope scope, @ForAll("names") SecretName name) {
        VaultPaths paths = new VaultPaths(scope);
        if (scope.equals(NONE) && name.value().startsWith("coffer/")) {
            assertThrows(InvalidException.class, () -> paths.of(name));
        } else {
            assertEquals(Optional.of(name), paths.nameAt(paths.of(name)));
        }
    }

    @Property
    void pathsOfTwoScopes_areNeverTheSame(
            @ForAll("scopes") SecretScope one, @ForAll("scopes") SecretScope other, @ForAll("names") SecretName name) {
        if (!one.equals(other) && !(one.equals(NONE) && name.value().startsWith("coffer/"))) {
            assertEquals(Optional.empty(), new VaultPaths(other).nameAt(new VaultPaths(one).of(name)));
        }
    }

    @Property
    void url_carriesThePathUnchanged(@ForAll("names") SecretName name) {
        String encoded = Exchange.encode(name.value());
        assertEquals(name.value(), URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        assertFalse(encoded.chars().anyMatch(c -> c > 0x7E || c <= ' ' || "?#&;".indexOf(c) >= 0), encoded);
    }

    @Example
    void whatIsNoName_isSomebodyElses() {
        VaultPaths paths = new VaultPaths(GLOBAL);
        for (String path :
                List.of("", "coffer/global/", "coffer/global/a b", "coffer/global/..", "coffer/globalx", "db")) {
            assertEquals(Optional.empty(), paths.nameAt(path), path);
        }
        assertFalse(new VaultPaths(NONE).mayHold("coffer/"));
        assertEquals("coffer/global/prod/db", paths.of(SecretName.of("prod/db")));
    }
}
