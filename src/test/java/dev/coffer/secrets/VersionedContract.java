package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@link Versioned} promises: every write makes a version, and none is lost by a later one. */
public abstract class VersionedContract extends ContractFixture {
    /** Only for contracts. */
    protected VersionedContract() {}

    @Test
    protected void history_tellsEveryWrite_newestFirst() {
        long first = versionOf(register(manager(), "db", "z", "1", "a", "2"));
        long second = versionOf(manager().updateSecret(typed("db", "basic_auth", "username", "u", "password", "p")));
        List<SecretVersion> history = versioned().history(name("db"));
        assertEquals(2, history.size());
        assertVersion(second, "basic_auth", List.of("username", "password"), false, history.get(0));
        assertVersion(first, Secret.ARBITRARY, List.of("z", "a"), false, history.get(1));
        assertTrue(second > first);
        assertTrue(first >= 1);
    }

    @Test
    protected void history_tellsWhereEachVersionCameFrom() {
        long first = versionOf(register(manager(), "db", "k", "1"));
        manager().updateSecret(secret("db", "k", "2"));
        manager().deleteSecret(name("db"));
        versioned().rollback(name("db"), first);
        assertEquals(
                List.of("rollback to " + first, "delete", "update", "register"),
                versioned().history(name("db")).stream()
                        .map(SecretVersion::origin)
                        .toList());
    }

    @Test
    protected void history_tellsWhenEachVersionWasWritten() {
        register(manager(), "db", "k", "1");
        manager().updateSecret(secret("db", "k", "2"));
        List<SecretVersion> history = versioned().history(name("db"));
        try (Secret current = manager().getSecret(name("db"))) {
            assertEquals(history.get(0).created(), current.updated().orElseThrow());
            assertEquals(history.get(1).created(), current.created().orElseThrow());
        }
    }

    @Test
    protected void history_missing_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> versioned().history(name("db")));
        register(elsewhere(), "db", "k", "1");
        assertThrows(NoSuchSecretException.class, () -> versioned().history(name("db")));
    }

    @Test
    protected void history_ofUpdatesThatChangeNothing_doesNotGrow() {
        register(manager(), "db", "a", "1", "b", "2");
        manager().updateSecret(secret("db", "a", "1", "b", "2"));
        manager().updateSecret(secret("db", "b", "2", "a", "1"));
        assertEquals(1, versioned().history(name("db")).size());
    }

    @Test
    protected void history_holdsNoValues() {
        register(manager(), "db", "k", "canary-value");
        assertFalse(versioned().history(name("db")).toString().contains("canary-value"));
    }

    @Test
    protected void get_atAVersion_isWhatWasWrittenThen() {
        long first = versionOf(manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p")));
        long second = versionOf(manager().updateSecret(secret("db", "z", "", "a", "\0")));
        try (Secret then = versioned().getSecret(name("db"), first)) {
            assertEquals(values("username", "u", "password", "p"), revealed(then));
            assertEquals("basic_auth", then.schemaType());
            assertEquals(first, then.version().orElseThrow());
            assertEquals(name("db"), then.name());
        }
        try (Secret now = versioned().getSecret(name("db"), second)) {
            assertEquals(values("z", "", "a", "\0"), revealed(now));
            assertEquals(List.of("z", "a"), List.copyOf(now.content().keySet()));
        }
        versioned().getSecret(name("db"), first).close();
        assertEquals(values("username", "u", "password", "p"), at("db", first));
    }

    @Test
    protected void get_atAVersionThatNeverWas_isNoSuchSecret() {
        long current = versionOf(register(manager(), "db", "k", "1"));
        for (long never : new long[] {current + 1, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThrows(NoSuchSecretException.class, () -> versioned().getSecret(name("db"), never));
        }
        assertThrows(NoSuchSecretException.class, () -> versioned().getSecret(name("other"), current));
        assertThrows(
                NoSuchSecretException.class,
                () -> capable(Versioned.class, elsewhere()).getSecret(name("db"), current));
    }

    @Test
    protected void delete_leavesATombstone_andItsHistory() {
        long first = versionOf(register(manager(), "db", "k", "1"));
        manager().deleteSecret(name("db"));
        List<SecretVersion> history = versioned().history(name("db"));
        assertEquals(2, history.size());
        assertVersion(history.get(0).version(), Secret.ARBITRARY, List.of(), true, history.get(0));
        assertTrue(history.get(0).version() > first);
        assertEquals(first, history.get(1).version());
        assertEquals(names("db"), versioned().tombstones());
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertEquals(values("k", "1"), at("db", first));
        long tombstone = history.get(0).version();
        assertThrows(NoSuchSecretException.class, () -> versioned().getSecret(name("db"), tombstone));
    }

    @Test
    protected void deleteAll_leavesTombstones() {
        register(manager(), "b", "k", "1");
        register(manager(), "a", "k", "1");
        register(elsewhere(), "c", "k", "1");
        manager().deleteAllSecrets();
        assertEquals(names("a", "b"), versioned().tombstones());
        assertTrue(versioned().history(name("a")).get(0).deleted());
    }

    @Test
    protected void tombstones_areOnlyTheDeletedOfThisScope_sorted() {
        assertEquals(List.of(), versioned().tombstones());
        for (String name : List.of("c", "B", "a", "\ud801\udc00", "\uff5a")) {
            register(manager(), name, "k", "1");
            manager().deleteSecret(name(name));
        }
        register(manager(), "live", "k", "1");
        register(elsewhere(), "elsewhere", "k", "1");
        elsewhere().deleteSecret(name("elsewhere"));
        assertEquals(names("B", "a", "c", "\uff5a", "\ud801\udc00"), versioned().tombstones());
    }

    @Test
    protected void register_ofADeletedName_continuesItsHistory() {
        long first = versionOf(register(manager(), "db", "old", "1"));
        manager().deleteSecret(name("db"));
        long tombstone = versioned().history(name("db")).get(0).version();
        long again = versionOf(register(manager(), "db", "new", "2"));
        assertTrue(again > tombstone);
        assertEquals(
                List.of(again, tombstone, first),
                versioned().history(name("db")).stream()
                        .map(SecretVersion::version)
                        .toList());
        assertEquals(List.of(), versioned().tombstones());
        assertHolds(manager(), "db", "new", "2");
        assertEquals(values("old", "1"), at("db", first));
    }

    @Test
    protected void rollback_writesTheEarlierContentAsANewVersion() {
        long first = versionOf(manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p")));
        long second = versionOf(manager().updateSecret(secret("db", "k", "2")));
        WriteReceipt receipt = versioned().rollback(name("db"), first);
        assertTrue(receipt.changed());
        assertTrue(versionOf(receipt) > second);
        assertEquals(3, versioned().history(name("db")).size());
        try (Secret now = manager().getSecret(name("db"))) {
            assertEquals(values("username", "u", "password", "p"), revealed(now));
            assertEquals("basic_auth", now.schemaType());
            assertEquals(receipt.version(), now.version().orElseThrow());
        }
        assertEquals(values("k", "2"), at("db", second));
    }

    @Test
    protected void rollback_toWhatIsThereAlready_writesNothing() {
        long first = versionOf(register(manager(), "db", "k", "1", "l", "2"));
        manager().updateSecret(secret("db", "k", "2"));
        long third = versionOf(manager().updateSecret(secret("db", "l", "2", "k", "1")));
        for (long same : new long[] {first, third}) {
            WriteReceipt receipt = versioned().rollback(name("db"), same);
            assertFalse(receipt.changed());
            assertEquals(third, versionOf(receipt));
        }
        assertEquals(3, versioned().history(name("db")).size());
        manager().deleteSecret(name("db"));
        assertTrue(versioned().rollback(name("db"), third).changed());
    }

    @Test
    protected void rollback_ofADeletedSecret_bringsItBack() {
        long first = versionOf(register(manager(), "db", "k", "1"));
        manager().updateSecret(secret("db", "k", "2"));
        manager().deleteSecret(name("db"));
        long tombstone = versioned().history(name("db")).get(0).version();
        assertTrue(versionOf(versioned().rollback(name("db"), first)) > tombstone);
        assertHolds(manager(), "db", "k", "1");
        assertEquals(names("db"), manager().getAllSecretKeys());
        assertEquals(List.of(), versioned().tombstones());
    }

    @Test
    protected void rollback_toWhatNeverWas_isNoSuchSecret_nothingWritten() {
        assertThrows(NoSuchSecretException.class, () -> versioned().rollback(name("db"), 1));
        long first = versionOf(register(manager(), "db", "k", "1"));
        assertThrows(NoSuchSecretException.class, () -> versioned().rollback(name("db"), first + 1));
        manager().deleteSecret(name("db"));
        long tombstone = versioned().history(name("db")).get(0).version();
        assertThrows(NoSuchSecretException.class, () -> versioned().rollback(name("db"), tombstone));
        assertEquals(2, versioned().history(name("db")).size());
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertEquals(names("db"), versioned().tombstones());
    }

    @Test
    protected void rollback_leavesTheEarlierVersionIndependent() {
        long first = versionOf(register(manager(), "db", "k", "1"));
        manager().updateSecret(secret("db", "k", "2"));
        versioned().rollback(name("db"), first);
        manager().updateSecret(secret("db", "k", "3"));
        assertEquals(values("k", "1"), at("db", first));
        assertHolds(manager(), "db", "k", "3");
    }

    @Test
    protected void versions_areNeverUsedTwice() {
        long last = versionOf(register(manager(), "db", "k", "0"));
        for (int i = 1; i <= 3; i++) {
            long updated = versionOf(manager().updateSecret(secret("db", "k", "u" + i)));
            manager().deleteSecret(name("db"));
            long registered = versionOf(register(manager(), "db", "k", "r" + i));
            assertTrue(updated > last);
            assertTrue(registered > updated);
            last = registered;
        }
        List<Long> numbers = versioned().history(name("db")).stream()
                .map(SecretVersion::version)
                .toList();
        assertEquals(10, numbers.size());
        assertEquals(
                numbers.stream().distinct().sorted(Comparator.reverseOrder()).toList(), numbers);
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "db", "k", "1");
        Versioned closed = versioned();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.history(name("db")));
        assertThrows(IllegalStateException.class, () -> closed.getSecret(name("db"), 1));
        assertThrows(IllegalStateException.class, () -> closed.rollback(name("db"), 1));
        assertThrows(IllegalStateException.class, closed::tombstones);
    }

    private static void assertVersion(
            long number, String schemaType, List<String> keys, boolean deleted, SecretVersion version) {
        assertEquals(number, version.version());
        assertEquals(schemaType, version.schemaType());
        assertEquals(keys, version.keys());
        assertEquals(deleted, version.deleted());
    }

    private Map<String, String> at(String name, long version) {
        try (Secret secret = versioned().getSecret(name(name), version)) {
            return revealed(secret);
        }
    }

    private Versioned versioned() {
        return capable(Versioned.class, manager());
    }
}
