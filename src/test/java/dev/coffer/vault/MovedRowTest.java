package dev.coffer.vault;

import static dev.coffer.vault.TamperedStore.ALPHA;
import static dev.coffer.vault.TamperedStore.BETA;
import static dev.coffer.vault.TamperedStore.GONE;
import static dev.coffer.vault.TamperedStore.RECORD;
import static dev.coffer.vault.TamperedStore.assertNamed;
import static dev.coffer.vault.TamperedStore.assertSound;
import static dev.coffer.vault.TamperedStore.bytes;
import static dev.coffer.vault.TamperedStore.head;
import static dev.coffer.vault.TamperedStore.version;
import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.revealed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.vault.Finding.Kind;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What coffer wrote does not pass in another place or at another time: rows and columns that were moved or put back. */
class MovedRowTest {
    private static TestHome original;

    private TestHome home;
    private RawStore raw;

    @BeforeAll
    static void makeStore() {
        original = TamperedStore.create();
    }

    @AfterAll
    static void removeStore() {
        original.close();
    }

    @BeforeEach
    void copyStore() {
        home = original.copy();
        raw = RawStore.of(home);
    }

    @AfterEach
    void removeCopy() {
        home.close();
    }

    private void assertRefused(Consumer<Vault> operation) {
        assertThrows(IntegrityException.class, () -> home.using(operation));
    }

    private static void getAlpha(Vault vault) {
        vault.secretsOf(HERE).get(ALPHA).close();
    }

    private static Map<String, Object> with(Map<String, Object> row, Map<String, Object> source, String... columns) {
        Map<String, Object> mixed = new LinkedHashMap<>(row);
        for (String column : columns) {
            mixed.put(column, source.getOrDefault(column, ""));
        }
        return mixed;
    }

    // Columns and rows in another place of the same store

    @Test
    void cipherColumns_ofAnotherSecret_areRefused() {
        Map<String, Object> alpha = version(raw, "alpha", 3);
        Map<String, Object> beta = version(raw, "beta", 2);
        for (String[] columns : new String[][] {
            {"wrapped_dek"}, {"payload"}, {"wrapped_dek", "payload"}, {"wrapped_dek", "payload", "sequence", "created"}
        }) {
            raw.put("secret_version", with(alpha, beta, columns));
            assertRefused(MovedRowTest::getAlpha);
            assertNamed(home, Kind.VERSION, "alpha", "");
        }
    }

    @Test
    void cipherColumns_ofAnotherVersion_areRefused() {
        Map<String, Object> now = version(raw, "alpha", 3);
        Map<String, Object> before = version(raw, "alpha", 1);
        for (String[] columns : new String[][] {
            {"wrapped_dek"}, {"payload"}, {"wrapped_dek", "payload"}, {"wrapped_dek", "payload", "sequence", "created"}
        }) {
            raw.put("secret_version", with(now, before, columns));
            assertRefused(MovedRowTest::getAlpha);
            assertNamed(home, Kind.VERSION, "alpha", "version 3");
        }
    }

    /** A read takes all of them in one piece: where each ends is part of what is checked. */
    @Test
    void bytes_movedToTheNextColumn_areRefused() {
        for (String[] pair : new String[][] {
            {"secret", "digest", "mac"}, {"secret_version", "wrapped_dek", "payload"},
        }) {
            home.close();
            copyStore();
            raw.run("UPDATE " + pair[0] + " SET " + pair[2] + " = CAST(substr(" + pair[1] + ", -1) || " + pair[2]
                    + " AS BLOB), " + pair[1] + " = substr(" + pair[1] + ", 1, length(" + pair[1] + ") - 1)");
            assertRefused(MovedRowTest::getAlpha);
        }
    }

    @Test
    void wholeVersions_ofTwoSecrets_swapped_areRefused() {
        Map<String, Object> alpha = version(raw, "alpha", 2);
        Map<String, Object> beta = version(raw, "beta", 2);
        raw.put("secret_version", with(beta, alpha, "secret_id"));
        raw.put("secret_version", with(alpha, beta, "secret_id"));
        assertRefused(vault -> vault.secretsOf(HERE).get(BETA).close());
        assertRefused(vault -> vault.secretsOf(HERE).get(ALPHA, 2).close());
        assertNamed(home, Kind.VERSION, "alpha", "version 2");
        assertNamed(home, Kind.VERSION, "beta", "version 2");
    }

    @Test
    void names_ofTwoHeads_swapped_areRefused() {
        Object alpha = head(raw, "alpha").get("secret_id");
        Object beta = head(raw, "beta").get("secret_id");
        raw.change("UPDATE secret SET name = 'swap' WHERE secret_id = ?", alpha);
        raw.change("UPDATE secret SET name = 'alpha' WHERE secret_id = ?", beta);
        raw.change("UPDATE secret SET name = 'beta' WHERE secret_id = ?", alpha);
        assertRefused(MovedRowTest::getAlpha);
        assertRefused(vault -> vault.secretsOf(HERE).get(BETA).close());
        assertNamed(home, Kind.HEAD, "alpha", "changed");
        assertNamed(home, Kind.HEAD, "beta", "changed");
    }

    @Test
    void namesAndMacs_ofTwoHeads_swapped_areRefused() {
        Map<String, Object> alpha = head(raw, "alpha");
        Map<String, Object> beta = head(raw, "beta");
        raw.run("DELETE FROM secret WHERE name IN ('alpha', 'beta')");
        raw.put("secret", with(alpha, beta, "name", "mac"));
        raw.put("secret", with(beta, alpha, "name", "mac"));
        assertRefused(MovedRowTest::getAlpha);
        assertNamed(home, Kind.HEAD, "alpha", "changed");
    }

    @Test
    void head_movedToAnotherComponent_isRefusedThere() {
        raw.change("UPDATE secret SET component_id = ? WHERE name = 'alpha'", bytes(THERE));
        assertRefused(vault -> vault.secretsOf(THERE).get(ALPHA).close());
        assertRefused(vault -> vault.secretsOf(THERE).names());
        home.using(vault -> assertThrows(
                NoSuchSecretException.class, () -> vault.secretsOf(HERE).get(ALPHA)));
        assertNamed(home, Kind.HEAD, "alpha", "changed");
    }

    @Test
    void deletedFlag_ofALiveHead_isRefused_byEveryOperation() {
        raw.change("UPDATE secret SET deleted = 1 WHERE name = 'alpha'");
        List<Consumer<ComponentSecrets>> operations = List.of(
                secrets -> secrets.get(ALPHA),
                secrets -> secrets.get(ALPHA, 1),
                secrets -> secrets.history(ALPHA),
                secrets -> secrets.register(TestHome.secret("alpha", "k", "v")),
                secrets -> secrets.update(TestHome.secret("alpha", "k", "v"), OptionalLong.empty()),
                secrets -> secrets.delete(ALPHA, OptionalLong.empty()),
                secrets -> secrets.recover(ALPHA),
                secrets -> secrets.rollback(ALPHA, 1),
                secrets -> secrets.purge(ALPHA),
                secrets -> secrets.rollback(ALPHA, 3),
                ComponentSecrets::tombstones);
        for (Consumer<ComponentSecrets> operation : operations) {
            assertRefused(vault -> operation.accept(vault.secretsOf(HERE)));
        }
        assertNamed(home, Kind.HEAD, "alpha", "changed");
    }

    @Test
    void deletedFlag_ofATombstone_isRefused() {
        raw.change("UPDATE secret SET deleted = 0 WHERE name = 'gone'");
        assertRefused(vault -> vault.secretsOf(HERE).get(GONE));
        assertNamed(home, Kind.HEAD, "gone", "changed");
    }

    @Test
    void deletedFlag_ofAVersion_doesNotMakeRecoverPickAnother() {
        home.using(vault -> vault.secretsOf(HERE).delete(ALPHA, OptionalLong.empty()));
        raw.change(
                "UPDATE secret_version SET deleted = 1 WHERE version = 3 AND secret_id = ?",
                head(raw, "alpha").get("secret_id"));
        assertRefused(vault -> vault.secretsOf(HERE).recover(ALPHA));
        assertNamed(home, Kind.VERSION, "alpha", "version 3");
    }

    @Test
    void columns_ofAnotherRecord_areRefused() {
        Map<String, Object> first = raw.row("SELECT * FROM record WHERE name = 'first'");
        Map<String, Object> second = raw.row("SELECT * FROM record WHERE name = 'second'");
        for (String[] columns : new String[][] {
            {"payload"}, {"wrapped_dek", "payload"}, {"version", "sequence", "mac", "wrapped_dek", "payload"}
        }) {
            raw.put("record", with(first, second, columns));
            assertRefused(vault -> vault.findRecord("target", "first"));
            assertNamed(home, Kind.RECORD, "first", "");
        }
    }

    @Test
    void names_ofTwoRecords_swapped_areRefused() {
        raw.change("UPDATE record SET name = 'swap' WHERE name = 'first'");
        raw.change("UPDATE record SET name = 'first' WHERE name = 'second'");
        raw.change("UPDATE record SET name = 'second' WHERE name = 'swap'");
        assertRefused(vault -> vault.findRecord("target", "first"));
        assertRefused(vault -> vault.changeRecords(List.of(new RecordChange.Remove(RECORD, 1))));
        assertNamed(home, Kind.RECORD, "first", "changed");
    }

    // Another store that the same key file unlocks

    @Test
    void rows_ofAnotherStoreWithTheSameKeyFile_areRefused() {
        try (TestHome other = TestHome.empty()) {
            String keyFile = home.file("keys") + "/" + storeId() + ".key";
            VaultOptions options = other.options(Unlocker.of(() -> KeyInput.keyFile(java.nio.file.Path.of(keyFile))));
            Vault.create(options, java.util.Optional.of(KeyInput.keyFile(java.nio.file.Path.of(keyFile))));
            try (Vault vault = new Vault(options)) {
                vault.secretsOf(HERE).register(TestHome.secret("alpha", "k", "theirs"));
                vault.changeRecords(List.of(new RecordChange.Insert("target", RECORD, "first", new byte[] {9})));
            }
            RawStore theirs = RawStore.of(other);
            Map<String, Object> head = head(theirs, "alpha");
            Map<String, Object> version = version(theirs, "alpha", 1);

            raw.put("record", theirs.row("SELECT * FROM record WHERE name = 'first'"));
            assertRefused(vault -> vault.findRecord("target", "first"));
            assertNamed(home, Kind.RECORD, "first", "");

            home.takeFrom(original, "coffer.db");
            raw.put("secret_version", with(version(raw, "alpha", 3), version, "kek_id", "wrapped_dek", "payload"));
            assertRefused(MovedRowTest::getAlpha);

            home.takeFrom(original, "coffer.db");
            raw.run("DELETE FROM secret WHERE name = 'alpha'");
            raw.put("secret", head);
            raw.put("secret_version", version);
            assertRefused(MovedRowTest::getAlpha);
            assertNamed(home, Kind.HEAD, "alpha", "changed");

            home.takeFrom(original, "coffer.db");
            raw.run("DELETE FROM slot");
            raw.put("slot", theirs.row("SELECT * FROM slot"));
            assertRefused(MovedRowTest::getAlpha);

            home.takeFrom(original, "coffer.db");
            raw.change("UPDATE store SET keyring = ?", theirs.value("SELECT keyring FROM store"));
            assertRefused(MovedRowTest::getAlpha);
        }
    }

    private String storeId() {
        byte[] id = (byte[]) raw.value("SELECT store_id FROM store");
        ByteBuffer in = ByteBuffer.wrap(id);
        return new UUID(in.getLong(), in.getLong()).toString();
    }

    // Yesterday's rows, written by coffer itself

    @Test
    void olderHead_isRefused_andNoWriteContinuesFromIt() {
        Map<String, Object> yesterday = head(raw, "alpha");
        home.using(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a4"), OptionalLong.empty()));
        raw.put("secret", yesterday);
        assertRefused(MovedRowTest::getAlpha);
        assertRefused(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a5"), OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).delete(ALPHA, OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).rollback(ALPHA, 1));
        assertRefused(vault -> vault.secretsOf(HERE).rename(ALPHA, SecretName.of("other")));
        assertNamed(home, Kind.HEAD, "alpha", "an older entry of secret alpha was put back");
    }

    @Test
    void olderTombstone_isRefused_andNoWriteContinuesFromIt() {
        Map<String, Object> yesterday = head(raw, "gone");
        home.using(vault -> vault.secretsOf(HERE).recover(GONE));
        raw.put("secret", yesterday);
        assertRefused(vault -> vault.secretsOf(HERE).register(TestHome.secret("gone", "k", "g")));
        assertRefused(vault -> vault.secretsOf(HERE).recover(GONE));
        assertNamed(home, Kind.HEAD, "gone", "an older entry of secret gone was put back");
    }

    @Test
    void olderHead_withTheNewerVersionDeleted_isNamed() {
        Map<String, Object> yesterday = head(raw, "alpha");
        home.using(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a4"), OptionalLong.empty()));
        raw.put("secret", yesterday);
        raw.change("DELETE FROM secret_version WHERE version = 4");
        assertRefused(MovedRowTest::getAlpha);
        assertRefused(vault -> vault.secretsOf(HERE).names());
        assertRefused(vault -> vault.secretsOf(HERE).history(ALPHA));
        assertRefused(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a5"), OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).purge(ALPHA));
        assertNamed(home, Kind.HEAD, "alpha", "an older entry of secret alpha was put back");
        assertNamed(home, Kind.MISSING, "alpha", "version 4 of secret alpha was removed from the store");
    }

    @Test
    void headFromBeforeARename_isNamed() {
        Map<String, Object> yesterday = head(raw, "alpha");
        home.using(vault -> vault.secretsOf(HERE).rename(ALPHA, SecretName.of("omega")));
        raw.put("secret", yesterday);
        assertRefused(MovedRowTest::getAlpha);
        assertRefused(vault -> vault.secretsOf(HERE).list());
        assertRefused(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a5"), OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).delete(ALPHA, OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).rename(ALPHA, SecretName.of("psi")));
        assertNamed(home, Kind.HEAD, "alpha", "an older entry of secret alpha was put back");
    }

    @Test
    void deletedSecret_putBackWithoutItsTombstone_isRefused() {
        Map<String, Object> yesterday = head(raw, "beta");
        home.using(vault -> vault.secretsOf(HERE).delete(BETA, OptionalLong.empty()));
        raw.change("DELETE FROM secret_version WHERE version = 3 AND deleted = 1");
        raw.put("secret", yesterday);
        assertRefused(vault -> vault.secretsOf(HERE).get(BETA));
        assertRefused(vault -> vault.secretsOf(HERE).register(TestHome.secret("beta", "k", "b")));
        assertRefused(vault -> vault.secretsOf(HERE).purge(BETA));
        assertNamed(home, Kind.HEAD, "beta", "an older entry of secret beta was put back");
    }

    @Test
    void purgedSecret_putBack_isNamed() {
        Map<String, Object> head = head(raw, "beta");
        Map<String, Object> second = version(raw, "beta", 2);
        home.using(vault -> vault.secretsOf(HERE).purge(BETA));
        assertSound(home);
        raw.put("secret", head);
        raw.put("secret_version", second);
        assertRefused(vault -> vault.secretsOf(HERE).get(BETA));
        assertRefused(vault -> vault.secretsOf(HERE).update(TestHome.secret("beta", "k", "b"), OptionalLong.empty()));
        assertRefused(vault -> vault.secretsOf(HERE).purge(BETA));
        assertNamed(home, Kind.PUT_BACK, "beta", "the purged secret beta was put back");
        assertNamed(home, Kind.PUT_BACK, "beta", "version 2 of secret beta was removed by coffer and put back");
    }

    @Test
    void prunedVersion_putBack_isNamed() {
        Map<String, Object> first = version(raw, "alpha", 1);
        try (Vault vault = new Vault(home.options().withKeepVersions(OptionalInt.of(2)))) {
            vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a4"), OptionalLong.empty());
        }
        assertSound(home);
        raw.put("secret_version", first);
        assertNamed(home, Kind.PUT_BACK, "alpha", "version 1 of secret alpha was removed by coffer and put back");
    }

    @Test
    void olderRecord_putBack_isNamed() {
        Map<String, Object> yesterday = raw.row("SELECT * FROM record WHERE name = 'first'");
        home.using(vault -> vault.changeRecords(List.of(new RecordChange.Replace(RECORD, 1, "first", new byte[] {5}))));
        assertSound(home);
        raw.put("record", yesterday);
        assertRefused(vault -> vault.findRecord("target", "first"));
        assertNamed(home, Kind.RECORD, "first", "an older state of record first was put back");
    }

    @Test
    void removedRecord_putBack_isNamed() {
        Map<String, Object> yesterday = raw.row("SELECT * FROM record WHERE name = 'first'");
        home.using(vault -> vault.changeRecords(List.of(new RecordChange.Remove(RECORD, 1))));
        raw.put("record", yesterday);
        assertNamed(home, Kind.RECORD, RECORD.toString(), "was removed by coffer and put back by somebody else");
    }

    @Test
    void removedSlot_putBack_isNamed() {
        Map<String, Object> yesterday = raw.row("SELECT * FROM slot WHERE kind = 'passphrase'");
        home.using(vault -> vault.keys().removeSlot(vault.keys().slots().get(1).id()));
        assertSound(home);
        raw.put("slot", yesterday);
        assertNamed(home, Kind.SLOT, "slot", "was removed by coffer and put back by somebody else");
    }

    @Test
    void olderKeyring_putBack_isRefused_andNamed() {
        Map<String, Object> yesterday = raw.row("SELECT * FROM store");
        home.using(vault -> vault.keys().rotate(Progress.NONE));
        raw.put("store", yesterday);
        IntegrityException e = assertThrows(IntegrityException.class, () -> home.using(MovedRowTest::getAlpha));
        assertTrue(e.getMessage().contains("keyring") && e.getMessage().contains("put back"), e.getMessage());
        assertNamed(home, Kind.KEYRING, "keyring", "not the one that was written last");
    }

    @Test
    void versionFromBeforeANewDek_putBack_isRefused() {
        Map<String, Object> yesterday = version(raw, "alpha", 3);
        home.using(vault -> vault.keys().rotateDeks(Progress.NONE));
        assertSound(home);
        raw.put("secret_version", yesterday);
        assertRefused(MovedRowTest::getAlpha);
        assertNamed(home, Kind.VERSION, "alpha", "version 3");
    }

    /** As long as the old KEK is there, such a version opens, and the log knows it. */
    @Test
    void versionFromBeforeAnInterruptedResealing_isRefused() {
        Map<String, Object> yesterday = version(raw, "alpha", 3);
        home.using(vault -> assertThrows(
                IllegalStateException.class,
                () -> vault.keys().rotateDeks((done, total) -> {
                    if (done > 0) {
                        throw new IllegalStateException("interrupted");
                    }
                })));
        assertSound(home);
        raw.put("secret_version", yesterday);
        assertRefused(MovedRowTest::getAlpha);
        assertNamed(home, Kind.HEAD, "alpha", "version 3 of secret alpha is not the one that was written");
    }

    @Test
    void removedSlot_putBack_doesNotOpenTheStore() {
        java.nio.file.Path key = home.file("other.key");
        try (Vault vault = new Vault(home.options())) {
            UUID added = vault.keys().addSlot(KeyInput.keyFile(key)).id();
            Map<String, Object> yesterday = raw.row("SELECT * FROM slot WHERE slot_id = ?", bytes(added));
            vault.keys().removeSlot(added);
            raw.put("slot", yesterday);
        }
        try (Vault vault = new Vault(home.options(Unlocker.of(() -> KeyInput.keyFile(key))))) {
            IntegrityException e = assertThrows(IntegrityException.class, () -> getAlpha(vault));
            assertTrue(e.getMessage().contains("an older one was put back"), e.getMessage());
        }
        assertNamed(home, Kind.SLOT, "slot", "put back");
    }

    @Test
    void olderKeyring_putBackWhileTheStoreIsOpen_sealsNothing() {
        Map<String, Object> yesterday = raw.row("SELECT * FROM store");
        home.using(vault -> {
            vault.keys().rotate(Progress.NONE);
            raw.run("DELETE FROM store");
            raw.put("store", yesterday);
            assertThrows(
                    IntegrityException.class, () -> vault.secretsOf(HERE).register(TestHome.secret("new", "k", "v")));
        });
        assertRefused(MovedRowTest::getAlpha);
        assertEquals(0L, raw.value("SELECT count(*) FROM secret WHERE name = 'new'"));
    }

    @Test
    void versionBeyondTheCurrentOne_isRefused() {
        Map<String, Object> beyond = new LinkedHashMap<>(version(raw, "alpha", 3));
        beyond.put("version", 4L);
        raw.put("secret_version", beyond);
        assertRefused(MovedRowTest::getAlpha);
        assertRefused(vault -> vault.secretsOf(HERE).update(TestHome.secret("alpha", "k", "a5"), OptionalLong.empty()));
        assertNamed(home, Kind.HEAD, "alpha", "there is version 4");
    }

    // Versions that were changed

    @Test
    void changedVersion_isRefused_byWritesThatDoNotReadIt() {
        raw.run("UPDATE secret_version SET payload = zeroblob(length(payload))");
        List<Consumer<ComponentSecrets>> writes = List.of(
                secrets -> secrets.delete(ALPHA, OptionalLong.empty()),
                secrets -> secrets.deleteAll(List.of(BETA)),
                ComponentSecrets::deleteEverything,
                secrets -> secrets.rename(ALPHA, SecretName.of("other")),
                secrets -> secrets.register(TestHome.secret("gone", "k", "g2")));
        for (Consumer<ComponentSecrets> write : writes) {
            assertRefused(vault -> write.accept(vault.secretsOf(HERE)));
        }
        home.using(vault ->
                assertEquals(List.of(ALPHA, BETA), vault.secretsOf(HERE).names()));
    }

    // Rows that are gone

    @Test
    void removedVersion_isNamed() {
        raw.change("DELETE FROM secret_version WHERE version = 3");
        assertRefused(MovedRowTest::getAlpha);
        assertNamed(home, Kind.MISSING, "alpha", "version 3 of secret alpha was removed from the store");
    }

    @Test
    void removedEarlierVersion_isNamed() {
        raw.change(
                "DELETE FROM secret_version WHERE version = 1 AND secret_id = ?",
                head(raw, "alpha").get("secret_id"));
        assertNamed(home, Kind.MISSING, "alpha", "version 1 of secret alpha was removed from the store");
        assertEquals(1, home.findings().size());
    }

    @Test
    void removedHead_isNamed() {
        raw.change("DELETE FROM secret WHERE name = 'alpha'");
        assertNamed(home, Kind.MISSING, "the entry of secret", "was removed from the store");
    }

    @Test
    void removedSecret_isNamed() {
        raw.run(
                "DELETE FROM secret_version WHERE secret_id = ?",
                head(raw, "alpha").get("secret_id"));
        raw.change("DELETE FROM secret WHERE name = 'alpha'");
        assertNamed(home, Kind.MISSING, "the entry of secret", "was removed from the store");
    }

    @Test
    void removedRecord_isNamed() {
        raw.change("DELETE FROM record WHERE name = 'first'");
        assertNamed(home, Kind.RECORD, RECORD.toString(), "was removed from the store");
    }

    @Test
    void removedSlot_isNamed() {
        raw.change("DELETE FROM slot WHERE kind = 'passphrase'");
        assertNamed(home, Kind.SLOT, "key slot", "was removed from the store");
    }

    @Test
    void removedSlots_all_areAnIntegrityError() {
        for (String sql : List.of("UPDATE slot SET kind = 'other'", "DELETE FROM slot")) {
            raw.run(sql);
            assertRefused(MovedRowTest::getAlpha);
        }
    }

    @Test
    void removedStoreRow_isRefused() {
        raw.change("DELETE FROM store");
        assertRefused(MovedRowTest::getAlpha);
    }

    // Damage to one slot

    @Test
    void damagedSlot_doesNotHinderOthers() {
        raw.change("UPDATE slot SET wrapped_root_key = zeroblob(60) WHERE kind = 'key-file'");
        Unlocker passphrase = Unlocker.of(() -> KeyInput.passphrase(TamperedStore.PASSPHRASE));
        try (Vault vault = new Vault(home.options(passphrase))) {
            assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA)));
            List<Finding> findings = vault.verify(Progress.NONE).findings();
            assertEquals(
                    List.of(Kind.SLOT), findings.stream().map(Finding::kind).toList());
        }
        Unlocker asked = new Unlocker() {
            @Override
            public java.util.Optional<KeyInput> given() {
                return java.util.Optional.empty();
            }

            @Override
            public java.util.Optional<KeyInput> ask(java.util.Set<String> kinds) {
                return java.util.Optional.of(KeyInput.passphrase(TamperedStore.PASSPHRASE));
            }
        };
        try (Vault vault = new Vault(home.options(asked))) {
            assertEquals(Map.of("k", "a3"), revealed(vault.secretsOf(HERE).get(ALPHA)));
        }
        assertRefused(MovedRowTest::getAlpha);
    }

    @Test
    void kdfParameters_changed_areRefused() {
        Unlocker passphrase = Unlocker.of(() -> KeyInput.passphrase(TamperedStore.PASSPHRASE));
        String parameters = (String) raw.value("SELECT parameters FROM slot WHERE kind = 'passphrase'");
        for (String other : List.of(
                parameters.replace("t=2", "t=3"),
                parameters.replace("m=19456", "m=19457"),
                parameters.replace("m=19456", "m=8"),
                parameters.replace("m=19456", "m=999999999"),
                parameters.replace("p=1", "p=2"),
                parameters.replace("$argon2id", "$argon2i"),
                parameters.substring(0, parameters.length() - 1),
                parameters.replace("v=19", "v=16"))) {
            raw.change("UPDATE slot SET parameters = ? WHERE kind = 'passphrase'", other);
            try (Vault vault = new Vault(home.options(passphrase))) {
                assertThrows(IntegrityException.class, () -> getAlpha(vault), other);
            }
            assertNamed(home, Kind.SLOT, "slot", "changed");
        }
    }

    /** Whoever recomputes the checksum, which is not keyed, still does not get the slot to open. */
    @Test
    void kdfParameters_changedWithTheChecksum_openNothing() {
        String parameters = (String) raw.value("SELECT parameters FROM slot WHERE kind = 'passphrase'");
        String weaker = parameters.replace("t=2", "t=3");
        Map<String, Object> slot = raw.row("SELECT * FROM slot WHERE kind = 'passphrase'");
        byte[] storeId = (byte[]) raw.value("SELECT store_id FROM store");
        byte[] checksum = dev.coffer.crypto.CanonicalBytes.forPurpose("coffer slot checksum 1")
                .add(storeId)
                .add((byte[]) slot.getOrDefault("slot_id", new byte[0]))
                .add("passphrase")
                .add(weaker)
                .add((byte[]) slot.getOrDefault("wrapped_root_key", new byte[0]))
                .sha256();
        raw.change("UPDATE slot SET parameters = ?, checksum = ? WHERE kind = 'passphrase'", weaker, checksum);
        Unlocker passphrase = Unlocker.of(() -> KeyInput.passphrase(TamperedStore.PASSPHRASE));
        try (Vault vault = new Vault(home.options(passphrase))) {
            assertThrows(WrongKeyException.class, () -> getAlpha(vault));
        }
        assertNamed(home, Kind.SLOT, "slot", "changed");
    }
}
