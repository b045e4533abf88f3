package dev.coffer.campaign;

import dev.coffer.Coffer;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One of the processes that work on one store at the same time. Its arguments: {@code worker} or {@code rotator}, the
 * home, its number, a number of seconds and a seed.
 */
final class ConcurrencyChild {
    static final int THREADS = 4;
    static final int COUNTERS = 4;
    static final String MERGED = "shared/merged";

    private ConcurrencyChild() {}

    /** Says {@code READY}, waits for a line, works and tells what has to be in the store. Fails on any error. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[1]);
        int number = Integer.parseInt(arguments[2]);
        long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[3]));
        long seed = Long.parseLong(arguments[4]);
        CrashChild.say("READY");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        long end = System.nanoTime() + nanos;
        if (arguments[0].equals("rotator")) {
            rotate(home, end);
        } else {
            work(home, number, end, seed);
        }
        CrashChild.say("DONE");
    }

    private static void rotate(Path home, long end) {
        int rotations = 0;
        try (Coffer coffer = Coffer.open(Homes.busy(home))) {
            for (; System.nanoTime() < end; rotations++) {
                if (rotations % 8 == 5) {
                    coffer.vault().keys().rotateDeks(Progress.NONE);
                } else {
                    coffer.vault().keys().rotate(Progress.NONE);
                }
            }
        }
        CrashChild.say("ROTATIONS - " + rotations);
    }

    private static void work(Path home, int number, long end, long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> running = new ArrayList<>();
        try (Coffer shared = Coffer.open(Homes.busy(home))) {
            for (int t = 0; t < THREADS; t++) {
                String worker = "p" + number + "t" + t;
                Random random = new Random(seed ^ worker.hashCode());
                running.add(threads.submit(() -> {
                    // One vault for the threads of some processes, one for each thread in the others.
                    if (number % 2 == 0) {
                        new Worker(shared, home, worker, random).work(end);
                    } else {
                        try (Coffer own = Coffer.open(Homes.busy(home))) {
                            new Worker(own, home, worker, random).work(end);
                        }
                    }
                    return true;
                }));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** One thread. */
    private static final class Worker {
        private final Coffer coffer;
        private final SecretsManager secrets;
        private final Path home;
        private final String worker;
        private final Random random;
        private final Map<String, Long> own = new TreeMap<>(); // name to version; the content is made of both
        private final long[] increments = new long[COUNTERS];
        private long merges;
        private long operations;
        private long conflicts;
        private int names;

        Worker(Coffer coffer, Path home, String worker, Random random) {
            this.coffer = coffer;
            this.secrets = coffer.secrets();
            this.home = home;
            this.worker = worker;
            this.random = random;
        }

        void work(long end) throws Exception {
            for (; System.nanoTime() < end; operations++) {
                int dice = random.nextInt(100);
                if (dice < 20) {
                    registerOwn();
                } else if (dice < 40) {
                    readOwn();
                } else if (dice < 60) {
                    increment(random.nextInt(COUNTERS));
                } else if (dice < 72) {
                    merge();
                } else if (dice < 80) {
                    updateOwn();
                } else if (dice < 85) {
                    renameOwn();
                } else if (dice < 89) {
                    deleteOwn();
                } else if (dice < 92) {
                    require(secrets.getAllSecretKeys().size() >= own.size(), "the listing is too short");
                } else if (dice < 99) {
                    fightForTheBall();
                } else {
                    maintain();
                }
            }
            own.forEach((name, version) -> CrashChild.say("OWN " + name + " " + version));
            for (int i = 0; i < COUNTERS; i++) {
                CrashChild.say("COUNTER " + i + " " + increments[i]);
            }
            CrashChild.say("MERGES " + worker + " " + merges);
            CrashChild.say("OPERATIONS - " + operations);
            CrashChild.say("CONFLICTS - " + conflicts);
        }

        private void registerOwn() {
            String name = worker + "/" + names++;
            Long version = secrets.registerSecret(content(name, 1)).version();
            require(version != null && version == 1, name + " begins with version " + version);
            own.put(name, 1L);
        }

        private void readOwn() {
            Optional<String> name = anyOwn();
            if (name.isPresent()) {
                requireContent(secrets, name.get(), version(name.get()));
                List<Long> versions = ((Versioned) secrets)
                        .history(SecretName.of(name.get())).stream()
                                .map(v -> v.version())
                                .toList();
                require(versions.get(0) == version(name.get()), "history " + versions);
            }
        }

        private void updateOwn() {
            Optional<String> name = anyOwn();
            if (name.isPresent()) {
                long next = version(name.get()) + 1;
                secrets.updateSecret(content(name.get(), next));
                own.put(name.get(), next);
            }
        }

        private void renameOwn() {
            Optional<String> name = anyOwn();
            if (name.isPresent()) {
                String to = worker + "/" + names++;
                ((Renaming) secrets).renameSecret(SecretName.of(name.get()), SecretName.of(to));
                long next = version(name.get()) + 1;
                secrets.updateSecret(content(to, next));
                own.remove(name.get());
                own.put(to, next);
            }
        }

        private void deleteOwn() {
            Optional<String> name = anyOwn();
            if (name.isPresent()) {
                secrets.deleteSecret(SecretName.of(name.get()));
                own.remove(name.get());
            }
        }

        private void increment(int counter) {
            SecretName name = SecretName.of("counter/" + counter);
            while (true) {
                try (Secret current = secrets.getSecret(name)) {
                    long value = Long.parseLong(current.value("value").revealText());
                    ((ConditionalWrites) secrets)
                            .updateSecret(
                                    Model.secret(name.value(), Map.of("value", "" + (value + 1))),
                                    current.version().orElseThrow());
                    increments[counter]++;
                    return;
                } catch (ConflictException e) {
                    conflicts++;
                }
            }
        }

        private void merge() {
            merges++;
            secrets.mergeSecret(
                    SecretName.of(MERGED),
                    new SecretPatch(Map.of(worker, SecretValue.of("" + merges)), Set.of(), Optional.empty()));
        }

        /** All threads register, rename and delete the same few names: each may find that another one was faster. */
        private void fightForTheBall() {
            String here = "ball/" + random.nextInt(3);
            String there = "ball/" + random.nextInt(3);
            try {
                switch (random.nextInt(3)) {
                    case 0 -> secrets.registerSecret(Model.secret(here, Map.of("value", worker)));
                    case 1 -> secrets.deleteSecret(SecretName.of(here));
                    default -> ((Renaming) secrets).renameSecret(SecretName.of(here), SecretName.of(there));
                }
            } catch (SecretExistsException | NoSuchSecretException e) {
                conflicts++;
            }
        }

        private void maintain() throws Exception {
            if (worker.equals("p0t0")) {
                Path file = home.resolve("under-load.backup");
                coffer.vault().backup(file, Progress.NONE);
                Files.delete(file);
            } else if (worker.equals("p1t0")) {
                Homes.assertSound(coffer);
            }
        }

        private Optional<String> anyOwn() {
            return own.isEmpty()
                    ? Optional.empty()
                    : own.keySet().stream().skip(random.nextInt(own.size())).findFirst();
        }

        private long version(String name) {
            return own.getOrDefault(name, 0L);
        }
    }

    private static Secret content(String name, long version) {
        return Model.secret(name, Map.of("value", name + " at " + version));
    }

    static void requireContent(SecretsManager secrets, String name, long version) {
        try (Secret secret = secrets.getSecret(SecretName.of(name));
                Secret expected = content(name, version)) {
            require(secret.sameContentAs(expected), name + " has another content than at version " + version);
            require(secret.version().orElse(0L) == version, name + " is at " + secret.version() + ", not " + version);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
