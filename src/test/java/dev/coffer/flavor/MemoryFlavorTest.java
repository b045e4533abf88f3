package dev.coffer.flavor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is particular to the memory flavor; all else is in the contracts. */
class MemoryFlavorTest {
    private static final SecretName DB = SecretName.of("db");

    private final TickingClock clock = new TickingClock();
    private final MemoryStore store = new MemoryStore(clock);
    private final MemorySecretsManager manager =
            new MemorySecretsManager(MemoryBackend.definition(), SchemaCatalog.builtIn(), store);

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void flavor_isASecretsManagerWithAScope() {
        MemoryFlavor flavor = new MemoryFlavor(clock);
        assertEquals(ComponentType.SECRETS_MANAGER, flavor.type());
        assertEquals("memory", flavor.name());
        assertEquals(SecretScope.attributes(), flavor.attributes());
        assertTrue(flavor.description().contains("process"));
    }

    @Test
    void twoInstances_shareNothing() {
        try (SecretsManager one = new MemoryFlavor(clock).create(MemoryBackend.definition(), SchemaCatalog.builtIn());
                SecretsManager other =
                        new MemoryFlavor(clock).create(MemoryBackend.definition(), SchemaCatalog.builtIn())) {
            one.registerSecret(secret("db", "v"));
            assertEquals(List.of(), other.getAllSecretKeys());
        }
    }

    @Test
    void oneInstance_keepsTheSecretsOfAScope_untilItsLastManagerIsClosed() {
        MemoryFlavor flavor = new MemoryFlavor(clock);
        try (SecretsManager one = flavor.create(MemoryBackend.definition(), SchemaCatalog.builtIn())) {
            one.registerSecret(secret("db", "v"));
            try (SecretsManager other = flavor.create(MemoryBackend.definition(), SchemaCatalog.builtIn())) {
                assertEquals(List.of(DB), other.getAllSecretKeys());
            }
            assertEquals(List.of(DB), one.getAllSecretKeys());
        }
        try (SecretsManager later = flavor.create(MemoryBackend.definition(), SchemaCatalog.builtIn())) {
            assertEquals(List.of(), later.getAllSecretKeys());
        }
    }

    @Test
    void times_comeFromTheClock() {
        manager.registerSecret(secret("db", "1"));
        manager.updateSecret(secret("db", "2"));
        manager.deleteSecret(DB);
        manager.registerSecret(secret("db", "3"));
        assertEquals(
                List.of(at(4), at(3), at(2), at(1)),
                manager.history(DB).stream().map(SecretVersion::created).toList());
        assertEquals(List.of(new SecretSummary(DB, Secret.ARBITRARY, 4L, at(1), at(4))), manager.listSecrets());
    }

    @Test
    void versions_countByOne_andTellTheirOrigin() {
        manager.registerSecret(secret("db", "1"));
        manager.updateSecret(secret("db", "2"));
        manager.deleteSecret(DB);
        manager.recoverSecret(DB);
        manager.rollback(DB, 1);
        assertEquals(
                List.of("5 rollback to 1", "4 recover", "3 delete", "2 update", "1 register"),
                manager.history(DB).stream()
                        .map(version -> version.version() + " " + version.origin())
                        .toList());
    }

    @Test
    void tombstonesOfOneName_areMetMostRecentlyDeletedFirst() {
        manager.registerSecret(secret("b", "older"));
        manager.deleteSecret(SecretName.of("b"));
        manager.registerSecret(secret("a", "newer"));
        manager.renameSecret(SecretName.of("a"), SecretName.of("b"));
        manager.deleteSecret(SecretName.of("b"));
        assertEquals("newer", recovered("b"));
        manager.renameSecret(SecretName.of("b"), SecretName.of("c"));
        assertEquals("older", recovered("b"));
        manager.purgeSecret(SecretName.of("b"));
        assertThrows(NoSuchSecretException.class, () -> manager.history(SecretName.of("b")));
        assertEquals(List.of(), manager.tombstones());
    }

    @Test
    void values_areWipedByPurge() {
        manager.registerSecret(secret("db", "1"));
        manager.updateSecret(secret("db", "2"));
        SecretValue first = store.live(DB).content(1).orElseThrow().value("k");
        SecretValue second = store.live(DB).content().value("k");
        manager.purgeSecret(DB);
        assertWiped(first);
        assertWiped(second);
    }

    @Test
    void values_areWipedWhenTheLastManagerIsClosed() {
        MemorySecretsManager other =
                new MemorySecretsManager(MemoryBackend.definition(), SchemaCatalog.builtIn(), store);
        manager.registerSecret(secret("gone", "1"));
        SecretValue gone = store.live(SecretName.of("gone")).content().value("k");
        manager.deleteSecret(SecretName.of("gone"));
        manager.registerSecret(secret("db", "2"));
        SecretValue live = store.live(DB).content().value("k");
        manager.close();
        manager.close();
        assertEquals("2", live.revealText());
        other.close();
        assertWiped(live);
        assertWiped(gone);
        assertTrue(store.live().isEmpty());
    }

    @Test
    void aValueClosedByTheCaller_isRefused_nothingWritten() {
        Secret closed = secret("b", "2");
        closed.close();
        assertThrows(IllegalStateException.class, () -> manager.registerSecrets(List.of(secret("a", "1"), closed)));
        assertEquals(List.of(), manager.getAllSecretKeys());
        manager.registerSecret(secret("b", "1"));
        assertThrows(IllegalStateException.class, () -> manager.updateSecret(closed));
        assertEquals(1, manager.history(SecretName.of("b")).size());
    }

    @Test
    void bulkDelete_ofOneNameTwice_deletesItOnce() {
        manager.registerSecret(secret("db", "1"));
        manager.deleteSecrets(List.of(DB, DB));
        assertEquals(2, manager.history(DB).size());
    }

    private String recovered(String name) {
        manager.recoverSecret(SecretName.of(name));
        try (Secret secret = manager.getSecret(SecretName.of(name))) {
            return secret.value("k").revealText();
        }
    }

    private static void assertWiped(SecretValue value) {
        assertThrows(IllegalStateException.class, value::revealText);
    }

    private static Secret secret(String name, String value) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of(value)));
    }

    private static Instant at(int second) {
        return Instant.EPOCH.plusSeconds(second);
    }

    /** One second later at every look. */
    private static final class TickingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            now = now.plus(Duration.ofSeconds(1));
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
