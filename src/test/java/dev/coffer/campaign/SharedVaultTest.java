package dev.coffer.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.vault.RestoreReceipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What threads of one process do to one store at the same time. */
@Timeout(value = 40, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedVaultTest {
    @TempDir
    Path folder;

    @Test
    void backupsWhileOthersWrite_end() throws Exception {
        Path home = folder.resolve("home");
        BackupCrash.fill(home, "secret", 50);
        AtomicBoolean stop = new AtomicBoolean();
        try (Coffer coffer = Coffer.open(Homes.existing(home))) {
            ExecutorService writers = Executors.newFixedThreadPool(3);
            List<Future<Integer>> written = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                int thread = t;
                written.add(writers.submit(() -> {
                    int i = 0;
                    for (; !stop.get(); i++) {
                        coffer.secrets().registerSecret(Model.secret("w" + thread + "/" + i, Map.of("key", "value")));
                    }
                    return i;
                }));
            }
            for (int i = 0; i < 5; i++) {
                coffer.vault().backup(folder.resolve("backup-" + i), Progress.NONE);
            }
            stop.set(true);
            int sum = 0;
            for (Future<Integer> count : written) {
                sum += count.get();
            }
            writers.shutdown();
            assertEquals(50 + sum, coffer.secrets().getAllSecretKeys().size());
        }
    }

    @Test
    void closeDuringARotation_ends() throws Exception {
        Path home = folder.resolve("home");
        BackupCrash.fill(home, "secret", 600);
        for (int i = 0; i < 10; i++) {
            Coffer coffer = Coffer.open(Homes.existing(home));
            coffer.secrets().getAllSecretKeys();
            CountDownLatch begun = new CountDownLatch(1);
            ExecutorService rotator = Executors.newSingleThreadExecutor();
            rotator.execute(() -> {
                try {
                    while (true) {
                        coffer.vault().keys().rotate((done, total) -> begun.countDown());
                    }
                } catch (IllegalStateException closed) {
                    // As it should be.
                }
            });
            begun.await();
            coffer.close();
            rotator.shutdown();
            assertTrue(rotator.awaitTermination(1, TimeUnit.MINUTES));
        }
        Homes.sound(home, coffer -> coffer.vault().keys().rotate(Progress.NONE));
    }

    @Test
    void restoreWhileOthersWrite_losesNothingThatWasAcknowledged() throws Exception {
        Path home = folder.resolve("home");
        BackupCrash.fill(home, "secret", 50);
        Path backup = folder.resolve("backup");
        BackupCrash.back(home, backup);
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(2);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int thread = t;
            running.add(writers.submit(() -> {
                try (Coffer coffer = Coffer.open(Homes.existing(home))) {
                    for (int i = 0; !stop.get(); i++) {
                        String name = "w" + thread + "/" + i;
                        coffer.secrets().registerSecret(Model.secret(name, Map.of("key", "value")));
                        acknowledged.add(name);
                    }
                }
            }));
        }
        List<Path> kept = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            kept.add(Coffer.restore(Homes.existing(home), backup, true, Progress.NONE)
                    .kept()
                    .orElseThrow());
        }
        stop.set(true);
        for (Future<?> writer : running) {
            writer.get();
        }
        writers.shutdown();
        Set<String> found = new TreeSet<>();
        Homes.sound(home, coffer -> found.addAll(Model.of(coffer).states().keySet()));
        for (Path copy : kept) {
            found.addAll(namesIn(home, copy));
        }
        Set<String> lost = new TreeSet<>(acknowledged);
        lost.removeAll(found);
        assertEquals(Set.of(), lost);
    }

    /** The secrets in a store that a restore kept. */
    private Set<String> namesIn(Path home, Path kept) throws Exception {
        Path other = Files.createDirectories(folder.resolve(kept.getFileName().toString()));
        Homes.copy(home.resolve("keys"), other.resolve("keys"));
        Files.copy(kept, other.resolve("coffer.db"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Coffer coffer = Coffer.open(Homes.existing(other).withNotices(missingMarker -> {}))) {
            Homes.assertSound(coffer);
            return Set.copyOf(Model.of(coffer).states().keySet());
        }
    }

    @Test
    void restoresAtOneInstant_keepEachReplacedStore() {
        Path home = folder.resolve("home");
        BackupCrash.fill(home, "secret", 3);
        Path backup = folder.resolve("backup");
        BackupCrash.back(home, backup);
        Clock still = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

        RestoreReceipt first = Coffer.restore(Homes.existing(home).withClock(still), backup, true, Progress.NONE);
        RestoreReceipt second = Coffer.restore(Homes.existing(home).withClock(still), backup, true, Progress.NONE);

        assertNotEquals(first.kept(), second.kept());
        assertTrue(Files.exists(first.kept().orElseThrow())
                && Files.exists(second.kept().orElseThrow()));
    }

    /** Readers and a writer at once need write-ahead logging, in restored stores as in new ones. */
    @Test
    void restoredStore_takesAWriterBesideAReader() throws Exception {
        Path home = folder.resolve("home");
        BackupCrash.fill(home, "secret", 3);
        BackupCrash.back(home, folder.resolve("backup"));
        Path other = folder.resolve("other");
        BackupCrash.restoreWithKeys(home, other, folder.resolve("backup"));

        byte[] header = Files.readAllBytes(other.resolve("coffer.db"));
        assertEquals(2, header[18], "the format version for writing in SQLite's header: 2 is WAL");
        assertEquals(2, header[19], "the format version for reading");
    }

    @Test
    void markerOfANewStore_isNeverMovedBackByItsMaker() throws Exception {
        Path home = folder.resolve("home");
        ExecutorService users = Executors.newFixedThreadPool(4);
        List<Future<?>> uses = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            uses.add(users.submit(() -> {
                try (Coffer coffer = Coffer.open(Homes.made(home))) {
                    coffer.vault()
                            .changeRecords(List.of(new RecordChange.Insert(
                                    "test", java.util.UUID.randomUUID(), "record " + thread, new byte[] {1})));
                }
            }));
        }
        for (Future<?> use : uses) {
            use.get();
        }
        users.shutdown();
        assertTrue(Files.readString(home.resolve("last-seen")).matches("coffer-last-seen-v1 \\S+ 7 .*\\R"));
    }
}
