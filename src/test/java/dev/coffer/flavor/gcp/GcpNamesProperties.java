package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretScope.Kind;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GcpNamesProperties {
    private static final GcpNames NONE = new GcpNames("", new SecretScope(Kind.NONE, ""));
    private static final GcpNames GLOBAL = new GcpNames("", new SecretScope(Kind.GLOBAL, ""));
    private static final List<GcpNames> ALL = List.of(
            NONE,
            GLOBAL,
            new GcpNames("", new SecretScope(Kind.COMPONENT, "11111111-2222-4333-8444-555555555555")),
            new GcpNames("", new SecretScope(Kind.NAMESPACE, "a")),
            new GcpNames("", new SecretScope(Kind.NAMESPACE, "a-b")),
            new GcpNames("", new SecretScope(Kind.NAMESPACE, "A")));

    /** Of few characters, so that what looks escaped comes up often. */
    @Provide
    Arbitrary<SecretName> names() {
        Arbitrary<String> tricky = Arbitraries.strings()
                .withChars('_', '-', '2', 'f', '5', 'd', 'F', 'a', 'é', '.')
                .ofMinLength(1)
                .ofMaxLength(9);
        Arbitrary<String> prefixed = tricky.map(text -> "coffer-" + text);
        Arbitrary<String> nested = tricky.list().ofMinSize(2).ofMaxSize(3).map(parts -> String.join("/", parts));
        return Arbitraries.oneOf(tricky, prefixed, nested)
                .filter(text -> isName(text))
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
    Arbitrary<String> keys() {
        return Arbitraries.strings()
                .withChars('_', '-', '2', 'f', 'd', 'F', 'é', '.')
                .ofMinLength(1)
                .ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.strings()
                .withChars('_', '-', '2', 'f', '5', 'd', 'F', 'a')
                .ofMinLength(1)
                .ofMaxLength(12);
    }

    @Property
    void id_isOneOfGoogle_andReadBack(@ForAll("names") SecretName name) {
        for (GcpNames names : ALL) {
            String id = names.of(name);
            assertTrue(id.matches("[A-Za-z0-9_-]{1,255}"), id);
            assertEquals(Optional.of(name), names.nameAt(id));
            for (GcpNames others : ALL) {
                if (others != names) {
                    assertEquals(Optional.empty(), others.nameAt(id), () -> "another scope takes " + id);
                }
            }
        }
    }

    /** Whatever is there is one secret at most, and it is kept at that very id. */
    @Property
    void nameOfAnId_leadsBackToTheId(@ForAll("ids") String id) {
        NONE.nameAt(id).ifPresent(name -> assertEquals(id, NONE.of(name)));
        GLOBAL.nameAt("coffer-global-" + id).ifPresent(name -> assertEquals("coffer-global-" + id, GLOBAL.of(name)));
    }

    @Property
    void keys_areApart(
            @ForAll("names") SecretName name,
            @ForAll("keys") String key,
            @ForAll("names") SecretName otherName,
            @ForAll("keys") String otherKey) {
        Assume.that(!name.equals(otherName) || !key.equals(otherKey));
        for (GcpNames names : ALL) {
            String id = names.of(name, key);
            assertTrue(id.matches("[A-Za-z0-9_-]{1,255}"), id);
            assertTrue(names.mayBeKey(id), id);
            assertNotEquals(id, names.of(otherName, otherKey));
            assertNotEquals(id, names.of(otherName, ""));
            for (GcpNames others : ALL) {
                assertEquals(others == names, others.mayBeKey(id), id);
            }
        }
    }

    @Property
    void label_isOneOfGoogle_andReadBack(@ForAll("names") SecretName name) {
        String label;
        try {
            label = GcpNames.label(name);
        } catch (InvalidException e) {
            return; // too long, which is told before any call
        }
        assertTrue(label.matches("[a-z0-9_-]{1,63}"), label);
        assertEquals(Optional.of(name), GcpNames.nameOfLabel(label));
    }

    @Example
    void namesOfOtherTools_areTheirIds() {
        for (String id : List.of("DB_PASSWORD", "my-db_password", "a_5f", "x__y", "A", "a_2F")) {
            assertEquals(Optional.of(SecretName.of(id)), NONE.nameAt(id));
        }
        assertEquals("prod_2fdb", NONE.of(SecretName.of("prod/db")));
        assertEquals("prod_5f2fdb", NONE.of(SecretName.of("prod_2fdb")));
        assertEquals("coffer-global-prod_2fdb", GLOBAL.of(SecretName.of("prod/db")));
        assertEquals("my_db", GcpNames.label(SecretName.of("my_db")));
    }

    @Example
    void longNames_areRefused() {
        SecretName longest = SecretName.of("n".repeat(255));
        assertEquals(255, NONE.of(longest).length());
        for (String name : List.of("é".repeat(50), "n".repeat(242), "a/".repeat(80) + "a")) {
            assertThrows(InvalidException.class, () -> GLOBAL.of(SecretName.of(name)));
        }
        assertThrows(InvalidException.class, () -> GcpNames.label(SecretName.of("n".repeat(64))));
        assertThrows(InvalidException.class, () -> NONE.of(longest, "k"));
    }

    @Example
    void marks_areApart() {
        assertEquals(ALL.size(), ALL.stream().map(GcpNames::mark).distinct().count());
        assertNotEquals(NONE.mark(), new GcpNames("p-", new SecretScope(Kind.NONE, "")).mark());
        assertTrue(ALL.stream().allMatch(names -> names.mark().matches("[a-z0-9_-]{1,63}")));
    }
}
