package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WrongKeyException;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.MeanServer.Stored;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several conflicts at once, plans that take two steps, and targets that are gone or do not open. */
class ConflictsTest {
    private static final Map<String, String> ONE = Map.of("user", "ada", "password", "p1");
    private static final Map<String, String> HERE = Map.of("user", "ada", "password", "here");
    private static final Map<String, String> THERE = Map.of("user", "ada", "password", "there");

    private static final SecretName DB = SecretName.of("db");

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

    // What is kept of the loser, and what is told of it.

    private static Conflict.Decided decided(List<Long> kept) {
        return new Conflict.Decided(DB, Optional.empty(), kept, false);
    }

    /** Both changed two keys differently; each of them can be decided by itself. */
    private void twoKeys() {
        laptop.store.put("db", Map.of("user", "ada", "password", "p1"));
        laptop.run();
        laptop.store.put("db", Map.of("user", "mine", "password", "mine"));
        server.set("db", Map.of("user", "theirs", "password", "theirs"), true);
    }

    private Conflict.Decided decide(Choice choice, Map<String, Choice> keys) {
        try (Conflict conflict = laptop.sync.conflict(laptop.target(), DB)) {
            return conflict.resolve(choice, keys);
        }
    }

    private List<String> origins() {
        return laptop.store.origins("db");
    }

    @Test
    void allOurs_keepsTheirsAlone() {
        twoKeys();
        assertEquals(decided(List.of(3L)), decide(Choice.OURS, Map.of("user", Choice.OURS, "password", Choice.OURS)));
        assertEquals(List.of("user", "user", "conflict with team: theirs", "conflict with team: resolved"), origins());
    }

    @Test
    void allTheirs_keepsOursAlone() {
        twoKeys();
        assertEquals(
                decided(List.of(3L)), decide(Choice.THEIRS, Map.of("user", Choice.THEIRS, "password", Choice.THEIRS)));
        assertEquals(List.of("user", "user", "conflict with team: ours", "conflict with team: resolved"), origins());
    }

    @Test
    void someOfEach_keepsBoth() {
        twoKeys();
        assertEquals(
                decided(List.of(3L, 4L)),
                decide(Choice.THEIRS, Map.of("user", Choice.THEIRS, "password", Choice.OURS)));
        assertEquals(
                List.of(
                        "user",
                        "user",
                        "conflict with team: theirs",
                        "conflict with team: ours",
                        "conflict with team: resolved"),
                origins());
        assertEquals(
                Map.of("user", "theirs", "password", "mine"),
                laptop.store.contents().get("db"));
        Item item = laptop.plan().items().get(0);
        assertEquals(5, item.localVersion());
        assertEquals(5, item.base().localVersion(), "what was written is what is noted");
    }

    @Test
    void decision_isSentAsAnOrdinaryChange_andWritesNothingItself() {
        twoKeys();
        server.calls.clear();
        laptop.resolve("db", Choice.OURS);
        assertTrue(server.calls.stream().noneMatch(call -> call.startsWith("update")), server.calls.toString());

        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(
                Map.of("user", "mine", "password", "mine"), server.contents().get("db"));
    }

    @Test
    void conflict_showsBothContents_untilItIsClosed() {
        twoKeys();
        Conflict conflict = laptop.sync.conflict(laptop.target(), DB);
        Secret ours = conflict.ours().orElseThrow();
        Secret theirs = conflict.theirs().orElseThrow();
        assertEquals("mine", ours.value("user").revealText());
        assertEquals("theirs", theirs.value("user").revealText());

        conflict.close();

        assertThrows(IllegalStateException.class, () -> ours.value("user").revealText());
        assertThrows(IllegalStateException.class, () -> theirs.value("user").revealText());
    }

    @Test
    void keepBoth_takesANameThatNobodyHas() {
        for (String name : List.of("db-theirs", "db-theirs-2", "gone")) {
            laptop.store.put(name, ONE);
        }
        laptop.store.rename("gone", "db-theirs-3");
        laptop.store.delete("db-theirs-3");
        twoKeys();

        Conflict.Decided decided = laptop.resolve("db", Choice.KEEP_BOTH);

        assertEquals(Optional.of(SecretName.of("db-theirs-4")), decided.beside());
        assertEquals(
                Map.of("user", "theirs", "password", "theirs"),
                laptop.store.contents().get("db-theirs-4"));
        assertEquals(List.of("conflict with team: theirs"), laptop.store.origins("db-theirs-4"));
        assertEquals(List.of(3L), decided.kept());
    }

    @Test
    void deletionThere_decidedForThem_keepsOurs_andForUs_bringsItBack() {
        laptop.store.put("db", ONE);
        laptop.run();
        laptop.store.put("db", HERE);
        server.remove("db");

        try (Conflict conflict = laptop.sync.conflict(laptop.target(), DB)) {
            assertEquals(Optional.empty(), conflict.theirs());
            assertEquals(decided(List.of()), conflict.resolve(Choice.OURS));
        }
        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(Map.of("db", HERE), server.contents());

        laptop.store.put("db", ONE);
        server.remove("db");
        assertEquals(decided(List.of(4L)), laptop.resolve("db", Choice.THEIRS));
        assertEquals(Map.of(), laptop.store.contents());
        assertTrue(laptop.store.remembers("password", "p1"));
        laptop.run();
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void deletionHere_decidedForUs_keepsTheirs_andForThem_bringsItBack() {
        laptop.store.put("db", ONE);
        laptop.run();
        laptop.store.delete("db");
        server.set("db", THERE, true);

        try (Conflict conflict = laptop.sync.conflict(laptop.target(), DB)) {
            assertEquals(Optional.empty(), conflict.ours());
            assertEquals(decided(List.of(3L)), conflict.resolve(Choice.OURS));
        }
        assertTrue(laptop.store.remembers("password", "there"));
        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(Map.of(), server.contents());

        laptop.store.put("db", ONE);
        laptop.run();
        laptop.store.delete("db");
        server.set("db", THERE, true);
        assertEquals(decided(List.of()), laptop.resolve("db", Choice.THEIRS));
        assertEquals(Map.of("db", THERE), laptop.store.contents());
        assertEquals("conflict with team: theirs", origins().get(origins().size() - 1));
        assertEquals(Map.of("db", THERE), server.contents());
    }

    /** What is brought back has to fit its schema; what stays deleted has not. */
    @Test
    void deletionHere_againstWhatFitsNoSchema_canOnlyBeDecidedForTheDeletion() {
        laptop.store.put("db", ONE);
        laptop.run();
        laptop.store.delete("db");
        server.set("db", THERE, true);
        laptop.store.schemas = secret -> {
            throw new InvalidException("secret db lacks a key", "db", null);
        };

        assertThrows(InvalidException.class, () -> laptop.resolve("db", Choice.THEIRS));
        assertEquals(Map.of(), laptop.store.contents());
        assertEquals(decided(List.of(3L)), laptop.resolve("db", Choice.OURS));
    }

    @Test
    void foreignOne_isTakenOverOnlyByATargetThatAdopts() {
        MeanServer other = new MeanServer(Kind.REVISED);
        Laptop strict = new Laptop("b", other);
        strict.store.put("db", HERE);
        other.set("db", THERE, false);
        ConflictException e = assertThrows(ConflictException.class, () -> strict.resolve("db", Choice.OURS));
        assertEquals("secret db on team is not coffer's own", e.getMessage());
        assertEquals(false, other.kept("db").owned);
        assertEquals(List.of("user"), strict.store.origins("db"));

        MeanServer third = new MeanServer(Kind.REVISED);
        Laptop adopting = new Laptop("c", third, "", List.of(), Direction.BOTH, true);
        adopting.store.put("db", HERE);
        third.set("db", THERE, false);
        adopting.resolve("db", Choice.OURS);
        assertTrue(third.kept("db").owned);
        assertEquals(Map.of("db", Result.DONE), adopting.run());
        assertEquals(Map.of("db", HERE), third.contents());
    }

    @Test
    void conflictThatMovedSinceItWasListed_isNotOpened() {
        twoKeys();
        try (Sync.Conflicts conflicts = laptop.sync.conflicts(laptop.target())) {
            Item item = conflicts.items().get(0);
            server.set("db", ONE, true);
            ConflictException e = assertThrows(ConflictException.class, () -> conflicts.open(item));
            assertEquals("secret db on team is not as it was a moment ago", e.getMessage());
            server.remove("db");
            assertThrows(ConflictException.class, () -> conflicts.open(item));
        }
        assertEquals(List.of("user", "user"), origins());
    }

    /** What somebody put back is not merged with what is here: one of the two is it, whole. */
    @ParameterizedTest
    @EnumSource(
            value = Choice.class,
            names = {"OURS", "THEIRS"})
    void whatWasPutBack_isDecidedAsAWhole_andTheLoserIsKept(Choice choice) {
        MeanServer untrusted = new MeanServer(Kind.UNTRUSTED);
        Laptop b = new Laptop("b", untrusted);
        b.store.put("db", Map.of("user", "ada", "password", "old"));
        b.run();
        Stored before = untrusted.kept("db");
        b.store.put("db", Map.of("user", "ada", "password", "new", "port", "1"));
        b.run();
        untrusted.putBack("db", before);

        try (Conflict conflict = b.sync.conflict(b.target(), DB)) {
            assertTrue(conflict.item().alarm());
            assertEquals(List.of(), conflict.keys());
            assertEquals(decided(List.of(3L)), conflict.resolve(choice));
        }

        boolean ours = choice == Choice.OURS;
        assertEquals(
                List.of(
                        "user",
                        "user",
                        "conflict with team: " + (ours ? "theirs" : "ours"),
                        "conflict with team: resolved"),
                b.store.origins("db"));
        assertEquals(
                ours ? Map.of("user", "ada", "password", "new", "port", "1") : Map.of("user", "ada", "password", "old"),
                b.store.contents().get("db"));
        assertTrue(b.store.remembers("password", ours ? "old" : "new"));
    }

    @Test
    void whatWasReadForADecision_isClosedAgain_alsoIfNothingCanBeDecided() {
        twoKeys();
        try (Sync.Conflicts conflicts = laptop.sync.conflicts(laptop.target())) {
            Item item = conflicts.items().get(0);
            server.set("db", Map.of("user", "third", "password", "third"), true);
            assertThrows(ConflictException.class, () -> conflicts.open(item));
        }
        Laptop strict = new Laptop("b", server);
        server.secrets.put(SecretName.of("foreign"), new Stored(++server.clock, THERE, false));
        strict.store.put("foreign", HERE);
        assertThrows(ConflictException.class, () -> strict.resolve("foreign", Choice.OURS));
        laptop.resolve("db", Choice.KEEP_BOTH);

        assertTrue(server.handedOut.size() >= 4, server.handedOut.toString());
        server.handedOut.forEach(secret -> assertThrows(
                IllegalStateException.class, () -> secret.value("password").revealText(), secret::toString));
    }

    // Targets that cannot be read.

    private static Laptop writeOnly(MeanServer server) {
        return new Laptop("w", server);
    }

    @Test
    void writeOnly_deletionThere_decidedForUs_isRegisteredAgain() {
        MeanServer blind = new MeanServer(Kind.WRITE_ONLY);
        Laptop w = writeOnly(blind);
        w.store.put("db", ONE);
        w.run();
        blind.remove("db");

        assertEquals(decided(List.of()), w.resolve("db", Choice.OURS));
        assertEquals(Map.of("db", Result.DONE), w.run());
        assertEquals(Map.of("db", ONE), blind.contents());
        assertEquals(Map.of("db", SyncState.ASSUMED), w.states());
    }

    @Test
    void writeOnly_openWrites_areDecidedOneByOne() {
        MeanServer blind = new MeanServer(Kind.WRITE_ONLY);
        Laptop w = writeOnly(blind);
        w.store.put("api", ONE);
        w.store.put("db", ONE);
        blind.faults = call -> call.startsWith("register") ? Fault.UNANSWERED : Fault.NONE;
        assertEquals(Map.of("api", Result.UNKNOWN, "db", Result.UNKNOWN), w.run());
        blind.faults = call -> Fault.NONE;
        assertEquals(2, w.intents());

        assertEquals(decided(List.of()), w.resolve("db", Choice.OURS));
        assertEquals(1, w.intents());
        assertEquals(Map.of("api", Result.HELD, "db", Result.DONE), w.run());
        assertEquals(Map.of("api", SyncState.UNKNOWN, "db", SyncState.ASSUMED), w.states());
    }

    /** An old name that is still to be deleted is no write of the secret that is decided about. */
    @Test
    void writeOnly_decision_forgetsNoOldName() {
        MeanServer blind = new MeanServer(Kind.WRITE_ONLY);
        Laptop w = writeOnly(blind);
        w.store.put("old", ONE);
        w.store.put("db", ONE);
        w.run();
        w.store.rename("old", "new");
        blind.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;
        w.run();
        assertEquals(1, w.intents());
        blind.set("db", THERE, true);

        w.resolve("db", Choice.OURS);

        assertEquals(1, w.intents());
        blind.faults = call -> Fault.NONE;
        w.run();
        assertEquals(Map.of("new", ONE, "db", ONE), blind.contents());
        assertEquals(0, w.intents());
    }
}
