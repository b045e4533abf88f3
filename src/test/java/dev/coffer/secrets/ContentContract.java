package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The part of {@link SecretsManagerContract} that is about what a secret may be: any value comes back byte for byte,
 * any key is just a key, any two names are two secrets.
 */
public abstract class ContentContract extends ContractFixture {
    /** Only for contracts. */
    protected ContentContract() {}

    @Test
    protected void value_unicode_comesBack() {
        assertComesBack("Grüße, Ἀθῆναι, 日本語, 🔐👩‍💻, e\u0301 is not \u00e9, \u202ertl\u202c \ufeffbom \ufffd");
    }

    @Test
    protected void value_empty_comesBack() {
        assertComesBack("");
    }

    @Test
    protected void value_newlines_comeBack() {
        assertComesBack("\n");
        assertComesBack("-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----\n\n");
    }

    @Test
    protected void value_spacesAround_areNotTrimmed() {
        assertComesBack("  \t a b \t  ");
        assertComesBack(" ");
    }

    @Test
    protected void value_equalsSigns_comeBack() {
        assertComesBack("a=b=c==");
    }

    @Test
    protected void value_atSigns_areNotExpanded() {
        assertComesBack("@@x");
        assertComesBack("@/etc/hostname");
        assertComesBack("@-");
    }

    @Test
    protected void value_dollars_areNotExpanded() {
        assertComesBack("$HOME ${HOME} $(id) `id` %PATH% $$");
    }

    @Test
    protected void value_references_areNotResolved() {
        assertComesBack("{{x.y}} {{ secret.key }}");
    }

    @Test
    protected void value_nul_comesBack() {
        assertComesBack("\0");
        assertComesBack("before\0after\0");
    }

    @Test
    protected void value_controlCharacters_comeBack() {
        assertComesBack("\u0001\u0007\u001b[31m\u007f\u0085\u2028");
    }

    @Test
    protected void value_quotesAndBackslashes_comeBack() {
        assertComesBack("\"'\\\\ \\n \\u0041 {\"a\": [1, null]} '; DROP TABLE secret; --");
    }

    @Test
    protected void value_looksLikeAnotherType_staysText() {
        for (String text : List.of("true", "null", "~", "0123", "1e3", "0x1F", "yes", "2026-01-01", "[]", "{}")) {
            assertComesBack(text);
        }
    }

    @Test
    protected void value_around10KiB_comesBack() {
        for (int bytes : new int[] {10_239, 10_240, 10_241}) {
            assertComesBack("x".repeat(bytes));
        }
    }

    @Test
    protected void value_of1MiB_comesBack() {
        assertComesBack("0123456789abcdef".repeat(SecretValue.MAX_BYTES / 16));
    }

    @Test
    protected void values_sameUnderTwoKeys_comeBack() {
        assertKeptOrRefused(List.of(secret("content", "a", "same", "b", "same")));
    }

    @Test
    protected void keys_none_comesBack() {
        assertKeptOrRefused(List.of(secret("content")));
    }

    @Test
    protected void keys_formerlyReserved_areJustKeys() {
        List<String> reserved = List.of(
                "name",
                "zenml_schema_name",
                "arbitrary_kv_pairs",
                "values",
                "origin",
                "schema",
                "version",
                "type",
                "key",
                "keys",
                "content",
                "created",
                "updated",
                "deleted",
                "id");
        String[] keysAndValues = reserved.stream()
                .flatMap(key -> List.of(key, "value of " + key).stream())
                .toArray(String[]::new);
        assertKeptOrRefused(List.of(secret("content", keysAndValues)));
    }

    @Test
    protected void keys_caseTwins_areTwoKeys() {
        assertKeptOrRefused(List.of(secret("content", "user", "a", "USER", "b", "User", "c")));
    }

    @Test
    protected void keys_punctuation_comesBack() {
        assertKeptOrRefused(List.of(
                secret("content", "a.b", "1", "a-b", "2", "a_b", "3", ".a", "4", "_", "5", "0", "6", "ключ", "7")));
    }

    @Test
    protected void keys_long_comeBack() {
        assertKeptOrRefused(List.of(secret("content", "k".repeat(KeyGrammar.MAX_LENGTH), "a", "k".repeat(254), "b")));
    }

    @Test
    protected void keys_aThousand_comeBack() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < Secret.MAX_KEYS; i++) {
            content.put("key" + i, SecretValue.of("value" + i));
        }
        assertKeptOrRefused(List.of(Secret.of(name("content"), content)));
    }

    @Test
    protected void keys_keepTheirOrder() {
        register(manager(), "content", "z", "1", "a", "2", "m", "3", "A", "4");
        assertHolds(manager(), "content", "z", "1", "a", "2", "m", "3", "A", "4");
        assertOrder("content", "z", "a", "m", "A");
    }

    @Test
    protected void names_punctuation_areKept() {
        assertNamesKept(
                "db.password", "db-password", "db_password", "db/password", ".hidden", "a..b", "a/.b", "_", "0");
    }

    @Test
    protected void names_ofAnyLength_areKept() {
        assertNamesKept(
                "n",
                "n".repeat(63),
                "n".repeat(64),
                "n".repeat(100),
                "n".repeat(127),
                "n".repeat(128),
                "n".repeat(255));
    }

    @Test
    protected void names_longWithOneTail_areTwoSecrets() {
        String head = "n".repeat(SecretName.MAX_LENGTH - 1);
        assertNamesKept(head + "a", head + "b");
    }

    @Test
    protected void names_longOfWideCharacters_areKept() {
        assertNamesKept("鍵".repeat(SecretName.MAX_LENGTH), "\ud801\udc00".repeat(SecretName.MAX_LENGTH));
    }

    @Test
    protected void names_deep_areKept() {
        assertNamesKept("a/".repeat(127) + "a", "a/a", "a");
    }

    @Test
    protected void names_unicode_areKept() {
        assertNamesKept("ключ", "鍵", "مفتاح", "straße", "strasse", "ß", "SS", "ı", "i", "İ", "I", "\u0663");
    }

    @Test
    protected void names_formsOfOneText_areOneSecret() {
        String composed = "caf\u00e9";
        register(manager(), composed, "k", "v");
        assertHolds(manager(), Normalizer.normalize(composed, Normalizer.Form.NFD), "k", "v");
        assertEquals(List.of(name(composed)), manager().getAllSecretKeys());
    }

    @Test
    protected void names_caseTwins_areTwoSecrets() {
        assertNamesKept("db", "DB", "Db", "team/DB", "TEAM/db");
    }

    @Test
    protected void names_thatSeparatorsCouldConfuse_areAllDifferent() {
        assertNamesKept(
                "a-b/c", "a/b-c", "a-b-c", "a/b/c", "a.b.c", "a_b_c", "a--b", "a-b", "a_-b", "a-_b", "ab", "a/b");
    }

    @Test
    protected void names_thatLookEncoded_areAllDifferent() {
        assertNamesKept("a/b", "a_2Fb", "a_2fb", "a-2Fb", "a.2Fb", "a__b", "a--2F--b", "a_u002Fb", "YS9i");
    }

    @Test
    protected void names_thatMeanSomethingElsewhere_areJustNames() {
        assertNamesKept(
                "null", "true", "default", "con", "NUL", "secret", "list", "metadata", "config", "GITHUB_TOKEN");
    }

    /** One secret of that value, alone and beside others, and at the end of its life. */
    private void assertComesBack(String value) {
        assertKeptOrRefused(List.of(secret("content", "before", "1", "value", value, "after", "2")));
        if (manager().getAllSecretKeys().contains(name("content"))) {
            manager().deleteSecret(name("content"));
        }
    }

    private void assertNamesKept(String... names) {
        List<Secret> secrets = new ArrayList<>();
        for (String name : names) {
            secrets.add(secret(name, "name", name));
        }
        assertKeptOrRefused(secrets);
    }

    /** All that the flavor does not refuse are listed and hold what they were given; a refused one leaves no trace. */
    private void assertKeptOrRefused(List<Secret> secrets) {
        List<Secret> kept = new ArrayList<>();
        for (Secret secret : secrets) {
            if (refuses(secret)) {
                assertThrows(InvalidException.class, () -> manager().registerSecret(secret));
            } else {
                manager().registerSecret(secret);
                kept.add(secret);
            }
        }
        for (Secret secret : kept) {
            assertEquals(revealed(secret), read(manager(), secret.name().value()));
        }
        assertEquals(
                kept.stream().map(Secret::name).sorted().toList(), manager().getAllSecretKeys());
    }
}
