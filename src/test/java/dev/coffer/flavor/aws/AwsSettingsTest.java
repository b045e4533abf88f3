package dev.coffer.flavor.aws;

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

class AwsSettingsTest {
    private static AwsSettings settings(String... attributes) {
        Map<String, String> all = new HashMap<>();
        for (String attribute : attributes) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        return AwsSettings.of(
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "aws", "team", new UUID(4, 8), all));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://sm.example.org", "http://127.0.0.1:5000/", "http://localhost", "http://[::1]:1"})
    void endpoint_withTlsOrOnLoopback_isTaken(String url) {
        assertEquals(Optional.of(URI.create(url)), settings("endpoint=" + url).endpoint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://sm.example.org",
                "http://127.0.0.1.example.org",
                "http://localhost.example.org",
                "http://10.0.0.1",
                "http://169.254.169.254",
                "ftp://localhost",
                "localhost:5000",
                "https://",
                "https://sm.example.org:99999",
                "https://user:pw@sm.example.org",
                "https://sm.example.org?x=canary",
                "https://sm.example.org#x",
                "a b"
            })
    void endpoint_thatWouldLeakOrIsNone_isRefused_andNotQuoted(String url) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings("endpoint=" + url));
        assertFalse(e.getMessage().contains(url), e.getMessage());
        assertTrue(e.getMessage().contains("team"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            region=EU
            region=eu/../x
            region=canary.example.org#
            prefix=a b
            prefix=a!
            prefix=coffer/
            prefix=coffer/global/
            prefix=cof
            kms-key=a b
            recovery-window=6
            recovery-window=31
            recovery-window=soon
            restore-on-register=perhaps
            connect-timeout=0
            request-timeout=99999
            access-key-id=a
            secret-access-key=b
            session-token=c
            profile=p access-key-id=a secret-access-key=b
            """)
    void whatMakesNoSense_isRefused(String attributes) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings(attributes.split(" (?=[a-z-]+=)")));
        assertTrue(e.getMessage().startsWith("the secrets manager team has"), e.getMessage());
    }

    /** A file brings an end of line along. */
    @Test
    void credentials_areStripped_andSenselessOnesAreNotQuoted() {
        AwsSettings.Keys keys = settings("access-key-id=a\n", "secret-access-key=b\r\n", "session-token=c")
                .keys()
                .orElseThrow();
        assertEquals(new AwsSettings.Keys("a", "b", Optional.of("c")), keys);
        for (String secret : new String[] {"canary\nx", "canary x", "canary\u00e9"}) {
            InvalidException e = assertThrows(
                    InvalidException.class, () -> settings("access-key-id=a", "secret-access-key=" + secret));
            assertFalse(e.getMessage().contains("canary"), e.getMessage());
        }
    }

    @Test
    void toString_showsNoCredential() {
        AwsSettings settings = settings("access-key-id=canary", "secret-access-key=canary", "session-token=canary");
        assertFalse((settings + "" + settings.keys()).contains("canary"));
    }
}
