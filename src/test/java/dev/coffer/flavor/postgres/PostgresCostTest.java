package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What README's table says that operations cost, counted on the wire. */
class PostgresCostTest {
    private static final SecretName DB = SecretName.of("db");

    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final PostgresProxy proxy =
            new PostgresProxy(PostgresServer.shared().port());
    private final SecretsManager manager = backend.open("here", Map.of("url", proxy.url()));

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.cleanUp();
    }

    private static Secret secret(SecretName name, String value) {
        return Secret.of(name, Map.of("k", SecretValue.of(value)));
    }

    private int cost(Runnable operation) {
        proxy.reset();
        operation.run();
        return proxy.roundTrips();
    }

    @Test
    void operations_costWhatTheTableSays() {
        manager.registerSecret(secret(SecretName.of("first"), "v"));
        assertEquals(4, cost(() -> manager.registerSecret(secret(DB, "1"))));
        assertEquals(1, cost(() -> manager.getSecret(DB).close()));
        assertEquals(4, cost(() -> manager.updateSecret(secret(DB, "2"))));
        assertEquals(2, cost(() -> manager.updateSecret(secret(DB, "2"))), "nothing changes");
        assertEquals(4, cost(() -> manager.deleteSecret(DB)));
        List<Secret> many = new ArrayList<>();
        IntStream.range(0, 50).forEach(i -> many.add(secret(SecretName.of("n" + i), "v")));
        ((BulkWrites) manager).registerSecrets(many);
        assertEquals(1, cost(manager::getAllSecretKeys));
        assertEquals(1, cost(manager::listSecrets));
        assertEquals(4, cost(manager::deleteAllSecrets));
    }

    /** Unlocking asks twice more, once, and Flyway does nothing where the tables are there. */
    @Test
    void firstUse_unlocksOnce_withoutFlyway() {
        manager.registerSecret(secret(DB, "1"));
        try (SecretsManager next = backend.open("here", Map.of("url", proxy.url()))) {
            int connections = proxy.connections();
            assertEquals(3, cost(() -> next.getSecret(DB).close()));
            assertEquals(1, proxy.connections() - connections);
            assertFalse(
                    proxy.statements().toString().contains("flyway"),
                    () -> proxy.statements().toString());
        }
    }
}
