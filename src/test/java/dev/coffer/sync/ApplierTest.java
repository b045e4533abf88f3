package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.MeanServer.Stored;
import dev.coffer.sync.Outcome.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that are carried out while the target fails, and while somebody else is at it. */
class ApplierTest {
    private static final Map<String, String> ONE = Map.of("k", "1");
    private static final Map<String, String> TWO = Map.of("k", "2");
    private static final Map<String, String> THEIRS = Map.of("k", "theirs");
    private static final List<String> MANY = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");

    private final MeanServer server = new MeanServer(Kind.REVISED);
    private final Laptop laptop = new Laptop("a", server);

    private static Laptop adopting(MeanServer server) {
        return new Laptop("a", server, "", List.of(), Direction.BOTH, true);
    }

    private static Map<String, Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(
                        outcome -> outcome.item().name().value(), Outcome::result, (a, b) -> a, TreeMap::new));
    }

    private static long count(Map<String, Result> results, Result result) {
        return results.values().stream().filter(result::equals).count();
    }

    private Map<String, Result> apply(Plan plan) {
        return results(laptop.sync.apply(plan, Progress.NONE));
    }

    private long calls(String prefix) {
        return server.calls.stream().filter(call -> call.startsWith(prefix)).count();
    }

    /** Two of three calls are lost: never three in a row. */
    private static Fault mostly(String call, String operation) {
        boolean answers = List.of("c", "f", "i").stream().anyMatch(name -> call.equals(operation + " " + name));
        return call.startsWith(operation + " ") && !answers ? Fault.LOST : Fault.NONE;
    }

    // How far it is.

    @Test
    void progress_countsWhatIsToBeDone_upToItsEnd() {
        for (String name : List.of("held", "note", "pulled", "deleted")) {
            laptop.store.put(name, ONE);
        }
        laptop.run();
        laptop.store.put("held", TWO);
        server.set("held", THEIRS, true);
        server.set("note", ONE, true);
        server.set("pulled", TWO, true);
        laptop.store.delete("deleted");
        laptop.store.put("created", ONE);
        List<String> heard = new ArrayList<>();

        laptop.sync.apply(laptop.plan(), (done, total) -> heard.add(done + "/" + total));

        assertEquals(List.of("1/4", "2/4", "3/4", "4/4"), heard);
    }

    /** Its new name may be what another one waits for. */
    @Test
    void whatWasRenamed_isSentFirst() {
        laptop.store.put("old", ONE);
        laptop.run();
        laptop.store.rename("old", "z");
        laptop.store.put("a", ONE);
        server.calls.clear();

        laptop.run();

        assertEquals(
                List.of("register z", "register a", "delete old"),
                server.calls.stream()
                        .filter(call -> call.startsWith("register") || call.startsWith("delete"))
                        .toList());
    }

    // Targets that fail.

    @Test
    void writesThatFailNowAndThen_areAllTried() {
        MANY.forEach(name -> laptop.store.put(name, ONE));
        server.faults = call -> mostly(call, "register");

        Map<String, Result> results = laptop.run();

        assertEquals(3, count(results, Result.DONE), results.toString());
        assertEquals(0, count(results, Result.NOT_TRIED), results.toString());
        assertEquals(List.of("c", "f", "i"), List.copyOf(server.contents().keySet()));
    }

    /** The target refuses them, and answers: it is in reach. */
    @Test
    void refusals_keepTheTargetInReach() {
        MANY.forEach(name -> laptop.store.put(name, ONE));
        Plan plan = laptop.plan();
        List.of("c", "f", "i").forEach(name -> server.set(name, THEIRS, true));
        server.faults = call -> mostly(call, "register");

        Map<String, Result> results = apply(plan);

        assertEquals(0, count(results, Result.NOT_TRIED), results.toString());
        assertEquals(3, count(results, Result.MOVED), results.toString());
    }

    @Test
    void readsThatFailNowAndThen_areAllTried_andThoseThatAlwaysFail_areNot() {
        MANY.forEach(name -> server.set(name, ONE, true));
        server.faults = call -> mostly(call, "get");
        Map<String, Result> results = laptop.run();
        assertEquals(3, count(results, Result.DONE), results.toString());
        assertEquals(6, count(results, Result.FAILED), results.toString());

        server.faults = call -> call.startsWith("get") ? Fault.LOST : Fault.NONE;
        server.calls.clear();
        results = laptop.run();
        assertEquals(0, count(results, Result.DONE), results.toString());
        assertEquals(3, calls("get"));

        server.faults = call -> Fault.NONE;
        laptop.run();
        assertEquals(server.contents(), laptop.store.contents());
    }

    @Test
    void damagedSecret_isRefused_andTheOthersAreTakenOver() {
        List.of("a", "b").forEach(name -> server.set(name, ONE, true));
        Plan plan = laptop.plan();
        server.damaged.add("a");

        assertEquals(Map.of("a", Result.FAILED, "b", Result.DONE), apply(plan));
        assertEquals(Map.of("b", ONE), laptop.store.contents());
    }

    @Test
    void oldNamesThatCannotBeDeleted_areToldOfTheirSecrets_andNotTriedWithoutEnd() {
        MANY.forEach(name -> laptop.store.put(name, ONE));
        laptop.run();
        MANY.forEach(name -> laptop.store.rename(name, "new-" + name));
        server.faults = call -> call.startsWith("delete") ? Fault.LOST : Fault.NONE;
        server.calls.clear();

        Map<String, Result> results = apply(laptop.plan());

        assertEquals(9, count(results, Result.FAILED), results.toString());
        assertEquals(3, calls("delete"));
        server.faults = call -> Fault.NONE;
        laptop.run();
        assertEquals(laptop.store.contents(), server.contents());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED", "REVISED"})
    void lookThatAlwaysFails_ends_andOneThatFailsNowAndThenDoesNot(Kind kind) {
        MeanServer other = new MeanServer(kind);
        Laptop b = new Laptop("b", other);
        MANY.forEach(name -> b.store.put(name, ONE));
        MANY.forEach(name -> other.set(name, TWO, true));
        other.faults = call -> mostly(call, "get");
        Map<String, SyncState> states = b.plan().items().stream()
                .collect(Collectors.toMap(item -> item.name().value(), Item::state));
        assertEquals(
                6, states.values().stream().filter(SyncState.UNKNOWN::equals).count(), states.toString());
        assertEquals(SyncState.CONFLICT, states.get("c"));

        other.faults = call -> call.startsWith("get") ? Fault.LOST : Fault.NONE;
        other.calls.clear();
        assertThrows(RemoteException.class, b::plan);
        assertEquals(
                3, other.calls.stream().filter(call -> call.startsWith("get")).count());
        assertEquals(Laptop.CLOCK.instant(), b.sync.status(b.target()).unreachableSince());
        assertEquals(0, other.opened);
    }

    /** What was sent before it went out of reach stays open. */
    @Test
    void openWrites_thatCannotBeLookedAt_areRemembered_andEndTheNextPlan() {
        MANY.forEach(name -> laptop.store.put(name, ONE));
        server.faults = call -> call.startsWith("get")
                ? Fault.LOST
                : mostly(call, "register") == Fault.LOST ? Fault.UNANSWERED : Fault.NONE;
        Map<String, Result> results = laptop.run();
        assertEquals(6, count(results, Result.UNKNOWN), results.toString());

        server.faults = call -> Fault.LOST;
        server.calls.clear();
        assertThrows(RemoteException.class, laptop::plan);
        assertEquals(3, server.calls.size(), server.calls.toString());
        assertEquals(Laptop.CLOCK.instant(), laptop.sync.status(laptop.target()).unreachableSince());
        assertEquals(6, laptop.intents());

        server.faults = call -> Fault.NONE;
        laptop.run();
        assertEquals(laptop.store.contents(), server.contents());
        assertEquals(0, laptop.intents());
    }

    // What is not coffer's own, and is adopted.

    @Test
    void adoption_marksWhatIsTakenOver_whatIsTheSame_andWhatIsReplaced() {
        MeanServer other = new MeanServer(Kind.REVISED);
        Laptop b = adopting(other);
        other.set("taken", ONE, false);
        other.set("same", ONE, false);
        b.store.put("same", ONE);

        b.run();
        assertTrue(other.kept("taken").owned && other.kept("same").owned);

        other.secrets.put(SecretName.of("taken"), new Stored(++other.clock, ONE, false));
        b.store.put("taken", TWO);
        assertEquals(Result.DONE, b.run().get("taken"));
        assertTrue(other.kept("taken").owned);
        assertEquals(TWO, other.contents().get("taken"));
    }

    @Test
    void adoption_thatFails_isTold_andNotTriedWithoutEnd() {
        MeanServer other = new MeanServer(Kind.REVISED);
        Laptop b = adopting(other);
        MANY.forEach(name -> other.set(name, ONE, false));
        MANY.forEach(name -> b.store.put(name, ONE));
        other.faults = call -> call.startsWith("adopt") ? Fault.LOST : Fault.NONE;

        Map<String, Result> results = b.run();

        assertEquals(3, count(results, Result.FAILED), results.toString());
        assertEquals(6, count(results, Result.NOT_TRIED), results.toString());
        assertEquals(0, b.store.recordCount("sync-base"), "nothing is agreed about what is not coffer's own");
    }

    @Test
    void adoption_ofWhatIsGoneSince_isMoved() {
        MeanServer other = new MeanServer(Kind.REVISED);
        Laptop b = adopting(other);
        other.set("db", ONE, false);
        b.store.put("db", ONE);
        Plan plan = b.plan();
        other.remove("db");

        assertEquals(Map.of("db", Result.MOVED), results(b.sync.apply(plan, Progress.NONE)));
    }

    // Somebody else is at it.

    @Test
    void secretThatWasChangedHereInTheMoment_isMoved_andTheOthersAreTakenOver() {
        List.of("a", "b").forEach(name -> server.set(name, ONE, true));
        Plan plan = laptop.plan();
        before(1, () -> laptop.store.put("a", THEIRS));

        assertEquals(Map.of("a", Result.MOVED, "b", Result.DONE), apply(plan));
        assertEquals(Map.of("a", THEIRS, "b", ONE), laptop.store.contents());
    }

    /** In front of the transaction of that number. */
    private void before(int transaction, Runnable work) {
        int[] left = {transaction};
        laptop.store.steps = step -> {
            if (step.startsWith("before") && --left[0] == 0) {
                work.run();
            }
        };
    }

    @Test
    void noteThatAnotherProcessMadeInTheMoment_keepsNoOtherOneFromBeingMade() {
        List.of("a", "b").forEach(name -> {
            server.set(name, ONE, true);
            laptop.store.put(name, ONE);
        });
        Plan plan = laptop.plan();
        before(1, () -> laptop.store.changeRecords(List.of(journal(plan).put(base(plan, "a")))));

        assertEquals(Map.of("a", Result.MOVED, "b", Result.DONE), apply(plan));
        assertEquals(2, laptop.store.recordCount("sync-base"));
    }

    private Journal journal(Plan plan) {
        return new Journal(laptop.store, plan.target(), plan.ground());
    }

    private static Item item(Plan plan, String name) {
        return plan.items().stream()
                .filter(one -> one.name().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Base base(Plan plan, String name) {
        Item item = item(plan, name);
        return item.base()
                .next(
                        item.secretId(),
                        item.name(),
                        item.localVersion(),
                        item.local(),
                        item.local(),
                        item.revision(),
                        1);
    }

    /** Of one secret at most one write is under way. */
    @Test
    void writeThatAnotherProcessHasUnderWay_isLeftToIt_andTheOthersAreSent() {
        List.of("a", "b").forEach(name -> laptop.store.put(name, ONE));
        Plan plan = laptop.plan();
        Item a = item(plan, "a");
        Intent theirs = new Intent(
                UUID.randomUUID(),
                0,
                a.secretId(),
                Intent.Kind.CREATE,
                a.name(),
                Optional.empty(),
                a.localVersion(),
                a.local(),
                a.local(),
                Optional.empty());
        before(1, () -> laptop.store.changeRecords(List.of(journal(plan).put(theirs))));

        List<Outcome> outcomes = laptop.sync.apply(plan, Progress.NONE);

        assertEquals(Map.of("a", Result.MOVED, "b", Result.DONE), results(outcomes));
        assertEquals(
                "another synchronization is writing secret a to the target, or broke off in it",
                String.valueOf(
                        outcomes.get(0).error() == null
                                ? null
                                : outcomes.get(0).error().getMessage()));
        assertEquals(Map.of("b", ONE), server.contents());
        assertEquals(1, laptop.intents());
    }

    @Test
    void writeWhoseOutcomeCannotBeNoted_isUnknown_andTheOthersAreDone() {
        List.of("a", "b").forEach(name -> laptop.store.put(name, ONE));
        Plan plan = laptop.plan();
        before(2, () -> laptop.store.changeRecords(List.of(journal(plan).put(base(plan, "a")))));

        assertEquals(Map.of("a", Result.UNKNOWN, "b", Result.DONE), apply(plan));
        assertEquals(Map.of("a", ONE, "b", ONE), server.contents());
        laptop.store.steps = step -> {};
        laptop.run();
        assertEquals(0, laptop.intents());
        assertEquals(Map.of("a", SyncState.CLEAN, "b", SyncState.CLEAN), laptop.states());
    }

    @Test
    void secretThatIsGoneInTheMoment_isNotTakenOver() {
        server.set("db", ONE, true);
        Plan plan = laptop.plan();
        server.remove("db");

        assertEquals(Map.of("db", Result.MOVED), apply(plan));
        assertEquals(Map.of(), laptop.store.contents());
    }

    @Test
    void deletion_ofWhatIsGoneInTheMoment_isDone() {
        laptop.store.put("db", ONE);
        laptop.run();
        laptop.store.delete("db");
        server.faults = call -> {
            if (call.equals("delete db")) {
                server.remove("db");
            }
            return Fault.NONE;
        };

        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(0, laptop.intents());
        assertEquals(Map.of(), laptop.run());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED", "REVISED"})
    void secretThatIsGoneBetweenTheListingAndTheRead_isDeletedThere(Kind kind) {
        MeanServer other = new MeanServer(kind);
        Laptop b = new Laptop("b", other);
        b.store.put("db", ONE);
        b.run();
        other.set("db", TWO, true);
        other.faults = call -> {
            if (call.equals("get db")) {
                other.remove("db");
            }
            return Fault.NONE;
        };

        Item item = b.sync.plan(b.target(), Direction.BOTH, false).items().get(0);

        assertEquals("it was deleted on the target; deletions travel with --mirror-deletes alone", item.held());
    }

    /** A listing may be late: what it lacks is asked for by name. */
    @Test
    void secretThatOnlyTheListingLacks_isThere() {
        laptop.store.put("db", ONE);
        laptop.run();
        server.set("db", TWO, true);
        Stored there = server.kept("db");
        server.faults = call -> {
            if (call.equals("list")) {
                server.remove("db");
            } else {
                server.putBack("db", there);
            }
            return Fault.NONE;
        };

        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(Map.of("db", TWO), laptop.store.contents());
    }

    @Test
    void pushOnTopOfWhatTheTargetChanged_isMoved_ifThatMovedAgain() {
        Laptop b = new Laptop("b", server, "", List.of(), Direction.PUSH, false);
        b.store.put("db", Map.of("k", "1", "m", "1"));
        b.run();
        b.store.put("db", Map.of("k", "2", "m", "1"));
        server.set("db", Map.of("k", "1", "m", "2"), true);
        Plan plan = b.plan();
        server.set("db", Map.of("k", "1", "m", "3"), true);
        assertEquals(Map.of("db", Result.MOVED), results(b.sync.apply(plan, Progress.NONE)));
        assertEquals(Map.of("k", "1", "m", "3"), server.contents().get("db"));

        Plan again = b.plan();
        server.remove("db");
        assertEquals(Map.of("db", Result.MOVED), results(b.sync.apply(again, Progress.NONE)));
        assertEquals(Map.of(), server.contents());
    }

    // What was open before.

    /** Each of them by itself: one that cannot be looked at keeps no other one open. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void openWrites_areSettledOneByOne(boolean damaged) {
        MANY.forEach(name -> laptop.store.put(name, ONE));
        server.faults = call -> call.startsWith("get")
                ? Fault.LOST
                : mostly(call, "register") == Fault.LOST ? Fault.UNANSWERED : Fault.NONE;
        laptop.run();
        assertEquals(6, laptop.intents());

        // Two are lost, one answers, two are lost, one answers: never three in a row.
        List<String> order = new ArrayList<>();
        server.faults = call -> {
            if (!call.startsWith("get") || order.size() == 6) {
                return Fault.NONE;
            }
            order.add(call.substring("get ".length()));
            if (order.size() % 3 == 0 && damaged) {
                server.damaged.add(order.get(order.size() - 1));
            }
            return order.size() % 3 == 0 ? Fault.NONE : Fault.LOST;
        };
        laptop.plan();

        assertEquals(6, order.stream().distinct().count(), order.toString());
        assertEquals(damaged ? 6 : 4, laptop.intents());
    }

    @Test
    void oldNameThatSomebodyChanged_isNoLongerWaitedFor() {
        laptop.store.put("old", ONE);
        laptop.run();
        laptop.store.rename("old", "new");
        server.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;
        laptop.run();
        server.faults = call -> Fault.NONE;
        laptop.plan();
        assertEquals(1, laptop.intents(), "it is still as it was");

        server.set("old", THEIRS, true);
        laptop.plan();
        assertEquals(0, laptop.intents());
        laptop.run();
        assertEquals(Map.of("new", ONE, "old", THEIRS), server.contents());
        assertEquals(server.contents(), laptop.store.contents());
    }

    /** Another copy of the store was about to send it; this one is held against the target anew. */
    @Test
    void openWriteOfAnotherCopyOfTheStore_isForgotten() {
        laptop.store.put("db", ONE);
        server.faults = call ->
                call.startsWith("register") ? Fault.UNANSWERED : call.startsWith("get") ? Fault.LOST : Fault.NONE;
        laptop.run();
        assertEquals(1, laptop.intents());
        server.faults = call -> Fault.NONE;

        laptop.store.replaced = 1;
        laptop.plan();
        assertEquals(0, laptop.intents());
        assertEquals(Map.of("db", Result.DONE), laptop.run());
        assertEquals(Map.of("db", ONE), server.contents());
    }

    // What is not ours, and what is closed.

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED", "REVISED", "TOGETHER"})
    void foreignSecret_thatIsNew_isLeftAlone_alsoIfItGoesInTheMoment(Kind kind) {
        MeanServer other = new MeanServer(kind);
        Laptop b = new Laptop("b", other);
        other.set("db", THEIRS, false);
        assertEquals("it is not coffer's own", b.plan().items().get(0).held());
        assertEquals(Map.of("db", Result.HELD), b.run());
        assertEquals(Map.of(), b.store.contents());

        other.faults = call -> {
            if (call.equals("owned db")) {
                other.remove("db");
            }
            return Fault.NONE;
        };
        boolean asked = kind == Kind.PLAIN || kind == Kind.VERSIONED; // the others tell it with the listing
        assertEquals(asked ? 0 : 1, b.plan().items().size());
    }

    /** Values are in memory no longer than needed, whatever became of the secret. */
    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED", "UNTRUSTED", "REVISED", "TOGETHER"})
    void whatWasRead_isClosedAgain(Kind kind) {
        MeanServer other = new MeanServer(kind);
        Laptop b = new Laptop("b", other);
        List<Secret> fitted = new ArrayList<>();
        b.store.schemas = secret -> {
            fitted.add(secret);
            return secret;
        };
        List.of("sent", "merged", "conflict", "renamed", "deleted").forEach(name -> b.store.put(name, ONE));
        b.run();
        b.store.put("merged", Map.of("k", "1", "m", "1"));
        b.store.put("conflict", TWO);
        b.store.rename("renamed", "new");
        b.store.delete("deleted");
        other.set("merged", Map.of("k", "2"), true);
        other.set("conflict", THEIRS, true);
        other.set("pulled", ONE, true);
        other.set("together", ONE, true);
        other.faults = call -> call.equals("register new") ? Fault.UNANSWERED : Fault.NONE;
        b.run();
        b.plan();

        assertTrue(fitted.size() >= 7, fitted.toString());
        assertTrue(other.handedOut.size() >= 4, other.handedOut.toString());
        fitted.forEach(secret -> assertThrows(
                IllegalStateException.class, () -> secret.value("k").revealText(), secret::toString));
        other.handedOut.forEach(secret -> assertThrows(
                IllegalStateException.class, () -> secret.value("k").revealText(), secret::toString));
    }

    // Before the first write.

    @Test
    void directionThatTheTargetIsNotFor_isRefused() {
        Laptop b = new Laptop("b", server, "", List.of(), Direction.PUSH, false);
        InvalidException e = assertThrows(InvalidException.class, () -> b.sync.plan(b.target(), Direction.PULL, false));
        assertEquals("team is a target to push alone", e.getMessage());
        assertEquals(
                Direction.PUSH, b.sync.plan(b.target(), Direction.BOTH, false).direction());
        assertEquals(List.of("list"), server.calls);
    }

    @Test
    void violations_areFoundWhateverIsSent_andOnlyInWhatIsSynchronized() {
        Map<String, String> tooLong = Map.of("k", "x".repeat(65));
        Laptop b = new Laptop("b", server, "team/", List.of("up*", "old", "new", "x*"), Direction.BOTH, false);
        String name = "x".repeat(SecretName.MAX_LENGTH);
        b.store.put("up", ONE);
        b.store.put("old", ONE);
        b.run();
        b.store.put("up", tooLong);
        b.store.rename("old", "new");
        b.store.put("new", tooLong);
        b.store.put("y" + name.substring(1), ONE);
        b.store.put(name, ONE);
        b.store.put("xgone" + name.substring(5), ONE);
        b.store.delete("xgone" + name.substring(5));

        assertEquals(
                List.of(name, "new", "up"),
                b.plan().violations().stream()
                        .map(violation -> violation.name().value())
                        .toList());
    }
}
