package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Conflict.Choice;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.MeanServer.Stored;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A target in the hands of somebody who shows what they like of what was once there. */
class UntrustedTargetTest {
    private final MeanServer server = new MeanServer(Kind.UNTRUSTED);
    private final Laptop a = new Laptop("a", server);

    private Stored pushed(String value) {
        a.store.put("db", Map.of("k", value));
        a.run();
        return server.kept("db");
    }

    private boolean alarm(String name) {
        return a.plan().items().stream().anyMatch(item -> item.name().value().equals(name) && item.alarm());
    }

    private String here(String name) {
        return a.store.contents().getOrDefault(name, Map.of()).getOrDefault("k", "nothing");
    }

    @Test
    void youngerReplay_afterTheDecisionAboutAnOlderOne_isToldAsWell() {
        Stored first = pushed("1");
        Stored revoked = pushed("2-revoked");
        pushed("3");
        server.putBack("db", first);
        server.clock = 0; // the server counts on from what it shows
        assertTrue(alarm("db"));
        a.resolve("db", Choice.OURS);
        assertEquals(Result.DONE, a.run().get("db"));

        server.putBack("db", revoked);

        assertTrue(alarm("db"));
        a.run();
        assertEquals("3", here("db"));
    }

    @Test
    void replay_afterTheDecisionAboutALoss_isTold() {
        pushed("1");
        Stored revoked = pushed("2-revoked");
        pushed("3");
        server.takeAway("db");
        server.clock = 0;
        assertTrue(alarm("db"));
        a.resolve("db", Choice.OURS);
        assertEquals(Result.DONE, a.run().get("db"));

        server.putBack("db", revoked);

        assertTrue(alarm("db"));
        a.run();
        assertEquals("3", here("db"));
    }

    @Test
    void decision_aboutASecretRenamedHere_doesNotBringAReplayToLife() {
        Stored first = pushed("1");
        pushed("2");
        server.putBack("db", first);
        a.store.rename("db", "api");
        assertTrue(alarm("api"));

        a.resolve("api", Choice.OURS);
        a.run();
        a.run();

        assertEquals(Map.of("api", Map.of("k", "2")), a.store.contents());
        assertEquals(Map.of("api", Map.of("k", "2")), server.contents());
    }

    @Test
    void renameThatBrokeOff_isFinished_withoutAnAlarm() {
        a.store.put("old", Map.of("k", "1"));
        a.run();
        a.store.rename("old", "new");
        server.faults = call -> call.equals("delete old") ? Fault.LOST : Fault.NONE;
        a.run();
        server.faults = call -> Fault.NONE;

        assertTrue(a.plan().items().stream().noneMatch(Item::alarm));
        a.run();
        assertEquals(Map.of("new", Map.of("k", "1")), server.contents());
        assertEquals(0, a.intents());
        assertTrue(a.plan().items().stream().noneMatch(Item::alarm));
    }

    /** What was seen at one place says nothing of another one. */
    @Test
    void anotherPlace_isDoubted_andNoAlarm() {
        a.store.put("same", Map.of("k", "1"));
        a.store.put("other", Map.of("k", "1"));
        a.store.put("missing", Map.of("k", "1"));
        a.run();
        server.place = "elsewhere";
        server.secrets.clear();
        server.buried.clear();
        server.clock = 0;
        server.set("same", Map.of("k", "1"), true);
        server.set("other", Map.of("k", "2"), true);

        assertEquals(List.of(), a.plan().items().stream().filter(Item::alarm).toList());
        a.run();
        for (Item item : a.plan().items()) {
            boolean same = item.name().value().equals("same");
            assertEquals(same ? SyncState.CLEAN : SyncState.CONFLICT, item.state(), item.toString());
        }
        assertEquals(3, a.store.contents().size());
    }

    /** No key is merged with what somebody put back. */
    @Test
    void answersKeyByKey_aboutAReplay_areNotTaken() {
        a.store.put("db", Map.of("k", "1", "m", "1"));
        a.run();
        Stored first = server.kept("db");
        a.store.put("db", Map.of("k", "2", "m", "2"));
        a.run();
        server.putBack("db", first);
        try (Conflict conflict = a.sync.conflict(a.target(), SecretName.of("db"))) {
            assertEquals(List.of(), conflict.keys());
            conflict.resolve(Choice.OURS);
        }
        assertEquals(Map.of("k", "2", "m", "2"), a.store.contents().get("db"));
        assertFalse(a.store.contents().containsKey("db-theirs"));
    }

    /** The server shows another one at the read than in the listing. */
    @Test
    void replayAtTheReadOfADecision_isRefused() {
        a.store.put("db", Map.of("k", "1", "token", "revoked"));
        a.run();
        Stored revoked = server.kept("db");
        a.store.put("db", Map.of("k", "1", "token", "good"));
        a.run();
        server.set("db", Map.of("k", "theirs", "token", "good"), true);
        a.store.put("db", Map.of("k", "ours", "token", "good"));
        Stored now = server.kept("db");
        for (Choice choice : List.of(Choice.THEIRS, Choice.OURS)) {
            server.putBack("db", now);
            try (Sync.Conflicts conflicts = a.sync.conflicts(a.target())) {
                Item item = conflicts.items().get(0);
                server.putBack("db", revoked);
                assertThrows(ConflictException.class, () -> conflicts.open(item), choice.toString());
                server.secrets.clear();
                assertThrows(ConflictException.class, () -> conflicts.open(item), choice.toString());
            }
        }
        assertEquals(Map.of("k", "ours", "token", "good"), a.store.contents().get("db"));
    }

    /** Of a deletion elsewhere it is remembered as which version it was. */
    @Test
    void versionFromBeforeATombstone_whichIsPutBack_isTold() {
        Laptop b = new Laptop("b", server);
        pushed("1");
        b.run();
        b.store.put("db", Map.of("k", "2-revoked"));
        b.run();
        Stored revoked = server.kept("db");
        b.store.delete("db");
        b.run();
        a.run();
        assertEquals("nothing", here("db"));

        server.putBack("db", revoked);

        assertTrue(alarm("db"));
        a.run();
        assertEquals("nothing", here("db"));
    }

    @Test
    void decisionAboutARenameOfWhatWasDeletedThere_forgetsNothingThatWasSeen() {
        Stored last = pushed("1");
        a.store.rename("db", "api");
        server.remove("db");
        a.resolve("api", Choice.OURS);
        a.run();
        assertEquals(Map.of("api", Map.of("k", "1")), server.contents());

        server.putBack("db", last);

        assertTrue(alarm("db"));
    }

    /** Our own write, which the listing does not show yet, is no crime of the server's. */
    @Test
    void listingThatIsLate_isNoAlarm() {
        pushed("1");
        Stored before = server.kept("db");
        pushed("2");
        server.lateListings = true;
        assertTrue(before.version < server.kept("db").version);

        assertFalse(alarm("db"));
    }

    @Test
    void renameOntoANameThatWasDeletedBefore_andIsThereAgain_isAConflict() {
        Laptop b = new Laptop("b", server);
        a.store.put("a", Map.of("k", "1"));
        a.store.put("b", Map.of("k", "2"));
        a.run();
        a.store.delete("a");
        a.run();
        b.run();
        b.store.put("a", Map.of("k", "theirs"));
        b.run();
        a.store.rename("b", "a");

        assertEquals(Map.of("a", Result.HELD), a.run());
        assertEquals(SyncState.CONFLICT, a.states().get("a"));
    }

    /** Our own deletion, which the listing does not show yet. */
    @Test
    void listingThatStillShowsWhatWasDeleted_isNoAlarm() {
        pushed("1");
        a.store.delete("db");
        a.run();
        assertFalse(server.contents().containsKey("db"));
        server.lateListings = true;

        assertFalse(alarm("db"));
    }

    @Test
    void replayThatOnlyTheReadShows_isToldAndCanBeDecided() {
        Stored first = pushed("1");
        pushed("2");
        server.set("db", Map.of("k", "3"), true);
        server.faults = call -> {
            if (call.equals("get db")) {
                server.putBack("db", first);
            }
            return Fault.NONE;
        };
        assertTrue(alarm("db"));
        server.faults = call -> Fault.NONE;

        a.resolve("db", Choice.OURS);
        a.run();

        assertEquals("2", here("db"));
        assertEquals(Map.of("k", "2"), server.contents().get("db"));
    }

    @Test
    void traceThatCannotBeHad_keepsNothingElseWaiting() {
        Laptop b = new Laptop("b", server);
        pushed("1");
        b.run();
        b.store.delete("db");
        b.run();
        a.store.delete("db");
        a.store.put("other", Map.of("k", "1"));
        int[] traces = {0};
        server.faults = call -> call.equals("trace db") && ++traces[0] == 2 ? Fault.LOST : Fault.NONE;

        assertEquals(Result.DONE, a.run().get("other"));

        assertEquals(Map.of("other", Map.of("k", "1")), server.contents());
    }
}
