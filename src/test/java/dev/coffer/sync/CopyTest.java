package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From one server to another. */
class CopyTest {
    private final MeanServer old = new MeanServer(Kind.PLAIN);
    private final MeanServer fresh = new MeanServer(Kind.VERSIONED);
    private final MemorySyncStore store = new MemorySyncStore("laptop");

    private static Map<String, Copy.Action> plan(Copy copy, boolean replace) {
        return copy.plan(name -> true, replace).stream()
                .collect(Collectors.toMap(step -> step.name().value(), Copy.Step::action, (a, b) -> a, TreeMap::new));
    }

    private Copy copy() {
        return copy(old, fresh);
    }

    private Copy copy(MeanServer from, MeanServer to) {
        return new Copy(from.open(), to.open(), store);
    }

    private static CofferException error(List<Copy.Result> results, String name) {
        return Objects.requireNonNull(result(results, name).error());
    }

    private static Copy.Result result(List<Copy.Result> results, String name) {
        return results.stream()
                .filter(result -> result.step().name().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void copy_bringsEverything_andOnceMoreWritesNothing() {
        old.set("a", Map.of("k", "1"), true);
        old.set("b/c", Map.of("k", "2", "empty", ""), false);

        List<Copy.Result> results = copy().apply(copy().plan(name -> true, false), Progress.NONE);

        assertTrue(results.stream().allMatch(result -> result.done() && result.verified()));
        assertEquals(old.contents(), fresh.contents());
        assertEquals(Map.of("a", Copy.Action.SAME, "b/c", Copy.Action.SAME), plan(copy(), false));
        fresh.calls.clear();
        copy().apply(copy().plan(name -> true, true), Progress.NONE);
        assertTrue(fresh.calls.stream().noneMatch(call -> call.startsWith("register") || call.startsWith("update")));
    }

    @Test
    void whatDiffers_isReplacedOnlyIfAsked() {
        old.set("a", Map.of("k", "1"), true);
        fresh.set("a", Map.of("k", "other"), true);

        copy().apply(copy().plan(name -> true, false), Progress.NONE);
        assertEquals(Map.of("k", "other"), fresh.contents().get("a"));
        assertEquals(Map.of("a", Copy.Action.DIFFERS), plan(copy(), false));

        copy().apply(copy().plan(name -> true, true), Progress.NONE);
        assertEquals(Map.of("k", "1"), fresh.contents().get("a"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatWasChangedSinceThePlan_isNotReplaced(Kind kind) {
        MeanServer target = new MeanServer(kind);
        old.set("a", Map.of("k", "1"), true);
        target.set("a", Map.of("k", "other"), true);
        Copy copy = copy(old, target);
        List<Copy.Step> steps = copy.plan(name -> true, true);
        target.set("a", Map.of("k", "later"), true);

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(results.get(0).done());
        assertEquals(ExitCode.CONFLICT, error(results, "a").exitCode());
        assertEquals(Map.of("k", "later"), target.contents().get("a"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"VERSIONED", "REVISED"})
    void whatIsChangedInTheMomentOfTheWrite_isNotReplaced(Kind kind) {
        MeanServer target = new MeanServer(kind);
        old.set("a", Map.of("k", "1"), true);
        target.set("a", Map.of("k", "other"), true);
        Copy copy = copy(old, target);
        List<Copy.Step> steps = copy.plan(name -> true, true);
        target.faults = call -> {
            if (call.equals("update a")) {
                target.set("a", Map.of("k", "later"), true);
            }
            return Fault.NONE;
        };

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(results.get(0).done());
        assertEquals(Map.of("k", "later"), target.contents().get("a"));
    }

    @Test
    void whatCannotBeRead_isComparedByItsRevisionWhereThereIsOne() {
        MeanServer target = new MeanServer(Kind.REVISED);
        target.blind = true;
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "1"), true);
        target.set("a", Map.of("k", "other"), true);
        target.set("b", Map.of("k", "other"), true);
        Copy copy = copy(old, target);
        List<Copy.Step> steps = copy.plan(name -> true, true);
        target.set("a", Map.of("k", "later"), true);

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(result(results, "a").done());
        assertTrue(result(results, "b").done());
        assertEquals(Map.of("a", Map.of("k", "later"), "b", Map.of("k", "1")), target.contents());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secretThatCannotBeRead_isRefused_andTheOthersAreCopied(boolean there) {
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "2"), true);
        old.set("c", Map.of("k", "3"), true);
        fresh.set("b", Map.of("k", "theirs"), true);
        (there ? fresh : old).damaged.add("b");

        List<Copy.Step> steps = copy().plan(name -> true, true);
        List<Copy.Result> results = copy().apply(steps, Progress.NONE);

        assertEquals(
                List.of(Copy.Action.CREATE, Copy.Action.REFUSED, Copy.Action.CREATE),
                steps.stream().map(Copy.Step::action).toList());
        assertEquals(ExitCode.INTEGRITY, error(results, "b").exitCode());
        assertEquals("secret b on team is damaged", error(results, "b").getMessage());
        assertTrue(result(results, "a").done() && result(results, "c").done());
        assertEquals(Map.of("k", "theirs"), fresh.contents().get("b"));
    }

    @Test
    void managerThatIsOutOfReach_endsThePlan_aSingleFailureDoesNot() {
        for (int i = 0; i < 40; i++) {
            old.set("s" + i, Map.of("k", "v"), true);
        }
        old.faults = call -> call.equals("get s7") ? Fault.LOST : Fault.NONE;
        assertEquals(
                List.of("s7"),
                copy().plan(name -> true, false).stream()
                        .filter(step -> step.action() == Copy.Action.REFUSED)
                        .map(step -> step.name().value())
                        .toList());

        old.faults = call -> call.startsWith("get") ? Fault.LOST : Fault.NONE;
        old.calls.clear();
        assertThrows(RemoteException.class, () -> copy().plan(name -> true, false));
        assertTrue(old.calls.size() < 20, old.calls.toString());
    }

    @Test
    void schemaThatPresetsAKey_makesNoDifference() {
        old.set("a", Map.of("k", "1"), true);
        store.schemas = secret -> secret.content().containsKey("preset")
                ? secret
                : new SecretPatch(Map.of("preset", SecretValue.of("p")), Set.of(), Optional.empty()).applyTo(secret);
        fresh.defaults = Map.of("preset", "p");

        Copy.Result first =
                copy().apply(copy().plan(name -> true, false), Progress.NONE).get(0);

        assertTrue(first.done() && first.verified());
        assertEquals(Map.of("a", Copy.Action.SAME), plan(copy(), false));
    }

    @Test
    void whatDoesNotFitItsSchema_isToldBeforeAnythingIsWritten_unlessItIsThereAlready() {
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "2"), true);
        fresh.set("b", Map.of("k", "2"), true);
        store.schemas = secret -> {
            throw new InvalidException(
                    "secret " + secret.name() + " lacks a key", secret.name().value(), null);
        };

        assertEquals(Map.of("a", Copy.Action.REFUSED, "b", Copy.Action.SAME), plan(copy(), true));
    }

    @Test
    void foreignSecret_isNotReplaced() {
        old.set("a", Map.of("k", "1"), true);
        fresh.set("a", Map.of("k", "theirs"), false);

        List<Copy.Result> results = copy().apply(copy().plan(name -> true, true), Progress.NONE);

        assertFalse(results.get(0).done());
        assertEquals(Map.of("k", "theirs"), fresh.contents().get("a"));
    }

    @Test
    void whatIsTooLong_isToldBeforeAnythingIsWritten() {
        old.set("a", Map.of("k", "x".repeat(65)), true);

        assertEquals(Map.of("a", Copy.Action.REFUSED), plan(copy(), false));
        assertFalse(copy().apply(copy().plan(name -> true, false), Progress.NONE)
                .get(0)
                .done());
        assertEquals(Map.of(), fresh.contents());
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST", "UNANSWERED"})
    void lostAnswer_isFoundOutByReading(Fault fault) {
        old.set("a", Map.of("k", "1"), true);
        List<Copy.Step> steps = copy().plan(name -> true, false);
        fresh.faults = call -> call.startsWith("register") ? fault : Fault.NONE;

        Copy.Result result = copy().apply(steps, Progress.NONE).get(0);

        assertEquals(fault == Fault.UNANSWERED, result.done());
        assertEquals(fault == Fault.UNANSWERED, fresh.contents().containsKey("a"));
    }

    @Test
    void copyThatBrokeOff_isFinishedByAnotherOne() {
        for (int i = 0; i < 9; i++) {
            old.set("s" + i, Map.of("k", "v" + i), true);
        }
        List<Copy.Step> steps = copy().plan(name -> true, false);
        int[] left = {12};
        fresh.faults = call -> --left[0] == 0 ? Fault.CRASH_AFTER : left[0] < 0 ? Fault.LOST : Fault.NONE;
        assertThrows(Crash.class, () -> copy().apply(steps, Progress.NONE));
        fresh.faults = call -> Fault.NONE;

        copy().apply(copy().plan(name -> true, false), Progress.NONE);

        assertEquals(old.contents(), fresh.contents());
    }

    @Test
    void writeOnlyManagers_canBeCopiedTo_notFrom() {
        MeanServer blind = new MeanServer(Kind.WRITE_ONLY);
        old.set("a", Map.of("k", "1"), true);

        Copy.Result result = copy(old, blind)
                .apply(copy(old, blind).plan(name -> true, false), Progress.NONE)
                .get(0);

        assertTrue(result.done());
        assertFalse(result.verified());
        assertThrows(UnsupportedByFlavorException.class, () -> copy(blind, old));
        assertThrows(InvalidException.class, () -> copy(old, old));
    }

    @Test
    void pattern_choosesWhatIsCopied() {
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "1"), true);

        assertEquals(1, copy().plan(name -> name.value().equals("a"), false).size());
    }

    @Test
    void progress_countsEachSecret() {
        for (String name : List.of("a", "b", "c")) {
            old.set(name, Map.of("k", name), true);
        }
        fresh.set("c", Map.of("k", "c"), true);
        Set<String> heard = ConcurrentHashMap.newKeySet();

        copy().apply(copy().plan(name -> true, false), (done, total) -> heard.add(done + "/" + total));

        assertEquals(Set.of("1/3", "2/3", "3/3"), heard);
    }

    @Test
    void result_ofWhatWasNotWritten_saysWhetherItIsThere() {
        old.set("same", Map.of("k", "1"), true);
        old.set("differs", Map.of("k", "1"), true);
        fresh.set("same", Map.of("k", "1"), true);
        fresh.set("differs", Map.of("k", "other"), true);

        List<Copy.Result> results = copy().apply(copy().plan(name -> true, false), Progress.NONE);

        assertTrue(result(results, "same").done() && result(results, "same").verified());
        assertFalse(
                result(results, "differs").done() || result(results, "differs").verified());
        assertTrue(results.stream().allMatch(result -> result.error() == null));
    }

    @Test
    void secretThatIsGoneThere_sinceTheListing_isRegistered() {
        old.set("a", Map.of("k", "1"), true);
        fresh.set("a", Map.of("k", "other"), true);
        fresh.faults = call -> {
            if (call.equals("get a")) {
                fresh.remove("a");
            }
            return Fault.NONE;
        };
        assertEquals(Map.of("a", Copy.Action.CREATE), plan(copy(), false));
    }

    @Test
    void secretThatIsGoneHere_sinceTheListing_isLeftOut() {
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "1"), true);
        old.faults = call -> {
            if (call.equals("get a")) {
                old.remove("a");
            }
            return Fault.NONE;
        };

        assertEquals(Map.of("b", Copy.Action.CREATE), plan(copy(), false));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED"})
    void writeThatIsOvertakenRightAfterwards_isNotCalledDone(Kind kind) {
        MeanServer target = new MeanServer(kind);
        old.set("a", Map.of("k", "1"), true);
        Copy copy = copy(old, target);
        List<Copy.Step> steps = copy.plan(name -> true, false);
        target.faults = call -> {
            if (call.equals("get a")) {
                target.set("a", Map.of("k", "theirs"), true);
            }
            return Fault.NONE;
        };

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(results.get(0).done() || results.get(0).verified());
        assertEquals(
                "secret a on team is not what was written: somebody changed it meanwhile",
                error(results, "a").getMessage());
        assertEquals(ExitCode.CONFLICT, error(results, "a").exitCode());
    }

    /** What is told is what stood in the way first: the write, not the look at it. */
    @Test
    void writeThatWasLost_isToldAsThat_whateverTheReadSays() {
        old.set("a", Map.of("k", "1"), true);
        fresh.set("a", Map.of("k", "other"), true);
        List<Copy.Step> steps = copy().plan(name -> true, true);

        fresh.faults = call -> call.startsWith("update") ? Fault.LOST : Fault.NONE;
        assertEquals(
                "the answer to update a is lost",
                error(copy().apply(steps, Progress.NONE), "a").getMessage());
        fresh.faults = call -> Fault.LOST;
        assertEquals(
                "the answer to update a is lost",
                error(copy().apply(steps, Progress.NONE), "a").getMessage());
        fresh.faults = call -> call.startsWith("get") ? Fault.LOST : Fault.NONE;
        List<Copy.Result> results = copy().apply(steps, Progress.NONE);
        assertEquals("the answer to get a is lost", error(results, "a").getMessage());
        assertFalse(results.get(0).done() || results.get(0).verified());
        assertEquals(Map.of("a", Map.of("k", "1")), fresh.contents());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "WRITE_ONLY"})
    void whatIsGoneSinceThePlan_isNotRegisteredInstead(Kind kind) {
        MeanServer target = new MeanServer(kind);
        old.set("a", Map.of("k", "1"), true);
        target.set("a", Map.of("k", "other"), true);
        Copy copy = copy(old, target);
        List<Copy.Step> steps = copy.plan(name -> true, true);
        target.remove("a");

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertEquals(ExitCode.NOT_FOUND, error(results, "a").exitCode());
        assertEquals(Map.of(), target.contents());
    }

    @Test
    void writeOnly_lostAnswer_isNotCalledDone() {
        MeanServer blind = new MeanServer(Kind.WRITE_ONLY);
        old.set("a", Map.of("k", "1"), true);
        Copy copy = copy(old, blind);
        List<Copy.Step> steps = copy.plan(name -> true, false);
        blind.faults = call -> call.startsWith("register") ? Fault.UNANSWERED : Fault.NONE;

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(results.get(0).done() || results.get(0).verified());
        assertEquals(ExitCode.REMOTE, error(results, "a").exitCode());
    }

    @Test
    void failuresNowAndThen_endNoPlan() {
        for (int i = 0; i < 30; i++) {
            old.set("s" + i, Map.of("k", "v"), true);
        }
        old.faults = call -> call.matches("get s[0-9]*[05]") ? Fault.LOST : Fault.NONE;

        Map<String, Copy.Action> actions = plan(copy(), false);

        assertEquals(
                6, actions.values().stream().filter(Copy.Action.REFUSED::equals).count());
        assertEquals(30, actions.size());
    }

    @Test
    void secretThatIsGoneHere_sinceThePlan_isTold() {
        old.set("a", Map.of("k", "1"), true);
        List<Copy.Step> steps = copy().plan(name -> true, false);
        old.remove("a");

        List<Copy.Result> results = copy().apply(steps, Progress.NONE);

        assertEquals(ExitCode.NOT_FOUND, error(results, "a").exitCode());
        assertEquals(Map.of(), fresh.contents());
    }

    @Test
    void whatDoesNotFitItsSchema_andDiffersThere_isRefused() {
        old.set("a", Map.of("k", "1"), true);
        fresh.set("a", Map.of("k", "other"), true);
        store.schemas = secret -> {
            throw new InvalidException("secret a lacks a key", "a", null);
        };

        assertEquals(Map.of("a", Copy.Action.DIFFERS), plan(copy(), false));
        assertEquals(Map.of("a", Copy.Action.REFUSED), plan(copy(), true));
    }

    @Test
    void whatWasCopied_isClosedAgain() {
        for (String name : List.of("new", "same", "differs")) {
            old.set(name, Map.of("k", name), true);
        }
        fresh.set("same", Map.of("k", "same"), true);
        fresh.set("differs", Map.of("k", "other"), true);

        copy().apply(copy().plan(name -> true, true), Progress.NONE);

        assertEquals(old.contents(), fresh.contents());
        for (MeanServer server : List.of(old, fresh)) {
            assertTrue(server.handedOut.size() >= 3, server.handedOut.toString());
            server.handedOut.forEach(secret -> assertThrows(
                    IllegalStateException.class, () -> secret.value("k").revealText(), secret::toString));
        }
    }
}
