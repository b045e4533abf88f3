package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NewerStoreException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WrongKeyException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody who may do anything on the server reads nothing, and what they change never opens. */
class PostgresTamperTest {
    private static final SecretName DB = SecretName.of("db");
    private static final SecretName API = SecretName.of("api");
    private static final String AS_BEFORE = "UPDATE s.secret x SET (version, schema_type, updated, write_id, digest,"
            + " mac) = (SELECT version, schema_type, updated, write_id, digest, mac FROM s.heads h"
            + " WHERE h.secret_id = x.secret_id)";

    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final SecretsManager manager = backend.open();

    @AfterEach
    void tearDown() {
        manager.close();
        backend.cleanUp();
        backend.server().dropSchema(backend.schema() + "_other");
    }

    private static Secret secret(SecretName name, String value) {
        return Secret.of(name, Map.of("k", SecretValue.of(value)));
    }

    private void fill() {
        manager.registerSecret(secret(DB, "1"));
        manager.updateSecret(secret(DB, "2"));
        manager.registerSecret(secret(API, "3"));
    }

    /** In statements, s is the schema. */
    private int server(String sql, Object... parameters) {
        return backend.server().update(sql.replace("s.", backend.schema() + "."), parameters);
    }

    private void assertShut(SecretsManager opened) {
        try (opened) {
            IntegrityException e = assertThrows(IntegrityException.class, () -> opened.getSecret(DB));
            assertFalse(e.hint().orElse("").contains("coffer restore"), "a way out of another place");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name = 'api2'",
                "version = 1",
                "deleted = true",
                "schema_type = 'basic_auth'",
                "created = created + 1",
                "updated = updated + 1",
                "write_id = secret_id",
                "digest = mac",
                "mac = digest",
                "mac = ''",
                "name = NULL",
                "name = NULL, name_kek_id = 1, name_dek = mac, name_payload = digest",
                "name_payload = digest"
            })
    void head_thatWasEdited_opensNothing(String change) {
        fill();
        assertEquals(1, server("UPDATE s.secret SET " + change + " WHERE name = 'db'"));
        assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
        assertThrows(IntegrityException.class, manager::getAllSecretKeys);
        assertThrows(IntegrityException.class, manager::listSecrets);
        assertThrows(IntegrityException.class, () -> manager.updateSecret(secret(DB, "4")));
        assertThrows(IntegrityException.class, () -> manager.deleteSecret(DB));
        assertThrows(IntegrityException.class, () -> manager.registerSecret(secret(DB, "4")));
        assertThrows(IntegrityException.class, manager::deleteAllSecrets);
        assertShut(backend.open());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "payload = set_byte(payload, 40, get_byte(payload, 40) # 1)",
                "payload = set_byte(payload, 0, 2)",
                "payload = ''",
                "wrapped_dek = set_byte(wrapped_dek, 20, get_byte(wrapped_dek, 20) # 1)",
                "wrapped_dek = ''",
                "kek_id = kek_id + 1",
                "schema_type = 'basic_auth'",
                "created = created + 1",
                "deleted = true",
                "version = 9",
                "write_id = secret_id"
            })
    void version_thatWasEdited_doesNotOpen(String change) {
        fill();
        assertEquals(
                1,
                server("UPDATE s.secret_version SET " + change
                        + " WHERE version = 2 AND secret_id = (SELECT secret_id FROM s.secret WHERE name = 'db')"));
        assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
        assertShut(backend.open());
    }

    @Test
    void version_ofAnotherVersionOrSecret_doesNotOpen() {
        fill();
        String columns = "(kek_id, wrapped_dek, payload) = (SELECT kek_id, wrapped_dek, payload FROM s.secret_version"
                + " WHERE version = 1 AND secret_id = (SELECT secret_id FROM s.secret WHERE name = ?))";
        for (String from : List.of("db", "api")) {
            server(
                    "UPDATE s.secret_version SET " + columns
                            + " WHERE version = 2 AND secret_id = (SELECT secret_id FROM s.secret WHERE name = 'db')",
                    from);
            assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
            assertThrows(IntegrityException.class, () -> ((Versioned) manager).getSecret(DB, 2));
        }
        try (Secret first = ((Versioned) manager).getSecret(DB, 1)) {
            assertEquals("1", first.value("k").revealText());
        }
    }

    /** The way out of a damaged version: what was before it, or another one in its place. */
    @Test
    void secretWhoseCurrentVersionIsDamaged_canBeRolledBackToAnEarlierOne() {
        fill();
        server("UPDATE s.secret_version SET payload = '' WHERE version = 2");
        assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
        assertThrows(IntegrityException.class, () -> ((Versioned) manager).rollback(DB, 1));
        manager.deleteSecret(DB);
        assertEquals(4, ((Versioned) manager).rollback(DB, 1).version());
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("1", found.value("k").revealText());
        }
    }

    /** Two clients made version 2, of which one was undone: the server has kept what that one sent. */
    @Test
    void anotherCiphertextOfTheSameVersion_isNotTakenForTheCurrentOne() {
        manager.registerSecret(secret(DB, "1"));
        server("CREATE TABLE s.heads AS SELECT * FROM s.secret");
        manager.updateSecret(secret(DB, "undone"));
        server("CREATE TABLE s.versions AS SELECT * FROM s.secret_version WHERE version = 2");
        server("DELETE FROM s.secret_version WHERE version = 2");
        server(AS_BEFORE);
        try (SecretsManager other = backend.open()) {
            other.updateSecret(secret(DB, "2"));
            server("DELETE FROM s.secret_version WHERE version = 2");
            server("INSERT INTO s.secret_version SELECT * FROM s.versions");
            assertThrows(IntegrityException.class, () -> other.getSecret(DB));
            assertThrows(IntegrityException.class, () -> ((Versioned) other).getSecret(DB, 2));
            assertThrows(IntegrityException.class, () -> ((Versioned) other).rollback(DB, 2));
            assertThrows(IntegrityException.class, () -> ((Versioned) other).history(DB));
        }
    }

    @Test
    void versionThatIsWithheld_isMissed() {
        fill();
        manager.updateSecret(secret(DB, "3"));
        server("DELETE FROM s.secret_version WHERE version = 1");
        assertThrows(IntegrityException.class, () -> ((Versioned) manager).getSecret(DB, 1));
        assertThrows(IntegrityException.class, () -> ((Versioned) manager).history(DB));
        assertThrows(IntegrityException.class, () -> ((Versioned) manager).rollback(DB, 1));
        assertThrows(NoSuchSecretException.class, () -> ((Versioned) manager).getSecret(DB, 4));
        server("UPDATE s.secret_version SET deleted = true WHERE version = 2");
        assertThrows(IntegrityException.class, () -> ((Versioned) manager).getSecret(DB, 2));
    }

    /** Everything of it is genuine, and it was current once. */
    @Test
    void olderState_isNoticedByWhoeverSawALaterOne() {
        fill();
        server("CREATE TABLE s.heads AS SELECT * FROM s.secret");
        manager.updateSecret(secret(DB, "3"));
        server(AS_BEFORE);
        IntegrityException e = assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
        assertTrue(e.getMessage().contains("version 2") && e.getMessage().contains("version 3"), e.getMessage());
        assertThrows(IntegrityException.class, manager::listSecrets);
        assertThrows(IntegrityException.class, () -> manager.updateSecret(secret(DB, "4")));
        manager.getSecret(API).close();
    }

    /** The server lets another client write the same version once more. */
    @Test
    void fork_isNoticedByWhoeverSawTheOtherSide() {
        fill();
        server("CREATE TABLE s.heads AS SELECT * FROM s.secret");
        manager.updateSecret(secret(DB, "3"));
        server("DELETE FROM s.secret_version WHERE version = 3");
        server(AS_BEFORE);
        try (SecretsManager other = backend.open()) {
            other.updateSecret(secret(DB, "another 3"));
        }
        assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
    }

    @Test
    void names_thatWereSwapped_openNothing() {
        fill();
        server("UPDATE s.secret SET name_key = name_key || '\\x00'::bytea WHERE name = 'api'");
        server("UPDATE s.secret SET name_key = (SELECT substr(o.name_key, 1, 37) FROM s.secret o WHERE o.name = 'api'),"
                + " name = 'api' WHERE name = 'db'");
        assertThrows(IntegrityException.class, () -> manager.getSecret(API));
    }

    @Test
    void headOfAnotherScope_opensNothing() {
        fill();
        try (SecretsManager elsewhere = backend.openElsewhere()) {
            elsewhere.registerSecret(secret(SecretName.of("bait"), "x"));
            server("UPDATE s.secret SET scope_id = (SELECT scope_id FROM s.secret WHERE name = 'bait')"
                    + " WHERE name = 'db'");
            assertThrows(IntegrityException.class, elsewhere::getAllSecretKeys);
            assertThrows(NoSuchSecretException.class, () -> elsewhere.getSecret(DB), "it is not what is looked up");
        }
    }

    /** A whole target of somebody else's in the place of this one. */
    @Test
    void rowsOfAnotherTarget_openNothing() {
        fill();
        String other = backend.schema() + "_other";
        try (SecretsManager theirs = backend.open("here", Map.of("schema", other))) {
            theirs.registerSecret(secret(DB, "theirs"));
            server("DELETE FROM s.secret_version");
            server("DELETE FROM s.secret");
            server("INSERT INTO s.secret SELECT * FROM " + other + ".secret");
            server("INSERT INTO s.secret_version SELECT * FROM " + other + ".secret_version");
            assertThrows(IntegrityException.class, manager::getAllSecretKeys);
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB), "found by a MAC of the name alone");
            server("UPDATE s.target SET (target_id, generation, hide_names, keyring) ="
                    + " (SELECT target_id, generation, hide_names, keyring FROM " + other + ".target)");
            assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE s.target SET hide_names = true",
                "UPDATE s.target SET generation = 2",
                "UPDATE s.target SET target_id = '00000000-0000-4000-8000-000000000000'",
                "UPDATE s.target SET mac = keyring",
                "UPDATE s.target SET keyring = set_byte(keyring, 30, get_byte(keyring, 30) # 1)",
                "UPDATE s.target SET keyring = ''",
                "DELETE FROM s.slot",
                "UPDATE s.slot SET parameters = '$argon2id$v=19$m=1048576,t=20,p=16$AAAAAAAAAAAAAAAAAAAAAA'",
                "UPDATE s.slot SET parameters = 'x'",
                "UPDATE s.slot SET kind = 'x'",
                "UPDATE s.slot SET wrapped_root_key = checksum",
                "UPDATE s.slot SET checksum = wrapped_root_key",
                "INSERT INTO s.slot SELECT gen_random_uuid(), kind, parameters, wrapped_root_key, checksum, created"
                        + " FROM s.slot, generate_series(1, 40)"
            })
    void targetOrSlot_thatWasEdited_isNotUnlocked(String change) {
        fill();
        assertTrue(server(change) > 0);
        assertShut(backend.open());
    }

    @Test
    void wrongPassphrase_opensNothing_andIsToldFromDamage() {
        fill();
        try (SecretsManager wrong = backend.open("wrong", Map.of("passphrase", "canary-8"))) {
            WrongKeyException e = assertThrows(WrongKeyException.class, () -> wrong.getSecret(DB));
            assertFalse((e.getMessage() + e.hint()).contains("canary"));
            assertThrows(WrongKeyException.class, () -> wrong.registerSecret(secret(DB, "x")));
            assertInstanceOf(WrongKeyException.class, wrong.check().orElseThrow());
        }
    }

    @Test
    void tablesOfANewerCoffer_areLeftAlone() {
        fill();
        server("UPDATE s.schema_version SET version = 3");
        try (SecretsManager older = backend.open()) {
            assertThrows(NewerStoreException.class, () -> older.getSecret(DB));
            assertThrows(NewerStoreException.class, () -> older.registerSecret(secret(API, "x")));
        }
    }

    /** The one who is connected notices, and nothing is written with keys that nobody else has. */
    @Test
    void targetThatWasMadeAnew_isUnlockedAnew() {
        fill();
        backend.server().dropSchema(backend.schema());
        try (SecretsManager other = backend.open()) {
            other.registerSecret(secret(API, "new"));
            try (Secret found = manager.getSecret(API)) {
                assertEquals("new", found.value("k").revealText());
            }
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
            manager.registerSecret(secret(DB, "again"));
            other.getSecret(DB).close();
        }
    }

    @Test
    void hiddenNames_areNowhereOnTheServer_andStillFound() {
        Map<String, String> hidden = Map.of("schema", backend.schema() + "_other", "hide-names", "true");
        SecretName name = SecretName.of("canary-of-a-name");
        try (SecretsManager one = backend.open("here", hidden)) {
            one.registerSecret(secret(name, "1"));
            one.registerSecret(secret(API, "2"));
            one.deleteSecret(API);
            assertEquals(List.of(name), one.getAllSecretKeys());
            assertEquals(List.of(API), ((Versioned) one).tombstones());
            one.getSecret(name).close();
            String everything = backend.server().everything(backend.schema() + "_other");
            assertTrue(everything.contains("name_key="), "the dump sees the rows");
            assertFalse(everything.contains("canary-of-a-name"));
            // Sealed names cannot be exchanged either.
            backend.server()
                    .update("UPDATE " + backend.schema() + "_other.secret a SET (name_kek_id, name_dek, name_payload) ="
                            + " (SELECT name_kek_id, name_dek, name_payload FROM " + backend.schema()
                            + "_other.secret b WHERE b.secret_id <> a.secret_id)");
            assertThrows(IntegrityException.class, one::getAllSecretKeys);
        }
        try (SecretsManager shown =
                backend.open("here", Map.of("schema", backend.schema() + "_other", "hide-names", "false"))) {
            assertThrows(InvalidException.class, shown::getAllSecretKeys);
        }
    }

    /** What the name's key is made with is not known to the server: equal names in two scopes are told by nothing. */
    @Test
    void nameKeys_ofOneNameInTwoScopes_differ() {
        fill();
        try (SecretsManager elsewhere = backend.openElsewhere()) {
            elsewhere.registerSecret(secret(DB, "1"));
        }
        List<String> keys =
                backend.server().column("SELECT name_key::text FROM " + backend.schema() + ".secret WHERE name = 'db'");
        assertEquals(2, keys.size());
        assertFalse(keys.get(0).equals(keys.get(1)));
        assertTrue(Pattern.matches("\\\\x[0-9a-f]{74}", keys.get(0)), keys.get(0));
    }
}
