package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.MeanServer.Stored;
import dev.coffer.sync.Outcome.Result;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Plans that were kept in a file while the target moved on. */
class PlanFileTest {
    private static final Map<String, String> ONE = Map.of("k", "1");
    private static final Map<String, String> TWO = Map.of("k", "2");
    private static final Map<String, String> THEIRS = Map.of("k", "theirs");

    private final MeanServer server = new MeanServer(Kind.REVISED);
    private final Laptop a = new Laptop("a", server);

    private static PlanFile kept(Laptop laptop) {
        return PlanFile.parse(PlanFile.of(laptop.plan()));
    }

    private static List<Outcome> applied(Laptop laptop, PlanFile file) {
        return laptop.sync.apply(file, Progress.NONE);
    }

    private void assertMoved(PlanFile file) {
        Map<String, Map<String, String>> there = server.contents();
        ConflictException e = assertThrows(ConflictException.class, () -> applied(a, file));
        assertTrue(e.getMessage().contains("db"), e.getMessage());
        assertEquals(there, server.contents());
    }

    private PlanFile update() {
        a.store.put("db", ONE);
        a.run();
        a.store.put("db", TWO);
        return kept(a);
    }

    @Test
    void update_ofWhatWasChangedThere_isRefused() {
        PlanFile file = update();
        server.set("db", THEIRS, true);
        assertMoved(file);
    }

    @Test
    void update_ofWhatWasDeletedThere_isRefused() {
        PlanFile file = update();
        server.remove("db");
        assertMoved(file);
    }

    @Test
    void creation_whereSomebodyElseWas_isRefused() {
        a.store.put("db", ONE);
        PlanFile file = kept(a);
        server.set("db", THEIRS, false);
        assertMoved(file);
    }

    @Test
    void deletion_ofWhatWasChangedThere_isRefused() {
        a.store.put("db", ONE);
        a.run();
        a.store.delete("db");
        PlanFile file = kept(a);
        server.set("db", THEIRS, true);
        assertMoved(file);
    }

    @Test
    void rename_whoseNewNameWasTakenThere_isRefused() {
        a.store.put("old", ONE);
        a.run();
        a.store.rename("old", "db");
        PlanFile file = kept(a);
        server.set("db", THEIRS, true);
        assertMoved(file);
    }

    @Test
    void update_ofWhatWasTamperedWith_isRefused() {
        MeanServer untrusted = new MeanServer(Kind.UNTRUSTED);
        Laptop b = new Laptop("b", untrusted);
        b.store.put("db", ONE);
        b.run();
        Stored before = untrusted.kept("db");
        b.store.put("db", TWO);
        b.run();
        b.store.put("db", Map.of("k", "3"));
        PlanFile file = kept(b);
        untrusted.putBack("db", before);
        assertThrows(ConflictException.class, () -> applied(b, file));
        assertEquals(Map.of("db", ONE), untrusted.contents());
    }

    /** The half that is done is done, and the other half is tried again. */
    @Test
    void merge_whoseSecondHalfFailed_isGoneOnWith() {
        a.store.put("db", Map.of("k", "1", "m", "1"));
        a.run();
        a.store.put("db", Map.of("k", "2", "m", "1"));
        server.set("db", Map.of("k", "1", "m", "2"), true);
        PlanFile file = kept(a);
        server.faults = call -> call.startsWith("update") ? Fault.LOST : Fault.NONE;
        assertEquals(Result.FAILED, applied(a, file).get(0).result());
        server.faults = call -> Fault.NONE;

        assertEquals(Result.DONE, applied(a, file).get(0).result());
        assertEquals(Map.of("db", Map.of("k", "2", "m", "2")), server.contents());
        assertEquals(List.of(), applied(a, file));
    }

    // Each secret by itself: what the file says of it, and how it stands now.

    private static final Prints P1 = prints("1");
    private static final Prints P2 = prints("2");
    private static final UUID ID = new UUID(1, 1);
    private static final SecretName DB = SecretName.of("db");

    private static Prints prints(String value) {
        return new Prints("arbitrary", new TreeMap<>(Map.of("k", value)));
    }

    private static Base base(String revision) {
        return new Base(UUID.randomUUID(), 1, ID, DB, 3, P1, P1, P1, Optional.of(revision), false, 0, 1, false);
    }

    private static Item item(
            SyncState state,
            LocalStep here,
            RemoteStep there,
            Optional<String> revision,
            Base base,
            Prints local,
            Optional<Prints> remote) {
        String held = state == SyncState.CONFLICT ? "both sides changed the same key" : null;
        return new Item(
                ID, DB, Optional.empty(), state, here, there, List.of(), 3, revision, base, local, remote, held, false);
    }

    private static Item clean(Base base, Prints local) {
        return item(
                SyncState.CLEAN,
                LocalStep.NONE,
                RemoteStep.NONE,
                base.revision(),
                base,
                local,
                Optional.of(base.remote()));
    }

    private static Item update(String revision) {
        return item(
                SyncState.LOCAL_AHEAD,
                LocalStep.NONE,
                RemoteStep.UPDATE,
                Optional.of(revision),
                base(revision),
                P2,
                Optional.of(P1));
    }

    private static Item write(Optional<String> revision, Base base, Optional<Prints> remote) {
        return item(SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, revision, base, P1, remote);
    }

    private static Item conflict() {
        return item(
                SyncState.CONFLICT,
                LocalStep.NONE,
                RemoteStep.NONE,
                Optional.of("r2"),
                base("r1"),
                P2,
                Optional.of(prints("3")));
    }

    private Plan plan(Item... items) {
        return new Plan(a.target(), "ground", 1, null, Direction.BOTH, true, List.of(items), List.of());
    }

    private List<Item> left(Item planned, Item... now) {
        return PlanFile.parse(PlanFile.of(plan(planned))).agreeing(plan(now)).items();
    }

    private void assertMoved(Item planned, Item... now) {
        ConflictException e = assertThrows(ConflictException.class, () -> left(planned, now));
        assertEquals("since the plan was made, these were changed here or on team: db", e.getMessage());
    }

    @Test
    void whatStandsAsItDid_isLeftToDo() {
        Item update = update("r1");
        assertEquals(List.of(update), left(update, update));
        Item write = write(Optional.of("r2"), base("r1"), Optional.of(P2));
        assertEquals(List.of(write), left(write, write));
    }

    @Test
    void update_whoseRevisionMoved_isRefused_alsoOfTheSameContent() {
        assertMoved(update("r1"), update("r2"));
    }

    @Test
    void update_thatWasSent_isDone_whateverTheTargetHasNow() {
        assertEquals(List.of(), left(update("r1"), clean(base("r2"), P2)));
        assertEquals(
                List.of(),
                left(
                        update("r1"),
                        item(
                                SyncState.REMOTE_AHEAD,
                                LocalStep.WRITE,
                                RemoteStep.NONE,
                                Optional.of("r3"),
                                base("r2"),
                                P2,
                                Optional.of(prints("3")))));
    }

    @Test
    void update_insteadOfWhichSomethingElseIsHere_isRefused() {
        assertMoved(update("r1"), clean(base("r2"), prints("3")));
        assertMoved(update("r1"), conflict());
        assertMoved(update("r1"));
    }

    /** Without the fingerprints of the target, it is the revision that tells what was taken over. */
    @Test
    void write_ofWhatWasNotReadYet_isDoneOnceThatRevisionIsAgreed() {
        Item planned = write(Optional.of("r2"), base("r1"), Optional.empty());

        assertEquals(List.of(), left(planned, clean(base("r2"), P2)));
        Item note = item(
                SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, Optional.of("r3"), base("r2"), P2, Optional.of(P2));
        assertEquals(List.of(), left(planned, note));
        assertMoved(planned, clean(base("r3"), P2));
        assertMoved(planned, write(Optional.of("r3"), base("r2"), Optional.empty()));
        assertMoved(write(Optional.empty(), base("r1"), Optional.empty()), clean(base("r2"), P2));
    }

    @Test
    void write_isDoneOnceItsContentIsHere() {
        Item planned = write(Optional.of("r2"), base("r1"), Optional.of(P2));

        assertEquals(List.of(), left(planned, clean(base("r3"), P2)));
        assertMoved(planned, clean(base("r3"), P1));
    }

    @Test
    void deletion_isDoneOnceNothingIsLeft() {
        Item there = item(
                SyncState.TOMBSTONE_PENDING,
                LocalStep.NONE,
                RemoteStep.DELETE,
                Optional.of("r1"),
                base("r1"),
                Prints.NONE,
                Optional.of(P1));
        Item here = item(
                SyncState.REMOTE_AHEAD,
                LocalStep.DELETE,
                RemoteStep.NONE,
                Optional.empty(),
                base("r1"),
                P1,
                Optional.of(Prints.NONE));

        assertEquals(List.of(), left(there));
        assertEquals(List.of(), left(here));
        assertMoved(here, clean(base("r2"), P1));
        assertMoved(write(Optional.of("r2"), base("r1"), Optional.of(P2)));
    }

    @Test
    void oldNameThatIsGone_isDone() {
        Item cleanUp = item(
                SyncState.TOMBSTONE_PENDING,
                LocalStep.NONE,
                RemoteStep.CLEAN_UP,
                Optional.of("r1"),
                Base.first(ID, DB),
                Prints.NONE,
                Optional.of(P1));

        assertEquals(List.of(), left(cleanUp));
        assertEquals(List.of(cleanUp), left(cleanUp, cleanUp));
        assertEquals(List.of(cleanUp), left(cleanUp, cleanUp, update("r1")), "the name is in use again beside it");
    }

    /** Nobody agreed to anything about it. */
    @Test
    void heldSecret_thatWouldBeWrittenNow_isRefused_andOneThatIsDecided_isNot() {
        assertMoved(conflict(), update("r2"));
        assertEquals(List.of(), left(conflict(), clean(base("r2"), P2)));
        assertEquals(List.of(), left(conflict()));
        assertEquals(1, left(conflict(), conflict()).size());
    }

    @Test
    void secretOfWhichThePlanSaysNothing_isLeftAlone() {
        assertEquals(
                List.of(),
                PlanFile.parse(PlanFile.of(plan())).agreeing(plan(update("r1"))).items());
    }

    @Test
    void violations_areThoseOfTheSecretsInThePlan() {
        Plan.Violation db = new Plan.Violation(DB, "it is too long");
        Plan.Violation api = new Plan.Violation(SecretName.of("api"), "it is too long");
        Plan now = plan(update("r1")).with(List.of(api, db));

        assertEquals(
                List.of(db),
                PlanFile.parse(PlanFile.of(plan(update("r1")))).agreeing(now).violations());
    }

    @Test
    void deletions_areToldByTheSide() {
        a.store.put("here", ONE);
        a.store.put("there", ONE);
        a.store.put("stays", ONE);
        a.run();
        a.store.delete("there");
        a.store.put("stays", TWO);
        server.remove("here");

        PlanFile file = kept(a);

        assertEquals(List.of("here"), file.deletedHere());
        assertEquals(List.of("there"), file.deletedThere());
        assertEquals(
                Map.of("here", Result.DONE, "stays", Result.DONE, "there", Result.DONE), results(applied(a, file)));
        assertEquals(List.of(), applied(a, file));
    }

    private static Map<String, Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.item().name().value(), Outcome::result));
    }

    @Test
    void file_saysWhatWillBeDone_andWhatIsRefused() throws IOException {
        a.store.put("db", ONE);
        a.store.put("long", Map.of("k", "x".repeat(65)));
        a.store.put("same", ONE);
        server.set("same", ONE, true);
        server.set("other", TWO, true);
        JsonNode json = new ObjectMapper().readTree(PlanFile.of(a.plan()));

        assertEquals("2026-11-26T05:00:00.000Z", json.path("observed").asText());
        assertEquals("both", json.path("direction").asText());
        assertEquals(
                List.of("db none create", "long none create", "other write none", "same note none"),
                StreamSupport.stream(json.path("secrets").spliterator(), false)
                        .map(one -> one.path("name").asText() + " "
                                + one.path("here").asText() + " "
                                + one.path("there").asText())
                        .toList());
        assertEquals(1, json.path("violations").size());
        assertEquals("long", json.path("violations").path(0).path("name").asText());
        assertEquals(
                "secret long is too long for team",
                json.path("violations").path(0).path("why").asText());
        JsonNode db = json.path("secrets").path(0);
        assertTrue(db.path("local").asText().matches("[0-9a-f]{64}"), db.toString());
        assertEquals(db.path("local"), db.path("result"));
        assertEquals("", db.path("remote").asText());
        assertTrue(db.path("revision").isNull());
        JsonNode same = json.path("secrets").path(3);
        assertEquals(same.path("local"), same.path("remote"));
        assertEquals("r1001", same.path("revision").asText());
    }

    @Test
    void file_ofAPlanWithoutALook_saysSo_andWhatStandsStill_isNotInIt() throws IOException {
        JsonNode json = new ObjectMapper().readTree(PlanFile.of(plan(clean(base("r1"), P1), conflict())));

        assertTrue(json.has("observed") && json.path("observed").isNull());
        assertEquals(1, json.path("secrets").size());
        assertEquals(
                "both sides changed the same key",
                json.path("secrets").path(0).path("held").asText());
    }
}
