package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.Outcome.Result;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is read together, where the target can, and what stands in the way of one of them. */
class ReadingsTest {
    private static final Map<String, String> ONE = Map.of("k", "1");
    private static final Map<String, String> TWO = Map.of("k", "2");
    private static final SecretName A = SecretName.of("a");
    private static final SecretName B = SecretName.of("b");

    private final MeanServer server = new MeanServer(Kind.TOGETHER);
    private final Laptop laptop = new Laptop("a", server);

    private RemoteSide side(String prefix) {
        SyncTarget target =
                new SyncTarget(new UUID(1, 1), "team", server.componentId, prefix, List.of(), Direction.BOTH, false);
        return new RemoteSide(target, server.open(), laptop.store);
    }

    private static String text(RemoteSide.Read read) {
        return read.secret().value("k").revealText();
    }

    private void fill(MeanServer filled, int count) {
        IntStream.range(0, count).forEach(i -> filled.set("s" + (100 + i), ONE, true));
    }

    private static long calls(MeanServer called, String prefix) {
        return called.calls.stream().filter(call -> call.startsWith(prefix)).count();
    }

    private static Map<String, Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(
                        outcome -> outcome.item().name().value(), Outcome::result, (a, b) -> a, TreeMap::new));
    }

    @Test
    void readings_haveLocalNames_andRevisions_andAreClosedTogether() {
        server.set("team/a", ONE, true);
        server.set("team/b", TWO, true);

        Secret secret;
        try (Readings readings = side("team/").readAll(List.of(A, B, SecretName.of("c")))) {
            RemoteSide.Read read = readings.read(A, Optional.empty()).orElseThrow();
            secret = read.secret();
            assertEquals(A, secret.name());
            assertEquals("1", text(read));
            assertEquals(Optional.of("r1001"), read.revision());
            assertEquals("2", text(readings.read(B, Optional.of("r1002")).orElseThrow()));
            assertEquals(Optional.empty(), readings.read(SecretName.of("c"), Optional.empty()));
        }

        assertEquals(List.of("together team/a team/b team/c"), server.calls);
        assertThrows(IllegalStateException.class, () -> secret.value("k").revealText());
    }

    /** Nothing from before what was seen: that one is read again, by itself. */
    @Test
    void readingThatIsNotAsSeen_isReadByItself() {
        server.set("a", ONE, true);
        server.set("b", ONE, true);
        RemoteSide side = side("");
        side.list();
        server.set("a", TWO, true);
        server.remove("b");
        server.lateReads = true;

        try (Readings readings = side.readAll(List.of(A, B))) {
            assertEquals("1", text(readings.read(A, Optional.empty()).orElseThrow()));
            assertEquals("2", text(readings.read(A, Optional.of("r1003")).orElseThrow()));
            assertEquals(Optional.empty(), readings.read(B, Optional.of("r1009")));
        }
        assertEquals(List.of("list", "together a b", "get a", "get b"), server.calls);
    }

    @Test
    void whatIsMissing_isAskedForByItself_ifItWasSeen() {
        server.set("a", ONE, true);
        RemoteSide side = side("");
        try (Readings readings = side.readAll(List.of(A, B))) {
            server.set("b", TWO, true);
            assertEquals(Optional.empty(), readings.read(B, Optional.empty()));
            assertEquals("2", text(readings.read(B, Optional.of("r1002")).orElseThrow()));
        }
    }

    @Test
    void oneAlone_andWhatWasNotAskedFor_isReadByItself() {
        server.set("a", ONE, true);
        server.set("b", TWO, true);
        try (Readings readings = side("").readAll(List.of(A))) {
            assertEquals("1", text(readings.read(A, Optional.empty()).orElseThrow()));
            assertEquals("2", text(readings.read(B, Optional.empty()).orElseThrow()));
        }
        assertEquals(List.of("get a", "get b"), server.calls);
    }

    @Test
    void oneThatCannotBeRead_isNotTheOthersTrouble() {
        server.set("a", ONE, true);
        server.set("b", ONE, true);
        server.damaged.add("a");
        try (Readings readings = side("").readAll(List.of(A, B))) {
            assertThrows(IntegrityException.class, () -> readings.read(A, Optional.empty()));
            assertEquals("1", text(readings.read(B, Optional.empty()).orElseThrow()));
        }

        server.calls.clear();
        assertEquals(Map.of("a", Result.FAILED, "b", Result.DONE), laptop.run());
        assertEquals(Map.of("b", ONE), laptop.store.contents());
    }

    @Test
    void pull_readsTwentyWithEachCall() {
        fill(server, 45);

        Map<String, Result> results = laptop.run();

        assertEquals(Collections.nCopies(45, Result.DONE), List.copyOf(results.values()));
        assertEquals(3, calls(server, "together"));
        assertEquals(0, calls(server, "get"));
        assertEquals(server.contents(), laptop.store.contents());
    }

    @Test
    void pull_whoseReadsAreLost_writesNothing_andIsGoneOnWith() {
        fill(server, 100);
        server.faults = call -> call.startsWith("together") ? Fault.LOST : Fault.NONE;

        Map<String, Result> results = laptop.run();

        assertFalse(results.containsValue(Result.DONE), results.toString());
        assertEquals(100, results.size());
        assertEquals(3, calls(server, "together"), "the rest is not tried");
        assertEquals(0, calls(server, "get"));
        assertEquals(Map.of(), laptop.store.contents());
        server.faults = call -> Fault.NONE;
        laptop.run();
        assertEquals(server.contents(), laptop.store.contents());
    }

    /** What a target shows before it is marked says nothing of whose it is. */
    @Test
    void adopted_isReadAfterItWasMarked() {
        MeanServer other = new MeanServer(Kind.TOGETHER);
        Laptop adopting = new Laptop("b", other, "", List.of(), Direction.BOTH, true);
        other.set("a", ONE, false);
        other.set("b", ONE, false);

        assertEquals(Map.of("a", Result.DONE, "b", Result.DONE), adopting.run());

        assertTrue(other.calls.indexOf("adopt a") < other.calls.indexOf("get a"), other.calls.toString());
        assertEquals(0, calls(other, "together"));
    }

    @Test
    void secretThatChangedSinceThePlan_isMoved_andTheOthersAreTakenOver() {
        server.set("a", ONE, true);
        server.set("b", ONE, true);
        server.set("c", ONE, true);
        Plan plan = laptop.plan();
        server.set("a", TWO, true);
        server.remove("b");

        assertEquals(
                Map.of("a", Result.MOVED, "b", Result.MOVED, "c", Result.DONE),
                results(laptop.sync.apply(plan, Progress.NONE)));
        assertEquals(Map.of("c", ONE), laptop.store.contents());
    }

    @Test
    void copy_readsTogether_onBothSides() {
        MeanServer there = new MeanServer(Kind.TOGETHER);
        fill(server, 45);
        fill(there, 45);
        there.set("s107", TWO, true);
        there.remove("s108");
        Copy copy = new Copy(server.open(), there.open(), laptop.store);

        List<Copy.Step> steps = copy.plan(name -> true, true);

        assertEquals(3, calls(server, "together"));
        assertEquals(3, calls(there, "together"));
        assertEquals(0, calls(server, "get") + calls(there, "get"));
        assertEquals(
                Map.of("s107", Copy.Action.REPLACE, "s108", Copy.Action.CREATE),
                steps.stream()
                        .filter(step -> step.action() != Copy.Action.SAME)
                        .collect(Collectors.toMap(step -> step.name().value(), Copy.Step::action)));
        assertTrue(copy.apply(steps, Progress.NONE).stream().allMatch(Copy.Result::done));
        assertEquals(server.contents(), there.contents());
    }

    @Test
    void copy_whoseReadsAreLost_saysSoOfWhatWasToBeWritten() {
        MeanServer there = new MeanServer(Kind.REVISED);
        fill(server, 3);
        there.set("s100", ONE, true);
        Copy copy = new Copy(server.open(), there.open(), laptop.store);
        List<Copy.Step> steps = copy.plan(name -> true, true);
        server.faults = call -> Fault.LOST;

        List<Copy.Result> results = copy.apply(steps, Progress.NONE);

        assertEquals(
                List.of(true, false, false),
                results.stream().map(Copy.Result::done).toList());
        assertEquals(null, results.get(0).error());
        assertTrue(results.stream()
                .skip(1)
                .map(Copy.Result::error)
                .allMatch(error -> error != null && error.exitCode() == ExitCode.REMOTE));
        assertEquals(List.of("s100"), List.copyOf(there.contents().keySet()));
    }
}
