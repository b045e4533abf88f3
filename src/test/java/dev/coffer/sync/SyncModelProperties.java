package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Three laptops and one server that does its worst, with random edits, deletions, renames, decisions, lost answers and
 * crashes. Whatever happens, nothing is lost, nothing foreign is touched, and in the end all are alike.
 */
class SyncModelProperties {
    private static final List<String> NAMES = List.of("a", "b", "c/d", "A");
    private static final List<Conflict.Choice> CHOICES = List.of(Conflict.Choice.values());
    private static final List<String> KEYS = List.of("k1", "k2", "k3");

    /** What somebody does. */
    enum Deed {
        PUT,
        PUT_TWO,
        REMOVE_KEY,
        DELETE,
        RENAME,
        PURGE,
        SYNC,
        SYNC_MIRRORED,
        STATUS,
        RESOLVE,
        EDIT_THERE,
        REMOVE_THERE,
        FOREIGN_THERE
    }

    /**
     * One step.
     *
     * @param laptop who does it, 0 to 2
     * @param deed what
     * @param name which secret
     * @param other another number: a key, a new name, a choice
     * @param faults what happens to the calls of a synchronization, in turn; then nothing bad
     * @param crash after how many transactions of the store the process dies; beyond 12, it does not
     */
    record Step(int laptop, Deed deed, int name, int other, List<Fault> faults, int crash) {}

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Deed> deeds = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(6, Deed.PUT),
                net.jqwik.api.Tuple.of(2, Deed.PUT_TWO),
                net.jqwik.api.Tuple.of(1, Deed.REMOVE_KEY),
                net.jqwik.api.Tuple.of(2, Deed.DELETE),
                net.jqwik.api.Tuple.of(2, Deed.RENAME),
                net.jqwik.api.Tuple.of(1, Deed.PURGE),
                net.jqwik.api.Tuple.of(10, Deed.SYNC),
                net.jqwik.api.Tuple.of(4, Deed.SYNC_MIRRORED),
                net.jqwik.api.Tuple.of(1, Deed.STATUS),
                net.jqwik.api.Tuple.of(3, Deed.RESOLVE),
                net.jqwik.api.Tuple.of(1, Deed.EDIT_THERE),
                net.jqwik.api.Tuple.of(1, Deed.REMOVE_THERE),
                net.jqwik.api.Tuple.of(1, Deed.FOREIGN_THERE));
        Arbitrary<Fault> faults = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(12, Fault.NONE),
                net.jqwik.api.Tuple.of(2, Fault.LOST),
                net.jqwik.api.Tuple.of(3, Fault.UNANSWERED),
                net.jqwik.api.Tuple.of(1, Fault.CRASH_BEFORE),
                net.jqwik.api.Tuple.of(2, Fault.CRASH_AFTER));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        deeds,
                        Arbitraries.integers().between(0, NAMES.size() - 1),
                        Arbitraries.integers().between(0, 11),
                        faults.list().ofMaxSize(12),
                        Arbitraries.integers().between(1, 40))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Property(tries = 600)
    void nothingIsLost_andAllConverge(
            @ForAll("histories") List<Step> steps, @ForAll("readable") Kind kind, @ForAll boolean late) {
        World world = new World(kind, 3);
        world.server.lateListings = late && kind != Kind.UNTRUSTED; // there a late listing is a lie
        steps.forEach(world::play);
        world.end();
    }

    @Property(tries = 200)
    void writeOnlyTarget_isNeverOverwrittenUnasked_andEndsLikeTheLaptop(@ForAll("histories") List<Step> steps) {
        World world = new World(Kind.WRITE_ONLY, 1);
        steps.forEach(world::play);
        world.end();
    }

    @Property(tries = 150)
    void blockedNames_areUsableAgainInTheEnd(@ForAll("histories") List<Step> steps) {
        World world = new World(Kind.REVISED, 2);
        world.server.blockedFor = 3;
        steps.forEach(world::play);
        world.end();
    }

    @Property(tries = 150)
    void whatIsTakenOver_isLostNeither(@ForAll("histories") List<Step> steps, @ForAll("readable") Kind kind) {
        World world = new World(kind, 2, true);
        steps.forEach(world::play);
        world.end();
    }

    @Provide
    Arbitrary<Kind> readable() {
        return Arbitraries.of(Kind.PLAIN, Kind.VERSIONED, Kind.UNTRUSTED, Kind.REVISED);
    }

    private static final class World {
        final MeanServer server;
        final List<Laptop> laptops = new ArrayList<>();
        /** Every value that somebody set, with its key. */
        final Set<String> set = new HashSet<>();
        /** What the server held and nobody but coffer took away. */
        final Map<String, String> heldThere = new HashMap<>();
        /** What was purged here and is nowhere but on the server, until the deletion has travelled. */
        final Set<String> givenUp = new HashSet<>();

        final Map<SecretName, Map<String, String>> foreign = new TreeMap<>();
        int counter;

        final boolean adopt;

        World(Kind kind, int count) {
            this(kind, count, false);
        }

        World(Kind kind, int count, boolean adopt) {
            this.adopt = adopt;
            server = new MeanServer(kind);
            for (int i = 0; i < count; i++) {
                laptops.add(new Laptop("laptop" + i, server, "", List.of(), Direction.BOTH, adopt));
            }
        }

        private String fresh(String key) {
            String value = "v" + ++counter;
            set.add(key + "=" + value);
            return value;
        }

        void play(Step step) {
            Laptop laptop = laptops.get(step.laptop() % laptops.size());
            String name = NAMES.get(step.name());
            String key = KEYS.get(step.other() % KEYS.size());
            Map<String, String> now = new HashMap<>(laptop.store.contents().getOrDefault(name, Map.of()));
            switch (step.deed()) {
                case PUT -> {
                    now.put(key, fresh(key));
                    laptop.store.put(name, now);
                }
                case PUT_TWO -> {
                    for (String one : KEYS) {
                        now.put(one, fresh(one));
                    }
                    laptop.store.put(name, now);
                }
                case REMOVE_KEY -> {
                    if (now.size() > 1 && now.remove(key) != null) {
                        laptop.store.put(name, now);
                    }
                }
                case DELETE -> laptop.store.live(name).ifPresent(entry -> laptop.store.delete(name));
                case RENAME -> {
                    String to = NAMES.get(step.other() % NAMES.size());
                    if (laptop.store.live(name).isPresent()
                            && laptop.store.live(to).isEmpty()) {
                        laptop.store.rename(name, to);
                    }
                }
                case PURGE -> {
                    // What is purged is given up on purpose, also where the deletion is still to travel.
                    if (laptop.store.live(name).isEmpty()) {
                        remember();
                        Set<String> before = remembered(laptop);
                        laptop.store.purge(name);
                        before.removeAll(remembered(laptop));
                        before.stream().filter(value -> !isHere(value)).forEach(givenUp::add);
                        heldThere.keySet().removeAll(before);
                        heldThere.keySet().removeIf(value -> !isSomewhere(value));
                    }
                }
                case SYNC -> sync(laptop, step, false);
                case SYNC_MIRRORED -> sync(laptop, step, true);
                case STATUS -> {
                    int calls = server.calls.size();
                    laptop.states();
                    assertEquals(calls, server.calls.size(), "status asks no target");
                }
                case RESOLVE -> resolve(laptop, name, CHOICES.get(step.other() % CHOICES.size()));
                case EDIT_THERE -> {
                    if (server.secrets.containsKey(SecretName.of(name)) && !foreign.containsKey(SecretName.of(name))) {
                        Map<String, String> there =
                                new HashMap<>(server.contents().get(name));
                        there.put(key, fresh(key));
                        forgetThere(name);
                        server.set(name, there, true);
                    }
                }
                case REMOVE_THERE -> {
                    if (!foreign.containsKey(SecretName.of(name))) {
                        forgetThere(name);
                        server.remove(name);
                    }
                }
                case FOREIGN_THERE -> {
                    if (adopt) { // somebody put their own in the place of ours, or beside it
                        forgetThere(name);
                        server.remove(name);
                        server.set(name, Map.of(key, fresh(key)), false);
                        return;
                    }
                    SecretName there = SecretName.of("foreign/" + name);
                    Map<String, String> content = Map.of(key, "foreign");
                    foreign.put(there, content);
                    server.set(there.value(), content, false);
                }
            }
            check();
        }

        /** Somebody else replaced or removed it by hand: that is not coffer's doing. */
        private void forgetThere(String name) {
            server.contents().getOrDefault(name, Map.of()).forEach((key, value) -> heldThere.remove(key + "=" + value));
        }

        private void sync(Laptop laptop, Step step, boolean mirror) {
            remember();
            List<Fault> faults = new ArrayList<>(step.faults());
            server.faults = call -> faults.isEmpty() ? Fault.NONE : faults.remove(0);
            int[] left = {step.crash()};
            if (step.crash() <= 12) {
                laptop.store.steps = where -> {
                    if (--left[0] == 0) {
                        throw new Crash(where);
                    }
                };
            }
            try {
                laptop.run(mirror);
            } catch (Crash | CofferException e) {
                // It goes on from there the next time.
            } finally {
                server.faults = call -> Fault.NONE;
                laptop.store.steps = where -> {};
            }
        }

        private void resolve(Laptop laptop, String name, Conflict.Choice choice) {
            remember();
            try {
                laptop.resolve(name, server.kind == Kind.WRITE_ONLY ? Conflict.Choice.OURS : choice);
            } catch (CofferException e) {
                // There was nothing to decide.
            }
        }

        private void remember() {
            server.secrets.forEach((name, stored) -> {
                if (!foreign.containsKey(name)) {
                    stored.content.forEach((key, value) -> heldThere.put(key + "=" + value, name.value()));
                }
            });
            heldThere.keySet().removeAll(givenUp);
        }

        private Set<String> remembered(Laptop laptop) {
            return set.stream()
                    .filter(entry -> laptop.store.remembers(key(entry), text(entry)))
                    .collect(Collectors.toCollection(HashSet::new));
        }

        private static String key(String entry) {
            return entry.substring(0, entry.indexOf('='));
        }

        private static String text(String entry) {
            return entry.substring(entry.indexOf('=') + 1);
        }

        private boolean isHere(String entry) {
            return laptops.stream().anyMatch(laptop -> laptop.store.remembers(key(entry), text(entry)));
        }

        private boolean isSomewhere(String entry) {
            return isHere(entry)
                    || server.secrets.values().stream()
                            .anyMatch(stored -> text(entry).equals(stored.content.get(key(entry))));
        }

        private void check() {
            foreign.forEach((name, content) ->
                    assertEquals(content, server.contents().get(name.value()), "nobody touched " + name));
            server.secrets.forEach((name, stored) -> {
                if (!foreign.containsKey(name)) {
                    stored.content.forEach((key, value) ->
                            assertTrue(set.contains(key + "=" + value), "somebody set " + key + "=" + value));
                }
            });
            if (server.kind != Kind.WRITE_ONLY) {
                heldThere.keySet().forEach(entry -> assertTrue(isSomewhere(entry), entry + " is lost"));
            }
        }

        /** All faults are over, all conflicts are decided: everybody ends up with the same. */
        void end() {
            server.lateListings = false;
            server.faults = call -> Fault.NONE;
            for (int round = 0; round < 12; round++) {
                for (Laptop laptop : laptops) {
                    remember();
                    laptop.run(true);
                    for (Item item : laptop.plan().items()) {
                        assertFalse(item.alarm(), () -> "the server is honest: " + item);
                        boolean open = item.state() == SyncState.CONFLICT || item.state() == SyncState.UNKNOWN;
                        if (open && !foreign.containsKey(item.name())) {
                            resolve(laptop, item.name().value(), Conflict.Choice.OURS);
                        }
                    }
                    laptop.run(true);
                    check();
                }
            }
            Map<String, Map<String, String>> there = server.contents();
            foreign.keySet().forEach(name -> there.remove(name.value()));
            for (Laptop laptop : laptops) {
                assertEquals(there, laptop.store.contents());
                assertEquals(0, laptop.intents());
                server.calls.clear();
                laptop.run(true);
                assertTrue(
                        server.calls.stream()
                                .noneMatch(call -> call.startsWith("register")
                                        || call.startsWith("update")
                                        || call.startsWith("delete")),
                        () -> "once more writes nothing: " + server.calls);
                long records = laptop.store.recordCount(dev.coffer.secrets.SyncStore.BASE);
                long remembered = server.kind == Kind.UNTRUSTED ? server.buried.size() : 0;
                assertTrue(
                        records >= there.size() && records <= there.size() + remembered,
                        () -> "one base for each secret: " + records);
            }
        }
    }
}
