package dev.coffer.flavor.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class VaultFlavorKv1SecretsManagerContractTest extends SecretsManagerContract implements AgainstVault {
    private final VaultBackend backend = newBackend(1, Map.of());

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    @Override
    protected SecretsManager openElsewhere() {
        return backend.openElsewhere();
    }

    @Override
    protected boolean refuses(Secret secret) {
        return secret.name().value().contains("..");
    }

    /** The engine compares nothing: of several at once more than one is told that it won, and the last one has. */
    @Test
    @Override
    protected void register_racing_exactlyOneWins() throws Exception {
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            String value = "writer " + i;
            racers.add(() -> {
                instance.registerSecret(secret("db", "k", value, "same", value));
                return value;
            });
        }
        Set<String> winners = new HashSet<>();
        race(racers).forEach(outcome -> outcome.result().ifPresent(winners::add));
        Map<String, String> stored = read(manager(), "db");
        assertTrue(winners.contains(stored.get("k")), "what is there was written by one that was told so");
        assertEquals(stored.get("k"), stored.get("same"), "and by one alone");
    }

    /** As above: more than one may be told that it deleted the secret, and it is gone. */
    @Test
    @Override
    protected void delete_racing_exactlyOneWins() throws Exception {
        register(manager(), "db", "k", "v");
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            racers.add(() -> {
                instance.deleteSecret(name("db"));
                return "deleted";
            });
        }
        for (Outcome<String> outcome : race(racers)) {
            outcome.refusal().ifPresent(e -> assertInstanceOf(NoSuchSecretException.class, e));
        }
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.openBroken());
    }

    /** Vault encrypts what it keeps, and a reader with the right token sees it. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(VaultFlavorKv1OwnedContractTest.class, VaultFlavorKv1ProviderLimitsContractTest.class);
    }
}
