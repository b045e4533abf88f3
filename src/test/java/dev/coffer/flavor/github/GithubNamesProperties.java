package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.KeyGrammar;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GithubNamesProperties {
    private static final SecretScope NONE = new SecretScope(SecretScope.Kind.NONE, "");
    private static final SecretScope GLOBAL = new SecretScope(SecretScope.Kind.GLOBAL, "");
    private static final SecretScope COMPONENT =
            new SecretScope(SecretScope.Kind.COMPONENT, "0f9e6a3e-1111-4222-8333-abcdefabcdef");

    @Provide
    Arbitrary<String> pieces() {
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.strings().withChars("ab09_-.AZ").ofMinLength(1).ofMaxLength(12),
                Arbitraries.strings().withChars("a_").ofMinLength(1).ofMaxLength(8),
                Arbitraries.strings().withChars("éßж鍵\u0661").ofMinLength(1).ofMaxLength(4));
        return text.filter(GithubNamesProperties::isPiece);
    }

    @Provide
    Arbitrary<SecretName> names() {
        return pieces().list().ofMinSize(1).ofMaxSize(3).map(all -> SecretName.of(String.join("/", all)));
    }

    @Provide
    Arbitrary<SecretScope> scopes() {
        return Arbitraries.oneOf(
                Arbitraries.of(NONE, GLOBAL, COMPONENT),
                names().map(name -> new SecretScope(SecretScope.Kind.NAMESPACE, name.value())));
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of("COFFER", "A", "A1", "GLOBAL", "COFFERS");
    }

    private static boolean isPiece(String text) {
        try {
            return KeyGrammar.check(text).equals(text)
                    && SecretName.of(text).value().equals(text);
        } catch (InvalidException e) {
            return false;
        }
    }

    @Property
    void name_isOneOfGithub_andTellsTheKey(
            @ForAll("prefixes") String prefix,
            @ForAll("scopes") SecretScope scope,
            @ForAll("names") SecretName secret,
            @ForAll("pieces") String key) {
        GithubNames names = new GithubNames(prefix, scope);
        String name = nameIfShort(names, secret, key);
        assertTrue(name.matches("[A-Z][A-Z0-9_]*"), name);
        assertTrue(!name.startsWith("GITHUB_") && name.length() <= 255, name);
        assertEquals(name, name.toUpperCase(Locale.ROOT));
        assertEquals(Optional.of(new GithubNames.Key(secret, key)), names.at(name));
    }

    /** Of all prefixes, scopes, secrets and keys: two that differ in any have two names. */
    @Property
    void names_ofDifferentKeys_differ_andAreNotMistaken(
            @ForAll("prefixes") String prefix,
            @ForAll("prefixes") String otherPrefix,
            @ForAll("scopes") SecretScope scope,
            @ForAll("scopes") SecretScope otherScope,
            @ForAll("names") SecretName secret,
            @ForAll("names") SecretName otherSecret,
            @ForAll("pieces") String key,
            @ForAll("pieces") String otherKey) {
        GithubNames names = new GithubNames(prefix, scope);
        GithubNames others = new GithubNames(otherPrefix, otherScope);
        String name = nameIfShort(names, secret, key);
        String other = nameIfShort(others, otherSecret, otherKey);
        boolean sameScope = prefix.equals(otherPrefix) && scope.equals(otherScope);
        if (sameScope && secret.equals(otherSecret) && key.equals(otherKey)) {
            assertEquals(name, other);
        } else {
            assertNotEquals(name, other);
        }
        assertEquals(sameScope, names.at(other).isPresent(), other);
    }

    /** What GitHub or somebody else made up is the name of a key exactly if the key has that name. */
    @Property
    void anyName_isThatOfAKey_onlyIfTheKeyHasIt(@ForAll("strangers") String name, @ForAll("scopes") SecretScope scope) {
        GithubNames names = new GithubNames("COFFER", scope);
        names.at(name).ifPresent(key -> assertEquals(name, names.of(key.secret(), key.key())));
    }

    @Provide
    Arbitrary<String> strangers() {
        return Arbitraries.strings().withChars("AB019F_").ofMaxLength(24).map(rest -> "COFFER_" + rest);
    }

    private static String nameIfShort(GithubNames names, SecretName secret, String key) {
        try {
            return names.of(secret, key);
        } catch (InvalidException e) {
            Assume.that(false);
            throw e;
        }
    }

    @Example
    void plainNames_stayPlain() {
        GithubNames none = new GithubNames("COFFER", NONE);
        assertEquals("COFFER_DB__PASSWORD", none.of(SecretName.of("db"), "password"));
        assertEquals("COFFER_DB__ACCESS_KEY", none.of(SecretName.of("db"), "access_key"));
        assertEquals("COFFER_MY_DB2__KEY_0", none.of(SecretName.of("my_db2"), "key_0"));
        assertEquals("COFFER_PROD___2FDB__PASSWORD", none.of(SecretName.of("prod/db"), "password"));
        assertEquals("COFFER_DB_____4BEY", none.of(SecretName.of("db"), "Key"));
        assertEquals(
                "COFFER_GLOBAL____DB__PASSWORD", new GithubNames("COFFER", GLOBAL).of(SecretName.of("db"), "password"));
        assertEquals(
                "TEAM_NAMESPACE__TEAM____DB__PASSWORD",
                new GithubNames("TEAM", new SecretScope(SecretScope.Kind.NAMESPACE, "team"))
                        .of(SecretName.of("db"), "password"));
        assertEquals(
                "COFFER_COMPONENT__0F9E6A3E111142228333ABCDEFABCDEF____DB__PASSWORD",
                new GithubNames("COFFER", COMPONENT).of(SecretName.of("db"), "password"));
    }

    @Example
    void nameThatIsTooLong_isRefused() {
        GithubNames names = new GithubNames("COFFER", NONE);
        assertEquals(255, names.of(SecretName.of("n".repeat(245)), "k").length());
        InvalidException e = assertThrows(InvalidException.class, () -> names.of(SecretName.of("n".repeat(246)), "k"));
        assertTrue(e.getMessage().contains("256 characters"), e.getMessage());
    }

    @Example
    void strangeNames_areNobodys() {
        GithubNames names = new GithubNames("COFFER", NONE);
        for (String name : List.of(
                "",
                "COFFER",
                "COFFER_",
                "COFFER_DB",
                "COFFER_DB__",
                "COFFER___PASSWORD",
                "COFFER_DB__A__B",
                "COFFER_DB__A___",
                "COFFER_DB__A___4",
                "COFFER_DB__A___61",
                "COFFER_DB__A___FF",
                "COFFER_DB__A___2f",
                "COFFER_GLOBAL____DB__K",
                "COFFER_DB__A_",
                "DB__PASSWORD",
                "coffer_db__k")) {
            assertEquals(Optional.empty(), names.at(name), name);
        }
    }
}
