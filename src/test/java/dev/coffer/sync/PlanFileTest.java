package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.Progress;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.MeanServer.Stored;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
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
}
