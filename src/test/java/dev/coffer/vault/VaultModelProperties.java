package dev.coffer.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.WriteReceipt;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * The store does what a map of histories does, whatever the order of operations. A run is made of its number alone, which
 * jqwik prints.
 */
class VaultModelProperties {
    private static final int OPERATIONS = 60;
    private static final List<String> NAMES = List.of("a", "b", "c/d", "é");
    private static final List<UUID> COMPONENTS = List.of(TestHome.HERE, TestHome.THERE);

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void randomOperations_matchTheModel(@ForAll long run) throws Exception {
        try (Run random = new Run(new Random(run))) {
            for (int i = 0; i < OPERATIONS; i++) {
                random.step();
            }
            random.compareAll();
        }
    }

    /** A version in the model; a tombstone has no content. */
    private record Version(long number, Map<String, String> content, boolean deleted, String origin, boolean kept) {}

    /** The version that a synchronization agreed upon last, as a record says. */
    private record Base(UUID recordId, long version) {}

    /** A secret in the model, oldest version first. */
    private static final class History {
        private final List<Version> versions = new ArrayList<>();
        private String name = "";
        private long touched;
        private Optional<Base> base = Optional.empty();

        Version current() {
            return versions.get(versions.size() - 1);
        }

        boolean live() {
            return !current().deleted();
        }

        History copy() {
            History copy = new History();
            copy.versions.addAll(versions);
            copy.name = name;
            copy.touched = touched;
            copy.base = base;
            return copy;
        }
    }

    /** One run: the store, and what it should hold. */
    private static final class Run implements AutoCloseable {
        private final TestHome home = TestHome.create();
        private final Random random;
        private Map<UUID, List<History>> model = new HashMap<>();
        private Map<UUID, List<History>> backedUp = new HashMap<>();
        private boolean hasBackup;
        private long clock;
        private long floor; // of versions, after a restore
        private final OptionalInt limit;
        private Vault vault;

        Run(Random random) {
            this.random = random;
            this.limit = random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(3));
            this.vault = open();
            COMPONENTS.forEach(component -> model.put(component, new ArrayList<>()));
        }

        private Vault open() {
            return home.vault(home.options().withKeepVersions(limit));
        }

        private UUID component() {
            return COMPONENTS.get(random.nextInt(10) == 0 ? 1 : 0);
        }

        private String name() {
            return NAMES.get(random.nextInt(NAMES.size()));
        }

        private Map<String, String> content() {
            Map<String, String> content = new TreeMap<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                content.put("k" + random.nextInt(3), "v" + random.nextInt(2));
            }
            return content;
        }

        private Optional<History> live(UUID component, String name) {
            return histories(component).stream()
                    .filter(history -> history.live() && history.name.equals(name))
                    .findFirst();
        }

        private Optional<History> lastDeleted(UUID component, String name) {
            return histories(component).stream()
                    .filter(history -> !history.live() && history.name.equals(name))
                    .max(java.util.Comparator.comparingLong(history -> history.touched));
        }

        private Optional<History> either(UUID component, String name) {
            return live(component, name).or(() -> lastDeleted(component, name));
        }

        private List<History> histories(UUID component) {
            return model.getOrDefault(component, List.of());
        }

        void step() throws Exception {
            clock++;
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> register(component(), name(), content());
                case 4, 5, 6, 7 -> update(component(), name(), content());
                case 8 -> merge(component(), name());
                case 9, 10 -> delete(component(), name());
                case 11 -> rename(component(), name(), name());
                case 12, 13 -> rollback(component(), name());
                case 14 -> recover(component(), name());
                case 15 -> purge(component(), name());
                case 16 -> vault.keys().rotate(Progress.NONE);
                case 17 -> vault.keys().rotateDeks(Progress.NONE);
                case 18 -> reopen();
                case 19 -> backup();
                case 20, 21, 22 -> synchronize(component(), name());
                default -> restore();
            }
            if (random.nextInt(6) == 0) {
                compareAll();
            }
        }

        private void register(UUID component, String name, Map<String, String> content) {
            if (live(component, name).isPresent()) {
                assertThrows(
                        SecretExistsException.class,
                        () -> vault.secretsOf(component).register(secret(name, content)));
                return;
            }
            WriteReceipt receipt = vault.secretsOf(component).register(secret(name, content));
            History history = lastDeleted(component, name).orElseGet(() -> {
                History made = new History();
                made.name = name;
                histories(component).add(made);
                return made;
            });
            written(history, receipt, content, "register");
        }

        private void update(UUID component, String name, Map<String, String> content) {
            Optional<History> history = live(component, name);
            if (history.isEmpty()) {
                assertThrows(
                        NoSuchSecretException.class,
                        () -> vault.secretsOf(component).update(secret(name, content), OptionalLong.empty()));
                return;
            }
            long now = history.get().current().number();
            WriteReceipt receipt = vault.secretsOf(component)
                    .update(secret(name, content), random.nextBoolean() ? OptionalLong.of(now) : OptionalLong.empty());
            writtenUnlessSame(history.get(), receipt, content, "update");
        }

        private void merge(UUID component, String name) {
            Optional<History> history = live(component, name);
            SecretPatch patch = new SecretPatch(Map.of("m", SecretValue.of("v")), Set.of(), Optional.empty());
            if (history.isEmpty()) {
                assertThrows(
                        NoSuchSecretException.class,
                        () -> vault.secretsOf(component).merge(SecretName.of(name), patch));
                return;
            }
            Map<String, String> merged = new TreeMap<>(history.get().current().content());
            merged.put("m", "v");
            writtenUnlessSame(
                    history.get(), vault.secretsOf(component).merge(SecretName.of(name), patch), merged, "update");
        }

        private void delete(UUID component, String name) {
            Optional<History> history = live(component, name);
            if (history.isEmpty()) {
                assertThrows(
                        NoSuchSecretException.class,
                        () -> vault.secretsOf(component).delete(SecretName.of(name), OptionalLong.empty()));
                return;
            }
            vault.secretsOf(component).delete(SecretName.of(name), OptionalLong.empty());
            long next = Math.max(history.get().current().number(), floor) + 1;
            history.get().versions.add(new Version(next, Map.of(), true, "delete", false));
            history.get().touched = clock;
            prune(history.get());
        }

        private void rename(UUID component, String from, String to) {
            Optional<History> history = live(component, from);
            ComponentSecrets secrets = vault.secretsOf(component);
            if (history.isEmpty()) {
                assertThrows(NoSuchSecretException.class, () -> secrets.rename(SecretName.of(from), SecretName.of(to)));
            } else if (live(component, to).isPresent()) {
                assertThrows(SecretExistsException.class, () -> secrets.rename(SecretName.of(from), SecretName.of(to)));
            } else {
                secrets.rename(SecretName.of(from), SecretName.of(to));
                history.get().name = to;
                history.get().touched = clock;
            }
        }

        private void rollback(UUID component, String name) {
            Optional<History> history = either(component, name);
            ComponentSecrets secrets = vault.secretsOf(component);
            if (history.isEmpty()) {
                assertThrows(NoSuchSecretException.class, () -> secrets.rollback(SecretName.of(name), 1));
                return;
            }
            List<Version> versions = history.get().versions;
            Version to = versions.get(random.nextInt(versions.size()));
            if (to.deleted()) {
                assertThrows(NoSuchSecretException.class, () -> secrets.rollback(SecretName.of(name), to.number()));
                return;
            }
            WriteReceipt receipt = secrets.rollback(SecretName.of(name), to.number());
            writtenUnlessSame(history.get(), receipt, to.content(), "rollback to " + to.number());
        }

        private void recover(UUID component, String name) {
            ComponentSecrets secrets = vault.secretsOf(component);
            Optional<History> history = lastDeleted(component, name);
            if (live(component, name).isPresent()) {
                assertThrows(SecretExistsException.class, () -> secrets.recover(SecretName.of(name)));
            } else if (history.isEmpty()) {
                assertThrows(NoSuchSecretException.class, () -> secrets.recover(SecretName.of(name)));
            } else {
                Map<String, String> content = history.get().versions.stream()
                        .filter(version -> !version.deleted())
                        .reduce((older, newer) -> newer)
                        .orElseThrow()
                        .content();
                written(history.get(), secrets.recover(SecretName.of(name)), content, "recover");
            }
        }

        private void purge(UUID component, String name) {
            Optional<History> history = either(component, name);
            ComponentSecrets secrets = vault.secretsOf(component);
            if (history.isEmpty()) {
                assertThrows(NoSuchSecretException.class, () -> secrets.purge(SecretName.of(name)));
            } else {
                secrets.purge(SecretName.of(name));
                histories(component).removeIf(one -> one.name.equals(name));
            }
        }

        private void reopen() {
            home.closeVaults();
            vault = open();
        }

        private void backup() throws Exception {
            Files.deleteIfExists(home.file("backup"));
            vault.backup(home.file("backup"), Progress.NONE);
            backedUp = copy(model);
            hasBackup = true;
        }

        private void restore() {
            if (!hasBackup) {
                return;
            }
            long last = (Long) RawStore.of(home).value("SELECT max(sequence) FROM log");
            Vault.restore(home.options(), home.file("backup"), true, Progress.NONE);
            floor = Math.max(floor, last);
            model = copy(backedUp);
        }

        private static Map<UUID, List<History>> copy(Map<UUID, List<History>> histories) {
            Map<UUID, List<History>> copy = new HashMap<>();
            histories.forEach((component, list) -> copy.put(
                    component, new ArrayList<>(list.stream().map(History::copy).toList())));
            return copy;
        }

        private void writtenUnlessSame(
                History history, WriteReceipt receipt, Map<String, String> content, String origin) {
            if (history.live() && history.current().content().equals(content)) {
                assertEquals(
                        new WriteReceipt(
                                SecretName.of(history.name), history.current().number(), false),
                        receipt);
            } else {
                written(history, receipt, content, origin);
            }
        }

        private void written(History history, WriteReceipt receipt, Map<String, String> content, String origin) {
            long before = history.versions.isEmpty() ? 0 : history.current().number();
            long next = Math.max(before, floor) + 1;
            assertEquals(new WriteReceipt(SecretName.of(history.name), next, true), receipt);
            history.versions.add(new Version(next, content, false, origin, false));
            history.touched = clock;
            prune(history);
        }

        private void prune(History history) {
            int keep = Math.max(limit.orElse(Integer.MAX_VALUE), history.live() ? 1 : 2);
            long oldestInLimit = history.versions.stream()
                    .mapToLong(Version::number)
                    .map(number -> -number)
                    .sorted()
                    .limit(keep)
                    .map(number -> -number)
                    .min()
                    .orElseThrow();
            history.versions.removeIf(version -> version.number() < oldestInLimit
                    && !version.kept()
                    && history.base
                            .filter(base -> base.version() == version.number())
                            .isEmpty());
        }

        /** Writes up to three versions at once, and perhaps moves the base; before that, what a stale plan would do. */
        private void synchronize(UUID component, String name) {
            SyncStore store = vault.syncStore(component);
            Optional<History> found = either(component, name);
            UUID id = found.map(history -> id(store, history))
                    .orElseGet(() -> new UUID(random.nextLong(), random.nextLong()));
            long expected = found.map(history -> history.current().number()).orElse(0L);
            History history = found.orElseGet(History::new);
            List<Version> versions = new ArrayList<>();
            long number = expected;
            boolean live = found.isPresent() && history.live();
            for (int i = random.nextInt(3); i >= 0; i--) {
                live = !live || random.nextInt(4) > 0;
                number = Math.max(number, floor) + 1;
                versions.add(
                        new Version(number, live ? content() : Map.of(), !live, "sync " + i, random.nextBoolean()));
            }
            List<SecretChange.Step> steps = versions.stream()
                    .map(version -> new SecretChange.Step(
                            version.origin(),
                            Optional.of(version).filter(one -> !one.deleted()).map(one -> secret(name, one.content())),
                            version.kept()))
                    .toList();
            assertEquals(versions.get(0).number(), store.versionAfter(expected));
            SecretName secretName = SecretName.of(name);
            List<RecordChange> records = new ArrayList<>();
            List<Version> all = new ArrayList<>(history.versions);
            all.addAll(versions);
            Optional<Base> base = history.base;
            if (random.nextBoolean()) {
                base = Optional.of(moveBase(
                        store, id, history, all.get(random.nextInt(all.size())).number(), records));
            }
            assertThrows(
                    ConflictException.class,
                    () -> store.change(List.of(new SecretChange(id, secretName, expected + 1, steps)), records));
            WriteReceipt receipt = store.change(List.of(new SecretChange(id, secretName, expected, steps)), records)
                    .get(0);
            assertEquals(new WriteReceipt(secretName, number, true), receipt);
            if (found.isEmpty()) {
                history.name = name;
                histories(component).add(history);
            }
            history.versions.addAll(versions);
            history.base = base;
            history.touched = clock;
            prune(history);
        }

        private static Base moveBase(
                SyncStore store, UUID secret, History history, long version, List<RecordChange> records) {
            UUID recordId = history.base.map(Base::recordId).orElseGet(UUID::randomUUID);
            String name = secret + "/" + TestHome.THERE + "/" + version + "/" + recordId;
            records.add(
                    history.base.isEmpty()
                            ? new RecordChange.Insert(SyncStore.BASE, recordId, name, new byte[0])
                            : new RecordChange.Replace(
                                    recordId,
                                    store.findRecord(recordId).orElseThrow().version(),
                                    name,
                                    new byte[0]));
            return new Base(recordId, version);
        }

        private static UUID id(SyncStore store, History history) {
            return store.heads().stream()
                    .filter(head -> head.name().value().equals(history.name) && head.deleted() != history.live())
                    .reduce((older, newer) -> newer)
                    .orElseThrow()
                    .id();
        }

        void compareAll() {
            for (UUID component : COMPONENTS) {
                ComponentSecrets secrets = vault.secretsOf(component);
                assertEquals(
                        histories(component).stream()
                                .filter(History::live)
                                .map(history -> SecretName.of(history.name))
                                .sorted()
                                .toList(),
                        secrets.names());
                for (String name : NAMES) {
                    either(component, name).ifPresent(history -> compare(secrets, name, history));
                }
            }
            assertEquals(List.of(), vault.verify(Progress.NONE).findings());
        }

        private static void compare(ComponentSecrets secrets, String name, History history) {
            List<String> expected = new ArrayList<>();
            for (Version version : history.versions) {
                expected.add(
                        0,
                        version.number() + " " + version.origin() + " "
                                + version.content().keySet());
                if (!version.deleted()) {
                    assertEquals(
                            version.content(), TestHome.revealed(secrets.get(SecretName.of(name), version.number())));
                }
            }
            List<String> actual = secrets.history(SecretName.of(name)).stream()
                    .map(VaultModelProperties::described)
                    .toList();
            assertEquals(expected, actual);
            if (history.live()) {
                assertEquals(history.current().content(), TestHome.revealed(secrets.get(SecretName.of(name))));
            } else {
                assertThrows(NoSuchSecretException.class, () -> secrets.get(SecretName.of(name)));
            }
        }

        private static Secret secret(String name, Map<String, String> content) {
            List<String> flat = new ArrayList<>();
            content.forEach((key, value) -> {
                flat.add(key);
                flat.add(value);
            });
            return TestHome.secret(name, flat.toArray(String[]::new));
        }

        @Override
        public void close() {
            home.close();
        }
    }

    private static String described(SecretVersion version) {
        return version.version() + " " + version.origin() + " "
                + version.keys().stream().sorted().toList();
    }
}
