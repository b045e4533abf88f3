package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every plan of up to five actions, with every call to the target and every transaction of the journal failing once, in
 * every way: before it, after it, with the process alive or dead. The next run always ends where the undisturbed one does.
 */
@Tag("campaign")
class SyncFaultsTest {
    /** What a plan can do to a secret, each to one of its own. */
    private enum Action {
        PUSH_NEW,
        PUSH_CHANGE,
        PUSH_DELETION,
        PUSH_RENAME,
        PULL_NEW,
        PULL_CHANGE,
        PULL_DELETION,
        MERGE;

        String secret() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        boolean isThereBefore() {
            return this != PUSH_NEW && this != PULL_NEW;
        }

        void happen(Laptop laptop) {
            MemorySyncStore here = laptop.store;
            MeanServer there = laptop.server;
            switch (this) {
                case PUSH_NEW, PUSH_CHANGE -> here.put(secret(), Map.of("k", "here", "same", "1"));
                case PUSH_DELETION -> here.delete(secret());
                case PUSH_RENAME -> here.rename(secret(), secret() + "/new");
                case PULL_NEW, PULL_CHANGE -> there.set(secret(), Map.of("k", "there", "same", "1"), true);
                case PULL_DELETION -> there.remove(secret());
                case MERGE -> {
                    here.put(secret(), Map.of("k", "here", "same", "1"));
                    there.set(secret(), Map.of("k", "1", "same", "there"), true);
                }
            }
        }

        void expect(Map<String, Map<String, String>> contents) {
            switch (this) {
                case PUSH_NEW, PUSH_CHANGE -> contents.put(secret(), Map.of("k", "here", "same", "1"));
                case PULL_NEW, PULL_CHANGE -> contents.put(secret(), Map.of("k", "there", "same", "1"));
                case PUSH_RENAME -> contents.put(secret() + "/new", Map.of("k", "1", "same", "1"));
                case MERGE -> contents.put(secret(), Map.of("k", "here", "same", "there"));
                case PUSH_DELETION, PULL_DELETION -> {}
            }
        }
    }

    /** How one event fails. */
    private enum Failure {
        BEFORE,
        UNANSWERED,
        DEAD_BEFORE,
        DEAD_AFTER
    }

    private static final class Run {
        final MeanServer server;
        final Laptop laptop;
        final List<Action> actions;
        int events;

        Run(Kind kind, List<Action> actions) {
            this.server = new MeanServer(kind);
            this.laptop = new Laptop("a", server);
            this.actions = actions;
            actions.stream()
                    .filter(Action::isThereBefore)
                    .forEach(action -> laptop.store.put(action.secret(), Map.of("k", "1", "same", "1")));
            laptop.run();
            actions.forEach(action -> action.happen(laptop));
        }

        /** Fails the event of that number; counts them all. */
        void disturb(int number, Failure failure) {
            server.faults = call -> {
                if (++events != number) {
                    return Fault.NONE;
                }
                return switch (failure) {
                    case BEFORE -> Fault.LOST;
                    case UNANSWERED -> Fault.UNANSWERED;
                    case DEAD_BEFORE -> Fault.CRASH_BEFORE;
                    case DEAD_AFTER -> Fault.CRASH_AFTER;
                };
            };
            laptop.store.steps = where -> {
                boolean before = where.startsWith("before");
                if (before) {
                    events++;
                }
                // The store answers or the process dies with it.
                boolean fails = before
                        ? failure == Failure.BEFORE || failure == Failure.DEAD_BEFORE
                        : failure == Failure.UNANSWERED || failure == Failure.DEAD_AFTER;
                if (events == number && fails) {
                    throw new Crash(where);
                }
            };
            try {
                laptop.run();
            } catch (Crash | CofferException e) {
                // The next run goes on from there.
            } finally {
                server.faults = call -> Fault.NONE;
                laptop.store.steps = where -> {};
            }
        }

        void requireEnd(String what) {
            Map<String, Map<String, String>> expected = new TreeMap<>();
            actions.forEach(action -> action.expect(expected));
            assertEquals(expected, server.contents(), what);
            assertEquals(expected, laptop.store.contents(), what);
            assertEquals(0, laptop.intents(), what);
            long remembered = server.kind == Kind.UNTRUSTED ? server.buried.size() : 0;
            long bases = laptop.store.recordCount(dev.coffer.secrets.SyncStore.BASE);
            assertTrue(bases >= expected.size() && bases <= expected.size() + remembered, what);
            server.calls.clear();
            laptop.run();
            assertTrue(
                    server.calls.stream().noneMatch(call -> call.matches("(register|update|delete).*")),
                    () -> what + " writes once more: " + server.calls);
        }
    }

    @ParameterizedTest
    @CsvSource({"REVISED,5", "VERSIONED,3", "UNTRUSTED,3", "PLAIN,3"})
    void everyEventFailsOnce_andTheNextRunFinishes(Kind kind, int most) {
        int runs = 0;
        for (List<Action> actions : plans(most)) {
            Run calm = new Run(kind, actions);
            calm.disturb(0, Failure.BEFORE);
            calm.requireEnd(actions.toString());
            assertTrue(calm.events > 2, "the plan does something");
            for (int number = 1; number <= calm.events; number++) {
                for (Failure failure : Failure.values()) {
                    String what = actions + ", event " + number + " fails: " + failure;
                    Run run = new Run(kind, actions);
                    run.disturb(number, failure);
                    run.laptop.run();
                    run.laptop.run();
                    run.requireEnd(what);
                    runs++;
                }
            }
        }
        assertTrue(runs > 1_000, "many ways to fail: " + runs);
    }

    private static List<List<Action>> plans(int most) {
        List<List<Action>> plans = new ArrayList<>();
        List<Action> all = List.of(Action.values());
        for (int bits = 1; bits < 1 << all.size(); bits++) {
            if (Integer.bitCount(bits) <= most) {
                List<Action> actions = new ArrayList<>();
                for (int i = 0; i < all.size(); i++) {
                    if ((bits & 1 << i) != 0) {
                        actions.add(all.get(i));
                    }
                }
                plans.add(actions);
            }
        }
        return plans;
    }
}
