package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.vault.ComponentSecrets;
import dev.coffer.vault.TestHome;
import dev.coffer.vault.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * The store in memory, on which the tests of this package stand, answers as a vault does: in what it holds afterwards
 * and in what it refuses.
 */
class SyncStoresProperties {
    private static final int OPERATIONS = 60;
    private static final List<String> NAMES = List.of("a", "b", "c/d");

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void storeInMemory_answersAsAVaultDoes(@ForAll long run) {
        try (TestHome home = TestHome.create()) {
            Run both = new Run(new Random(run), home.vault());
            for (int i = 0; i < OPERATIONS; i++) {
                both.step();
                both.compare();
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final MemorySyncStore memory = new MemorySyncStore("memory");
        private final ComponentSecrets secrets;
        private final SyncStore vault;

        Run(Random random, Vault vault) {
            this.random = random;
            this.secrets = vault.secretsOf(TestHome.HERE);
            this.vault = vault.syncStore(TestHome.HERE);
        }

        private <T> T oneOf(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        private UUID randomId() {
            return new UUID(random.nextLong(), random.nextLong());
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0 -> put(oneOf(NAMES), "v" + random.nextInt(100));
                case 1 -> delete(oneOf(NAMES));
                case 2 -> rename(oneOf(NAMES), oneOf(NAMES));
                case 3 -> purge(oneOf(NAMES));
                default -> change();
            }
        }

        /** Only where a secret is or was: its identity is one that both know. */
        private void put(String name, String value) {
            Secret secret = TestHome.secret(name, "k", value);
            if (memory.live(name).isPresent()) {
                if (secrets.update(secret, OptionalLong.empty()).changed()) {
                    memory.put(name, Map.of("k", value));
                }
            } else if (memory.heads().stream()
                    .anyMatch(head -> head.name().value().equals(name))) {
                secrets.register(secret);
                memory.put(name, Map.of("k", value));
            }
        }

        private void delete(String name) {
            if (memory.live(name).isPresent()) {
                memory.delete(name);
                secrets.delete(SecretName.of(name), OptionalLong.empty());
            }
        }

        private void rename(String from, String to) {
            if (memory.live(from).isPresent() && memory.live(to).isEmpty()) {
                memory.rename(from, to);
                secrets.rename(SecretName.of(from), SecretName.of(to));
            }
        }

        private void purge(String name) {
            if (memory.heads().stream().anyMatch(head -> head.name().value().equals(name))) {
                memory.purge(name);
                secrets.purge(SecretName.of(name));
            }
        }

        private void change() {
            List<SecretChange> changes = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                changes.add(secretChange());
            }
            List<RecordChange> records = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                records.add(recordChange());
            }
            assertEquals(
                    outcome(() -> memory.change(changes, records).toString()),
                    outcome(() -> vault.change(changes, records).toString()),
                    () -> changes + " " + records);
        }

        private SecretChange secretChange() {
            List<SecretHead> heads = memory.heads();
            Optional<SecretHead> head =
                    heads.isEmpty() || random.nextInt(4) == 0 ? Optional.empty() : Optional.of(oneOf(heads));
            boolean asSeen = random.nextInt(8) > 0;
            boolean live = head.isPresent() && !head.get().deleted();
            List<SecretChange.Step> steps = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                live = !live || random.nextInt(3) > 0;
                Optional<Secret> content =
                        live ? Optional.of(TestHome.secret("any", "k", "v" + random.nextInt(100))) : Optional.empty();
                steps.add(new SecretChange.Step("step " + i, content, random.nextBoolean()));
            }
            return new SecretChange(
                    head.map(SecretHead::id).orElseGet(this::randomId),
                    head.filter(one -> asSeen).map(SecretHead::name).orElseGet(() -> SecretName.of(oneOf(NAMES))),
                    head.map(one -> asSeen ? one.version() : random.nextInt(4)).orElse(asSeen ? 0L : 1L),
                    steps);
        }

        private RecordChange recordChange() {
            List<StoredRecord> all = memory.listRecords("kind");
            String name = "record " + random.nextInt(4);
            byte[] body = {(byte) random.nextInt()};
            if (all.isEmpty() || random.nextBoolean()) {
                return new RecordChange.Insert("kind", randomId(), name, body);
            }
            StoredRecord record = oneOf(all);
            long expected = record.version() + (random.nextInt(6) == 0 ? 1 : 0);
            return random.nextBoolean()
                    ? new RecordChange.Replace(record.id(), expected, name, body)
                    : new RecordChange.Remove(record.id(), expected);
        }

        private static String outcome(Supplier<String> work) {
            try {
                return work.get();
            } catch (CofferException e) {
                return e.getClass().getSimpleName();
            }
        }

        void compare() {
            assertEquals(memory.heads(), vault.heads());
            for (SecretHead head : memory.heads()) {
                for (long version = 1; version <= head.version() + 1; version++) {
                    long one = version;
                    assertEquals(outcome(() -> content(memory, head, one)), outcome(() -> content(vault, head, one)));
                }
            }
            assertEquals(records(memory), records(vault));
        }

        private static String content(SyncStore store, SecretHead head, long version) {
            return TestHome.revealed(store.getSecret(head.id(), version)).toString();
        }

        private static List<String> records(SyncStore store) {
            return store.listRecords("kind").stream()
                    .map(record -> record.id() + " " + record.name() + " " + record.version() + " " + record.body()[0])
                    .toList();
        }
    }
}
