package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.junit.CofferSecret;
import dev.coffer.junit.CofferSecrets;
import dev.coffer.junit.CofferTest;
import dev.coffer.junit.SecretKey;
import dev.coffer.schema.BasicAuth;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of somebody who uses coffer: only what is public, each with a store of its own. */
@CofferTest
@CofferSecrets("secrets.json")
class ShopTest {
    private final SecretsManager ofConstructor;

    ShopTest(SecretsManager ofConstructor) {
        this.ofConstructor = ofConstructor;
    }

    @BeforeEach
    void add(SecretsManager manager) {
        manager.registerSecret(Secret.of(SecretName.of("added"), Map.of("key", SecretValue.of("value"))));
    }

    @Test
    void everyShape(
            Coffer coffer,
            @SecretKey("shop/db/password") String password,
            @SecretKey("mail/token") SecretValue token,
            @SecretKey("shop/db") Secret secret,
            @SecretKey("shop/db") BasicAuth login) {
        assertEquals("lovelace", password);
        assertEquals("m-1", token.revealText());
        assertEquals("ada", secret.value("username").revealText());
        assertEquals("lovelace", login.password().revealText());
        assertEquals(3, coffer.secrets().getAllSecretKeys().size());
        assertEquals(3, ofConstructor.getAllSecretKeys().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void eachInvocation_hasItsOwn(String name, SecretsManager manager) {
        assertEquals(List.of("added", "mail", "shop/db"), names(manager));
        manager.registerSecret(Secret.of(SecretName.of(name), Map.of("key", SecretValue.of(name))));
    }

    @Test
    @CofferSecret(name = "one", values = "key=a=b")
    void methodAdds(SecretsManager manager, @SecretKey("one/key") String value) {
        assertEquals("a=b", value);
        assertTrue(names(manager).contains("mail"));
    }

    @Test
    @CofferTest(flavor = "memory")
    void memory(SecretsManager manager, @SecretKey("mail/token") String token) {
        assertEquals("memory", manager.definition().flavor());
        assertEquals("m-1", token);
    }

    @Nested
    @CofferSecret(name = "inner", values = "key=i")
    class Inner {
        @Test
        void seesBoth(@SecretKey("inner/key") String inner, @SecretKey("mail/token") String outer) {
            assertEquals("im-1", inner + outer);
        }
    }

    private static List<String> names(SecretsManager manager) {
        return manager.getAllSecretKeys().stream().map(SecretName::value).toList();
    }
}
