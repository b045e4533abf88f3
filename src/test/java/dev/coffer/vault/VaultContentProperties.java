package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever text a secret holds comes back byte for byte and in order, also after the store was closed. */
class VaultContentProperties {
    private static final SecretName NAME = SecretName.of("any");

    private TestHome home = TestHome.empty();

    @BeforeProperty
    void makeStore() {
        home.close();
        home = TestHome.create();
        home.using(vault -> vault.secretsOf(HERE).register(TestHome.secret("any", "first", "v")));
    }

    @AfterProperty
    void removeStore() {
        home.close();
    }

    @Property(tries = 150)
    void content_comesBackAsItWent(@ForAll("contents") Map<String, String> content) {
        home.using(vault -> {
            try (Secret secret = secret(content)) {
                vault.secretsOf(HERE).update(secret, OptionalLong.empty());
            }
        });
        home.using(vault -> {
            Map<String, String> read = TestHome.revealed(vault.secretsOf(HERE).get(NAME));
            assertEquals(content, read);
            // An update that changes nothing but the order writes nothing.
            assertEquals(content.keySet(), read.keySet());
        });
    }

    @Property(tries = 10)
    void order_ofKeys_isKept(@ForAll("contents") Map<String, String> content) {
        home.using(vault -> {
            SecretName fresh = SecretName.of("fresh");
            try (Secret secret = Secret.of(fresh, secret(content).content())) {
                vault.secretsOf(HERE).register(secret);
                assertEquals(
                        new ArrayList<>(content.keySet()),
                        new ArrayList<>(TestHome.revealed(vault.secretsOf(HERE).get(fresh))
                                .keySet()));
                assertEquals(
                        new ArrayList<>(content.keySet()),
                        vault.secretsOf(HERE).history(fresh).get(0).keys());
            }
            vault.secretsOf(HERE).purge(fresh);
        });
    }

    private static Secret secret(Map<String, String> content) {
        Map<String, SecretValue> values = new LinkedHashMap<>();
        content.forEach((key, value) -> values.put(key, SecretValue.of(value)));
        return Secret.of(NAME, values);
    }

    @Provide
    Arbitrary<Map<String, String>> contents() {
        Arbitrary<String> keys = Arbitraries.strings()
                .withChars("abzAZ019._-éßπ漢")
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(key -> !key.startsWith("-"));
        Arbitrary<String> text = Arbitraries.strings()
                .all()
                .ofMaxLength(300)
                .map(any -> any.codePoints()
                        .filter(c -> c < 0xD800 || c > 0xDFFF)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
        Arbitrary<String> values = Arbitraries.oneOf(
                text,
                Arbitraries.of(
                        "",
                        "\n",
                        "\r\n",
                        "=",
                        "a=b",
                        "$HOME",
                        "${x}",
                        "$(rm)",
                        "\0",
                        "\0\0a\0",
                        " ",
                        "\t",
                        "\"",
                        "\\",
                        "\\u0000",
                        "{\"origin\":\"x\"}",
                        "\u2028\u2029",
                        "\uFEFF",
                        "\uFFFD",
                        "😀",
                        "e\u0301",
                        "\u007f",
                        "</script>",
                        "'; DROP TABLE secret; --",
                        "@file",
                        "NULL"),
                Arbitraries.integers().between(200, 9_000).map("\0x"::repeat));
        return Arbitraries.maps(keys, values).ofMaxSize(8).map(map -> {
            Map<String, String> ordered = new LinkedHashMap<>();
            List<String> reversed = new ArrayList<>(map.keySet());
            java.util.Collections.reverse(reversed);
            reversed.forEach(key -> ordered.put(
                    java.text.Normalizer.normalize(key, java.text.Normalizer.Form.NFC), map.getOrDefault(key, "")));
            return ordered;
        });
    }
}
