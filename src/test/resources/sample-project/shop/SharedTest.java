package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.junit.CofferTest;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One store for all tests of the class. */
@CofferTest(lifecycle = CofferTest.Lifecycle.PER_CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedTest {
    private final SecretsManager shared;

    SharedTest(SecretsManager shared) {
        this.shared = shared;
    }

    @BeforeAll
    void fill(SecretsManager manager) {
        manager.registerSecret(Secret.of(SecretName.of("counter"), Map.of("key", SecretValue.of("1"))));
    }

    @RepeatedTest(2)
    void sees(SecretsManager manager) {
        assertEquals(1, manager.getAllSecretKeys().size());
        assertEquals(1, shared.getAllSecretKeys().size());
    }

    @Test
    @CofferTest
    void ownStore(SecretsManager manager) {
        assertEquals(0, manager.getAllSecretKeys().size());
    }

    @Nested
    class Inner {
        @Test
        void sees(SecretsManager manager) {
            assertEquals(1, manager.getAllSecretKeys().size());
        }
    }
}
