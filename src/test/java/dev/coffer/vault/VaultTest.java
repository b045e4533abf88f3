package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.revealed;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.schema.CustomSchemas;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.LockedException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.WrongKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the vault does beyond the contracts of a secrets manager. */
class VaultTest {
    private static final int HANG_SECONDS = 60; // a deadlock fails here; nothing below takes that long
    private static final SecretName A = SecretName.of("a");

    private final TestHome home = TestHome.create();
    private final Vault vault = home.vault();
    private final ComponentSecrets secrets = vault.secretsOf(HERE);

    @AfterEach
    void removeHome() {
        home.close();
    }

    private static void update(ComponentSecrets secrets, String name, String value) {
        secrets.update(secret(name, "k", value), OptionalLong.empty());
    }

    private void assertSound() {
        assertEquals(List.of(), vault.verify(Progress.NONE).findings());
    }

    // Limits

    @Test
    @Tag("slow")
    void largestValue_roundTrips_andOneByteMoreIsRefused() {
        byte[] nul = new byte[SecretValue.MAX_BYTES];
        byte[] letters = "é".repeat(SecretValue.MAX_BYTES / 2).getBytes(StandardCharsets.UTF_8);
        for (byte[] value : List.of(nul, letters)) {
            try (Secret large = Secret.of(A, Map.of("k", SecretValue.ofUtf8(value)))) {
                if (secrets.exists(A)) {
                    secrets.update(large, OptionalLong.empty());
                } else {
                    secrets.register(large);
                }
            }
            try (Secret read = secrets.get(A)) {
                assertArrayEquals(value, read.value("k").revealUtf8());
            }
        }
        byte[] more = new byte[SecretValue.MAX_BYTES + 1];
        InvalidException e = assertThrows(InvalidException.class, () -> SecretValue.ofUtf8(more));
        assertTrue(e.getMessage().contains("1048577") && e.getMessage().contains("1 MiB"), e.getMessage());
        assertSound();
    }

    @Test
    void mostKeys_roundTrip_andOneMoreIsRefused() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < Secret.MAX_KEYS; i++) {
            content.put("key" + i, SecretValue.of("v" + i));
        }
        secrets.register(Secret.of(A, content));
        assertEquals(Secret.MAX_KEYS, revealed(secrets.get(A)).size());
        assertEquals(Secret.MAX_KEYS, secrets.history(A).get(0).keys().size());
        content.put("one more", SecretValue.of(""));
        assertThrows(InvalidException.class, () -> Secret.of(A, content));
    }

    @Test
    @Tag("slow")
    void largestSecret_roundTrips_andOneByteMoreIsRefused() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < 15; i++) {
            content.put("k" + (char) ('a' + i), SecretValue.ofUtf8(filled(SecretValue.MAX_BYTES)));
        }
        int keys = 16 * 2;
        content.put("kz", SecretValue.ofUtf8(filled(Secret.MAX_BYTES - 15 * SecretValue.MAX_BYTES - keys)));
        try (Secret largest = Secret.of(A, content)) {
            secrets.register(largest);
        }
        try (Secret read = secrets.get(A)) {
            assertEquals(16, read.content().size());
            assertArrayEquals(filled(SecretValue.MAX_BYTES), read.value("kc").revealUtf8());
        }
        content.put("kz", SecretValue.ofUtf8(filled(Secret.MAX_BYTES - 15 * SecretValue.MAX_BYTES - keys + 1)));
        for (int i = 0; i < 15; i++) {
            content.put("k" + (char) ('a' + i), SecretValue.ofUtf8(filled(SecretValue.MAX_BYTES)));
        }
        InvalidException e = assertThrows(InvalidException.class, () -> Secret.of(A, content));
        assertTrue(e.getMessage().contains("16 MiB"), e.getMessage());
        assertSound();
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    // At rest

    @Test
    void equalValues_giveDifferentCiphertext() {
        secrets.register(secret("a", "k", "same"));
        secrets.register(secret("b", "k", "same"));
        vault.secretsOf(THERE).register(secret("a", "k", "same"));
        Set<String> seen = new HashSet<>();
        for (Map<String, Object> row : RawStore.of(home).rows("SELECT wrapped_dek, payload FROM secret_version")) {
            for (Object bytes : row.values()) {
                assertTrue(seen.add(HexFormat.of().formatHex((byte[]) bytes)));
            }
        }
        assertEquals(6, seen.size());
    }

    @Test
    void shortValues_haveOneLengthAtRest() {
        for (int length : new int[] {0, 1, 7, 30, 100}) {
            secrets.register(secret("n" + length, "k", "x".repeat(length)));
        }
        secrets.register(secret("large", "k", "x".repeat(300)));
        assertEquals(
                List.of(285L, 541L),
                RawStore.of(home).rows("SELECT DISTINCT length(payload) AS n FROM secret_version ORDER BY n").stream()
                        .map(row -> row.get("n"))
                        .toList());
    }

    // History

    @Test
    void keepVersions_prunesTheOldest_neverTheCurrent() {
        ComponentSecrets limited =
                home.vault(home.options().withKeepVersions(OptionalInt.of(2))).secretsOf(HERE);
        limited.register(secret("a", "k", "1"));
        for (int i = 2; i <= 6; i++) {
            update(limited, "a", String.valueOf(i));
        }
        assertEquals(List.of(6L, 5L), numbers(limited));
        assertEquals(Map.of("k", "6"), revealed(limited.get(A)));
        assertThrows(NoSuchSecretException.class, () -> limited.get(A, 4));
        limited.rollback(A, 5);
        assertEquals(List.of(7L, 6L), numbers(limited));
        assertSound();
    }

    @Test
    void keepVersions_one_stillRecoversWhatWasDeleted() {
        ComponentSecrets limited =
                home.vault(home.options().withKeepVersions(OptionalInt.of(1))).secretsOf(HERE);
        limited.register(secret("a", "k", "1"));
        update(limited, "a", "2");
        assertEquals(List.of(2L), numbers(limited));
        limited.delete(A, OptionalLong.empty());
        limited.recover(A);
        assertEquals(Map.of("k", "2"), revealed(limited.get(A)));
        assertEquals(List.of(4L), numbers(limited));
        assertSound();
    }

    @Test
    void keepVersions_applyingToAStoreWithMore_prunesAtTheNextWrite() {
        secrets.register(secret("a", "k", "1"));
        for (int i = 2; i <= 6; i++) {
            update(secrets, "a", String.valueOf(i));
        }
        ComponentSecrets limited =
                home.vault(home.options().withKeepVersions(OptionalInt.of(3))).secretsOf(HERE);
        limited.rename(A, SecretName.of("b"));
        update(limited, "b", "7");
        assertEquals(
                List.of(7L, 6L, 5L),
                secrets.history(SecretName.of("b")).stream()
                        .map(SecretVersion::version)
                        .toList());
        assertSound();
    }

    private static List<Long> numbers(ComponentSecrets secrets) {
        return secrets.history(A).stream().map(SecretVersion::version).toList();
    }

    @Test
    void clockSetBack_changesNoOrder() {
        Instant noon = Instant.parse("2026-06-01T12:00:00Z");
        ComponentSecrets now = at(noon);
        ComponentSecrets yesterday = at(noon.minusSeconds(86_400));
        now.register(secret("a", "k", "1"));
        update(yesterday, "a", "2");
        yesterday.delete(A, OptionalLong.empty());
        now.register(secret("a", "k", "3"));
        assertEquals(List.of(4L, 3L, 2L, 1L), numbers(secrets));
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));
        assertSound();
    }

    private ComponentSecrets at(Instant time) {
        return home.vault(home.options().withClock(Clock.fixed(time, ZoneOffset.UTC)))
                .secretsOf(HERE);
    }

    // All or nothing

    @Test
    void bulk_isAllOrNothing_inTheLogToo() {
        secrets.register(secret("taken", "k", "v"));
        long before = vault.verify(Progress.NONE).logRows();
        assertThrows(
                SecretExistsException.class,
                () -> secrets.registerAll(
                        List.of(secret("a", "k", "1"), secret("b", "k", "1"), secret("taken", "k", "1"))));
        assertThrows(
                SecretExistsException.class,
                () -> secrets.registerAll(List.of(secret("a", "k", "1"), secret("a", "k", "2"))));
        assertThrows(NoSuchSecretException.class, () -> secrets.deleteAll(List.of(SecretName.of("taken"), A)));
        assertEquals(List.of(SecretName.of("taken")), secrets.names());
        assertEquals(before, vault.verify(Progress.NONE).logRows());
    }

    // Records

    @Test
    void records_changeTogetherOrNotAtAll() {
        UUID one = UUID.randomUUID();
        vault.changeRecords(List.of(new RecordChange.Insert("stack", one, "one", new byte[] {1})));
        List<List<RecordChange>> refused = List.of(
                List.of(insert("two"), insert("one")),
                List.of(insert("two"), new RecordChange.Insert("other", one, "new", new byte[0])),
                List.of(insert("two"), new RecordChange.Replace(one, 2, "one", new byte[0])),
                List.of(insert("two"), new RecordChange.Remove(UUID.randomUUID(), 1)),
                List.of(insert("two"), new RecordChange.Replace(one, 1, "two", new byte[0])));
        List<Class<? extends RuntimeException>> errors = List.of(
                RecordExistsException.class,
                RecordExistsException.class,
                ConflictException.class,
                NoSuchRecordException.class,
                RecordExistsException.class);
        for (int i = 0; i < refused.size(); i++) {
            List<RecordChange> changes = refused.get(i);
            assertThrows(errors.get(i), () -> vault.changeRecords(changes));
        }
        assertEquals(1, vault.listRecords("stack").size());
        vault.changeRecords(List.of(new RecordChange.Replace(one, 1, "uno", new byte[] {2}), insert("one")));
        assertEquals(2, vault.findRecord("stack", "uno").orElseThrow().version());
        assertArrayEquals(
                new byte[] {2}, vault.findRecord("stack", "uno").orElseThrow().body());
        vault.changeRecords(List.of(new RecordChange.Remove(one, 2)));
        assertTrue(vault.findRecord("stack", "uno").isEmpty());
        assertSound();
    }

    @Test
    void removeSecrets_takesAllOfOneComponent_ifTheyAreWhatWasSeen() {
        secrets.register(secret("a", "k", "1"));
        update(secrets, "a", "2");
        secrets.register(secret("gone", "k", "1"));
        secrets.delete(SecretName.of("gone"), OptionalLong.empty());
        vault.secretsOf(THERE).register(secret("a", "k", "theirs"));
        Map<SecretName, Long> seen = secrets.versions();
        assertEquals(Map.of(A, 2L), seen);
        update(secrets, "a", "3");
        ConflictException e = assertThrows(
                ConflictException.class,
                () -> vault.changeRecords(List.of(new RecordChange.RemoveSecrets(HERE, seen))));
        assertTrue(e.hint().isPresent());
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));

        vault.changeRecords(List.of(new RecordChange.RemoveSecrets(HERE, secrets.versions())));
        assertEquals(Map.of(), secrets.versions());
        assertEquals(List.of(), secrets.tombstones());
        assertEquals(Map.of("k", "theirs"), revealed(vault.secretsOf(THERE).get(A)));
        assertEquals(1L, RawStore.of(home).value("SELECT count(*) FROM secret_version"));
        assertSound();
    }

    /** Nobody would ever see it. */
    @Test
    void register_forAComponentThatWasDeletedMeanwhile_isRefused() {
        vault.changeRecords(List.of(new RecordChange.Insert("component", HERE, "mine", new byte[0])));
        secrets.register(secret("a", "k", "1"));
        vault.changeRecords(List.of(new RecordChange.Remove(HERE, 1)));
        NoSuchRecordException e =
                assertThrows(NoSuchRecordException.class, () -> secrets.register(secret("b", "k", "1")));
        assertTrue(e.hint().isPresent());
        assertEquals(List.of(A), secrets.names());
    }

    private static RecordChange insert(String name) {
        return new RecordChange.Insert("stack", UUID.randomUUID(), name, new byte[] {9});
    }

    // Several users of one store

    @Test
    void twoVaults_seeEachOthersChanges_alsoOfKeys() {
        ComponentSecrets other = home.vault().secretsOf(HERE);
        secrets.register(secret("a", "k", "1"));
        assertEquals(Map.of("k", "1"), revealed(other.get(A)));
        vault.keys().rotate(Progress.NONE);
        update(other, "a", "2");
        vault.keys().rotateDeks(Progress.NONE);
        assertEquals(Map.of("k", "2"), revealed(other.get(A)));
        other.delete(A, OptionalLong.empty());
        assertEquals(List.of(), secrets.names());
        assertSound();
    }

    @Test
    void eightThreads_countingUpConditionally_loseNothing() throws Exception {
        secrets.register(secret("a", "k", "0"));
        ComponentSecrets other = home.vault().secretsOf(HERE);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ComponentSecrets mine = i % 2 == 0 ? secrets : other;
            tasks.add(() -> {
                int conflicts = 0;
                for (int done = 0; done < 10; ) {
                    try (Secret current = mine.get(A)) {
                        int n = Integer.parseInt(current.value("k").revealText());
                        mine.update(
                                secret("a", "k", String.valueOf(n + 1)),
                                OptionalLong.of(current.version().orElseThrow()));
                        done++;
                    } catch (ConflictException e) {
                        conflicts++;
                    }
                }
                return conflicts;
            });
        }
        together(tasks);
        assertEquals(Map.of("k", "80"), revealed(secrets.get(A)));
        assertEquals(81, secrets.history(A).size());
        assertSound();
    }

    /** A backup takes the lock of the store's folder and then its turn; a writer has its turn and locks the marker. */
    @Test
    void backupsAmongWriters_waitForNobodyForever() throws Exception {
        secrets.register(secret("a", "k", "0"));
        Vault busy = new Vault(home.options()); // closed only if nothing hangs
        ComponentSecrets shared = busy.secretsOf(HERE);
        AtomicBoolean done = new AtomicBoolean();
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int writer = i;
            tasks.add(() -> {
                int writes = 0;
                while (!done.get()) {
                    update(shared, "a", writer + " " + writes++);
                }
                return writes;
            });
        }
        tasks.add(() -> {
            try {
                for (int i = 0; i < 8; i++) {
                    busy.backup(home.file("backup" + i), Progress.NONE);
                }
            } finally {
                done.set(true);
            }
            return 0;
        });
        together(tasks);
        busy.close();
        assertSound();
    }

    /** Closing is left to do while an operation runs that looks for the store again. */
    @Test
    void closeWhileRotating_waitsForNobodyForever() throws Exception {
        for (int i = 0; i < 20; i++) {
            secrets.register(secret("s" + i, "k", "v"));
        }
        for (int i = 0; i < 10; i++) {
            Vault other = new Vault(home.options());
            other.secretsOf(HERE).names();
            together(List.of(
                    () -> {
                        try {
                            other.keys().rotate(Progress.NONE);
                        } catch (IllegalStateException e) {
                            assertTrue(String.valueOf(e.getMessage()).contains("closed"), String.valueOf(e));
                        }
                        return 0;
                    },
                    () -> {
                        other.close();
                        return 0;
                    }));
        }
        vault.keys().rotate(Progress.NONE);
        assertSound();
    }

    private static void together(List<Callable<Integer>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size(), work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true); // one that hangs is left behind
            return thread;
        });
        try {
            List<Future<Integer>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<Integer> future : running) {
                future.get(HANG_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // Schemas

    @Test
    void merge_isHeldAgainstTheSchemaThatTheStoreHas() {
        String json = "{\"type\":\"object\",\"x-type\":\"team\",\"properties\":{\"k\":{\"minLength\":2}}}";
        new CustomSchemas(vault, vault.extensions()).register(CustomSchemas.read(json, "team.json"), false);
        secrets.register(Secret.of(A, "team", Map.of("k", SecretValue.of("long"))));
        assertThrows(InvalidException.class, () -> secrets.merge(A, setting("x")));
        assertEquals(Map.of("k", "long"), revealed(secrets.get(A)));
        secrets.merge(A, setting("longer"));
        assertEquals(Map.of("k", "longer"), revealed(secrets.get(A)));
        NoSuchSchemaException e = assertThrows(
                NoSuchSchemaException.class,
                () -> secrets.merge(A, new SecretPatch(Map.of(), Set.of(), java.util.Optional.of("tean"))));
        assertTrue(e.hint().orElse("").contains("team"), e.hint().toString());
        assertTrue(
                vault.schemas().list().stream().anyMatch(schema -> schema.type().equals("team")));
        assertTrue(vault.schemas().find("team").isPresent());
    }

    private static SecretPatch setting(String value) {
        return new SecretPatch(Map.of("k", SecretValue.of(value)), Set.of(), java.util.Optional.empty());
    }

    // Verification

    @Test
    void verify_countsWhatItSaw_andTellsHowFarItIs() {
        List<Secret> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(secret("s" + i, "k", "v"));
        }
        secrets.registerAll(many);
        vault.changeRecords(List.of(insert("one"), insert("two")));
        List<List<Long>> told = new ArrayList<>();
        VerifyReport report = vault.verify((done, total) -> told.add(List.of(done, total)));
        assertEquals(300, report.secrets());
        assertEquals(300, report.versions());
        assertEquals(2, report.records());
        assertEquals(RawStore.of(home).value("SELECT count(*) FROM log"), report.logRows());
        assertTrue(report.sound());
        long total = 300 + report.logRows();
        assertEquals(
                List.of(List.of(0L, total), List.of(256L, total), List.of(512L, total), List.of(total, total)), told);
    }

    /** A store in ruins need not be listed row by row. */
    @Test
    void verify_namesAThousandFindings_andNoMore() {
        List<Secret> many = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            many.add(secret("s" + i, "k", "v"));
        }
        secrets.registerAll(many);
        RawStore.of(home).run("UPDATE secret SET updated = updated + 1");
        assertEquals(1_000, vault.verify(Progress.NONE).findings().size());
    }

    @Test
    void verify_byAThreadThatIsInterrupted_isFinished_andTheInterruptIsNotLost() {
        secrets.names();
        Thread.currentThread().interrupt();
        try {
            assertEquals(List.of(), vault.verify(Progress.NONE).findings());
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertSound();
        assertFalse(Thread.interrupted());
    }

    // Life cycle

    @Test
    void check_saysWhetherOperationsWouldWork() throws IOException {
        assertEquals(java.util.Optional.empty(), vault.check());
        home.closeVaults();
        Files.delete(home.location().database());
        try (Vault missing = new Vault(home.options())) {
            assertEquals(
                    dev.coffer.secrets.StoreMissingException.class,
                    missing.check().orElseThrow().getClass());
        }
    }

    @Test
    void operation_whoseKeysAreRenewedAgainAndAgain_isTold_andEnds() {
        int[] attempts = {0};
        LockedException e = assertThrows(
                LockedException.class,
                () -> vault.onOpen(open -> {
                    attempts[0]++;
                    throw new OpenStore.KeysRenewed();
                }));
        assertTrue(e.getMessage().contains("were renewed"), e.getMessage());
        assertEquals(OpenStore.UNLOCKINGS, attempts[0]);
        assertEquals(List.of(), secrets.names());
    }

    @Test
    void acceptOlder_isNoticedByWhoHasTheStoreOpen_andLeavesNoConnectionBehind() {
        secrets.register(secret("a", "k", "1"));
        ComponentSecrets other = home.vault().secretsOf(HERE);
        other.names();
        long generation = vault.keys().status().generation();
        vault.acceptOlder();
        assertEquals(generation + 1, vault.keys().status().generation());
        assertEquals(Map.of("k", "1"), revealed(other.get(A)));
        update(other, "a", "2");
        assertEquals(Map.of("k", "2"), revealed(secrets.get(A)));
        home.closeVaults();
        assertFalse(Files.exists(home.file("coffer.db-wal")));
        assertEquals(List.of(), home.findings());
    }

    @Test
    void options_keepAtLeastOneVersion() {
        VaultOptions options = home.options();
        assertThrows(IllegalArgumentException.class, () -> options.withKeepVersions(OptionalInt.of(0)));
        assertEquals(
                OptionalInt.of(1), options.withKeepVersions(OptionalInt.of(1)).keepVersions());
    }

    @Test
    void constructing_touchesNothing() {
        try (TestHome nowhere = TestHome.empty()) {
            try (Vault unused = new Vault(nowhere.options().creatingIfMissing())) {
                assertNotEquals(null, unused.secretsOf(HERE));
                assertNotEquals(null, unused.keys());
            }
            assertEquals(0, nowhere.bytesAtRest().length);
            assertFalse(Files.exists(nowhere.location().database()));
        }
    }

    @Test
    void close_thenUse_isIllegalState() {
        secrets.names();
        vault.close();
        vault.close();
        assertThrows(IllegalStateException.class, secrets::names);
        assertThrows(IllegalStateException.class, () -> vault.verify(Progress.NONE));
        assertThrows(IllegalStateException.class, () -> vault.keys().status());
        assertThrows(IllegalStateException.class, () -> vault.findRecord("stack", "x"));
        assertThrows(IllegalStateException.class, vault::acceptOlder);
    }

    @Test
    void storeMovedAwayWhileOpen_isRefused_andLosesNothing() throws IOException {
        secrets.register(secret("a", "k", "1"));
        vault.verify(Progress.NONE);
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.move(home.file("coffer.db" + suffix), home.file("moved" + suffix));
        }
        assertThrows(StoreFileException.class, () -> update(secrets, "a", "2"));
        assertThrows(StoreFileException.class, () -> secrets.get(A));
        for (String suffix : List.of("-shm", "-wal", "")) {
            Files.move(home.file("moved" + suffix), home.file("coffer.db" + suffix));
        }
        update(secrets, "a", "3");
        assertEquals(Map.of("k", "3"), revealed(secrets.get(A)));
    }

    @Test
    void storeThatOthersCanRead_isRefused_withTheCommandThatMendsIt() throws IOException {
        secrets.names();
        home.closeVaults();
        Files.setPosixFilePermissions(
                home.location().database(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        StoreFileException e = assertThrows(
                StoreFileException.class,
                () -> home.using(v -> v.secretsOf(HERE).names()));
        assertTrue(e.hint().orElse("").contains("chmod 600"), e.hint().orElse(""));
    }

    @Test
    void journalsOrFolderThatOthersCanChange_areRefused() throws IOException {
        secrets.names();
        for (String name : List.of("coffer.db-wal", "coffer.db-shm", "")) {
            java.nio.file.Path file = home.file(name);
            Set<java.nio.file.attribute.PosixFilePermission> before = Files.getPosixFilePermissions(file);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwx---"));
            StoreFileException e = assertThrows(
                    StoreFileException.class,
                    () -> home.using(v -> v.secretsOf(HERE).names()));
            assertTrue(e.hint().orElse("").contains("chmod"), e.hint().toString());
            Files.setPosixFilePermissions(file, before);
            home.using(v -> v.secretsOf(HERE).names());
        }
    }

    /** SQLite takes its journals away when the last connection is closed. */
    @Test
    void openingThatFails_leavesNoConnectionBehind() {
        home.closeVaults();
        try (TestHome other = TestHome.empty()) {
            java.nio.file.Path key = other.file("other.key");
            Vault.create(other.options(), java.util.Optional.of(KeyInput.keyFile(key)));
            try (Vault wrong = new Vault(home.options(Unlocker.of(() -> KeyInput.keyFile(key))))) {
                assertThrows(
                        WrongKeyException.class, () -> wrong.secretsOf(HERE).names());
                assertFalse(Files.exists(home.file("coffer.db-wal")));
            }
        }
    }

    @Test
    void close_wipesTheRootKey() {
        dev.coffer.crypto.RootKey key = vault.open().rootKey();
        key.copy().close();
        vault.close();
        assertThrows(IllegalStateException.class, key::copy);
    }
}
