package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link ProviderLimits} promises: what it refuses, a write refuses with the same words, and nothing else. */
public abstract class ProviderLimitsContract extends ContractFixture {
    /** Only for contracts. */
    protected ProviderLimitsContract() {}

    private static final int[] SIZES = {0, 1, 24_000, 48_000, 50_000, 60_000, 66_000};

    private static List<Secret> secrets() {
        List<Secret> all = new ArrayList<>();
        for (String name : List.of("db", "prod/db", "Db.2_-", "a..b", "coffer/x", "é", "a".repeat(255))) {
            all.add(secret(name, "k", "v"));
        }
        for (int i = 0; i < SIZES.length; i++) {
            all.add(secret("size" + i, "k", "v".repeat(SIZES[i])));
        }
        all.add(secret("nul", "k", "a\0b"));
        all.add(secret("none"));
        all.add(secret("long-key", "k".repeat(128), "v"));
        Map<String, SecretValue> many = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            many.put("key" + i, SecretValue.of("\"".repeat(2_000)));
        }
        all.add(Secret.of(SecretName.of("escaped"), many));
        return all;
    }

    @Test
    protected void refusal_isThatOfTheWrite() {
        ProviderLimits limits = capable(ProviderLimits.class, manager());
        for (Secret secret : secrets()) {
            Optional<InvalidException> refusal = limits.refusal(secret);
            String which = secret.name() + " of " + secret.content().size() + " keys";
            assertEquals(refuses(secret), refusal.isPresent(), which);
            if (refusal.isEmpty()) {
                manager().registerSecret(secret);
                manager().deleteSecret(secret.name());
            } else {
                InvalidException thrown =
                        assertThrows(InvalidException.class, () -> manager().registerSecret(secret), which);
                assertEquals(refusal.get().getMessage(), thrown.getMessage());
                assertEquals(refusal.get().hint(), thrown.hint());
            }
        }
    }

    @Test
    protected void pace_isPositive() {
        assertTrue(capable(ProviderLimits.class, manager()).writesPerSecond() > 0);
    }
}
