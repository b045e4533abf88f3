package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What was purged, pruned or rotated away is in none of the store's files, while the store is open and afterwards. */
class SecureDeleteTest {
    private final TestHome home = TestHome.create();
    private final Vault vault = home.vault();
    private final ComponentSecrets secrets = vault.secretsOf(HERE);

    SecureDeleteTest() {
        for (int i = 0; i < 40; i++) {
            secrets.register(secret("s" + i, "k", "v" + i));
        }
        secrets.register(secret("large", "k", "x".repeat(60_000)));
        for (int i = 0; i < 20; i++) {
            secrets.update(secret("s" + i, "k", "w" + i), OptionalLong.empty());
        }
    }

    @AfterEach
    void removeHome() {
        home.close();
    }

    /** Pieces of the columns, short enough to lie on one page of the database. */
    private List<String> pieces(String sql) {
        List<String> pieces = new ArrayList<>();
        for (Map<String, Object> row : RawStore.of(home).rows(sql)) {
            for (Object column : row.values()) {
                byte[] bytes = (byte[]) column;
                for (int from = 0; from + 24 <= bytes.length; from += Math.max(24, bytes.length / 8)) {
                    pieces.add(new String(bytes, from, 24, StandardCharsets.ISO_8859_1));
                }
            }
        }
        assertFalse(pieces.isEmpty());
        return pieces;
    }

    private long found(List<String> pieces) {
        String atRest = new String(home.bytesAtRest(), StandardCharsets.ISO_8859_1);
        return pieces.stream().filter(atRest::contains).count();
    }

    private void assertGone(List<String> pieces) {
        assertEquals(0, found(pieces), "while it is open");
        home.closeVaults();
        assertEquals(0, found(pieces), "after it was closed");
        assertEquals(List.of(), home.findings());
    }

    @Test
    void purged_isGone() {
        List<String> pieces = new ArrayList<>();
        for (String name : List.of("s3", "s19", "s30", "large")) {
            pieces.addAll(pieces("SELECT wrapped_dek, payload FROM secret_version JOIN secret USING (secret_id)"
                    + " WHERE name = '" + name + "'"));
        }
        assertTrue(found(pieces) > pieces.size() / 2, "the search is blind");
        for (String name : List.of("s3", "s19", "s30", "large")) {
            secrets.purge(SecretName.of(name));
        }
        assertGone(pieces);
    }

    @Test
    void secretsOfARemovedComponent_areGone() {
        List<String> pieces = pieces("SELECT wrapped_dek, payload FROM secret_version");
        vault.changeRecords(List.of(new RecordChange.RemoveSecrets(HERE, secrets.versions())));
        assertGone(pieces);
    }

    @Test
    @Tag("slow")
    void purge_whileSomebodyReads_isSaidToLeaveItsBytesForNow() throws SQLException {
        List<String> pieces = pieces("SELECT wrapped_dek, payload FROM secret_version JOIN secret USING (secret_id)"
                + " WHERE name = 'large'");
        try (Connection reader = DriverManager.getConnection(
                        "jdbc:sqlite:" + home.location().database());
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM secret")) {
                assertTrue(rows.next());
                secrets.purge(SecretName.of("large"));
                assertEquals(1, home.notices().size());
                assertTrue(
                        home.notices().get(0).startsWith("the change was saved, but the bytes that it removed are not"),
                        home.notices().get(0));
            }
            reader.rollback();
        }
        assertFalse(secrets.exists(SecretName.of("large")));
        home.closeVaults();
        assertEquals(0, found(pieces));
    }

    @Test
    void wrappedDeks_fromBeforeARotation_areGone() {
        List<String> pieces = pieces("SELECT wrapped_dek FROM secret_version");
        List<String> keyring = pieces("SELECT keyring FROM store");
        assertTrue(found(pieces) > pieces.size() / 2, "the search is blind");
        assertTrue(found(keyring) > 0, "the search is blind");
        vault.keys().rotate(Progress.NONE);
        assertEquals(0, found(keyring));
        assertGone(pieces);
    }

    @Test
    void payloads_fromBeforeNewDeks_areGone() {
        List<String> pieces = pieces("SELECT wrapped_dek, payload FROM secret_version");
        vault.keys().rotateDeks(Progress.NONE);
        assertGone(pieces);
    }

    @Test
    void prunedVersions_areGoneWhenTheStoreIsClosed() {
        List<String> pieces = pieces("SELECT wrapped_dek, payload FROM secret_version JOIN secret USING (secret_id)"
                + " WHERE name = 's1' AND secret_version.version = 1");
        try (Vault limited = new Vault(home.options().withKeepVersions(OptionalInt.of(1)))) {
            limited.secretsOf(HERE).update(secret("s1", "k", "last"), OptionalLong.empty());
        }
        home.closeVaults();
        assertEquals(0, found(pieces));
    }
}
