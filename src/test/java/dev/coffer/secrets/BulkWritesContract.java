package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What {@link BulkWrites} promises: all of them, or none. */
public abstract class BulkWritesContract extends ContractFixture {
    /** Only for contracts. */
    protected BulkWritesContract() {}

    @Test
    protected void register_several_storesAll_receiptsInOrder() {
        List<WriteReceipt> receipts = bulk().registerSecrets(List.of(
                secret("z", "k", "1"),
                typed("a", "basic_auth", "username", "u", "password", "p"),
                secret("m", "k", "3")));
        assertEquals(
                names("z", "a", "m"), receipts.stream().map(WriteReceipt::name).toList());
        assertTrue(receipts.stream().allMatch(WriteReceipt::changed));
        assertEquals(names("a", "m", "z"), manager().getAllSecretKeys());
        assertHolds(manager(), "z", "k", "1");
        assertHolds(manager(), "a", "username", "u", "password", "p");
        for (WriteReceipt receipt : receipts) {
            try (Secret secret = manager().getSecret(receipt.name())) {
                assertEquals(receipt.version(), secret.version().orElse(null));
            }
        }
    }

    @Test
    protected void register_none_storesNone() {
        assertEquals(List.of(), bulk().registerSecrets(List.of()));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void register_oneTaken_isSecretExists_noneStored() {
        register(manager(), "b", "k", "old");
        List<Secret> secrets = List.of(secret("a", "k", "1"), secret("b", "k", "2"), secret("c", "k", "3"));
        SecretExistsException e = assertThrows(SecretExistsException.class, () -> bulk().registerSecrets(secrets));
        assertEquals("b", e.name().orElseThrow());
        assertEquals(names("b"), manager().getAllSecretKeys());
        assertHolds(manager(), "b", "k", "old");
    }

    @Test
    protected void register_oneTwice_isSecretExists_noneStored() {
        List<Secret> secrets = List.of(secret("a", "k", "1"), secret("b", "k", "2"), secret("a", "k", "1"));
        assertThrows(SecretExistsException.class, () -> bulk().registerSecrets(secrets));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void register_oneNotFitting_isInvalid_noneStored() {
        List<Secret> invalid = List.of(secret("a", "k", "1"), typed("b", "basic_auth", "username", "u"));
        assertThrows(InvalidException.class, () -> bulk().registerSecrets(invalid));
        List<Secret> unknown = List.of(secret("a", "k", "1"), typed("b", "no_such_schema", "k", "2"));
        assertThrows(NoSuchSchemaException.class, () -> bulk().registerSecrets(unknown));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void register_failed_leavesNoHistory() {
        register(manager(), "b", "k", "old");
        List<Secret> secrets = List.of(secret("a", "k", "1"), secret("b", "k", "2"));
        assertThrows(SecretExistsException.class, () -> bulk().registerSecrets(secrets));
        if (manager() instanceof Versioned versioned) {
            assertThrows(NoSuchSecretException.class, () -> versioned.history(name("a")));
            assertEquals(1, versioned.history(name("b")).size());
            assertEquals(List.of(), versioned.tombstones());
        }
        register(manager(), "a", "k", "1");
        assertHolds(manager(), "a", "k", "1");
    }

    @Test
    protected void register_leavesTheCallersSecretsAlone() {
        Secret mine = secret("a", "k", "1");
        bulk().registerSecrets(List.of(mine));
        assertEquals(values("k", "1"), revealed(mine));
        mine.close();
        assertHolds(manager(), "a", "k", "1");
    }

    @Test
    protected void register_racingWithOneNameInCommon_oneStoresAll_othersNone() throws Exception {
        List<Callable<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int racer = i;
            BulkWrites instance = capable(BulkWrites.class, i % 2 == 0 ? manager() : another());
            racers.add(() -> {
                String mine = String.valueOf(racer);
                instance.registerSecrets(List.of(
                        secret("before" + racer, "k", mine),
                        secret("common", "k", mine),
                        secret("later" + racer, "k", mine)));
                return racer;
            });
        }
        List<Outcome<Integer>> outcomes = race(racers);
        assertOneWon(outcomes, SecretExistsException.class);
        int winner = outcomes.stream()
                .flatMap(outcome -> outcome.result().stream())
                .findFirst()
                .orElseThrow();
        assertEquals(
                names("before" + winner, "common", "later" + winner), manager().getAllSecretKeys());
        assertHolds(manager(), "common", "k", String.valueOf(winner));
    }

    @Test
    protected void delete_several_deletesThoseOnly() {
        for (String name : List.of("a", "b", "c")) {
            register(manager(), name, "k", "here");
            register(elsewhere(), name, "k", "elsewhere");
        }
        bulk().deleteSecrets(names("c", "a"));
        assertEquals(names("b"), manager().getAllSecretKeys());
        assertEquals(names("a", "b", "c"), elsewhere().getAllSecretKeys());
    }

    @Test
    protected void delete_none_deletesNone() {
        register(manager(), "a", "k", "1");
        bulk().deleteSecrets(List.of());
        assertEquals(names("a"), manager().getAllSecretKeys());
    }

    @Test
    protected void delete_oneMissing_isNoSuchSecret_noneDeleted() {
        register(manager(), "a", "k", "1");
        register(manager(), "c", "k", "3");
        register(elsewhere(), "b", "k", "2");
        NoSuchSecretException e =
                assertThrows(NoSuchSecretException.class, () -> bulk().deleteSecrets(names("a", "b", "c")));
        assertEquals("b", e.name().orElseThrow());
        assertEquals(names("a", "c"), manager().getAllSecretKeys());
        assertHolds(manager(), "a", "k", "1");
        if (manager() instanceof Versioned versioned) {
            assertEquals(1, versioned.history(name("a")).size());
        }
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "a", "k", "1");
        BulkWrites closed = bulk();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.registerSecrets(List.of(secret("b", "k", "2"))));
        assertThrows(IllegalStateException.class, () -> closed.deleteSecrets(names("a")));
        assertEquals(names("a"), another().getAllSecretKeys());
    }

    private BulkWrites bulk() {
        return capable(BulkWrites.class, manager());
    }
}
