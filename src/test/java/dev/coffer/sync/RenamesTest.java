package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.Progress;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Secrets that were renamed here, and everything that can come in between. */
class RenamesTest {
    private static final Map<String, String> ONE = Map.of("k", "1");

    private final MeanServer server = new MeanServer(Kind.REVISED);
    private final Laptop a = new Laptop("a", server);

    private static Map<String, Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(
                        outcome -> outcome.item().key(), Outcome::result, (one, other) -> other, TreeMap::new));
    }

    private Map<String, Result> run(Direction direction, boolean mirrorDeletes) {
        return results(a.sync.synchronize(a.target(), direction, mirrorDeletes, Progress.NONE));
    }

    /** {@code old} has its new name on the target, and still the old one. */
    private void breakOff() {
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.faults = call -> call.equals("delete old") ? Fault.CRASH_BEFORE : Fault.NONE;
        assertTrue(a.tryIt().isEmpty());
        server.faults = call -> Fault.NONE;
        assertEquals(Map.of("new", ONE, "old", ONE), server.contents());
    }

    @Test
    void pull_leavesAnOldNameOnTheTarget_andDoesNotTakeItOver() {
        breakOff();
        server.calls.clear();
        run(Direction.PULL, false);

        assertEquals(
                List.of(),
                server.calls.stream().filter(call -> call.startsWith("delete")).toList());
        assertEquals(Map.of("new", ONE), a.store.contents());
        run(Direction.PUSH, false);
        assertEquals(Map.of("new", ONE), server.contents());
    }

    @Test
    void oldNameThatIsUsedAnew_isSentInTheSameRun() {
        breakOff();
        a.store.put("old", Map.of("k", "anew"));

        assertEquals(Result.DONE, run(Direction.PUSH, false).get("old"));

        assertEquals(Map.of("new", ONE, "old", Map.of("k", "anew")), server.contents());
    }

    @Test
    void renameHereWhileItIsSent_isToldAsMoved_andSentNextTime() {
        server.set("w", ONE, true);
        a.store.put("x", Map.of("k", "x"));
        Plan plan = a.plan();
        server.faults = call -> {
            if (call.equals("get w") && a.store.live("x").isPresent()) {
                a.store.rename("x", "y");
            }
            return Fault.NONE;
        };

        assertEquals(Result.MOVED, results(a.sync.apply(plan, Progress.NONE)).get("x"));
        assertEquals(Map.of("w", ONE), server.contents());
        server.faults = call -> Fault.NONE;
        a.run();
        assertEquals(Map.of("w", ONE, "y", Map.of("k", "x")), server.contents());
        assertTrue(a.plan().isEmpty());
    }

    @Test
    void secretRenamedHereAndChangedThere_isTakenOver_byATargetThatAdopts() {
        Laptop adopting = new Laptop("b", server, "", List.of(), Direction.BOTH, true);
        adopting.store.put("old", ONE);
        adopting.run();
        adopting.store.rename("old", "new");
        server.set("old", Map.of("k", "2"), true);

        adopting.run();

        assertEquals(Map.of("new", Map.of("k", "2")), adopting.store.contents());
        assertEquals(Map.of("new", Map.of("k", "2")), server.contents());
    }

    @Test
    void anotherProcessThatPlans_leavesAWriteUnderWayAlone() {
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        Sync other = new Sync(a.store, server.managers(), Laptop.CLOCK, 1);
        server.faults = call -> {
            if (call.equals("register new")) {
                server.faults = then -> Fault.NONE;
                other.plan(a.target(), Direction.BOTH, false);
            }
            return Fault.NONE;
        };

        assertEquals(Map.of("new", Result.DONE), run(Direction.BOTH, false));
        assertEquals(Map.of("new", Result.NOTHING), run(Direction.BOTH, false));
        assertEquals(Map.of("new", ONE), server.contents());
    }

    @Test
    void anotherProcessThatSynchronizes_isToldToWait() {
        a.store.put("db", ONE);
        Sync other = new Sync(a.store, server.managers(), Laptop.CLOCK, 1);
        boolean[] told = {false};
        server.faults = call -> {
            if (call.equals("register db")) {
                try {
                    other.synchronize(a.target(), Direction.BOTH, false, Progress.NONE);
                } catch (dev.coffer.secrets.ConflictException e) {
                    told[0] = true;
                }
            }
            return Fault.NONE;
        };

        assertEquals(Map.of("db", Result.DONE), run(Direction.BOTH, false));
        assertTrue(told[0]);
    }

    @Test
    void chainOfRenames_takesOneRun() {
        a.store.put("a", Map.of("k", "A"));
        a.store.put("b", Map.of("k", "B"));
        a.run();
        a.store.rename("b", "c");
        a.store.rename("a", "b");

        Map<String, Result> results = run(Direction.BOTH, true);

        assertTrue(results.values().stream().allMatch(Result.DONE::equals), results.toString());
        assertEquals(Map.of("b", Map.of("k", "A"), "c", Map.of("k", "B")), server.contents());
    }

    @Test
    void nothingIsDeletedThere_beforeItIsThereUnderItsOtherName() {
        a.store.put("a", Map.of("k", "A"));
        a.store.put("b", Map.of("k", "B"));
        a.run();
        a.store.delete("b");
        a.store.rename("a", "b");
        server.faults = call -> call.startsWith("update b") ? Fault.LOST : Fault.NONE;

        run(Direction.BOTH, true);

        assertEquals(Map.of("k", "A"), server.contents().get("a"));
        server.faults = call -> Fault.NONE;
        run(Direction.BOTH, true);
        assertEquals(Map.of("b", Map.of("k", "A")), server.contents());
    }

    /** Somebody replaced the old one by their own, and another laptop made one of the new name. */
    @Test
    void renamedSecret_whoseOldPlaceIsForeign_goesOnByItself_onceThatIsDecided() {
        a.store.put("c", ONE);
        a.run();
        a.store.rename("c", "b");
        server.takeAway("c");
        server.set("c", Map.of("k", "foreign"), false);
        server.set("b", Map.of("k", "theirs"), true);

        assertEquals(Map.of("b", Result.HELD), run(Direction.BOTH, false));
        a.resolve("b", Choice.OURS);
        a.run();
        assertEquals(SyncState.CONFLICT, a.states().get("b"));
        a.resolve("b", Choice.OURS);
        a.run();

        assertEquals(Map.of("b", ONE, "c", Map.of("k", "foreign")), server.contents());
        assertEquals(Map.of("b", ONE), a.store.contents());
    }

    @Test
    void decisionThatPartsTwoSecrets_saysSo() {
        a.store.put("old", Map.of("k", "mine"));
        a.run();
        a.store.rename("old", "new");
        server.set("new", Map.of("k", "other"), true);
        a.run(false);

        assertTrue(a.resolve("new", Choice.THEIRS).apart());
    }

    @Test
    void cleaningUp_thatMeetsAnyError_keepsWhatElseWasDone() {
        a.store.put("old", ONE);
        a.store.put("x", ONE);
        a.run();
        a.store.rename("old", "new");
        a.store.put("x", Map.of("k", "2"));
        server.faults = call -> {
            if (call.equals("delete old")) {
                throw new StoreFileException("the folder is full", "x", null);
            }
            return Fault.NONE;
        };

        Map<String, Result> results = run(Direction.BOTH, false);

        assertEquals(Result.DONE, results.get("x"));
        assertEquals(Result.FAILED, results.get("new"), "the old name is still there");
        server.faults = call -> Fault.NONE;
        run(Direction.BOTH, false);
        assertEquals(Map.of("new", ONE, "x", Map.of("k", "2")), server.contents());
    }

    @Test
    void renamedHereAndDeletedThere_isDecidedAsADeletion() {
        for (Choice choice : List.of(Choice.THEIRS, Choice.OURS)) {
            a.store.put("old", ONE);
            a.run();
            a.store.rename("old", "new");
            server.remove("old");
            assertEquals(Result.HELD, run(Direction.BOTH, false).get("new"));
            assertFalse(a.resolve("new", choice).apart());
            run(Direction.BOTH, true);
            Map<String, Map<String, String>> expected = choice == Choice.OURS ? Map.of("new", ONE) : Map.of();
            assertEquals(expected, a.store.contents());
            assertEquals(expected, server.contents());
        }
    }

    @Test
    void renameThatIsDoubted_isStillARename_onceThatIsDecided() {
        a.store.put("old", ONE);
        a.run();
        a.store.replaced++;
        a.store.rename("old", "new");
        assertEquals(Result.HELD, run(Direction.BOTH, false).get("new"));
        a.resolve("new", Choice.OURS);
        run(Direction.BOTH, false);
        run(Direction.BOTH, false);

        assertEquals(Map.of("new", ONE), a.store.contents());
        assertEquals(Map.of("new", ONE), server.contents());
    }

    /** Held for a decision or changed meanwhile, it is as little there as if its write had failed. */
    @Test
    void oldName_isNotDeleted_whileItsSecretIsHeld() {
        a.store.put("old", Map.of("k", "precious"));
        a.store.put("new", ONE);
        a.run();
        a.store.delete("new");
        a.store.rename("old", "new");
        server.set("new", Map.of("k", "theirs"), true);

        List<Outcome> outcomes = a.sync.synchronize(a.target(), Direction.BOTH, true, Progress.NONE);

        assertEquals(Map.of("k", "precious"), server.contents().get("old"));
        assertEquals(Result.NOT_TRIED, results(outcomes).get("old"));
    }

    @Test
    void oldNameThatCouldNotBeDeleted_isNotDone() {
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;

        assertEquals(Result.FAILED, run(Direction.PUSH, false).get("new"));

        server.faults = call -> Fault.NONE;
        run(Direction.PUSH, false);
        assertEquals(Map.of("new", ONE), server.contents());
    }

    @Test
    void secondRoundThatFails_isNotDone() {
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "new");
        server.set("old", Map.of("k", "2"), true);
        int[] lists = {0};
        server.faults = call -> call.equals("list") && ++lists[0] == 2 ? Fault.LOST : Fault.NONE;

        assertEquals(Result.NOT_TRIED, run(Direction.BOTH, false).get("new"));

        run(Direction.BOTH, false);
        assertEquals(Map.of("new", Map.of("k", "2")), server.contents());
    }

    /** Looked at from a shell whose environment names another place. */
    @Test
    void oldName_isStillDeleted_afterALookAtAnotherPlace_orInAnotherCopyOfTheStore() {
        breakOff();
        server.place = "elsewhere";
        a.plan();
        server.place = "here";
        run(Direction.BOTH, false);
        assertEquals(Map.of("new", ONE), server.contents());
        assertEquals(Map.of("new", ONE), a.store.contents());
    }

    @Test
    void oldName_isStillDeleted_afterTheStoreWasRestored() {
        breakOff();
        a.store.replaced++;
        run(Direction.BOTH, false);
        run(Direction.BOTH, false);
        assertEquals(Map.of("new", ONE), server.contents());
        assertEquals(Map.of("new", ONE), a.store.contents());
    }

    /** Where no revision is told, what is there now may be anything. */
    @Test
    void oldNameOfARestoredStore_isNotDeleted_whereNoRevisionTellsWhatIsThere() {
        MeanServer plain = new MeanServer(Kind.PLAIN);
        Laptop b = new Laptop("b", plain);
        b.store.put("old", ONE);
        b.run();
        b.store.rename("old", "new");
        plain.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;
        b.run();
        plain.faults = call -> Fault.NONE;
        plain.remove("new"); // it was renamed back elsewhere, and the store is an older one again
        b.store.replaced++;

        b.sync.synchronize(b.target(), Direction.BOTH, false, Progress.NONE);

        assertEquals(ONE, plain.contents().get("old"));
    }

    @Test
    void deletion_isSent_whateverElseTheTargetHasOfTheNewName() {
        Laptop pushing = new Laptop("b", server, "", List.of(), Direction.PUSH, false);
        pushing.store.put("n1", ONE);
        pushing.run();
        pushing.store.rename("n1", "n2");
        pushing.store.delete("n2");
        server.set("n2", Map.of("k", "theirs"), true);

        pushing.run();

        assertEquals(Map.of("n2", Map.of("k", "theirs")), server.contents());
    }

    @Test
    void deletion_isSent_onceItsSecretIsThereUnderItsOtherName_alsoWithMoreInIt() {
        Laptop pushing = new Laptop("b", server, "", List.of(), Direction.PUSH, false);
        pushing.store.put("n", ONE);
        pushing.store.put("m", Map.of("k", "other"));
        pushing.run();
        pushing.store.delete("m");
        pushing.store.rename("n", "m");
        server.set("m", Map.of("k", "other", "extra", "theirs"), true);

        pushing.run();
        pushing.run();

        assertEquals(Map.of("m", Map.of("k", "1", "extra", "theirs")), server.contents());
    }

    @Test
    void renameWhoseOldNameWentInTheSecondRound_isDone() {
        a.store.put("old", ONE);
        a.store.put("x", ONE);
        a.run();
        a.store.rename("old", "new");
        a.store.rename("x", "y");
        server.set("x", Map.of("k", "2"), true);
        boolean[] first = {true};
        server.faults = call -> {
            if (call.equals("delete old") && first[0]) {
                first[0] = false;
                return Fault.LOST;
            }
            return Fault.NONE;
        };

        Map<String, Result> results = run(Direction.BOTH, false);

        assertEquals(Result.DONE, results.get("new"), results.toString());
        assertEquals(Map.of("new", ONE, "y", Map.of("k", "2")), server.contents());
    }

    /** Nobody's secret on the target has the same identity as an old name: none. */
    @Test
    void oldName_isDeleted_alsoBesideWhatIsNotOurs() {
        MeanServer writeOnly = new MeanServer(Kind.WRITE_ONLY);
        Laptop laptop = new Laptop("b", writeOnly);
        writeOnly.set("foreign", Map.of("k", "theirs"), false);
        laptop.store.put("old", Map.of("k", "1"));
        laptop.run();
        laptop.store.rename("old", "new");
        writeOnly.faults = call -> call.equals("register new") ? Fault.UNANSWERED : Fault.NONE;
        laptop.run();
        writeOnly.faults = call -> Fault.NONE;
        laptop.resolve("new", Conflict.Choice.OURS);

        assertEquals(Map.of("foreign", Result.HELD, "new", Result.DONE, "old", Result.DONE), laptop.run());
        assertEquals(Map.of("foreign", Map.of("k", "theirs"), "new", Map.of("k", "1")), writeOnly.contents());
    }
}
