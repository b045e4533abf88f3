package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresSettingsTest {
    private static final String URL = "url=postgresql://db.example.org/secrets";
    private static final String KEY = "passphrase=canary-5";

    private static PostgresSettings settings(Map<String, String> environment, String... attributes) {
        Map<String, String> all = new HashMap<>();
        for (String attribute : attributes) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        return PostgresSettings.of(PostgresBackend.definition("team", all), environment);
    }

    private static void assertRefused(String... attributes) {
        InvalidException e = assertThrows(InvalidException.class, () -> settings(Map.of(), attributes));
        assertEquals("team", e.name().orElseThrow());
        String said = e.getMessage() + e.hint().orElse("");
        assertFalse(said.contains("canary"), said);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db.example.org/secrets, db.example.org, 5432, secrets",
        "postgres://db.example.org:5433/secrets, db.example.org, 5433, secrets",
        "POSTGRESQL://127.0.0.1:1/a%20b, 127.0.0.1, 1, a b",
        "postgresql://[::1]/x, [::1], 5432, x"
    })
    void url_ofOneHostAndOneDatabase_isTaken(String url, String host, int port, String database) {
        PostgresSettings settings = settings(Map.of(), "url=" + url, KEY);
        assertEquals(host, settings.host());
        assertEquals(port, settings.port());
        assertEquals(database, settings.database());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/secrets",
                "https://canary/secrets",
                "postgresql://canary:canary@db.example.org/secrets",
                "postgresql://canary@db.example.org/secrets",
                "postgresql://db.example.org/secrets?sslmode=disable",
                "postgresql://db.example.org/secrets?password=canary",
                "postgresql://db.example.org/secrets#canary",
                "postgresql://db.example.org",
                "postgresql://db.example.org/",
                "postgresql://db.example.org/canary/b",
                "postgresql://db.example.org/a%2Fcanary",
                "postgresql://db.example.org/a%00canary",
                "postgresql:///canary",
                "postgresql://a.example.org,b.example.org/canary",
                "postgresql://db.example.org:0/canary",
                "postgresql://db.example.org:65536/canary",
                "postgresql:canary",
                "canary canary"
            })
    void url_thatIsNone_orWouldWeakenTheConnection_isRefused(String url) {
        assertRefused("url=" + url, KEY);
    }

    @Test
    void url_isRequired() {
        assertRefused(KEY);
        assertRefused("url=", KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "127.0.0.1, true",
        "127.1.2.3, true",
        "[::1], true",
        "db.example.org, false",
        "10.0.0.1, false",
        "localhost.example.org, false",
        "127.0.0.1.example.org, false"
    })
    void loopback_isToldByItsTextAlone(String host, boolean loopback) {
        assertEquals(
                loopback,
                settings(Map.of(), "url=postgresql://" + host + "/x", KEY).isLoopback());
    }

    @ParameterizedTest
    @ValueSource(strings = {"coffer", "_x", "team_2", "t"})
    void schema_ofTheGrammar_isTaken(String schema) {
        assertEquals(schema, settings(Map.of(), URL, KEY, "schema=" + schema).schema());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Coffer", "2team", "a-b", "a.b", "a\"; DROP SCHEMA x; --", "pg_catalog", "é", "a b", "a{b}"})
    void schema_ofAnotherGrammar_isRefused(String schema) {
        assertRefused(URL, KEY, "schema=" + schema);
        assertRefused(URL, KEY, "schema=" + "a".repeat(64));
    }

    /** A file that is read brings the end of its line along; whoever types the words later does not. */
    @Test
    void passphraseAndPassword_loseOneEndOfLine() {
        PostgresSettings settings =
                settings(Map.of(), "url=postgresql://db/x", "passphrase=a b\r\n", "password= p \n\n");
        assertEquals("a b", settings.passphrase().orElseThrow());
        assertEquals(" p \n", settings.password().orElseThrow());
    }

    @Test
    void someKey_isNeeded() {
        assertRefused(URL);
        assertTrue(settings(Map.of(), URL, "key-file=/k").keyFile().isPresent());
        assertRefused(URL, "key-file=\0");
    }

    @Test
    void login_comesFromAttributes_elseFromTheEnvironment() {
        Map<String, String> environment = Map.of("PGUSER", "env", "PGPASSWORD", "secret");
        assertEquals(Optional.of("env"), settings(environment, URL, KEY).user());
        assertEquals(Optional.of("secret"), settings(environment, URL, KEY).password());
        assertEquals(
                Optional.of("me"), settings(environment, URL, KEY, "user=me").user());
        assertEquals(
                Optional.of("mine"),
                settings(environment, URL, KEY, "password=mine").password());
        assertEquals(Optional.empty(), settings(Map.of(), URL, KEY).password());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "3601", "soon", "1.5", "99999999999999999999"})
    void time_outOfRange_isRefused(String seconds) {
        assertRefused(URL, KEY, "connect-timeout=" + seconds);
        assertRefused(URL, KEY, "request-timeout=" + seconds);
    }

    @Test
    void certificates_thatDoNotMakeAWhole_areRefused() {
        assertRefused(URL, KEY, "client-cert-file=/c");
        assertRefused(URL, KEY, "client-key-file=/k", "ca-file=/a");
        assertRefused(URL, KEY, "client-key-file=/k", "client-cert-file=/c");
        settings(Map.of(), URL, KEY, "client-key-file=/k", "client-cert-file=/c", "ca-file=/a");
    }

    @Test
    void hideNames_isTrueOrFalse() {
        assertRefused(URL, KEY, "hide-names=yes");
        assertEquals(
                Optional.of(true),
                settings(Map.of(), URL, KEY, "hide-names=true").hideNames());
        assertEquals(Optional.empty(), settings(Map.of(), URL, KEY).hideNames());
    }

    @Test
    void toString_showsNoCredential() {
        assertFalse(settings(Map.of(), URL, KEY, "password=canary-6").toString().contains("canary"));
    }
}
