package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    void listing_whereSeveralWereEdited_namesTheFirst() {
        for (int i = 20; i > 0; i--) {
            secrets.register(secret("many/" + (char) ('a' + i), "k", "v"));
        }
        raw.run("UPDATE secret SET updated = updated + 1 WHERE name LIKE 'many/%'");

        IntegrityException e = assertThrows(IntegrityException.class, secrets::names);
        assertEquals(Optional.of("many/b"), e.name());
        e = assertThrows(IntegrityException.class, secrets::list);
        assertEquals(Optional.of("many/b"), e.name());
    }

    // What is read within a write, as by a clock that asks a secret for its time zone

    /** Secrets whose vault has a clock that reads some of them. */
    private ComponentSecrets withCuriousClock(SecretName... curiousAbout) {
        ComponentSecrets[] asked = new ComponentSecrets[1];
        Clock curious = new Clock() {
            @Override
            public Instant instant() {
                for (SecretName name : curiousAbout) {
                    try {
                        asked[0].get(name).close();
                    } catch (CofferException e) {
                        // Not there yet, and a write is no time to look for more.
                    }
                }
                return Instant.EPOCH;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        asked[0] = home.vault(home.options().withClock(curious)).secretsOf(HERE);
        return asked[0];
    }

    @Test
    void get_afterOneWithinAnUpdate_givesTheNewContent() {
        secrets = withCuriousClock(NAME);
        secrets.update(secret("db", "password", "second"), OptionalLong.empty());
        assertEquals(Map.of("password", "second"), read(NAME));

        secrets.update(secret("db", "password", "third"), OptionalLong.empty());
        assertEquals(Map.of("password", "third"), read(NAME));
    }

    @Test
    void get_afterOneWithinAWriteThatWasRefused_doesNotGiveWhatWasNeverCommitted() {
        SecretName never = SecretName.of("never");
        secrets = withCuriousClock(never);
        List<Secret> both = List.of(secret("never", "password", "never"), secret("another", "password", "x"));
        assertThrows(
                SecretExistsException.class,
                () -> secrets.registerAll(List.of(both.get(0), both.get(1), secret("db", "password", "taken"))));

        assertThrows(NoSuchSecretException.class, () -> read(never));
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
