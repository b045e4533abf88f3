package dev.coffer.flavor.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.postgres.PostgresProxy.Kind;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.KeyStatus;
import dev.coffer.vault.RotationReceipt;
import dev.coffer.vault.SlotInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The key slots of a target and the rotation of its keys, while others work. */
class PostgresKeysTest {
    private static final SecretName DB = SecretName.of("db");

    private final PostgresBackend backend = new PostgresBackend(Map.of());
    private final PostgresProxy proxy =
            new PostgresProxy(PostgresServer.shared().port());
    private final SecretsManager manager = open(Map.of("passphrase", PostgresBackend.PASSPHRASE));
    private final KeySlots keys = (KeySlots) manager;

    @TempDir
    Path folder;

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.cleanUp();
    }

    private SecretsManager open(Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(Map.of("url", proxy.url(), "scope", "global"));
        all.putAll(attributes);
        return backend.open("here", all);
    }

    private static Secret secret(SecretName name, String value) {
        return Secret.of(name, Map.of("k", SecretValue.of(value)));
    }

    private static String value(SecretsManager from, SecretName name) {
        try (Secret found = from.getSecret(name)) {
            return found.value("k").revealText();
        }
    }

    private void assertOpens(Map<String, String> attributes) {
        try (SecretsManager laptop = open(attributes)) {
            assertEquals("2", value(laptop, DB));
        }
    }

    private void fill() {
        manager.registerSecret(secret(DB, "1"));
        manager.updateSecret(secret(DB, "2"));
        manager.registerSecret(secret(SecretName.of("gone"), "x"));
        manager.deleteSecret(SecretName.of("gone"));
    }

    private List<String> column(String sql) {
        return backend.server().column(sql.replace("s.", backend.schema() + "."));
    }

    private Set<String> keksOf(String table, String column) {
        return new TreeSet<>(column("SELECT " + column + " FROM s." + table));
    }

    // Slots

    @Test
    void secondLaptop_joinsWithItsOwnPassphrase_keyFile_orRecoveryCode() {
        fill();
        SlotInfo passphrase;
        try (KeyInput input = KeyInput.passphrase("my own one".toCharArray())) {
            passphrase = keys.addSlot(input);
        }
        assertEquals("passphrase", passphrase.kind());
        Path file = folder.resolve("laptop.key");
        SlotInfo byFile = keys.addSlot(KeyInput.keyFile(file));
        String code = new String(keys.addRecoveryCode());
        assertEquals(44, code.length());

        assertOpens(Map.of("passphrase", "my own one"));
        assertOpens(Map.of("passphrase", PostgresBackend.PASSPHRASE));
        assertOpens(Map.of("passphrase", code));
        assertOpens(Map.of("key-file", file.toString()));
        List<SlotInfo> slots = keys.slots();
        assertEquals(
                List.of("passphrase", "passphrase", "key-file", "recovery-code"),
                slots.stream().map(SlotInfo::kind).toList());
        assertEquals(passphrase, slots.get(1));
        assertEquals(byFile, slots.get(2));
        assertEquals(slots, keys.status().slots());

        keys.removeSlot(passphrase.id());
        try (SecretsManager laptop = open(Map.of("passphrase", "my own one"))) {
            assertThrows(WrongKeyException.class, () -> laptop.getSecret(DB));
        }
        assertOpens(Map.of("passphrase", code));
        assertThrows(NoSuchRecordException.class, () -> keys.removeSlot(passphrase.id()));
    }

    @Test
    void lastSlot_stays() {
        fill();
        UUID only = keys.slots().get(0).id();
        assertThrows(InvalidException.class, () -> keys.removeSlot(only));
        backend.server()
                .run("INSERT INTO " + backend.schema() + ".slot SELECT gen_random_uuid(), kind, parameters,"
                        + " wrapped_root_key, checksum, created FROM " + backend.schema() + ".slot");
        assertThrows(InvalidException.class, () -> keys.removeSlot(only), "the other one is damaged");
        assertOpens(Map.of());
    }

    @Test
    void lastTwoSlots_removedAtOnce_leaveOne() throws Exception {
        fill();
        for (int round = 0; round < 5; round++) {
            try (KeyInput input = KeyInput.passphrase(PostgresBackend.PASSPHRASE.toCharArray())) {
                keys.addSlot(input);
            }
            List<FutureTask<Boolean>> both = new ArrayList<>();
            for (SlotInfo slot : keys.slots()) {
                both.add(new FutureTask<>(() -> {
                    try (SecretsManager mine = open(Map.of())) {
                        ((KeySlots) mine).removeSlot(slot.id());
                        return true;
                    } catch (InvalidException e) {
                        return false;
                    }
                }));
            }
            both.forEach(one -> new Thread(one).start());
            assertTrue(both.get(0).get(30, TimeUnit.SECONDS) ^ both.get(1).get(30, TimeUnit.SECONDS));
            assertEquals(1, keys.slots().size());
        }
        assertOpens(Map.of());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void slot_isAddedAndRemovedOnce(Kind kind) {
        fill();
        SlotInfo added;
        plan(kind);
        try (KeyInput input = KeyInput.passphrase("x".toCharArray());
                SecretsManager mine = open(Map.of("request-timeout", "1", "connect-timeout", "2"))) {
            added = ((KeySlots) mine).addSlot(input);
            assertTrue(proxy.isSpent());
            assertEquals(2, keys.slots().size());
            plan(kind);
            ((KeySlots) mine).removeSlot(added.id());
            assertTrue(proxy.isSpent());
        }
        assertEquals(1, keys.slots().size());
    }

    private void plan(Kind kind) {
        if (kind == Kind.FAIL) {
            proxy.failNext("COMMIT", "40001");
        } else {
            proxy.next("COMMIT", kind);
        }
    }

    @Test
    void slots_areBounded() {
        fill();
        backend.server()
                .run("INSERT INTO " + backend.schema() + ".slot SELECT gen_random_uuid(), kind, parameters,"
                        + " wrapped_root_key, checksum, created + 1 FROM " + backend.schema()
                        + ".slot, generate_series(1, 31)");
        assertEquals(32, keys.slots().size());
        assertThrows(InvalidException.class, keys::addRecoveryCode);
    }

    @Test
    void placeWithoutATarget_hasNoKeys() {
        assertThrows(NoSuchRecordException.class, keys::slots);
        assertThrows(NoSuchRecordException.class, keys::status);
        assertThrows(NoSuchRecordException.class, keys::addRecoveryCode);
        assertThrows(NoSuchRecordException.class, () -> keys.rotate(Progress.NONE));
        assertThrows(NoSuchRecordException.class, () -> keys.removeSlot(UUID.randomUUID()));
    }

    // Rotation

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotation_leavesNothingUnderTheOldKek(boolean deks) {
        fill();
        try (SecretsManager other = open(Map.of())) {
            assertEquals("2", value(other, DB));
            KeyStatus before = keys.status();
            Set<String> payloads = keksOf("secret_version", "payload::text");
            RotationReceipt receipt = deks ? keys.rotateDeks(Progress.NONE) : keys.rotate(Progress.NONE);
            assertEquals(4, receipt.versions());
            assertFalse(receipt.resumed());

            KeyStatus after = keys.status();
            assertEquals(before.generation() + 2, after.generation());
            assertEquals(receipt.generation(), after.generation());
            assertEquals(1, after.keks().size());
            assertEquals(4, after.keks().get(0).versions());
            assertNotEquals(before.keks().get(0).id(), after.keks().get(0).id());
            assertEquals(1, column("SELECT kek_id FROM s.kek").size());
            assertEquals(keksOf("kek", "kek_id"), keksOf("secret_version", "kek_id"));
            Set<String> kept = keksOf("secret_version", "payload::text");
            kept.retainAll(payloads);
            assertEquals(deks ? 0 : 4, kept.size());

            assertEquals("2", value(other, DB), "who worked meanwhile goes on");
            other.updateSecret(secret(DB, "3"));
            assertEquals("3", value(manager, DB));
            assertEquals(3, ((Versioned) manager).history(DB).size());
            try (Secret first = ((Versioned) other).getSecret(DB, 1)) {
                assertEquals("1", first.value("k").revealText());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotation_movesHiddenNames(boolean deks) {
        Map<String, String> hidden = Map.of("schema", backend.schema() + "_h", "hide-names", "true");
        try (SecretsManager mine = open(hidden);
                SecretsManager other = open(hidden)) {
            for (int i = 0; i < 60; i++) {
                mine.registerSecret(secret(SecretName.of("s" + i), "v"));
            }
            assertEquals(60, other.getAllSecretKeys().size());
            RotationReceipt receipt =
                    deks ? ((KeySlots) mine).rotateDeks(Progress.NONE) : ((KeySlots) mine).rotate(Progress.NONE);
            assertEquals(60, receipt.versions());
            assertEquals(60, other.getAllSecretKeys().size());
            assertEquals("v", value(other, SecretName.of("s7")));
            assertEquals(
                    1,
                    backend.server()
                            .column("SELECT DISTINCT name_kek_id FROM " + backend.schema() + "_h.secret")
                            .size());
        } finally {
            backend.server().dropSchema(backend.schema() + "_h");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotation_whileOthersWrite_losesNothing(boolean deks) throws Exception {
        fill();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch writing = new CountDownLatch(3);
        List<FutureTask<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SecretName name = SecretName.of("w" + i);
            writers.add(new FutureTask<>(() -> {
                try (SecretsManager mine = backend.open("here", Map.of("scope", "global"))) {
                    mine.registerSecret(secret(name, "0"));
                    int n = 0;
                    writing.countDown();
                    do {
                        mine.updateSecret(secret(name, String.valueOf(++n)));
                        assertEquals(String.valueOf(n), value(mine, name));
                    } while (!over.get());
                    return n;
                }
            }));
        }
        writers.forEach(writer -> new Thread(writer).start());
        assertTrue(writing.await(60, TimeUnit.SECONDS));
        for (int round = 0; round < 3; round++) {
            RotationReceipt receipt = deks ? keys.rotateDeks(Progress.NONE) : keys.rotate(Progress.NONE);
            assertFalse(receipt.resumed());
        }
        over.set(true);
        for (int i = 0; i < 3; i++) {
            int last = writers.get(i).get(60, TimeUnit.SECONDS);
            assertTrue(last > 0);
            assertEquals(String.valueOf(last), value(manager, SecretName.of("w" + i)));
            assertEquals(
                    last + 1,
                    ((Versioned) manager).history(SecretName.of("w" + i)).size());
        }
        assertEquals("2", value(manager, DB));
    }

    /** A write under the old KEK is on its way to be committed while the KEK is about to be destroyed. */
    @Test
    void kekThatAWriteUnderWayNeeds_isNotDestroyed() throws Exception {
        fill();
        proxy.lateCommit("DELETE FROM \"" + backend.schema() + "\".kek", false);
        FutureTask<Long> writer =
                new FutureTask<>(() -> manager.updateSecret(secret(DB, "3")).version());
        new Thread(writer).start();
        while (column("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(10); // until its second attempt waits for the first
        }
        try (SecretsManager other = open(Map.of())) {
            ((KeySlots) other).rotate(Progress.NONE);
            assertTrue(proxy.isSpent());
            assertEquals(3, writer.get(60, TimeUnit.SECONDS));
            assertEquals("3", value(other, DB));
            assertEquals(1, ((KeySlots) other).status().keks().size());
            assertEquals(keksOf("kek", "kek_id"), keksOf("secret_version", "kek_id"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotationThatWasInterrupted_isFinishedByTheNext(boolean deks) {
        fill();
        try (SecretsManager mine = open(Map.of("request-timeout", "1", "connect-timeout", "2"))) {
            assertEquals("2", value(mine, DB));
            proxy.always("DELETE FROM", Kind.CUT_BEFORE, "");
            assertThrows(RemoteException.class, () -> ((KeySlots) mine).rotate(Progress.NONE));
            proxy.relent();
            assertTrue(keys.status().rotationPending());
            assertEquals("2", value(manager, DB));
            manager.updateSecret(secret(DB, "3"));
            RotationReceipt receipt =
                    deks ? ((KeySlots) mine).rotateDeks(Progress.NONE) : ((KeySlots) mine).rotate(Progress.NONE);
            assertEquals(!deks, receipt.resumed());
            assertFalse(keys.status().rotationPending());
            assertEquals(1, column("SELECT kek_id FROM s.kek").size());
            assertEquals("3", value(manager, DB));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void rotation_isDoneOnce_whateverHappensToACommit(Kind kind) {
        fill();
        try (SecretsManager mine = open(Map.of("request-timeout", "1", "connect-timeout", "2"))) {
            long before = keys.status().generation();
            plan(kind);
            proxy.next("UPDATE \"" + backend.schema() + "\".target", kind == Kind.FAIL ? Kind.CUT_AFTER : kind);
            proxy.next("DELETE FROM", kind == Kind.FAIL ? Kind.CUT_BEFORE : kind);
            ((KeySlots) mine).rotate((done, total) -> plan(kind));
            assertTrue(proxy.isSpent());
            assertEquals(before + 2, keys.status().generation());
            assertEquals("2", value(manager, DB));
            assertEquals(keksOf("kek", "kek_id"), keksOf("secret_version", "kek_id"));
        }
    }

    /** What was tampered with is not made genuine, and no key is destroyed. */
    @Test
    void rotationOfDeks_stopsAtWhatWasTamperedWith() {
        fill();
        backend.server().run("UPDATE " + backend.schema() + ".secret SET updated = updated + 1 WHERE name = 'db'");
        assertThrows(IntegrityException.class, () -> keys.rotateDeks(Progress.NONE));
        assertTrue(keys.status().rotationPending());
        backend.server().run("UPDATE " + backend.schema() + ".secret SET updated = updated - 1 WHERE name = 'db'");
        assertTrue(keys.rotate(Progress.NONE).resumed());
        assertEquals("2", value(manager, DB));
    }

    /** A target's older keyring, put back by somebody who may write to the tables. */
    @Test
    void olderKeys_areNoticedByWhoeverSawLaterOnes() {
        fill();
        String schema = backend.schema();
        backend.server().run("CREATE TABLE " + schema + ".old AS SELECT * FROM " + schema + ".target");
        keys.rotate(Progress.NONE);
        backend.server()
                .run("UPDATE " + schema
                        + ".target SET (generation, keyring, mac) = (SELECT generation, keyring, mac FROM " + schema
                        + ".old)");
        assertThrows(IntegrityException.class, () -> manager.getSecret(DB));
    }

    /** Tables that an earlier coffer made. */
    @Test
    void tablesOfSchema1_areBroughtUpToDate_byWhoeverCanOpenThem() {
        fill();
        String schema = backend.schema();
        backend.server()
                .run(
                        "ALTER TABLE " + schema + ".secret_version DROP CONSTRAINT secret_version_kek",
                        "ALTER TABLE " + schema + ".secret DROP CONSTRAINT secret_name_kek",
                        "DROP TABLE " + schema + ".kek",
                        "UPDATE " + schema + ".schema_version SET version = 1",
                        "DELETE FROM " + schema + ".flyway_schema_history WHERE version = '2'");
        try (SecretsManager stranger = open(Map.of("passphrase", "wrong"))) {
            assertThrows(WrongKeyException.class, () -> stranger.getSecret(DB));
            assertEquals(List.of("1"), column("SELECT version FROM s.schema_version"));
        }
        try (SecretsManager next = open(Map.of())) {
            assertEquals("2", value(next, DB));
            assertEquals(List.of("2"), column("SELECT version FROM s.schema_version"));
            next.updateSecret(secret(DB, "3"));
            ((KeySlots) next).rotate(Progress.NONE);
            assertEquals("3", value(next, DB));
        }
    }
}
