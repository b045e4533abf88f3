package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretChange.Step;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.WriteReceipt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The side of a synchronization that is at home. */
class SyncedSecretsTest {
    private static final SecretName A = SecretName.of("a");
    private static final UUID NEW = new UUID(5, 5);
    private static final UUID TARGET = new UUID(6, 6);
    private static final UUID RECORD = new UUID(7, 7);

    private final TestHome home = TestHome.create();
    private final Vault vault = home.vault();
    private final ComponentSecrets secrets = vault.secretsOf(HERE);
    private final SyncStore store = vault.syncStore(HERE);

    @AfterEach
    void removeHome() {
        home.close();
    }

    private static Step step(String value) {
        return new Step("sync from team", Optional.of(secret("a", "k", value)), false);
    }

    private static Step kept(String value) {
        return new Step("conflict with team: theirs", Optional.of(secret("a", "k", value)), true);
    }

    private static Step tombstone() {
        return new Step("sync from team", Optional.empty(), false);
    }

    private static List<SecretChange> one(UUID id, long expectedVersion, Step... steps) {
        return List.of(new SecretChange(id, A, expectedVersion, List.of(steps)));
    }

    private static String base(UUID id, long version) {
        return id + "/" + TARGET + "/" + version + "/" + RECORD;
    }

    private static RecordChange insertBase(UUID id, long version) {
        return new RecordChange.Insert(SyncStore.BASE, RECORD, base(id, version), new byte[] {1});
    }

    private static void update(ComponentSecrets secrets, String value) {
        secrets.update(secret("a", "k", value), OptionalLong.empty());
    }

    private UUID idOf(String name) {
        return store.heads().stream()
                .filter(head -> head.name().value().equals(name) && !head.deleted())
                .findFirst()
                .orElseThrow()
                .id();
    }

    private List<Long> versions(SecretName name) {
        return secrets.history(name).stream().map(SecretVersion::version).toList();
    }

    private void assertSound() {
        assertEquals(List.of(), vault.verify(Progress.NONE).findings());
    }

    // Heads

    @Test
    void heads_tellLiveSecretsAndDeletedOnes_butNoneThatWasPurgedOrBelongsElsewhere() {
        secrets.register(secret("b", "k", "1"));
        secrets.register(secret("a", "k", "1"));
        secrets.register(secret("gone", "k", "1"));
        secrets.register(secret("purged", "k", "1"));
        vault.secretsOf(THERE).register(secret("there", "k", "1"));
        update(secrets, "2");
        UUID gone = idOf("gone");
        secrets.delete(SecretName.of("gone"), OptionalLong.empty());
        secrets.purge(SecretName.of("purged"));
        assertEquals(
                List.of(
                        new SecretHead(idOf("a"), A, 2, Secret.ARBITRARY, false),
                        new SecretHead(idOf("b"), SecretName.of("b"), 1, Secret.ARBITRARY, false),
                        new SecretHead(gone, SecretName.of("gone"), 2, Secret.ARBITRARY, true)),
                store.heads());
    }

    @Test
    void heads_endWithTheTombstoneThatANewSecretContinues() {
        secrets.register(secret("a", "k", "1"));
        secrets.register(secret("b", "k", "1"));
        UUID first = idOf("a");
        UUID second = idOf("b");
        secrets.delete(A, OptionalLong.empty());
        secrets.rename(SecretName.of("b"), A);
        secrets.delete(A, OptionalLong.empty());
        assertEquals(
                List.of(first, second),
                store.heads().stream().map(SecretHead::id).toList());
        secrets.register(secret("a", "k", "2"));
        assertEquals(second, idOf("a"));
    }

    @Test
    void heads_thatSomebodyChanged_areAnIntegrityError() {
        secrets.register(secret("a", "k", "1"));
        secrets.register(secret("gone", "k", "1"));
        secrets.delete(SecretName.of("gone"), OptionalLong.empty());
        RawStore.of(home).change("UPDATE secret SET version = 1 WHERE deleted = 1");
        assertThrows(IntegrityException.class, store::heads);
    }

    // Content

    @Test
    void content_isReadByIdAndVersion_alsoOfADeletedSecret_butNoTombstone() {
        secrets.register(secret("a", "k", "1"));
        update(secrets, "2");
        UUID id = idOf("a");
        secrets.delete(A, OptionalLong.empty());
        assertEquals(Map.of("k", "1"), revealed(store.getSecret(id, 1)));
        assertEquals(Map.of("k", "2"), revealed(store.getSecret(id, 2)));
        assertThrows(NoSuchSecretException.class, () -> store.getSecret(id, 3));
        assertThrows(NoSuchSecretException.class, () -> store.getSecret(id, 4));
        assertThrows(NoSuchSecretException.class, () -> store.getSecret(NEW, 1));
        assertThrows(NoSuchSecretException.class, () -> vault.syncStore(THERE).getSecret(id, 1));
    }

    // Fingerprints

    @Test
    void fingerprint_tellsValuesAndKeysApart_andIsNoPlainHash() {
        String one = store.fingerprint("k", SecretValue.of("v"));
        assertEquals(one, store.fingerprint("k", SecretValue.of("v")));
        assertTrue(one.matches("[0-9a-f]{64}"), one);
        assertNotEquals(one, store.fingerprint("k", SecretValue.of("w")));
        assertNotEquals(one, store.fingerprint("l", SecretValue.of("v")));
        assertNotEquals(store.fingerprint("kv", SecretValue.of("")), store.fingerprint("k", SecretValue.of("v")));
        SecretValue large = SecretValue.of("x".repeat(100_000)); // more than any buffer begins with
        assertEquals(store.fingerprint("k", large), store.fingerprint("k", large.copy()));
        try (TestHome other = TestHome.empty();
                Vault elsewhere = new Vault(other.options())) {
            Vault.create(other.options(), Optional.empty());
            assertNotEquals(one, elsewhere.syncStore(HERE).fingerprint("k", SecretValue.of("v")));
        }
    }

    @Test
    void fingerprint_staysTheSame_whenKeysAreRotatedOrRevoked() {
        String before = store.fingerprint("k", SecretValue.of("v"));
        UUID slot = vault.keys()
                .addSlot(KeyInput.passphrase("correct horse battery".toCharArray()))
                .id();
        vault.keys().rotate(Progress.NONE);
        assertEquals(before, store.fingerprint("k", SecretValue.of("v")));
        vault.keys().rotateDeks(Progress.NONE);
        assertEquals(before, store.fingerprint("k", SecretValue.of("v")));
        UUID keyFile = vault.keys().slots().get(0).id();
        vault.keys()
                .revoke(
                        slot,
                        Map.of(keyFile, KeyInput.keyFile(home.location().keyFile(vault.storeId()))),
                        List.of(),
                        Progress.NONE);
        assertEquals(before, store.fingerprint("k", SecretValue.of("v")));
        assertEquals(before, home.vault().syncStore(HERE).fingerprint("k", SecretValue.of("v")));
    }

    // Schemas

    @Test
    void fitted_hasTheDefaultsOfTheSchema_orSaysWhatDoesNotFit_andWritesNothing() {
        try (Secret fit = store.fitted(secret("a", "k", "1"))) {
            assertEquals(Map.of("k", "1"), revealed(fit));
        }
        Secret unfit = Secret.of(A, "basic_auth", Map.of("username", SecretValue.of("ada")));
        InvalidException e = assertThrows(InvalidException.class, () -> store.fitted(unfit));
        assertTrue(e.getMessage().contains("password"), e.getMessage());
        Secret unknown = Secret.of(A, "nobodys", Map.of("k", SecretValue.of("v")));
        assertThrows(NoSuchSchemaException.class, () -> store.fitted(unknown));
        assertEquals(List.of(), store.heads());
    }

    @Test
    void change_leavesNothing_ifWhatWillLiveDoesNotFitItsSchema_butTheHistoryTakesIt() {
        Step unfit = new Step(
                "sync", Optional.of(Secret.of(A, "basic_auth", Map.of("username", SecretValue.of("ada")))), true);
        List<SecretChange> refused = one(NEW, 0, step("1"), unfit);
        assertThrows(InvalidException.class, () -> store.change(refused, List.of(insertBase(NEW, 2))));
        assertEquals(List.of(), store.heads());
        assertEquals(List.of(), store.listRecords(SyncStore.BASE));
        store.change(one(NEW, 0, unfit, step("1")), List.of());
        assertEquals(Map.of("username", "ada"), revealed(store.getSecret(NEW, 1)));
        assertSound();
    }

    // Changes

    @Test
    void change_ofANewSecret_writesItUnderTheIdGiven_withItsRecords() {
        List<WriteReceipt> receipts =
                store.change(one(NEW, 0, step("1")), List.of(insertBase(NEW, store.versionAfter(0))));
        assertEquals(List.of(new WriteReceipt(A, 1L, true)), receipts);
        assertEquals(NEW, idOf("a"));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A)));
        assertEquals("sync from team", secrets.history(A).get(0).origin());
        assertTrue(store.findRecord(SyncStore.BASE, base(NEW, 1)).isPresent());
        assertSound();
    }

    @Test
    void change_writesStepsOnTopOfEachOther() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        assertEquals(
                List.of(new WriteReceipt(A, 5L, true)),
                store.change(one(id, 1, kept("2"), tombstone(), step("3"), tombstone()), List.of()));
        assertEquals(List.of(5L, 4L, 3L, 2L, 1L), versions(A));
        assertEquals(
                List.of("register", "update", "delete", "register", "delete"),
                RawStore.of(home)
                        .rows("SELECT kind FROM log WHERE subject = (SELECT secret_id FROM secret) ORDER BY sequence")
                        .stream()
                        .map(row -> row.get("kind"))
                        .toList());
        assertEquals(Map.of("k", "2"), revealed(secrets.get(A, 2)));
        assertEquals("conflict with team: theirs", secrets.history(A).get(3).origin());
        assertEquals(List.of(A), secrets.tombstones());
        secrets.recover(A);
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));
        assertSound();
    }

    @Test
    void change_ofADeletedSecret_continuesIt() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        secrets.delete(A, OptionalLong.empty());
        store.change(one(id, 2, step("2")), List.of());
        assertEquals(
                new SecretHead(id, A, 3, Secret.ARBITRARY, false), store.heads().get(0));
        assertSound();
    }

    @Test
    void versionAfter_tellsWhatWillBeWritten_alsoAfterABackupWasAccepted() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        assertEquals(1, store.versionAfter(0));
        assertEquals(2, store.versionAfter(1));
        vault.acceptOlder();
        long next = store.versionAfter(1);
        assertTrue(next > 2, "version " + next);
        assertEquals(
                List.of(new WriteReceipt(A, next + 1, true)),
                store.change(one(id, 1, kept("2"), step("3")), List.of(insertBase(id, next + 1))));
        assertEquals(List.of(next + 1, next, 1L), versions(A));
        assertSound();
    }

    @Test
    void change_whoseBaseNamesAVersionThatIsNotThere_isAConflict() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        long expected = store.versionAfter(1);
        vault.acceptOlder();
        assertThrows(
                ConflictException.class, () -> store.change(one(id, 1, step("2")), List.of(insertBase(id, expected))));
        assertEquals(List.of(1L), versions(A));
        assertEquals(List.of(), store.listRecords(SyncStore.BASE));
        store.changeRecords(List.of(insertBase(id, expected))); // of another time: it is not this change's to judge
        store.change(one(id, 1, step("2")), List.of());
        assertSound();
    }

    @Test
    void change_whoseSecretMoved_leavesSecretsAndRecordsAsTheyWere() {
        secrets.register(secret("a", "k", "1"));
        secrets.register(secret("b", "k", "1"));
        UUID id = idOf("a");
        SecretChange other = new SecretChange(idOf("b"), SecretName.of("b"), 1, List.of(step("9")));
        update(secrets, "2");
        List<SecretChange> changes = List.of(other, one(id, 1, step("3")).get(0));
        ConflictException e =
                assertThrows(ConflictException.class, () -> store.change(changes, List.of(insertBase(id, 2))));
        assertEquals(Optional.of("a"), e.name());
        assertEquals(Map.of("k", "2"), revealed(secrets.get(A)));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(SecretName.of("b"))));
        assertEquals(List.of(), store.listRecords(SyncStore.BASE));
        assertSound();
    }

    @Test
    void change_whoseRecordMoved_leavesSecretsAsTheyWere() {
        store.changeRecords(List.of(insertBase(NEW, 1)));
        store.changeRecords(List.of(new RecordChange.Replace(RECORD, 1, base(NEW, 2), new byte[] {2})));
        RecordChange stale = new RecordChange.Remove(RECORD, 1);
        assertThrows(ConflictException.class, () -> store.change(one(NEW, 0, step("1")), List.of(stale)));
        RecordChange taken = new RecordChange.Insert(SyncStore.BASE, new UUID(8, 8), base(NEW, 2), new byte[0]);
        assertThrows(RecordExistsException.class, () -> store.change(one(NEW, 0, step("1")), List.of(taken)));
        assertEquals(List.of(), store.heads());
        assertSound();
    }

    @Test
    void change_thatMakesASecretLiveUnderATakenName_isRefused() {
        secrets.register(secret("a", "k", "1"));
        UUID deleted = idOf("a");
        secrets.delete(A, OptionalLong.empty());
        secrets.register(secret("b", "k", "1"));
        secrets.rename(SecretName.of("b"), A);
        assertThrows(SecretExistsException.class, () -> store.change(one(NEW, 0, step("2")), List.of()));
        assertThrows(SecretExistsException.class, () -> store.change(one(deleted, 2, step("2")), List.of()));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A)));
    }

    @Test
    void change_toASecretThatIsNotAsTheCallerSawIt_isAConflict() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        assertConflict(one(id, 2, step("2")));
        assertConflict(one(NEW, 1, step("2")));
        assertConflict(List.of(new SecretChange(id, SecretName.of("b"), 1, List.of(step("2")))));
        secrets.rename(A, SecretName.of("b"));
        assertConflict(one(id, 1, step("2")));
        assertConflict(one(id, 0, step("2")));
        secrets.rename(SecretName.of("b"), A);
        secrets.delete(A, OptionalLong.empty());
        assertConflict(one(NEW, 0, step("2")));
        assertThrows(ConflictException.class, () -> vault.syncStore(THERE).change(one(id, 2, step("2")), List.of()));
        assertThrows(ConflictException.class, () -> vault.syncStore(THERE).change(one(id, 0, step("2")), List.of()));
        secrets.purge(A);
        assertConflict(one(id, 2, step("2")));
        assertConflict(one(id, 0, step("2"))); // no version is ever written twice
        store.change(one(NEW, 0, step("2")), List.of());
        assertSound();
    }

    private void assertConflict(List<SecretChange> changes) {
        ConflictException e = assertThrows(ConflictException.class, () -> store.change(changes, List.of()));
        assertTrue(e.hint().isPresent());
    }

    @Test
    void change_ofTheSameSecretTwice_isAConflict() {
        secrets.register(secret("a", "k", "1"));
        SecretChange change = one(idOf("a"), 1, step("2")).get(0);
        assertConflict(List.of(change, change));
        assertEquals(List.of(1L), versions(A));
    }

    @Test
    void change_thatDeletesWhatDoesNotLive_isAMistakeOfTheProgram() {
        assertThrows(IllegalArgumentException.class, () -> store.change(one(NEW, 0, tombstone()), List.of()));
        assertEquals(List.of(), store.heads());
    }

    @Test
    void change_ofAComponentThatWasDeletedMeanwhile_isRefused() {
        vault.changeRecords(List.of(new RecordChange.Insert("component", HERE, "mine", new byte[0])));
        vault.changeRecords(List.of(new RecordChange.Remove(HERE, 1)));
        assertThrows(NoSuchRecordException.class, () -> store.change(one(NEW, 0, step("1")), List.of()));
        assertEquals(List.of(), store.heads());
    }

    @Test
    void change_bySeveralVaultsAtOnce_isMadeByOneOfThem() throws Exception {
        secrets.register(secret("a", "k", "0"));
        UUID id = idOf("a");
        int rounds = 20;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (long round = 1; round <= rounds; round++) {
                long expected = round;
                List<Callable<Boolean>> racing = new ArrayList<>();
                for (Vault racer : List.of(vault, home.vault())) {
                    racing.add(() -> {
                        try {
                            racer.syncStore(HERE).change(one(id, expected, step("v" + expected)), moved(id, expected));
                            return true;
                        } catch (ConflictException e) {
                            return false;
                        }
                    });
                }
                int won = 0;
                for (Future<Boolean> result : threads.invokeAll(racing)) {
                    won += result.get(60, TimeUnit.SECONDS) ? 1 : 0;
                }
                assertEquals(1, won);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(rounds + 1, store.heads().get(0).version());
        assertEquals(
                List.of(base(id, rounds + 1)),
                store.listRecords(SyncStore.BASE).stream()
                        .map(record -> record.name())
                        .toList());
        assertSound();
    }

    /** The base moves along with the secret. */
    private static List<RecordChange> moved(UUID id, long version) {
        return version == 1
                ? List.of(insertBase(id, 2))
                : List.of(new RecordChange.Replace(RECORD, version - 1, base(id, version + 1), new byte[] {1}));
    }

    // The store

    @Test
    void alone_isOneForEachTarget_untilItIsGivenBack() {
        SyncStore other = home.vault().syncStore(THERE); // whichever component asks
        SyncStore.Alone first = store.alone(TARGET).orElseThrow();
        assertTrue(store.alone(TARGET).isEmpty());
        assertTrue(other.alone(TARGET).isEmpty());
        other.alone(NEW).orElseThrow().close();
        first.close();
        other.alone(TARGET).orElseThrow().close();
    }

    @Test
    void replaced_movesWithEachAcceptance_andWithNothingElse() {
        assertEquals(0, store.replaced());
        secrets.register(secret("a", "k", "1"));
        vault.acceptOlder();
        long first = store.replaced();
        assertEquals(RawStore.of(home).value("SELECT max(sequence) FROM log WHERE kind = 'accept-older'"), first);
        update(secrets, "2");
        vault.keys().rotate(Progress.NONE);
        assertEquals(first, store.replaced());
        vault.acceptOlder();
        assertTrue(store.replaced() > first);
        RawStore.of(home).run("UPDATE log SET version = version + 1 WHERE kind = 'accept-older'");
        assertThrows(IntegrityException.class, store::replaced);
        assertThrows(IntegrityException.class, () -> store.versionAfter(1));
    }

    @Test
    void records_areThoseOfTheStore() {
        store.changeRecords(List.of(insertBase(NEW, 1)));
        assertEquals(base(NEW, 1), store.findRecord(RECORD).orElseThrow().name());
        assertTrue(store.findRecord(NEW).isEmpty());
        assertTrue(store.findRecord(SyncStore.BASE, base(NEW, 2)).isEmpty());
        assertEquals(1, vault.listRecords(SyncStore.BASE).size());
    }

    @Test
    void change_thatRemovesSecretsForGood_leavesNoneOfTheirBytes() {
        vault.secretsOf(THERE).register(secret("b", "k", "1"));
        byte[] payload = (byte[]) RawStore.of(home).value("SELECT payload FROM secret_version");
        String bytes = new String(payload, 0, 40, StandardCharsets.ISO_8859_1);
        store.change(
                one(NEW, 0, step("1")),
                List.of(new RecordChange.RemoveSecrets(
                        THERE, vault.secretsOf(THERE).versions())));
        assertFalse(new String(home.bytesAtRest(), StandardCharsets.ISO_8859_1).contains(bytes));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A)));
    }

    // Pruning

    private SyncStore limited(int versions) {
        return limitedVault(versions).syncStore(HERE);
    }

    private Vault limitedVault(int versions) {
        return home.vault(home.options().withKeepVersions(OptionalInt.of(versions)));
    }

    @Test
    void limitOfVersions_neverPrunesABase_untilItIsOneNoMore() {
        ComponentSecrets limited = limitedVault(1).secretsOf(HERE);
        limited.register(secret("a", "k", "1"));
        store.changeRecords(List.of(insertBase(idOf("a"), 1)));
        update(limited, "2");
        update(limited, "3");
        assertEquals(List.of(3L, 1L), versions(A));
        assertEquals(Map.of("k", "1"), revealed(secrets.get(A, 1)));
        limited.delete(A, OptionalLong.empty());
        limited.register(secret("a", "k", "4"));
        assertEquals(List.of(5L, 1L), versions(A));
        limited.rollback(A, 1);
        assertEquals(Map.of("k", "1"), revealed(limited.get(A)));
        assertEquals(List.of(6L, 1L), versions(A));
        store.changeRecords(List.of(new RecordChange.Remove(RECORD, 1)));
        update(limited, "7");
        assertEquals(List.of(7L), versions(A));
        assertSound();
    }

    @Test
    void limitOfVersions_ofOneSecret_heedsNoBaseOfAnother() {
        ComponentSecrets limited = limitedVault(1).secretsOf(HERE);
        limited.register(secret("a", "k", "1"));
        limited.register(secret("b", "k", "1"));
        store.changeRecords(List.of(
                insertBase(idOf("b"), 1),
                new RecordChange.Insert("other", new UUID(8, 8), base(idOf("a"), 1), new byte[0])));
        update(limited, "2");
        assertEquals(List.of(2L), versions(A));
    }

    @Test
    void limitOfVersions_neverPrunesTheLoserOfAConflict_alsoAfterItWasSealedAnew() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        limited(1).change(one(id, 1, kept("loser"), step("winner")), List.of());
        assertEquals(List.of(3L, 2L), versions(A));
        vault.keys().rotateDeks(Progress.NONE);
        ComponentSecrets limited = limitedVault(1).secretsOf(HERE);
        update(limited, "4");
        assertEquals(List.of(4L, 2L), versions(A));
        limited.delete(A, OptionalLong.empty());
        assertEquals(List.of(5L, 4L, 2L), versions(A));
        limited.recover(A);
        assertEquals(List.of(6L, 2L), versions(A));
        limited.rollback(A, 2);
        assertEquals(Map.of("k", "loser"), revealed(limited.get(A)));
        update(limited, "8");
        assertEquals(List.of(8L, 2L), versions(A)); // what was rolled back to is a version like any other
        assertSound();
    }

    @Test
    void limitOfVersions_waitsForTheRecordsOfAChange() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        limited(1).change(one(id, 1, step("2"), step("3")), List.of(insertBase(id, 1)));
        assertEquals(List.of(3L, 1L), versions(A)); // the base came with the change
        limited(1).change(one(id, 3, step("4")), List.of(new RecordChange.Replace(RECORD, 1, base(id, 4), new byte[] {1
        })));
        assertEquals(List.of(4L), versions(A)); // and left with one
        assertSound();
    }

    @Test
    void purge_takesBasesAlong_andLeavesTheirRecords() {
        secrets.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        store.changeRecords(List.of(insertBase(id, 1)));
        update(secrets, "2");
        secrets.purge(A);
        assertEquals(List.of(), store.heads());
        assertTrue(store.findRecord(SyncStore.BASE, base(id, 1)).isPresent());
        assertThrows(NoSuchSecretException.class, () -> store.getSecret(id, 1));
        assertSound();
    }

    @Test
    void baseThatSomebodyRenamed_isAnIntegrityError_beforeAnythingIsPruned() {
        Vault vault = limitedVault(1);
        ComponentSecrets limited = vault.secretsOf(HERE);
        limited.register(secret("a", "k", "1"));
        UUID id = idOf("a");
        store.changeRecords(List.of(insertBase(id, 1)));
        update(limited, "2");
        RawStore.of(home).change("UPDATE record SET name = ? WHERE kind = 'sync-base'", base(id, 2));
        assertThrows(IntegrityException.class, () -> update(limited, "3"));
        assertThrows(IntegrityException.class, () -> store.listRecords(SyncStore.BASE));
        assertEquals(List.of(2L, 1L), versions(A));
        assertEquals(Map.of("k", "2"), revealed(secrets.get(A)));
    }

    @Test
    void versionThatSomebodyChanged_isNotPruned_soThatItIsNamed() {
        secrets.register(secret("a", "k", "1"));
        update(secrets, "2");
        RawStore.of(home).change("UPDATE secret_version SET payload = x'00' WHERE version = 1");
        update(limitedVault(1).secretsOf(HERE), "3");
        assertEquals(
                List.of(3L, 1L),
                RawStore.of(home).rows("SELECT version FROM secret_version ORDER BY version DESC").stream()
                        .map(row -> row.get("version"))
                        .toList());
        assertFalse(vault.verify(Progress.NONE).sound());
    }
}
