package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.Outcome.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One store and two targets, of which neither knows of the other. */
class TargetsTest {
    private static final Map<String, String> ONE = Map.of("k", "1");
    private static final Map<String, String> TWO = Map.of("k", "2");

    private final MemorySyncStore store = new MemorySyncStore("laptop");
    private final MeanServer first = new MeanServer(Kind.REVISED);
    private final MeanServer second = new MeanServer(Kind.REVISED);
    private final Sync sync = new Sync(store, managers(), Laptop.CLOCK, 1);
    private SyncTarget one;
    private SyncTarget two;

    @BeforeEach
    void add() {
        one = sync.add(first.componentId, "", List.of(), Direction.BOTH, false);
        two = sync.add(second.componentId, "team/", List.of(), Direction.PUSH, true);
    }

    private Sync.Managers managers() {
        return new Sync.Managers() {
            @Override
            public Set<SecretName> credentials() {
                return Set.of();
            }

            @Override
            public String place(UUID id) {
                return id.toString();
            }

            @Override
            public Optional<String> name(UUID id) {
                return id.equals(first.componentId) ? Optional.of("one") : Optional.of("two");
            }

            @Override
            public SecretsManager open(UUID id) {
                return id.equals(first.componentId) ? first.open() : second.open();
            }
        };
    }

    private Map<String, Result> run(SyncTarget target) {
        return sync.synchronize(target, Direction.BOTH, true, Progress.NONE).stream()
                .collect(Collectors.toMap(outcome -> outcome.item().name().value(), Outcome::result));
    }

    private Map<String, SyncState> states(SyncTarget target) {
        return sync.status(target).plan().items().stream()
                .collect(Collectors.toMap(item -> item.name().value(), Item::state));
    }

    @Test
    void target_isAsItWasAdded_andFoundByItsName() {
        assertEquals(List.of(one, two), sync.targets());
        assertEquals(one, sync.target("one"));
        assertEquals(two, sync.target("two"));
        assertEquals(
                new SyncTarget(two.id(), "two", second.componentId, "team/", List.of(), Direction.PUSH, true), two);
        NoSuchRecordException e = assertThrows(NoSuchRecordException.class, () -> sync.target("three"));
        assertEquals("there is no sync target 'three'", e.getMessage());
    }

    @Test
    void add_ofATargetAgain_orWithAPrefixThatNoNameCanHave_isRefused() {
        assertThrows(
                RecordExistsException.class, () -> sync.add(second.componentId, "", List.of(), Direction.BOTH, false));
        sync.remove(two);
        assertThrows(
                InvalidException.class, () -> sync.add(second.componentId, "//", List.of(), Direction.BOTH, false));
        assertEquals(List.of(one), sync.targets());
    }

    @Test
    void eachTarget_hasItsOwnAgreements() {
        store.put("db", ONE);
        assertEquals(Map.of("db", Result.DONE), run(one));
        assertEquals(Map.of("db", SyncState.CLEAN), states(one));
        assertEquals(Map.of("db", SyncState.UNKNOWN), states(two));

        run(two);
        store.put("db", TWO);
        run(one);
        assertEquals(Map.of("db", SyncState.CLEAN), states(one));
        assertEquals(Map.of("db", SyncState.LOCAL_AHEAD), states(two));
        assertEquals(Map.of("db", TWO), first.contents());
        assertEquals(Map.of("team/db", ONE), second.contents());
    }

    @Test
    void openWriteToOneTarget_isNoneToTheOther() {
        store.put("db", ONE);
        first.faults = call ->
                call.startsWith("register") ? Fault.UNANSWERED : call.startsWith("get") ? Fault.LOST : Fault.NONE;
        assertEquals(Map.of("db", Result.UNKNOWN), run(one));

        assertEquals(1, sync.status(one).openWrites());
        assertEquals(0, sync.status(two).openWrites());
        assertEquals(Map.of("db", Result.DONE), run(two));
        assertEquals(1, store.recordCount(Journal.INTENT));
    }

    @Test
    void remove_forgetsAllOfOneTarget_andNothingOfTheOther() {
        store.put("db", ONE);
        run(one);
        run(two);
        store.put("db", TWO);
        first.faults =
                call -> call.startsWith("update") ? Fault.UNANSWERED : call.startsWith("get") ? Fault.LOST : Fault.NONE;
        run(one);
        assertEquals(
                List.of(1L, 2L, 2L),
                List.of(
                        store.recordCount(Journal.INTENT),
                        store.recordCount(Journal.OBSERVATION),
                        store.recordCount("sync-base")));

        sync.remove(one);

        assertEquals(
                List.of(0L, 1L, 1L, 1L),
                List.of(
                        store.recordCount(Journal.INTENT),
                        store.recordCount(Journal.OBSERVATION),
                        store.recordCount("sync-base"),
                        store.recordCount(Journal.TARGET)));
        assertEquals(Map.of("db", SyncState.LOCAL_AHEAD), states(two));
    }

    @Test
    void planFile_isForItsOwnTarget_andRefusedOnceThatIsGone() {
        store.put("db", ONE);
        PlanFile file = PlanFile.parse(PlanFile.of(sync.plan(two, Direction.BOTH, false)));
        assertEquals(two, sync.target(file));

        sync.apply(file, Progress.NONE);
        assertEquals(Map.of("team/db", ONE), second.contents());
        assertEquals(Map.of(), first.contents());

        sync.remove(two);
        NoSuchRecordException e = assertThrows(NoSuchRecordException.class, () -> sync.apply(file, Progress.NONE));
        assertEquals("the target of this plan is gone", e.getMessage());
    }

    @Test
    void secretInNoConflict_isNamed() {
        store.put("db", ONE);
        run(one);

        NoSuchRecordException e =
                assertThrows(NoSuchRecordException.class, () -> sync.conflict(one, SecretName.of("db")));

        assertEquals("secret db is in no conflict with one", e.getMessage());
        assertEquals(Optional.of("db"), e.name());
    }

    /** A client of a provider has threads and connections. */
    @Test
    void managers_areClosedAgain_whateverHappens() {
        store.put("db", ONE);
        run(one);
        store.put("db", TWO);
        first.set("db", Map.of("k", "theirs"), true);
        sync.plan(one, Direction.BOTH, false);
        try (Conflict conflict = sync.conflict(one, SecretName.of("db"))) {
            assertEquals(1, first.opened);
            assertEquals("db", conflict.item().name().value());
        }
        assertEquals(0, first.opened);
        try (Sync.Conflicts conflicts = sync.conflicts(one)) {
            assertEquals(1, conflicts.items().size());
            assertEquals(1, first.opened);
        }
        assertEquals(0, first.opened);

        first.faults = call -> Fault.LOST;
        assertThrows(RemoteException.class, () -> sync.conflicts(one));
        assertThrows(RemoteException.class, () -> sync.conflict(one, SecretName.of("db")));
        assertThrows(RemoteException.class, () -> sync.plan(one, Direction.BOTH, false));
        assertEquals(0, first.opened);
        assertTrue(sync.isResting(one));
    }

    @Test
    void words_areWrittenInLowerCase() {
        assertEquals("keep-both", Conflict.Choice.KEEP_BOTH.text());
        assertEquals("not-tried", Result.NOT_TRIED.text());
        assertEquals("differs", Copy.Action.DIFFERS.text());
        assertEquals("write", Item.LocalStep.WRITE.text());
        assertEquals("clean-up", Item.RemoteStep.CLEAN_UP.text());
        assertEquals("remote-deleted-recoverable", SyncState.REMOTE_DELETED_RECOVERABLE.text());
        assertEquals("removed", KeyChange.Kind.REMOVED.text());
        assertEquals("both", KeyChange.Side.BOTH.text());
        assertEquals("push", Direction.PUSH.text());
        assertEquals("2026-11-26T05:00:00.000Z", SyncTimes.text(Laptop.CLOCK.instant()));
    }
}
