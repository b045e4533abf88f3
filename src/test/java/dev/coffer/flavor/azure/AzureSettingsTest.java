package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureSettingsTest {
    private static AzureSettings settings(String... attributes) {
        Map<String, String> all = new HashMap<>();
        for (String attribute : attributes) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        return AzureSettings.of(
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "azure", "team", new UUID(4, 8), all));
    }

    @Test
    void vault_isNamedOrAddressed() {
        assertEquals(
                URI.create("https://my-vault.vault.azure.net/"),
                settings("vault=My-Vault").endpoint().url());
        assertEquals(
                URI.create("https://v.vault.azure.cn/"),
                settings("vault-url=https://v.vault.azure.cn").endpoint().url());
        assertFalse(settings("vault=my-vault").isLoopback());
        assertTrue(settings("vault-url=https://127.0.0.1:8444").isLoopback());
        assertTrue(settings("vault-url=http://localhost:8444/").isPlain());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://v.vault.azure.net",
                "http://127.0.0.1.example.org",
                "http://10.0.0.1",
                "ftp://localhost",
                "localhost:8444",
                "https://",
                "https://v.vault.azure.net:99999",
                "https://user:pw@v.vault.azure.net",
                "https://v.vault.azure.net?x=canary",
                "https://v.vault.azure.net/secrets",
                "a b"
            })
    void url_thatWouldLeakOrIsNone_isRefused_andNotQuoted(String url) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings("vault-url=" + url));
        assertFalse(e.getMessage().contains(url), e.getMessage());
        assertTrue(e.getMessage().contains("team"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prefix=a
            vault=v1t vault-url=https://v.vault.azure.net
            vault=ab
            vault=a.example.org/
            vault=canary.example.org#
            vault=v1t prefix=A
            vault=v1t prefix=a_b
            vault=v1t prefix=coffer-
            vault=v1t prefix=coffer-global-
            vault=v1t prefix=cof
            vault=v1t tenant-id=a/b
            vault=v1t client-id=a b
            vault=v1t client-secret=s
            vault=v1t client-secret=s client-id=c
            vault=v1t client-secret=s tenant-id=t
            vault=v1t authority-host=http://localhost
            vault=v1t authority-host=https://login.example.org/tenant
            vault-url=http://localhost tenant-id=t client-id=c client-secret=s
            vault-url=http://localhost client-id=c
            vault=v1t restore-on-register=perhaps
            vault=v1t connect-timeout=0
            vault=v1t request-timeout=99999
            vault=v1t completion-timeout=soon
            """)
    void whatMakesNoSense_isRefused(String attributes) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings(attributes.split(" (?=[a-z-]+=)")));
        assertTrue(e.getMessage().startsWith("the secrets manager team "), e.getMessage());
    }

    /** A file brings an end of line along. */
    @Test
    void credentials_areStripped_andSenselessOnesAreNotQuoted() {
        AzureSettings.Login login = settings("vault=v1t", "tenant-id=t\n", "client-id=c\r\n", "client-secret=s~.\n")
                .login();
        assertEquals(
                new AzureSettings.Login(Optional.of("t"), Optional.of("c"), Optional.of("s~."), Optional.empty()),
                login);
        for (String secret : new String[] {"canary\nx", "canary x", "canary\u00e9"}) {
            InvalidException e = assertThrows(
                    InvalidException.class,
                    () -> settings("vault=v1t", "tenant-id=t", "client-id=c", "client-secret=" + secret));
            assertFalse(e.getMessage().contains("canary"), e.getMessage());
        }
    }

    @Test
    void toString_showsNoCredential() {
        AzureSettings settings = settings("vault=v1t", "tenant-id=canary", "client-id=canary", "client-secret=canary");
        assertFalse((settings + "" + settings.login()).contains("canary"));
    }
}
