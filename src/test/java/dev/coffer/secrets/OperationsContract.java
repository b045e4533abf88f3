package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The part of {@link SecretsManagerContract} that is about what the operations do. */
public abstract class OperationsContract extends ContentContract {
    /** Only for contracts. */
    protected OperationsContract() {}

    // Register

    @Test
    protected void register_thenGet_isTheSameSecret() {
        WriteReceipt receipt = manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        assertEquals(name("db"), receipt.name());
        assertTrue(receipt.changed());
        assertHolds(manager(), "db", "username", "u", "password", "p");
        look(manager(), "db", stored -> {
            assertEquals(name("db"), stored.name());
            assertEquals("basic_auth", stored.schemaType());
            assertEquals(values("username", "u", "password", "p"), revealed(stored));
            assertEquals(Optional.ofNullable(receipt.version()), stored.version());
        });
    }

    @Test
    protected void register_existing_isSecretExists_oldValueUntouched() {
        WriteReceipt first = register(manager(), "db", "k", "old");
        assertThrows(SecretExistsException.class, () -> register(manager(), "db", "k", "new", "more", "x"));
        assertThrows(SecretExistsException.class, () -> register(another(), "db", "k", "old"));
        assertHolds(manager(), "db", "k", "old");
        assertVersion(first, "db");
    }

    @Test
    protected void register_leavesTheCallersSecretAlone() {
        Secret mine = secret("db", "k", "v");
        manager().registerSecret(mine);
        assertEquals(values("k", "v"), revealed(mine));
        mine.close();
        assertHolds(manager(), "db", "k", "v");
    }

    @Test
    protected void register_racing_exactlyOneWins() throws Exception {
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            String value = "writer " + i;
            racers.add(() -> {
                register(instance, "db", "k", value, "same", value);
                return value;
            });
        }
        List<Outcome<String>> outcomes = race(racers);
        assertOneWon(outcomes, SecretExistsException.class);
        String winner = outcomes.stream()
                .flatMap(outcome -> outcome.result().stream())
                .findFirst()
                .orElseThrow();
        assertHolds(manager(), "db", "k", winner, "same", winner);
    }

    @Test
    protected void operations_racingOnDifferentNames_allSucceed() throws Exception {
        List<Callable<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            String mine = "worker" + i + "/";
            racers.add(() -> workAlone(instance, mine));
        }
        for (Outcome<Integer> outcome : race(racers)) {
            assertEquals(Optional.of(5), outcome.result());
        }
        assertEquals(20, manager().getAllSecretKeys().size());
    }

    /** Makes ten secrets, changes all, deletes half; the number of those that are left. */
    private int workAlone(SecretsManager instance, String prefix) {
        for (int i = 0; i < 10; i++) {
            String name = prefix + i;
            register(instance, name, "k", "v" + i);
            instance.updateSecret(secret(name, "k", "w" + i));
            assertHolds(instance, name, "k", "w" + i);
            if (i % 2 == 0) {
                instance.deleteSecret(name(name));
            }
        }
        return (int) instance.getAllSecretKeys().stream()
                .filter(name -> name.value().startsWith(prefix))
                .count();
    }

    // Get

    @Test
    protected void get_missing_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("db")));
        register(manager(), "db/a", "k", "v");
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("db")));
    }

    @Test
    protected void get_handsOutACopy() {
        register(manager(), "db", "k", "v");
        look(manager(), "db", Secret::close);
        assertHolds(manager(), "db", "k", "v");
    }

    // Update

    @Test
    protected void update_missing_isNoSuchSecret_nothingWritten() {
        assertThrows(NoSuchSecretException.class, () -> manager().updateSecret(secret("db", "k", "v")));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void update_replacesAll_keysNotGivenAreGone() {
        WriteReceipt registered = register(manager(), "db", "a", "1", "b", "2");
        WriteReceipt updated = manager().updateSecret(secret("db", "c", "3", "b", "4"));
        assertTrue(updated.changed());
        assertNewVersion(registered, updated);
        assertHolds(manager(), "db", "c", "3", "b", "4");
        assertVersion(updated, "db");
    }

    @Test
    protected void update_changesTheType() {
        register(manager(), "db", "username", "u", "password", "p");
        WriteReceipt updated = manager().updateSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        assertTrue(updated.changed());
        assertType("db", "basic_auth");
    }

    @Test
    protected void update_changingNothing_writesNothing() {
        WriteReceipt registered = register(manager(), "db", "a", "1", "b", "2");
        WriteReceipt updated = manager().updateSecret(secret("db", "a", "1", "b", "2"));
        assertEquals(writeOnly(), updated.changed());
        assertHolds(manager(), "db", "a", "1", "b", "2");
        assertEquals(registered.version(), updated.version());
        assertVersion(registered, "db");
    }

    /** Order is kept for people; it is no content. */
    @Test
    protected void update_orderOnly_writesNothing() {
        WriteReceipt registered = register(manager(), "db", "a", "1", "b", "2");
        WriteReceipt updated = manager().updateSecret(secret("db", "b", "2", "a", "1"));
        assertEquals(writeOnly(), updated.changed());
        assertVersion(registered, "db");
        assertOrder("db", "a", "b");
    }

    @Test
    protected void update_leavesTheCallersSecretAlone() {
        register(manager(), "db", "k", "v");
        Secret mine = secret("db", "k", "w");
        manager().updateSecret(mine);
        assertEquals(values("k", "w"), revealed(mine));
        mine.close();
        assertHolds(manager(), "db", "k", "w");
    }

    @Test
    protected void update_keepsWhenTheSecretWasMade() {
        register(manager(), "db", "k", "v");
        Instant created = manager().listSecrets().get(0).created();
        look(manager(), "db", before -> assertEquals(Optional.ofNullable(created), before.created()));
        manager().updateSecret(secret("db", "k", "w"));
        assertEquals(created, manager().listSecrets().get(0).created());
        look(manager(), "db", after -> assertEquals(Optional.ofNullable(created), after.created()));
    }

    @Test
    protected void hasSecret_isWhetherThereIsOne() {
        assertFalse(manager().hasSecret(name("db")));
        register(manager(), "db", "k", "v");
        assertTrue(manager().hasSecret(name("db")));
        assertTrue(another().hasSecret(name("db")));
        assertFalse(manager().hasSecret(name("db2")));
        manager().deleteSecret(name("db"));
        assertFalse(manager().hasSecret(name("db")));
    }

    // Merge

    @Test
    protected void merge_missingSecret_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> manager().mergeSecret(name("db"), setting("k", "v")));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void merge_setsSomeKeys_leavesOthers() {
        register(manager(), "db", "a", "1", "b", "2");
        assertTrue(
                manager().mergeSecret(name("db"), setting("b", "3", "c", "4")).changed());
        assertHolds(manager(), "db", "a", "1", "b", "3", "c", "4");
        assertOrder("db", "a", "b", "c");
    }

    @Test
    protected void merge_removesKeys() {
        register(manager(), "db", "a", "1", "b", "2");
        manager().mergeSecret(name("db"), removing("a"));
        assertHolds(manager(), "db", "b", "2");
    }

    @Test
    protected void merge_removingAMissingKey_isNoSuchSecret_nothingWritten() {
        WriteReceipt registered = register(manager(), "db", "a", "1");
        SecretPatch patch = new SecretPatch(setting("a", "2").set(), Set.of("gone"), Optional.empty());
        assertThrows(NoSuchSecretException.class, () -> manager().mergeSecret(name("db"), patch));
        assertHolds(manager(), "db", "a", "1");
        assertVersion(registered, "db");
    }

    @Test
    protected void merge_keepsTheType() {
        manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "old"));
        manager().mergeSecret(name("db"), setting("password", "new"));
        assertHolds(manager(), "db", "username", "u", "password", "new");
        assertType("db", "basic_auth");
    }

    @Test
    protected void merge_changesTheTypeWhenTold() {
        register(manager(), "db", "username", "u", "password", "p");
        SecretPatch typed = new SecretPatch(Map.of(), Set.of(), Optional.of("basic_auth"));
        if (writeOnly()) { // the values would have to be held against the type
            assertThrows(UnsupportedByFlavorException.class, () -> manager().mergeSecret(name("db"), typed));
        } else {
            manager().mergeSecret(name("db"), typed);
        }
        assertHolds(manager(), "db", "username", "u", "password", "p");
        assertType("db", "basic_auth");
    }

    @Test
    protected void merge_toWhatDoesNotFit_isInvalid_nothingWritten() {
        manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        if (writeOnly()) { // it knows no type that the result would have to fit
            manager().mergeSecret(name("db"), removing("password"));
            assertHolds(manager(), "db", "username", "u");
            return;
        }
        assertThrows(InvalidException.class, () -> manager().mergeSecret(name("db"), removing("password")));
        assertHolds(manager(), "db", "username", "u", "password", "p");
    }

    @Test
    protected void merge_changingNothing_writesNothing() {
        WriteReceipt registered = register(manager(), "db", "a", "1", "b", "2");
        assertEquals(
                writeOnly(),
                manager().mergeSecret(name("db"), setting("b", "2")).changed());
        assertHolds(manager(), "db", "a", "1", "b", "2");
        assertVersion(registered, "db");
    }

    @Test
    protected void merge_leavesTheCallersPatchAlone() {
        register(manager(), "db", "a", "1");
        SecretPatch patch = setting("b", "2");
        manager().mergeSecret(name("db"), patch);
        patch.set().forEach((key, value) -> assertEquals("2", value.revealText()));
        patch.set().values().forEach(SecretValue::close);
        assertHolds(manager(), "db", "a", "1", "b", "2");
    }

    // Delete

    @Test
    protected void delete_missing_isNoSuchSecret() {
        register(manager(), "other", "k", "v");
        assertThrows(NoSuchSecretException.class, () -> manager().deleteSecret(name("db")));
        assertEquals(names("other"), manager().getAllSecretKeys());
    }

    @Test
    protected void delete_leavesNothingLive() {
        register(manager(), "db", "k", "v");
        register(manager(), "other", "k", "v");
        manager().deleteSecret(name("db"));
        assertEquals(names("other"), manager().getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("db")));
        assertThrows(NoSuchSecretException.class, () -> manager().updateSecret(secret("db", "k", "v")));
        assertThrows(NoSuchSecretException.class, () -> manager().mergeSecret(name("db"), setting("k", "v")));
        assertThrows(NoSuchSecretException.class, () -> manager().deleteSecret(name("db")));
        assertHolds(manager(), "other", "k", "v");
    }

    @Test
    protected void delete_thenRegister_holdsOnlyTheNewContent() {
        register(manager(), "db", "old", "1");
        manager().deleteSecret(name("db"));
        assertTrue(register(manager(), "db", "new", "2").changed());
        assertHolds(manager(), "db", "new", "2");
        assertEquals(names("db"), manager().getAllSecretKeys());
    }

    /** Whoever waits for a version to change would otherwise miss that the secret is another one. */
    @Test
    protected void delete_thenRegister_neverBringsBackAVersion() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            SecretsManager instance = i == 0 ? manager() : another();
            assertNotSeen(seen, register(instance, "db", "k", "r" + i));
            assertNotSeen(seen, instance.updateSecret(secret("db", "k", "u" + i)));
            if (i == 0) {
                instance.deleteSecret(name("db"));
            } else {
                instance.deleteAllSecrets();
            }
        }
    }

    private static void assertNotSeen(Set<Long> seen, WriteReceipt receipt) {
        Long version = receipt.version();
        if (version != null) {
            assertTrue(seen.add(version), () -> "version " + version + " is used again");
        }
    }

    @Test
    protected void delete_racing_exactlyOneWins() throws Exception {
        register(manager(), "db", "k", "v");
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            racers.add(() -> {
                instance.deleteSecret(name("db"));
                return true;
            });
        }
        assertOneWon(race(racers), NoSuchSecretException.class);
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void deleteAll_leavesNone() {
        manager().deleteAllSecrets();
        register(manager(), "a", "k", "v");
        register(manager(), "b/c", "k", "v");
        manager().deleteAllSecrets();
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("a")));
    }

    @Test
    protected void deleteAll_staysInItsScope() {
        register(manager(), "db", "k", "here");
        register(elsewhere(), "db", "k", "elsewhere");
        register(elsewhere(), "other", "k", "v");
        manager().deleteAllSecrets();
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertEquals(names("db", "other"), elsewhere().getAllSecretKeys());
        assertHolds(elsewhere(), "db", "k", "elsewhere");
    }

    // List

    @Test
    protected void list_ofNone_isEmpty() {
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertEquals(List.of(), manager().listSecrets());
    }

    /** The last two names would change places if they were sorted as UTF-16. */
    @Test
    protected void list_isSortedByCodePoint() {
        List<SecretName> expected =
                names("A", "B", "_", "a", "a-b", "a.b", "a/b", "aa", "b", "é", "ж", "\uff5a", "\ud801\udc00");
        List<SecretName> shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(name -> register(manager(), name.value(), "k", "v"));
        assertEquals(expected, manager().getAllSecretKeys());
        assertEquals(
                expected,
                manager().listSecrets().stream().map(SecretSummary::name).toList());
    }

    @Test
    protected void list_ofMoreThanAThousand_isCompleteAndSorted() {
        List<Secret> secrets = new ArrayList<>();
        int last = Math.min(1_024, capacity()) - 1;
        for (int i = 0; i <= last; i++) {
            secrets.add(secret("team" + i % 7 + "/secret" + i, "number", String.valueOf(i)));
        }
        registerAll(manager(), secrets);
        List<SecretName> expected = secrets.stream().map(Secret::name).sorted().toList();
        assertEquals(expected, manager().getAllSecretKeys());
        assertEquals(
                expected,
                manager().listSecrets().stream().map(SecretSummary::name).toList());
        assertHolds(manager(), "team" + last % 7 + "/secret" + last, "number", String.valueOf(last));
        if (secrets.size() == capacity()) {
            assertThrows(InvalidException.class, () -> register(manager(), "one/too/many", "k", "v"));
            assertEquals(expected, manager().getAllSecretKeys());
        }
        manager().deleteAllSecrets();
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void list_summaries_tellTypeAndVersion_neverValues() {
        WriteReceipt a =
                manager().registerSecret(typed("a", "basic_auth", "username", "u", "password", "canary-value"));
        WriteReceipt b = register(manager(), "b", "k", "canary-value");
        List<SecretSummary> summaries = manager().listSecrets();
        assertEquals(2, summaries.size());
        assertSummary("a", "basic_auth", a, summaries.get(0));
        assertSummary("b", Secret.ARBITRARY, b, summaries.get(1));
        assertFalse(summaries.toString().contains("canary-value"));
    }

    private void assertSummary(String name, String type, WriteReceipt receipt, SecretSummary summary) {
        assertEquals(name(name), summary.name());
        assertEquals(writeOnly() ? Secret.ARBITRARY : type, summary.schemaType());
        assertEquals(receipt.version(), summary.version());
        look(manager(), name, secret -> {
            assertEquals(secret.created(), Optional.ofNullable(summary.created()));
            assertEquals(secret.updated(), Optional.ofNullable(summary.updated()));
        });
    }

    // Words of the contracts

    static SecretPatch setting(String... keysAndValues) {
        return new SecretPatch(secret("any", keysAndValues).content(), Set.of(), Optional.empty());
    }

    static SecretPatch removing(String... keys) {
        return new SecretPatch(Map.of(), Set.of(keys), Optional.empty());
    }

    /** The secret is at the receipt's version, whether or not the flavor counts any. */
    private void assertVersion(WriteReceipt receipt, String name) {
        look(manager(), name, secret -> assertEquals(Optional.ofNullable(receipt.version()), secret.version()));
    }

    private static void assertNewVersion(WriteReceipt older, WriteReceipt newer) {
        if (older.version() != null || newer.version() != null) {
            assertTrue(versionOf(newer) > versionOf(older), "versions count upwards");
        }
    }

    /** The secret has this type, where the flavor keeps one. */
    void assertType(String name, String type) {
        look(manager(), name, secret -> assertEquals(type, secret.schemaType()));
    }
}
