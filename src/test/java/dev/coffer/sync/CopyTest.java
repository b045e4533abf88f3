package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From one server to another. */
class CopyTest {
    private final MeanServer old = new MeanServer(Kind.PLAIN);
    private final MeanServer fresh = new MeanServer(Kind.VERSIONED);

    private static Map<String, Copy.Action> plan(Copy copy, boolean replace) {
        return copy.plan(name -> true, replace).stream()
                .collect(Collectors.toMap(step -> step.name().value(), Copy.Step::action, (a, b) -> a, TreeMap::new));
    }

    private Copy copy() {
        return new Copy(old.open(), fresh.open());
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
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED"})
    void whatWasChangedSinceThePlan_isNotReplaced(Kind kind) {
        MeanServer target = new MeanServer(kind);
        old.set("a", Map.of("k", "1"), true);
        target.set("a", Map.of("k", "other"), true);
        Copy copy = new Copy(old.open(), target.open());
        List<Copy.Step> steps = copy.plan(name -> true, true);
        target.set("a", Map.of("k", "later"), true);

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertFalse(results.get(0).done());
        assertEquals(Map.of("k", "later"), target.contents().get("a"));
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
        SecretsManager target = blind.open();

        Copy.Result result = new Copy(old.open(), target)
                .apply(new Copy(old.open(), target).plan(name -> true, false), Progress.NONE)
                .get(0);

        assertTrue(result.done());
        assertFalse(result.verified());
        assertThrows(UnsupportedByFlavorException.class, () -> new Copy(blind.open(), old.open()));
        assertThrows(InvalidException.class, () -> new Copy(old.open(), old.open()));
    }

    @Test
    void pattern_choosesWhatIsCopied() {
        old.set("a", Map.of("k", "1"), true);
        old.set("b", Map.of("k", "1"), true);

        assertEquals(1, copy().plan(name -> name.value().equals("a"), false).size());
    }
}
