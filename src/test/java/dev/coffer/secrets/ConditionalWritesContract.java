package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What {@link ConditionalWrites} promises: of several writers that saw the same version, exactly one wins. */
public abstract class ConditionalWritesContract extends ContractFixture {
    /** Only for contracts. */
    protected ConditionalWritesContract() {}

    @Test
    protected void update_atTheExpectedVersion_writes() {
        long registered = versionOf(register(manager(), "db", "a", "1", "b", "2"));
        WriteReceipt receipt = conditional().updateSecret(secret("db", "c", "3"), registered);
        assertTrue(receipt.changed());
        assertTrue(versionOf(receipt) > registered);
        assertEquals(versionOf(receipt), versionOf(manager(), "db"));
        assertHolds(manager(), "db", "c", "3");
    }

    @Test
    protected void update_atAnOlderVersion_isConflict_valueUntouched() {
        long older = versionOf(register(manager(), "db", "k", "1"));
        long current = versionOf(manager().updateSecret(secret("db", "k", "2")));
        assertThrows(ConflictException.class, () -> conditional().updateSecret(secret("db", "k", "3"), older));
        assertHolds(manager(), "db", "k", "2");
        assertEquals(current, versionOf(manager(), "db"));
    }

    @Test
    protected void update_atAVersionThatNeverWas_isConflict_valueUntouched() {
        long current = versionOf(register(manager(), "db", "k", "1"));
        for (long never : new long[] {current + 1, 0, -1, Long.MAX_VALUE}) {
            assertThrows(ConflictException.class, () -> conditional().updateSecret(secret("db", "k", "2"), never));
        }
        assertHolds(manager(), "db", "k", "1");
        assertEquals(current, versionOf(manager(), "db"));
    }

    @Test
    protected void update_changingNothing_writesNothing() {
        long registered = versionOf(register(manager(), "db", "k", "1"));
        WriteReceipt receipt = conditional().updateSecret(secret("db", "k", "1"), registered);
        assertFalse(receipt.changed());
        assertEquals(registered, versionOf(receipt));
        assertEquals(registered, versionOf(manager(), "db"));
    }

    /** The caller is behind, even if it would have written what is there now. */
    @Test
    protected void update_changingNothing_atAnOlderVersion_isConflict() {
        long older = versionOf(register(manager(), "db", "k", "1"));
        manager().updateSecret(secret("db", "k", "2"));
        assertThrows(ConflictException.class, () -> conditional().updateSecret(secret("db", "k", "2"), older));
    }

    @Test
    protected void update_missing_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> conditional().updateSecret(secret("db", "k", "1"), 1));
        long registered = versionOf(register(manager(), "db", "k", "1"));
        manager().deleteSecret(name("db"));
        assertThrows(NoSuchSecretException.class, () -> conditional().updateSecret(secret("db", "k", "2"), registered));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void update_notFittingTheSchema_isInvalid_valueUntouched() {
        long registered =
                versionOf(manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p")));
        Secret lacking = typed("db", "basic_auth", "username", "v");
        assertThrows(InvalidException.class, () -> conditional().updateSecret(lacking, registered));
        Secret unknown = typed("db", "no_such_schema", "username", "v");
        assertThrows(NoSuchSchemaException.class, () -> conditional().updateSecret(unknown, registered));
        assertHolds(manager(), "db", "username", "u", "password", "p");
    }

    @Test
    protected void update_racing_exactlyOneWins() throws Exception {
        long seen = versionOf(register(manager(), "db", "k", "old", "same", "old"));
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ConditionalWrites instance = capable(ConditionalWrites.class, i % 2 == 0 ? manager() : another());
            String value = "writer " + i;
            racers.add(() -> {
                instance.updateSecret(secret("db", "k", value, "same", value), seen);
                return value;
            });
        }
        List<Outcome<String>> outcomes = race(racers);
        assertOneWon(outcomes, ConflictException.class);
        String winner = outcomes.stream()
                .flatMap(outcome -> outcome.result().stream())
                .findFirst()
                .orElseThrow();
        assertHolds(manager(), "db", "k", winner, "same", winner);
    }

    @Test
    protected void update_repeatedOnConflict_losesNoUpdate() throws Exception {
        register(manager(), "counter", "n", "0");
        List<Callable<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            racers.add(() -> countUp(instance, 5));
        }
        for (Outcome<Integer> outcome : race(racers)) {
            assertEquals(Optional.of(5), outcome.result());
        }
        assertHolds(manager(), "counter", "n", "20");
    }

    private static int countUp(SecretsManager instance, int times) {
        int done = 0;
        while (done < times) {
            try (Secret current = instance.getSecret(name("counter"))) {
                int n = Integer.parseInt(current.value("n").revealText());
                long version = current.version().orElseThrow();
                capable(ConditionalWrites.class, instance)
                        .updateSecret(secret("counter", "n", String.valueOf(n + 1)), version);
                done++;
            } catch (ConflictException e) {
                // Somebody else was faster, so the count went up: read again.
            }
        }
        return done;
    }

    /** A merge is made of what it read, so one that was overtaken is told, or made again; never half lost. */
    @Test
    protected void merge_racing_losesNoAcknowledgedChange() throws Exception {
        register(manager(), "db", "first", "1");
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            String key = "key" + i;
            SecretPatch patch = new SecretPatch(Map.of(key, SecretValue.of("v")), Set.of(), Optional.empty());
            racers.add(() -> {
                instance.mergeSecret(name("db"), patch);
                return key;
            });
        }
        Map<String, String> expected = new HashMap<>(Map.of("first", "1"));
        for (Outcome<String> outcome : race(racers)) {
            outcome.result().ifPresent(key -> expected.put(key, "v"));
            outcome.refusal().ifPresent(e -> assertInstanceOf(ConflictException.class, e));
        }
        assertTrue(expected.size() > 1, "no merge was acknowledged");
        assertEquals(expected, read(manager(), "db"));
    }

    @Test
    protected void delete_atTheExpectedVersion_deletes() {
        long registered = versionOf(register(manager(), "db", "k", "1"));
        conditional().deleteSecret(name("db"), registered);
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void delete_atAnotherVersion_isConflict_valueUntouched() {
        long older = versionOf(register(manager(), "db", "k", "1"));
        long current = versionOf(manager().updateSecret(secret("db", "k", "2")));
        for (long other : new long[] {older, current + 1, 0}) {
            assertThrows(ConflictException.class, () -> conditional().deleteSecret(name("db"), other));
        }
        assertHolds(manager(), "db", "k", "2");
        assertEquals(current, versionOf(manager(), "db"));
    }

    @Test
    protected void delete_missing_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> conditional().deleteSecret(name("db"), 1));
    }

    @Test
    protected void delete_racingAnUpdate_exactlyOneWins() throws Exception {
        long seen = versionOf(register(manager(), "db", "k", "old"));
        ConditionalWrites here = conditional();
        ConditionalWrites there = capable(ConditionalWrites.class, another());
        List<Outcome<String>> outcomes = race(List.of(
                () -> {
                    here.updateSecret(secret("db", "k", "new"), seen);
                    return "updated";
                },
                () -> {
                    there.deleteSecret(name("db"), seen);
                    return "deleted";
                }));
        assertEquals(1, outcomes.stream().filter(Outcome::won).count());
        if (outcomes.get(0).won()) {
            assertInstanceOf(ConflictException.class, outcomes.get(1).refusal().orElseThrow());
            assertHolds(manager(), "db", "k", "new");
        } else {
            assertInstanceOf(
                    NoSuchSecretException.class, outcomes.get(0).refusal().orElseThrow());
            assertEquals(List.of(), manager().getAllSecretKeys());
        }
    }

    @Test
    protected void expectedVersion_fromBeforeADelete_isConflictAfterwards() {
        long before = versionOf(register(manager(), "db", "k", "1"));
        manager().deleteSecret(name("db"));
        register(manager(), "db", "k", "2");
        assertThrows(ConflictException.class, () -> conditional().updateSecret(secret("db", "k", "3"), before));
        assertThrows(ConflictException.class, () -> conditional().deleteSecret(name("db"), before));
        assertHolds(manager(), "db", "k", "2");
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "db", "k", "1");
        ConditionalWrites closed = conditional();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.updateSecret(secret("db", "k", "2"), 1));
        assertThrows(IllegalStateException.class, () -> closed.deleteSecret(name("db"), 1));
    }

    private ConditionalWrites conditional() {
        return capable(ConditionalWrites.class, manager());
    }
}
