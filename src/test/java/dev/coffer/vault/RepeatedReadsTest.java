package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was read before is read again without a look at the tables, and never once anything was changed. */
class RepeatedReadsTest {
    private static final SecretName NAME = SecretName.of("db");
    private static final SecretName OTHER = SecretName.of("other");

    private TestHome home;
    private RawStore raw;
    private Vault reader;
    private ComponentSecrets secrets;

    @BeforeEach
    void readOnce() {
        home = TestHome.create();
        raw = RawStore.of(home);
        reader = home.vault();
        secrets = reader.secretsOf(HERE);
        secrets.register(secret("db", "password", "first"));
        secrets.register(secret("other", "password", "other"));
        assertEquals(Map.of("password", "first"), read(NAME));
        assertEquals(Map.of("password", "first"), read(NAME));
    }

    @AfterEach
    void remove() {
        home.close();
    }

    private Map<String, String> read(SecretName name) {
        try (Secret secret = secrets.get(name)) {
            return revealed(secret);
        }
    }

    private void elsewhere(Consumer<ComponentSecrets> change) {
        home.using(vault -> change.accept(vault.secretsOf(HERE)));
    }

    @Test
    void get_afterAnUpdateElsewhere_givesTheNewContent() {
        elsewhere(others -> others.update(secret("db", "password", "second"), OptionalLong.empty()));

        assertEquals(Map.of("password", "second"), read(NAME));
    }

    @Test
    void get_afterAnUpdateHere_givesTheNewContent() {
        secrets.update(secret("db", "password", "second"), OptionalLong.empty());

        assertEquals(Map.of("password", "second"), read(NAME));
    }

    @Test
    void get_afterAnUpdateByAnotherThread_givesTheNewContent() throws InterruptedException {
        Thread writer = new Thread(() -> secrets.update(secret("db", "password", "second"), OptionalLong.empty()));
        writer.start();
        writer.join();

        assertEquals(Map.of("password", "second"), read(NAME));
    }

    @Test
    void get_afterADeletion_findsNothing() {
        elsewhere(others -> others.delete(NAME, OptionalLong.empty()));
        assertThrows(NoSuchSecretException.class, () -> read(NAME));

        assertEquals(Map.of("password", "other"), read(OTHER));
        secrets.delete(OTHER, OptionalLong.empty());
        assertThrows(NoSuchSecretException.class, () -> read(OTHER));
    }

    @Test
    void get_afterAPurge_findsNothing() {
        elsewhere(others -> others.purge(NAME));

        assertThrows(NoSuchSecretException.class, () -> read(NAME));
    }

    @Test
    void get_afterNamesWereExchanged_followsTheNames() {
        assertEquals(Map.of("password", "other"), read(OTHER));
        elsewhere(others -> {
            others.rename(NAME, SecretName.of("between"));
            others.rename(OTHER, NAME);
            others.rename(SecretName.of("between"), OTHER);
        });

        assertEquals(Map.of("password", "other"), read(NAME));
        assertEquals(Map.of("password", "first"), read(OTHER));
    }

    @Test
    void get_ofTheSameNameInAnotherComponent_isNotMistakenForIt() {
        ComponentSecrets there = reader.secretsOf(THERE);
        assertThrows(NoSuchSecretException.class, () -> there.get(NAME));
        there.register(secret("db", "password", "there"));

        try (Secret found = there.get(NAME)) {
            assertEquals(Map.of("password", "there"), revealed(found));
        }
        assertEquals(Map.of("password", "first"), read(NAME));
    }

    @Test
    void get_afterARowWasEdited_isRefused() {
        raw.change("UPDATE secret SET updated = updated + 1 WHERE name = 'db'");

        assertThrows(IntegrityException.class, () -> read(NAME));
    }

    @Test
    void get_afterAnOlderStateWasPutBack_isRefused() {
        Map<String, Object> head = raw.row("SELECT * FROM secret WHERE name = 'db'");
        Map<String, Object> version =
                raw.row("SELECT * FROM secret_version WHERE secret_id = ?", head.get("secret_id"));
        secrets.update(secret("db", "password", "second"), OptionalLong.empty());
        assertEquals(Map.of("password", "second"), read(NAME));
        raw.put("secret", head);
        raw.put("secret_version", version);

        assertThrows(IntegrityException.class, () -> read(NAME));
    }

    @Test
    void get_afterKeysWereRotatedElsewhere_goesOn() {
        home.using(vault -> vault.keys().rotate(Progress.NONE));
        assertEquals(Map.of("password", "first"), read(NAME));
        assertEquals(Map.of("password", "first"), read(NAME));

        home.using(vault -> vault.keys().rotateDeks(Progress.NONE));
        assertEquals(Map.of("password", "first"), read(NAME));
        assertEquals(Map.of("password", "first"), read(NAME));
    }

    @Test
    void get_ofMoreThanIsKept_givesEachItsOwnContent() {
        String filling = "x".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            secrets.register(secret("large/" + i, "number", Integer.toString(i), "filling", filling));
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100; i++) {
                assertEquals(
                        Integer.toString(i), read(SecretName.of("large/" + i)).get("number"));
            }
        }
    }
}
