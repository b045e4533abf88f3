package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultSettingsTest {
    private static final Path HOME = Path.of("/home/ada");

    private static VaultSettings settings(Map<String, String> environment, String... attributes) {
        Map<String, String> all = new HashMap<>();
        for (String attribute : attributes) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        return VaultSettings.of(
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "vault", "team", new UUID(4, 8), all),
                environment,
                HOME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://vault.example.org:8200",
                "https://vault.example.org:8200/",
                "https://vault.example.org/behind/a/proxy",
                "http://127.0.0.1:8200",
                "http://localhost:8200",
                "http://[::1]:8200"
            })
    void url_withTlsOrOnLoopback_isTaken(String url) {
        assertEquals(
                URI.create(url.endsWith("/") ? url : url + "/"),
                settings(Map.of(), "url=" + url).endpoint().url());
        assertEquals(
                settings(Map.of(), "url=" + url).endpoint().url(),
                settings(Map.of("VAULT_ADDR", url)).endpoint().url());
        assertEquals(
                settings(Map.of(), "url=" + url).endpoint().url(),
                settings(Map.of("BAO_ADDR", url)).endpoint().url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://vault.example.org:8200",
                "http://127.0.0.1.example.org",
                "http://localhost.example.org",
                "http://10.0.0.1",
                "ftp://localhost",
                "localhost:8200",
                "https://",
                "https://vault.example.org:99999",
                "https://user:pw@vault.example.org",
                "https://vault.example.org?x=canary",
                "https://vault.example.org#x",
                "a b"
            })
    void url_thatWouldLeakOrIsNone_isRefused_andNotQuoted(String url) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings(Map.of(), "url=" + url));
        assertFalse(e.getMessage().contains(url), e.getMessage());
        assertTrue(e.getMessage().contains("team"), e.getMessage());
    }

    @Test
    void withoutUrl_isRefused() {
        assertThrows(InvalidException.class, () -> settings(Map.of()));
    }

    @Test
    void token_comesFromItsUsualPlaces() {
        String url = "url=https://vault.example.org";
        assertEquals("t1", token(settings(Map.of("VAULT_TOKEN", "t2", "BAO_TOKEN", "t3"), url, "token=t1")));
        assertEquals("t2", token(settings(Map.of("VAULT_TOKEN", "t2", "BAO_TOKEN", "t3"), url)));
        assertEquals("t3", token(settings(Map.of("BAO_TOKEN", "t3"), url)));
        assertEquals(
                HOME.resolve(".vault-token"),
                assertInstanceOf(
                                VaultLogin.ByFile.class, settings(Map.of(), url).login())
                        .file());
        assertEquals(
                Path.of("/run/token"),
                assertInstanceOf(
                                VaultLogin.ByFile.class,
                                settings(Map.of("VAULT_TOKEN", "t2"), url, "token-file=/run/token")
                                        .login())
                        .file());
    }

    private static String token(VaultSettings settings) {
        return assertInstanceOf(VaultLogin.ByToken.class, settings.login()).token();
    }

    @Test
    void login_isMadeOfItsAttributes() {
        String url = "url=https://vault.example.org";
        VaultLogin.ByRequest approle = request(settings(Map.of(), url, "auth=approle", "role-id=r", "secret-id=s"));
        assertEquals("auth/approle/login", approle.path());
        assertEquals(Map.of("role_id", "r", "secret_id", "s"), approle.body());
        VaultLogin.ByRequest user =
                request(settings(Map.of(), url, "auth=userpass", "auth-mount=/people/", "username=a b", "password=p"));
        assertEquals("auth/people/login/a%20b", user.path());
        for (String rest : new String[] {"auth=kubernetes role=r", "auth=approle role-id=r"}) {
            VaultLogin.ByRequest odd =
                    request(settings(Map.of(), (url + " auth-mount=a%b|?c#/\u00e9 " + rest).split(" ")));
            assertEquals("auth/a%25b%7C%3Fc%23/%C3%A9/login", odd.path());
        }
        VaultLogin.ByRequest kubernetes = request(settings(Map.of(), url, "auth=kubernetes", "role=r"));
        assertEquals(Optional.of(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token")), kubernetes.jwt());
        assertFalse(approle.toString().contains("s="), approle.toString());
    }

    private static VaultLogin.ByRequest request(VaultSettings settings) {
        return assertInstanceOf(VaultLogin.ByRequest.class, settings.login());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auth=magic
            auth=approle
            auth=approle role-id=r token=t
            auth=userpass username=u
            auth=kubernetes
            role-id=r
            token=t token-file=f
            auth-mount=x
            auth=userpass password=p username=a/../b
            auth=userpass password=p username=..
            kv-version=3
            mount-point=/
            mount-point=a/../b
            mount-point=a//b
            connect-timeout=0
            request-timeout=soon
            request-timeout=99999
            client-cert-file=c
            client-key-file=k
            """)
    void whatMakesNoSense_isRefused(String attributes) {
        String[] all = ("url=https://vault.example.org " + attributes).split(" ");
        InvalidException e = assertThrows(InvalidException.class, () -> settings(Map.of(), all));
        assertTrue(e.getMessage().startsWith("the secrets manager team has"), e.getMessage());
    }

    /** A file brings an end of line along, and the HTTP client would quote what it cannot send. */
    @Test
    void token_isStripped_andOneThatCannotBeSentIsNotQuoted() {
        String url = "url=https://vault.example.org";
        assertEquals("hvs.x", token(settings(Map.of(), url, "token=hvs.x\r\n")));
        for (String attribute : new String[] {
            "token=canary\nx", "token=canary x", "token=canary\u00e9", "vault-namespace=canary\r\nX: y"
        }) {
            InvalidException e = assertThrows(InvalidException.class, () -> settings(Map.of(), url, attribute));
            assertFalse(e.getMessage().contains("canary"), e.getMessage());
        }
        InvalidException e =
                assertThrows(InvalidException.class, () -> settings(Map.of("VAULT_TOKEN", "canary\u0000"), url));
        assertFalse(e.getMessage().contains("canary"), e.getMessage());
    }

    @Test
    void toString_showsNoCredential() {
        VaultSettings settings = settings(Map.of(), "url=https://vault.example.org", "token=canary");
        assertFalse(settings.toString().contains("canary"));
        assertFalse(settings.login().toString().contains("canary"));
    }
}
