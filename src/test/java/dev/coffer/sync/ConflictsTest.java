package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Several conflicts at once, plans that take two steps, and targets that are gone or do not open. */
class ConflictsTest {
    private static final Map<String, String> ONE = Map.of("user", "ada", "password", "p1");
    private static final Map<String, String> HERE = Map.of("user", "ada", "password", "here");
    private static final Map<String, String> THERE = Map.of("user", "ada", "password", "there");

    private final MeanServer server = new MeanServer(Kind.REVISED);
    private final Laptop laptop = new Laptop("a", server);

    private static Map<String, Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.item().name().value(), Outcome::result));
    }

    @Test
    void severalConflicts_areDecidedWithOneListing() {
        for (String name : List.of("a", "b", "c", "quiet")) {
            laptop.store.put(name, ONE);
        }
        laptop.run();
        for (String name : List.of("a", "b", "c")) {
            laptop.store.put(name, HERE);
            server.set(name, THERE, true);
        }
        server.calls.clear();

        try (Sync.Conflicts conflicts = laptop.sync.conflicts(laptop.target())) {
            assertEquals(
                    List.of("a", "b", "c"),
                    conflicts.items().stream().map(item -> item.name().value()).toList());
            for (Item item : conflicts.items()) {
                try (Conflict conflict = conflicts.open(item)) {
                    conflict.resolve(item.name().value().equals("b") ? Choice.THEIRS : Choice.OURS);
                }
            }
        }

        assertEquals(1, server.calls.stream().filter("list"::equals).count(), server.calls.toString());
        laptop.run();
        assertEquals(Map.of("a", HERE, "b", THERE, "c", HERE, "quiet", ONE), server.contents());
        assertEquals(server.contents(), laptop.store.contents());
        assertTrue(laptop.store.remembers("password", "there"));
        assertTrue(laptop.store.remembers("password", "here"));
    }

    @Test
    void planOfARenamedSecretThatChangedThere_isCarriedOutToItsEnd() {
        laptop.store.put("old", ONE);
        laptop.run();
        laptop.store.rename("old", "new");
        server.set("old", THERE, true);

        List<Outcome> outcomes = laptop.sync.synchronize(laptop.plan(), Progress.NONE);

        assertEquals(Map.of("new", Result.DONE), results(outcomes));
        assertEquals(Map.of("new", THERE), server.contents());
        assertEquals(Map.of("new", THERE), laptop.store.contents());
    }

    /** The plan is what somebody agreed to: what was deleted since is not part of it. */
    @Test
    void secondStepOfAPlan_deletesNothingThatThePlanDidNot() {
        for (String name : List.of("old", "gone", "later")) {
            laptop.store.put(name, ONE);
        }
        laptop.run();
        laptop.store.rename("old", "new");
        server.set("old", THERE, true);
        laptop.store.delete("gone");
        Plan plan = laptop.plan();
        server.remove("later");

        List<Outcome> outcomes = laptop.sync.synchronize(plan, Progress.NONE);

        assertEquals(Map.of("new", Result.DONE, "gone", Result.DONE, "later", Result.HELD), results(outcomes));
        assertEquals(ONE, laptop.store.contents().get("later"));
    }

    @Test
    void deletionThatFailed_isNotCalledHeldAfterTheSecondStep() {
        for (String name : List.of("old", "gone")) {
            laptop.store.put(name, ONE);
        }
        laptop.run();
        laptop.store.rename("old", "new");
        server.set("old", THERE, true);
        laptop.store.delete("gone");
        server.faults = call -> call.startsWith("delete") ? Fault.LOST : Fault.NONE;

        List<Outcome> outcomes = laptop.sync.synchronize(laptop.plan(), Progress.NONE);

        assertEquals(Result.FAILED, results(outcomes).get("new"), "the old name is still there");
        assertTrue(
                List.of(Result.FAILED, Result.UNKNOWN)
                        .contains(results(outcomes).get("gone")),
                outcomes.toString());
    }

    @Test
    void secretWhoseSchemaIsMissing_isRefused_andNotCalledMoved() {
        laptop.store.put("a", ONE);
        server.faults = call -> {
            if (call.equals("list")) {
                return Fault.NONE;
            }
            throw new NoSuchSchemaException("there is no schema named 'warehouse'", "warehouse", null);
        };

        assertEquals(Map.of("a", Result.FAILED), laptop.run());
    }

    @Test
    void whatAOneWayCommandLeaves_isSaidByTheWayOutOfIt() {
        laptop.store.put("here", ONE);
        server.set("there", ONE, true);

        String push = held(Direction.PULL, "here");
        String pull = held(Direction.PUSH, "there");

        assertEquals("a push sends it", push);
        assertEquals("a pull takes it over", pull);
        Laptop oneWay = new Laptop("b", server, "", List.of(), Direction.PUSH, false);
        assertEquals(
                "changes do not come from this target",
                oneWay.plan().items().get(0).held());
    }

    private String held(Direction direction, String name) {
        return laptop.sync.plan(laptop.target(), direction, false).items().stream()
                .filter(item -> item.name().value().equals(name))
                .map(Item::held)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void targetWhoseManagerIsGone_isNamed_andKeepsItsName() {
        Sync sync = new Sync(laptop.store, gone(), Laptop.CLOCK);
        SyncTarget target = sync.target("team");

        assertEquals("team", target.name());
        NoSuchRecordException e =
                assertThrows(NoSuchRecordException.class, () -> sync.plan(target, Direction.BOTH, false));
        assertTrue(e.getMessage().contains("target team is gone"), e.getMessage());
        sync.remove(target);
        assertEquals(List.of(), sync.targets());
    }

    private static Sync.Managers gone() {
        return new Sync.Managers() {
            @Override
            public Set<SecretName> credentials() {
                return Set.of();
            }

            @Override
            public String place(UUID id) {
                return "here";
            }

            @Override
            public Optional<String> name(UUID id) {
                return Optional.empty();
            }

            @Override
            public SecretsManager open(UUID id) {
                throw new AssertionError("there is none");
            }
        };
    }

    /** Otherwise nobody could name the old one to forget it. */
    @Test
    void add_whenATargetWhoseManagerIsGoneHasTheName_isRefused() {
        MeanServer other = new MeanServer(Kind.PLAIN);
        Sync sync = new Sync(laptop.store, other.managers(), Laptop.CLOCK);

        assertThrows(
                RecordExistsException.class, () -> sync.add(other.componentId, "", List.of(), Direction.BOTH, false));
    }

    /** Whoever mends that need not wait until it is tried again. */
    @Test
    void targetThatDoesNotOpen_isRemembered_andDoesNotRest() {
        laptop.run();
        server.faults = call -> {
            throw new WrongKeyException("the key of team does not open it", "team", null);
        };
        assertThrows(WrongKeyException.class, laptop::plan);

        SyncStatus status = laptop.sync.status(laptop.target());
        assertEquals("the key of team does not open it", status.trouble());
        assertEquals(null, status.unreachableSince());
        assertEquals(false, laptop.sync.isResting(laptop.target()));
        server.faults = call -> Fault.NONE;
        laptop.plan();
        assertEquals(null, laptop.sync.status(laptop.target()).trouble());
    }
}
