package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.Outcome.Result;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One or two laptops and a server, step by step. */
class SyncTest {
    private static final Map<String, String> ONE = Map.of("user", "ada", "password", "p1");

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"WRITE_ONLY"},
            mode = EnumSource.Mode.EXCLUDE)
    void push_thenPullOnAnotherLaptop_bringsTheSecret(Kind kind) {
        MeanServer server = new MeanServer(kind);
        Laptop a = new Laptop("a", server);
        Laptop b = new Laptop("b", server);
        a.store.put("db", ONE);

        assertEquals(Map.of("db", Result.DONE), a.run());
        assertEquals(Map.of("db", Result.DONE), b.run());

        assertEquals(Map.of("db", ONE), b.store.contents());
        assertEquals(Map.of("db", Result.NOTHING), a.run());
        assertEquals(Map.of("db", SyncState.CLEAN), b.states());
        assertEquals(List.of("sync from team"), b.store.origins("db"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingChanged_makesNoWrite(Kind kind) {
        MeanServer server = new MeanServer(kind);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.store.put("api", ONE);
        a.run();
        server.calls.clear();

        assertTrue(a.plan().isEmpty());

        long reads = kind == Kind.PLAIN ? 2 : 0; // without revisions only reading tells
        assertEquals(1 + reads, server.calls.size(), server.calls.toString());
    }

    @Test
    void whatOpensSecretsManagers_neitherGoesNorComes_unlessItIsNamed() {
        MeanServer server = new MeanServer(Kind.REVISED);
        server.credentials = Set.of(SecretName.of("token"));
        Laptop a = new Laptop("a", server);
        Laptop named = new Laptop("b", server, "", List.of("*", "token"), Direction.BOTH, false);
        a.store.put("db", ONE);
        a.store.put("token", Map.of("value", "mine"));
        named.store.put("token", Map.of("value", "theirs"));

        assertEquals(Map.of("db", Result.DONE), a.run());
        assertEquals(Map.of("db", ONE), server.contents());
        named.run();
        assertEquals(Map.of("db", Result.NOTHING), a.run());

        assertEquals("theirs", value(server.contents(), "token", "value"));
        assertEquals("mine", value(a.store.contents(), "token", "value"));
        assertEquals(Set.of(SecretName.of("token")), a.sync.atHome(a.target()));
        assertEquals(Set.of(), named.sync.atHome(named.target()));
    }

    @Test
    void whatWasThereBefore_isHeld_onceItBecomesACredential_unlessItIsNamed() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("token", Map.of("value", "one"));
        a.run();
        server.credentials = Set.of(SecretName.of("token"));
        assertEquals(Map.of("token", Result.NOTHING), a.run());

        a.store.put("token", Map.of("value", "two"));
        assertEquals(Map.of("token", Result.HELD), a.run());
        assertEquals("one", value(server.contents(), "token", "value"));

        a.store.delete("token");
        a.run();
        assertEquals(Map.of(), server.contents());
        a.store.put("token", Map.of("value", "three"));
        assertEquals(Map.of(), a.run());
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void credential_thatTakesANameThatWasSynchronized_staysHere() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        a.store.delete("db");
        a.store.put("token", Map.of("value", "mine"));
        a.store.rename("token", "db");
        server.credentials = Set.of(SecretName.of("db"));

        a.run();

        assertEquals(Map.of("db", ONE), server.contents());
        assertEquals("mine", value(a.store.contents(), "db", "value"));
    }

    @Test
    void targetThatIsBeingSynchronizedWith_cannotBeForgotten_andOneThatIsForgotten_isLeftAlone() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        SyncTarget target = a.target();
        Plan plan = a.plan();
        server.faults = call -> {
            assertThrows(ConflictException.class, () -> a.sync.remove(target));
            return Fault.NONE;
        };
        a.sync.apply(plan, Progress.NONE);
        server.faults = call -> Fault.NONE;
        a.store.put("db", Map.of("user", "grace"));
        Plan later = a.plan();
        a.sync.remove(target);

        assertThrows(NoSuchRecordException.class, () -> a.sync.apply(later, Progress.NONE));
        assertEquals(0, a.store.recordCount(dev.coffer.secrets.SyncStore.BASE));
    }

    /** Looking writes nothing, and excludes nobody. */
    @Test
    void look_keepsNoOtherSynchronizationWaiting() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        UUID target = a.target().id();
        server.faults = call -> {
            a.store.alone(target).orElseThrow().close();
            return Fault.NONE;
        };
        a.plan();
        assertTrue(server.calls.contains("list"));
    }

    /** Everything after it may be settled by the next look. */
    @Test
    void writeWithoutAnswer_thatIsFoundInTheSecondRound_isToldAsItIs() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.set("old", Map.of("user", "grace", "password", "p1"), true);
        a.store.put("x", ONE);
        boolean[] lost = {false};
        server.faults = call -> {
            if (call.equals("register x")) {
                lost[0] = true;
                return Fault.UNANSWERED;
            }
            boolean looks = lost[0] && call.equals("get x");
            lost[0] = lost[0] && !looks;
            return looks ? Fault.LOST : Fault.NONE;
        };

        Map<String, Result> results = a.run();

        assertEquals(Result.NOTHING, results.get("x"));
        assertEquals(ONE, server.contents().get("x"));
    }

    @Test
    void changesOfDifferentKeys_areMerged() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        Laptop b = new Laptop("b", server);
        a.store.put("db", ONE);
        a.run();
        b.run();
        a.store.put("db", Map.of("user", "grace", "password", "p1"));
        b.store.put("db", Map.of("user", "ada", "password", "p2", "port", "1"));

        a.run();
        b.run();
        a.run();

        Map<String, String> merged = Map.of("user", "grace", "password", "p2", "port", "1");
        assertEquals(Map.of("db", merged), a.store.contents());
        assertEquals(Map.of("db", merged), b.store.contents());
        assertEquals(Map.of("db", merged), server.contents());
    }

    @Test
    void sameKeyChangedDifferently_isAConflictThatChangesNothing() {
        MeanServer server = conflict();
        Laptop b = last;

        assertEquals(Map.of("db", Result.HELD), b.run());

        assertEquals("p3", value(b.store.contents(), "db", "password"));
        assertEquals("p2", value(server.contents(), "db", "password"));
        assertEquals(Map.of("db", SyncState.CONFLICT), b.states());
    }

    private static String value(Map<String, Map<String, String>> contents, String name, String key) {
        return contents.getOrDefault(name, Map.of()).getOrDefault(key, "nothing");
    }

    private final MeanServer shared = new MeanServer(Kind.REVISED);
    private final Laptop first = new Laptop("a", shared);
    private final Laptop last = new Laptop("b", shared);

    private MeanServer conflict() {
        first.store.put("db", ONE);
        first.run();
        last.run();
        first.store.put("db", Map.of("user", "ada", "password", "p2"));
        last.store.put("db", Map.of("user", "ada", "password", "p3"));
        first.run();
        return shared;
    }

    @Test
    void resolveOurs_keepsTheirsInHistoryAndPushes() {
        MeanServer server = conflict();

        Conflict.Decided decided = last.resolve("db", Conflict.Choice.OURS);
        assertEquals(Map.of("db", Result.DONE), last.run());

        assertEquals("p3", value(server.contents(), "db", "password"));
        assertTrue(last.store.remembers("password", "p2"));
        assertEquals(1, decided.kept().size());
        assertTrue(last.store.origins("db").contains("conflict with team: theirs"));
        first.run();
        assertEquals("p3", value(first.store.contents(), "db", "password"));
    }

    @Test
    void resolveTheirs_keepsOursInHistory() {
        MeanServer server = conflict();

        last.resolve("db", Conflict.Choice.THEIRS);

        assertEquals("p2", value(last.store.contents(), "db", "password"));
        assertTrue(last.store.remembers("password", "p3"));
        assertTrue(last.store.origins("db").contains("conflict with team: ours"));
        assertEquals(Map.of("db", Result.NOTHING), noted(last));
        assertEquals("p2", value(server.contents(), "db", "password"));
    }

    private static Map<String, Result> noted(Laptop laptop) {
        laptop.run();
        return laptop.run();
    }

    @Test
    void resolveKeepBoth_makesASecondSecret() {
        MeanServer server = conflict();

        Conflict.Decided decided = last.resolve("db", Conflict.Choice.KEEP_BOTH);
        last.run();

        assertEquals("db-theirs", decided.beside().orElseThrow().value());
        assertEquals("p3", value(server.contents(), "db", "password"));
        assertEquals("p2", value(server.contents(), "db-theirs", "password"));
    }

    @Test
    void resolveByKey_takesEachFromItsSide() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        Laptop b = new Laptop("b", server);
        a.store.put("db", ONE);
        a.run();
        b.run();
        a.store.put("db", Map.of("user", "a", "password", "a", "extra", "a"));
        b.store.put("db", Map.of("user", "b", "password", "b"));
        a.run();

        try (Conflict conflict = b.sync.conflict(b.target(), dev.coffer.secrets.SecretName.of("db"))) {
            assertEquals(
                    List.of("password", "user"),
                    conflict.keys().stream().map(KeyChange::key).toList());
            assertThrows(
                    InvalidException.class,
                    () -> conflict.resolve(Conflict.Choice.OURS, Map.of("user", Conflict.Choice.OURS)));
            conflict.resolve(
                    Conflict.Choice.OURS, Map.of("user", Conflict.Choice.OURS, "password", Conflict.Choice.THEIRS));
        }
        b.run();

        Map<String, String> expected = Map.of("user", "b", "password", "a", "extra", "a");
        assertEquals(expected, server.contents().get("db"));
        assertTrue(b.store.remembers("user", "a"));
        assertTrue(b.store.remembers("password", "b"));
    }

    @Test
    void deletionHere_travelsOnlyIfToldTo() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        a.store.delete("db");

        assertEquals(Map.of("db", Result.HELD), a.run(false));
        assertEquals(Map.of("db", SyncState.TOMBSTONE_PENDING), a.states());
        assertTrue(server.contents().containsKey("db"));
        assertEquals(Map.of("db", Result.DONE), a.run(true));
        assertEquals(Map.of(), server.contents());
        assertEquals(Map.of(), a.run());
    }

    @Test
    void purgeHere_isADeletionToo() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        a.store.purge("db");

        assertEquals(Map.of("db", Result.HELD), a.run(false));
        assertEquals(Map.of("db", Result.DONE), a.run(true));
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void deletionThere_leavesATombstoneHere() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        server.remove("db");

        assertEquals(Map.of("db", Result.HELD), a.run(false));
        assertEquals(Map.of("db", Result.DONE), a.run(true));
        assertEquals(Map.of(), a.store.contents());
        assertTrue(a.store.remembers("password", "p1"));
    }

    @Test
    void deletionAgainstEdit_isAConflict_bothWays() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("here", ONE);
        a.store.put("there", ONE);
        a.run();
        a.store.delete("here");
        server.set("here", Map.of("password", "new"), true);
        server.remove("there");
        a.store.put("there", Map.of("password", "mine"));

        assertEquals(Map.of("here", Result.HELD, "there", Result.HELD), a.run());

        a.resolve("here", Conflict.Choice.THEIRS);
        a.resolve("there", Conflict.Choice.OURS);
        a.run();
        assertEquals("new", value(a.store.contents(), "here", "password"));
        assertEquals("mine", value(server.contents(), "there", "password"));
    }

    @Test
    void deletionAgainstEdit_theOtherWayRound() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("here", ONE);
        a.store.put("there", ONE);
        a.run();
        a.store.delete("here");
        server.set("here", Map.of("password", "new"), true);
        server.remove("there");
        a.store.put("there", Map.of("password", "mine"));

        a.resolve("here", Conflict.Choice.OURS);
        a.resolve("there", Conflict.Choice.THEIRS);
        a.run();

        assertEquals(Map.of(), server.contents());
        assertEquals(Map.of(), a.store.contents());
        assertTrue(a.store.remembers("password", "new"));
        assertTrue(a.store.remembers("password", "mine"));
    }

    @Test
    void rename_movesItOnTheTarget() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");

        assertEquals(Map.of("new", Result.DONE), a.run(false));

        assertEquals(Map.of("new", ONE), server.contents());
        assertEquals(0, a.intents());
        assertEquals(Map.of("new", Result.NOTHING), a.run());
    }

    @Test
    void rename_whenTheTargetChangedToo_takesTheChangeFirst() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.set("old", Map.of("user", "ada", "password", "theirs"), true);

        a.run();

        assertEquals("theirs", value(a.store.contents(), "new", "password"));
        assertEquals(Map.of("new", Map.of("user", "ada", "password", "theirs")), server.contents());
    }

    @Test
    void namesExchanged_areExchangedThere() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("x", Map.of("k", "1"));
        a.store.put("y", Map.of("k", "2"));
        a.run();
        a.store.rename("x", "z");
        a.store.rename("y", "x");
        a.store.rename("z", "y");

        a.run();

        assertEquals(Map.of("x", Map.of("k", "2"), "y", Map.of("k", "1")), server.contents());
        assertEquals(Map.of("x", Result.NOTHING, "y", Result.NOTHING), a.run());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nameOfADeletedSecret_givenToAnotherOne_endsLikeThat(Kind kind) {
        MeanServer server = new MeanServer(kind);
        Laptop a = new Laptop("a", server);
        a.store.put("x", Map.of("k", "1"));
        a.store.put("y", Map.of("k", "2"));
        a.run();
        a.store.delete("x");
        a.store.rename("y", "x");

        a.run();
        a.run();

        assertEquals(Map.of("x", Map.of("k", "2")), server.contents());
        long remembered = kind == Kind.UNTRUSTED ? 1 : 0; // that y is deleted
        assertEquals(1 + remembered, a.store.recordCount(dev.coffer.secrets.SyncStore.BASE));
    }

    @Test
    void writeOnly_crashThenRename_leavesNothingBehind() {
        for (int crash = 1; crash < 12; crash++) {
            for (int again = 0; again < 14; again++) {
                MeanServer server = new MeanServer(Kind.WRITE_ONLY);
                Laptop a = new Laptop("a", server);
                a.store.put("x", Map.of("k", "1"));
                dieAt(a, crash);
                a.store.rename("x", "y");
                dieAt(a, again);
                for (int i = 0; i < 4; i++) {
                    a.run();
                    for (Item item : a.plan().items()) {
                        if (item.state() == SyncState.UNKNOWN || item.state() == SyncState.CONFLICT) {
                            a.resolve(item.name().value(), Conflict.Choice.OURS);
                        }
                    }
                }
                a.run();

                assertEquals(
                        Map.of("y", Map.of("k", "1")),
                        server.contents(),
                        crash + " " + again + a.plan().items());
                assertEquals(1, a.store.recordCount(dev.coffer.secrets.SyncStore.BASE));
            }
        }
    }

    private static void dieAt(Laptop laptop, int transaction) {
        int[] left = {transaction};
        laptop.store.steps = where -> {
            if (--left[0] == 0) {
                throw new Crash(where);
            }
        };
        try {
            laptop.run();
        } catch (Crash e) {
            // Goes on from there.
        } finally {
            laptop.store.steps = where -> {};
        }
    }

    @Test
    void foreignSecret_isNeverTouched() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        server.set("db", Map.of("k", "theirs"), false);
        server.set("other", Map.of("k", "theirs"), false);
        a.store.put("db", ONE);

        assertEquals(Map.of("db", Result.HELD, "other", Result.HELD), a.run());

        assertEquals(Map.of("k", "theirs"), server.contents().get("db"));
        assertEquals(Map.of("db", ONE), a.store.contents());
        assertThrows(ConflictException.class, () -> a.resolve("db", Conflict.Choice.OURS));
    }

    @Test
    void adopt_takesForeignSecretsOver() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server, "", List.of(), Direction.BOTH, true);
        server.set("db", Map.of("k", "theirs"), false);

        a.run();
        a.store.put("db", Map.of("k", "mine"));
        a.run();

        assertEquals(Map.of("k", "mine"), server.contents().get("db"));
    }

    @Test
    void prefixAndPattern_chooseWhatTravels() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server, "laptop/", List.of("prod/*"), Direction.BOTH, false);
        a.store.put("prod/db", ONE);
        a.store.put("dev/db", ONE);
        server.set("prod/api", ONE, true);

        a.run();

        assertEquals(2, server.secrets.size());
        assertTrue(server.contents().containsKey("laptop/prod/db"));
        assertFalse(a.store.contents().containsKey("prod/api"));
    }

    @Test
    void pushOnly_keepsWhatTheTargetChanged() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server, "", List.of(), Direction.PUSH, false);
        a.store.put("db", ONE);
        a.run();
        server.set("db", Map.of("user", "grace", "password", "p1"), true);
        a.store.put("db", Map.of("user", "ada", "password", "p2"));

        a.run();

        assertEquals(
                Map.of("user", "grace", "password", "p2"), server.contents().get("db"));
        assertEquals("ada", value(a.store.contents(), "db", "user"));
        assertEquals(Map.of("db", SyncState.REMOTE_AHEAD), a.states());
        long writes = server.secrets.firstEntry().getValue().version;
        a.run();
        assertEquals(writes, server.secrets.firstEntry().getValue().version);
    }

    @Test
    void pullOnly_keepsWhatWasChangedHere() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        Laptop b = new Laptop("b", server, "", List.of(), Direction.PULL, false);
        b.run();
        b.store.put("db", Map.of("user", "grace", "password", "p1"));
        server.set("db", Map.of("user", "ada", "password", "p2"), true);

        b.run();

        assertEquals(
                Map.of("user", "grace", "password", "p2"), b.store.contents().get("db"));
        assertEquals(Map.of("user", "ada", "password", "p2"), server.contents().get("db"));
        assertEquals(Map.of("db", SyncState.LOCAL_AHEAD), b.states());
    }

    @Test
    void writeOnly_isAssumedAndDriftIsToldNotOverwritten() {
        MeanServer server = new MeanServer(Kind.WRITE_ONLY);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        assertEquals(Map.of("db", SyncState.ASSUMED), a.states());
        assertEquals(Direction.PUSH, a.target().direction());
        server.set("db", Map.of("k", "theirs"), true);
        a.store.put("db", Map.of("k", "mine"));

        assertEquals(Map.of("db", Result.HELD), a.run());
        assertEquals(Map.of("k", "theirs"), server.contents().get("db"));
        assertThrows(UnsupportedByFlavorException.class, () -> a.resolve("db", Conflict.Choice.THEIRS));
        a.resolve("db", Conflict.Choice.OURS);
        assertEquals(Map.of("db", Result.DONE), a.run());
        assertEquals(Map.of("k", "mine"), server.contents().get("db"));
    }

    @Test
    void writeOnly_cannotBePulledFrom() {
        MeanServer server = new MeanServer(Kind.WRITE_ONLY);

        assertThrows(
                UnsupportedByFlavorException.class,
                () -> new Laptop("a", server, "", List.of(), Direction.PULL, false));
    }

    @Test
    void violations_areToldAllAtOnceAndStopEverything() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("ok", ONE);
        a.store.put("long", Map.of("k", "x".repeat(65)));
        a.store.put("longer", Map.of("k", "x".repeat(99)));

        Plan plan = a.plan();

        assertEquals(2, plan.violations().size());
        assertThrows(InvalidException.class, () -> a.sync.apply(plan, Progress.NONE));
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void planFile_isRefusedIfASideMoved_andDoesNothingTwice() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.store.put("api", ONE);
        PlanFile stale = PlanFile.parse(PlanFile.of(a.plan()));
        a.store.put("db", Map.of("k", "moved"));

        ConflictException refused = assertThrows(ConflictException.class, () -> a.sync.apply(stale, Progress.NONE));
        assertTrue(refused.getMessage().endsWith("changed here or on team: db"), refused.getMessage());
        assertEquals(Map.of(), server.contents());

        PlanFile file = PlanFile.parse(PlanFile.of(a.plan()));
        a.sync.apply(file, Progress.NONE);
        server.calls.clear();
        assertEquals(List.of(), a.sync.apply(file, Progress.NONE));
        assertEquals(List.of("list"), server.calls);
    }

    @Test
    void planFile_holdsNoValue() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", Map.of("password", "canary-4711"));

        String text = PlanFile.of(a.plan());

        assertFalse(text.contains("canary-4711"));
        assertTrue(text.contains("\"password\""));
        assertThrows(InvalidException.class, () -> PlanFile.parse("{}"));
        assertThrows(InvalidException.class, () -> PlanFile.parse("no json"));
        assertThrows(InvalidException.class, () -> PlanFile.parse("{\"format\":1}"));
    }

    @Test
    void unreachableTarget_isRememberedAndStatusAnswersWithoutIt() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        server.faults = call -> Fault.LOST;

        assertThrows(RemoteException.class, a::plan);

        server.calls.clear();
        SyncStatus status = a.sync.status(a.target());
        assertEquals(Laptop.CLOCK.instant(), status.unreachableSince());
        assertEquals(Map.of("db", SyncState.CLEAN), a.states());
        assertTrue(a.sync.isResting(a.target()));
        assertEquals(List.of(), server.calls);
        server.faults = call -> Fault.NONE;
        a.plan();
        assertFalse(a.sync.isResting(a.target()));
    }

    @Test
    void targetThatIsStillOutOfReach_restsAgainAfterEachTry() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        server.faults = call -> Fault.LOST;
        Instant start = Laptop.CLOCK.instant();
        for (int minutes : List.of(0, 10)) {
            Instant then = start.plus(Duration.ofMinutes(minutes));
            Sync sync = new Sync(a.store, server.managers(), Clock.fixed(then, ZoneOffset.UTC), 1);
            assertFalse(sync.isResting(a.target()));
            assertThrows(RemoteException.class, () -> sync.plan(a.target(), Direction.BOTH, false));
            assertTrue(sync.isResting(a.target()));
            assertEquals(start, sync.status(a.target()).unreachableSince());
        }
    }

    /** One secret that nobody can read keeps no other one waiting. */
    @Test
    void openWrite_thatCannotBeLookedAt_isUnknown_andTheOthersGoOn() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("x", ONE);
        a.store.put("y", ONE);
        server.faults = call -> call.equals("register x") ? Fault.CRASH_AFTER : Fault.NONE;
        assertTrue(a.tryIt().isEmpty());
        server.faults = call -> {
            if (call.equals("get x")) {
                throw new IntegrityException("x was tampered with", "x", null);
            }
            return Fault.NONE;
        };
        a.store.put("z", ONE);

        Map<String, Result> results = a.run();

        assertEquals(Result.DONE, results.get("z"));
        assertEquals(Result.HELD, results.get("x"));
        server.faults = call -> Fault.NONE;
        a.run();
        assertEquals(Map.of("x", ONE, "y", ONE, "z", ONE), server.contents());
        assertEquals(0, a.intents());
    }

    /** Else --theirs would delete here what nobody asked to delete. */
    @Test
    void deletionsThatAreHeld_areDecidedByName_andNotWithAllConflicts() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("gone", ONE);
        a.store.put("db", ONE);
        a.run();
        server.remove("gone");
        server.set("db", Map.of("user", "t"), true);
        a.store.put("db", Map.of("user", "o"));
        a.run(false);
        try (Sync.Conflicts conflicts = a.sync.conflicts(a.target())) {
            assertEquals(
                    List.of("db"),
                    conflicts.items().stream().map(item -> item.name().value()).toList());
        }
        a.resolve("gone", Conflict.Choice.THEIRS);
        assertFalse(a.store.contents().containsKey("gone"));
    }

    @Test
    void deletionThere_thatWasTakenBackSinceThePlan_deletesNothingHere() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        server.remove("db");
        Plan plan = a.plan();
        server.set("db", Map.of("user", "new"), true);

        assertEquals(Result.MOVED, a.sync.apply(plan, Progress.NONE).get(0).result());
        assertEquals(Map.of("db", ONE), a.store.contents());
    }

    @Test
    void noteOfAnOlderPlan_doesNotHideWhatWasSeenSince() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        server.set("db", ONE, true);
        Plan plan = a.plan();
        server.set("db", Map.of("user", "grace", "password", "p1"), true);
        a.plan();

        a.sync.apply(plan, Progress.NONE);

        assertEquals(Map.of("db", SyncState.REMOTE_AHEAD), a.states());
    }

    @Test
    void nameThatIsTooLongForThePrefix_isNotInTheWayOfAPull() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server, "p".repeat(250), List.of(), Direction.BOTH, false);
        a.store.put("long-enough", ONE);
        server.set("p".repeat(250) + "db", ONE, true);

        a.sync.synchronize(a.target(), Direction.PULL, false, Progress.NONE);

        assertEquals(ONE, a.store.contents().get("db"));
    }

    @Test
    void status_afterADeletionWasSent_hasNothingLeft() {
        Laptop laptop = new Laptop("a", new MeanServer(Kind.REVISED));
        laptop.store.put("db", Map.of("k", "1"));
        laptop.run();
        laptop.store.delete("db");
        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(Map.of(), laptop.states());
    }

    /** Outcome.NOT_TRIED: "It was not tried, because the target could not be reached." */
    @Test
    void pulls_thatWereNotTried_areToldAsThat() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop laptop = new Laptop("a", server);
        List.of("a", "b", "c", "d", "e").forEach(name -> server.set(name, Map.of("k", "1"), true));
        server.faults = call -> call.startsWith("get") ? Fault.LOST : Fault.NONE;
        Map<String, Result> results = laptop.run();
        assertFalse(server.calls.contains("get d") || server.calls.contains("get e"), server.calls.toString());
        assertEquals(
                Map.of(
                        "a",
                        Result.FAILED,
                        "b",
                        Result.FAILED,
                        "c",
                        Result.FAILED,
                        "d",
                        Result.NOT_TRIED,
                        "e",
                        Result.NOT_TRIED),
                results);
    }

    @Test
    void breaker_opensAfterAFewFailures() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        for (int i = 0; i < 20; i++) {
            a.store.put("s" + i, ONE);
        }
        server.faults = call -> call.equals("list") ? Fault.NONE : Fault.LOST;

        Map<String, Result> results = a.run();

        assertTrue(results.containsValue(Result.NOT_TRIED), results.toString());
        assertFalse(results.containsValue(Result.DONE));
        assertTrue(server.calls.size() < 12, server.calls.toString());
        server.faults = call -> Fault.NONE;
        a.run();
        assertEquals(20, server.secrets.size());
    }

    @Test
    void lateListing_neitherDeletesNorOverwrites() {
        MeanServer server = new MeanServer(Kind.REVISED);
        server.lateListings = true;
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        a.run();
        a.run();

        assertEquals(Map.of("db", ONE), a.store.contents());
        assertEquals(Map.of("db", ONE), server.contents());
    }

    @Test
    void blockedName_isReportedAndTriedAgain() {
        MeanServer server = new MeanServer(Kind.REVISED);
        server.blockedFor = 4;
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        a.store.delete("db");
        a.run();
        a.store.put("db", Map.of("k", "again"));

        assertEquals(Map.of("db", Result.MOVED), a.run());
        a.run();
        a.run();
        assertEquals(Map.of("db", Map.of("k", "again")), server.contents());
    }

    @Test
    void remove_forgetsTheTargetAndNoSecret() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        assertThrows(
                RecordExistsException.class,
                () -> a.sync.add(server.componentId, "", List.of(), Direction.BOTH, false));

        a.sync.remove(a.target());

        assertEquals(List.of(), a.sync.targets());
        assertThrows(NoSuchRecordException.class, a::target);
        assertEquals(0, a.store.recordCount(dev.coffer.secrets.SyncStore.BASE));
        assertEquals(Map.of("db", ONE), server.contents());
        a.sync.add(server.componentId, "", List.of(), Direction.BOTH, false);
        a.run();
        assertEquals(Map.of("db", SyncState.CLEAN), a.states());
    }

    // What a review found.

    @Test
    void restoredStore_isHeldAgainstTheTargetAnew_andOverwritesNothing() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", Map.of("k", "good"));
        a.store.put("same", Map.of("k", "1"));
        a.store.put("gone", Map.of("k", "1"));
        a.run();
        server.set("db", Map.of("k", "bad"), true);
        server.remove("gone");

        a.store.replaced = 7;

        assertEquals(SyncState.UNKNOWN, a.states().get("same"));
        assertEquals(Map.of("db", Result.HELD, "gone", Result.HELD, "same", Result.DONE), a.run(true));
        assertEquals("good", value(a.store.contents(), "db", "k"));
        assertEquals("1", value(a.store.contents(), "gone", "k"));
        assertEquals(SyncState.CLEAN, a.states().get("same"));
        a.resolve("db", Conflict.Choice.OURS);
        a.resolve("gone", Conflict.Choice.OURS);
        a.run();
        assertEquals(a.store.contents(), server.contents());
    }

    @Test
    void targetAtAnotherPlace_isHeldAgainstTheStoreAnew() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", Map.of("k", "prod"));
        a.run();
        PlanFile file = PlanFile.parse(PlanFile.of(a.plan()));

        server.place = "staging";
        server.set("db", Map.of("k", "staging"), true);

        assertThrows(ConflictException.class, () -> a.sync.apply(file, Progress.NONE));
        assertEquals(Map.of("db", Result.HELD), a.run(true));
        assertEquals("prod", value(a.store.contents(), "db", "k"));
        assertEquals("staging", value(server.contents(), "db", "k"));
    }

    @Test
    void foreignSecretInThePlaceOfOurs_isNotTakenOver() {
        for (Kind kind : List.of(Kind.PLAIN, Kind.VERSIONED, Kind.REVISED)) {
            MeanServer server = new MeanServer(kind);
            Laptop a = new Laptop("a", server);
            a.store.put("db", ONE);
            a.run();
            server.remove("db");
            server.set("db", Map.of("k", "theirs"), false);

            assertEquals(Map.of("db", Result.HELD), a.run(), kind.toString());
            assertEquals(Map.of("db", ONE), a.store.contents());
        }
    }

    @Test
    void deletionThere_canBeDecidedForKeeping() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        a.run();
        server.remove("db");
        a.run(false);

        a.resolve("db", Conflict.Choice.OURS);
        a.run(false);

        assertEquals(Map.of("db", ONE), server.contents());
    }

    @Test
    void oneSecretThatCannotBeRead_doesNotStopTheOthers() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("bad", ONE);
        a.store.put("good", ONE);
        a.run();
        server.set("bad", Map.of("k", "1"), true);
        server.set("good", Map.of("k", "1"), true);
        server.faults = call -> call.equals("get bad") ? Fault.LOST : Fault.NONE;

        assertEquals(Map.of("bad", Result.HELD, "good", Result.DONE), a.run());
        assertEquals(SyncState.UNKNOWN, a.states().get("bad"));
        server.faults = call -> Fault.NONE;
        a.run();
        assertEquals("1", value(a.store.contents(), "bad", "k"));
    }

    @Test
    void renamedThereAndBack_withALostAnswer_deletesNothing() {
        for (String lost : List.of("delete x", "register x", "register y", "delete y", "update x")) {
            for (Fault fault : List.of(Fault.LOST, Fault.UNANSWERED)) {
                MeanServer server = new MeanServer(Kind.REVISED);
                Laptop a = new Laptop("a", server);
                a.store.put("x", ONE);
                a.store.put("other", ONE);
                a.run();
                a.store.rename("x", "y");
                server.faults = call -> call.equals("delete x") ? Fault.LOST : Fault.NONE;
                a.run();
                a.store.rename("y", "x");
                a.store.rename("other", "another");
                server.faults = call -> call.equals(lost) ? fault : Fault.NONE;
                a.run(false);
                server.faults = call -> Fault.NONE;
                a.run(false);
                a.run(false);

                assertEquals(Map.of("x", ONE, "another", ONE), a.store.contents(), lost + " " + fault);
                assertEquals(Map.of("x", ONE, "another", ONE), server.contents(), lost + " " + fault);
            }
        }
    }

    @Test
    void planFile_isDoneAlsoIfSomethingIsHeldAfterwards() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server, "", List.of(), Direction.PUSH, false);
        a.store.put("db", ONE);
        a.run();
        server.set("db", Map.of("user", "grace", "password", "p1"), true);
        a.store.put("db", Map.of("user", "ada", "password", "p2"));
        a.store.put("new", ONE);
        PlanFile file = PlanFile.parse(PlanFile.of(a.plan()));

        a.sync.apply(file, Progress.NONE);
        server.calls.clear();
        a.sync.apply(file, Progress.NONE);

        assertTrue(server.calls.stream().noneMatch(call -> call.matches("(register|update|delete).*")));
    }

    @Test
    void twoProcessesThatNoteAFirstAgreement_storeOneBase() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        server.set("db", ONE, true);
        Plan one = a.plan();
        Plan other = a.plan();

        a.sync.apply(one, Progress.NONE);
        a.sync.apply(other, Progress.NONE);

        assertEquals(1, a.store.recordCount(dev.coffer.secrets.SyncStore.BASE));
    }

    @Test
    void pullOnly_notesWhereBothAgree_soThatALaterChangeIsNoConflict() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop b = new Laptop("b", server, "", List.of(), Direction.PULL, false);
        b.store.put("db", Map.of("k", "1", "own", "x"));
        server.set("db", Map.of("k", "1"), true);
        assertEquals(Map.of("db", Result.HELD), b.run());
        server.set("db", Map.of("k", "2"), true);

        b.run();

        assertEquals(Map.of("k", "2", "own", "x"), b.store.contents().get("db"));
    }

    @Test
    void restoredStore_doesNotSendBackAKeyThatWasTakenAway() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", Map.of("k", "1", "revoked", "x"));
        a.run();
        server.set("db", Map.of("k", "1"), true);
        a.store.replaced = 7;

        assertEquals(Map.of("db", Result.HELD), a.run());
        assertEquals(Map.of("db", Map.of("k", "1")), server.contents());
    }

    @Test
    void planOfAnotherPlace_isNotCarriedOut() {
        MeanServer server = new MeanServer(Kind.REVISED);
        Laptop a = new Laptop("a", server);
        a.store.put("db", ONE);
        Plan plan = a.plan();

        server.place = "staging";

        assertThrows(ConflictException.class, () -> a.sync.apply(plan, Progress.NONE));
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void leftOverOfAnotherPlace_deletesNothingHere() {
        MeanServer server = new MeanServer(Kind.PLAIN);
        Laptop a = new Laptop("a", server);
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;
        a.run();
        assertEquals(1, a.intents());
        server.faults = call -> Fault.NONE;

        server.place = "staging";
        a.run();

        assertTrue(server.contents().containsKey("old"));
        assertEquals(1, a.intents(), "it is left for the place that it is about");
    }

    @Test
    void writeOnly_crashThenChangeThereThenRename_endsLikeTheLaptop() {
        MeanServer server = new MeanServer(Kind.WRITE_ONLY);
        Laptop a = new Laptop("a", server);
        a.store.put("x", Map.of("k", "1"));
        dieAt(a, 6);
        server.set("x", Map.of("k", "3"), true);
        a.store.rename("x", "y");
        for (int i = 0; i < 5; i++) {
            a.run();
            for (Item item : a.plan().items()) {
                if (item.state() == SyncState.UNKNOWN || item.state() == SyncState.CONFLICT) {
                    a.resolve(item.name().value(), Conflict.Choice.OURS);
                }
            }
        }
        assertEquals(Map.of("y", Map.of("k", "1")), server.contents());
    }
}
