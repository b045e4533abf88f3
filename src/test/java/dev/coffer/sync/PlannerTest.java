package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.Observation.Entry;
import dev.coffer.sync.Observation.Presence;
import dev.coffer.sync.Planner.Abilities;
import dev.coffer.sync.Planner.Local;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is to be done, from how things stand alone. */
class PlannerTest {
    private static final Prints ONE = prints("1");
    private static final Prints TWO = prints("2");
    private static final UUID ID = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final UUID RECORD = new UUID(7, 7);
    private static final long VERSION = 3;

    private final List<Base> bases = new ArrayList<>();
    private final List<Local> locals = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Intent> intents = new ArrayList<>();
    private Direction target = Direction.BOTH;
    private Direction command = Direction.BOTH;
    private List<String> only = List.of();
    private String prefix = "";
    private boolean online = true;
    private boolean looked = true;
    private boolean reads = true;
    private boolean recovers;
    private boolean mirrorDeletes = true;
    private Set<SecretName> atHome = Set.of();

    private static Prints prints(String value) {
        return new Prints("arbitrary", new TreeMap<>(Map.of("k", value)));
    }

    private static SecretName name(String name) {
        return SecretName.of(name);
    }

    /** What is stored of a secret on which both agreed. */
    private static Base agreed(UUID id, String name) {
        return new Base(RECORD, 1, id, name(name), VERSION, ONE, ONE, ONE, Optional.of("r1"), false, 0, 1, false);
    }

    private static Base buried(UUID id, String name) {
        return agreed(id, name).asGone(1);
    }

    private static Local here(UUID id, String name, Prints prints) {
        return new Local(new SecretHead(id, name(name), VERSION, "arbitrary", false), prints);
    }

    private static Local deletedHere(UUID id, String name, long version) {
        return new Local(new SecretHead(id, name(name), version, "arbitrary", true), Prints.NONE);
    }

    private static Entry there(String name, String revision, Prints prints) {
        return new Entry(name(name), Presence.LIVE, Optional.of(revision), Optional.of(prints));
    }

    private static Entry unread(String name, Presence presence, String trouble) {
        return new Entry(name(name), presence, Optional.of("r1"), Optional.empty(), Optional.of(trouble));
    }

    private static Intent intent(Intent.Kind kind, UUID id, String name) {
        return new Intent(RECORD, 1, id, kind, name(name), Optional.empty(), VERSION, ONE, ONE, Optional.of("r1"));
    }

    private List<Item> plan() {
        Observation seen = looked ? Observation.of(9, Instant.EPOCH, entries) : Observation.NEVER;
        return Planner.plan(new Planner.Input(
                new SyncTarget(new UUID(5, 5), "team", new UUID(6, 6), prefix, only, target, false),
                bases,
                locals,
                seen,
                intents,
                online,
                new Abilities(reads, recovers),
                command,
                mirrorDeletes,
                atHome));
    }

    private Item only() {
        List<Item> items = plan();
        assertEquals(1, items.size(), items.toString());
        return items.get(0);
    }

    private Item named(String name) {
        List<Item> items =
                plan().stream().filter(item -> item.key().equals(name)).toList();
        assertEquals(1, items.size(), items.toString());
        return items.get(0);
    }

    private static void assertItem(SyncState state, LocalStep here, RemoteStep there, Item item) {
        assertEquals(
                List.of(state, here, there), List.of(item.state(), item.localStep(), item.remoteStep()), item.held());
    }

    private static void assertHeld(SyncState state, String why, Item item) {
        assertItem(state, LocalStep.NONE, RemoteStep.NONE, item);
        assertEquals(why, item.held());
        assertFalse(item.alarm());
    }

    private static void assertAlarm(String why, Item item) {
        assertItem(SyncState.CONFLICT, LocalStep.NONE, RemoteStep.NONE, item);
        assertEquals(why, item.held());
        assertTrue(item.alarm());
    }

    // Deletions.

    private void deletedHereAlone() {
        bases.add(agreed(ID, "db"));
        locals.add(deletedHere(ID, "db", 4));
        entries.add(there("db", "r1", ONE));
    }

    @Test
    void deletionHere_isSent_fromTheTombstone() {
        deletedHereAlone();

        assertItem(SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.DELETE, only());
        assertEquals(4, only().localVersion());
        assertEquals(ID, only().secretId());
    }

    @Test
    void deletionHere_isHeldWithoutMirroring_andByAPull() {
        deletedHereAlone();
        mirrorDeletes = false;
        assertHeld(SyncState.TOMBSTONE_PENDING, "deletions travel with --mirror-deletes alone", only());

        mirrorDeletes = true;
        command = Direction.PULL;
        assertHeld(SyncState.TOMBSTONE_PENDING, "a push with --mirror-deletes sends it", only());

        target = Direction.PULL;
        assertHeld(SyncState.TOMBSTONE_PENDING, "changes do not go to this target", only());
    }

    @Test
    void deletionHere_againstAChangeThere_isAConflict() {
        deletedHereAlone();
        entries.set(0, there("db", "r2", TWO));

        assertHeld(SyncState.CONFLICT, "it was deleted here and changed on the target", only());
    }

    private void deletedThereAlone() {
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));
    }

    @Test
    void deletionThere_isTakenOver_andToldWhereItCanBeTakenBack() {
        deletedThereAlone();
        assertItem(SyncState.REMOTE_AHEAD, LocalStep.DELETE, RemoteStep.NONE, only());

        recovers = true;
        assertItem(SyncState.REMOTE_DELETED_RECOVERABLE, LocalStep.DELETE, RemoteStep.NONE, only());
    }

    @Test
    void deletionThere_isHeldWithoutMirroring_andByAPush() {
        deletedThereAlone();
        mirrorDeletes = false;
        assertHeld(
                SyncState.REMOTE_AHEAD,
                "it was deleted on the target; deletions travel with --mirror-deletes alone",
                only());

        mirrorDeletes = true;
        command = Direction.PUSH;
        assertHeld(
                SyncState.REMOTE_AHEAD,
                "it was deleted on the target; a pull with --mirror-deletes takes that over",
                only());

        target = Direction.PUSH;
        assertHeld(SyncState.CONFLICT, "it was deleted on the target, and changes do not come from there", only());
    }

    @Test
    void deletionThere_againstAChangeHere_isAConflict() {
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", TWO));

        assertHeld(SyncState.CONFLICT, "it was deleted on the target and changed here", only());
    }

    @Test
    void deletionOnBothSides_isNoted_andThenForgotten() {
        bases.add(agreed(ID, "db"));
        locals.add(deletedHere(ID, "db", 4));
        assertItem(SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, only());

        bases.set(0, buried(ID, "db"));
        assertEquals(List.of(), plan());
    }

    @Test
    void secretThatComesBackThere_afterItWasDeletedOnBothSides_isTakenOver() {
        bases.add(buried(ID, "db"));
        locals.add(deletedHere(ID, "db", 4));
        entries.add(there("db", "r9", TWO));

        assertItem(SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, only());
        assertEquals(4, only().localVersion());
    }

    /** Of several that were deleted under one name, it is the secret's own tombstone that is gone on from. */
    @Test
    void deletion_goesOnFromItsOwnTombstone() {
        deletedHereAlone();
        locals.add(deletedHere(OTHER, "db", 8));

        assertEquals(ID, only().secretId());
        assertEquals(4, only().localVersion());
    }

    /** The secret that both agreed on lives under another name: the last one that had this one is gone on from. */
    @Test
    void nameWhoseSecretHasANewOne_goesOnFromTheNamesTombstone() {
        bases.add(agreed(ID, "db"));
        bases.add(agreed(OTHER, "api"));
        locals.add(here(ID, "api", ONE));
        locals.add(deletedHere(OTHER, "db", 8));
        entries.add(there("db", "r1", ONE));
        entries.add(there("api", "r1", ONE));

        Item db = named("db");
        assertItem(SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.DELETE, db);
        assertEquals(8, db.localVersion());
    }

    // What is new on one side.

    @Test
    void newHere_isSent_unlessTheWayIsClosed() {
        locals.add(here(ID, "db", ONE));
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.CREATE, only());

        command = Direction.PULL;
        assertHeld(SyncState.LOCAL_AHEAD, "a push sends it", only());
        target = Direction.PULL;
        assertHeld(SyncState.LOCAL_AHEAD, "changes do not go to this target", only());
    }

    @Test
    void newThere_isTakenOver_unlessTheWayIsClosed() {
        entries.add(there("db", "r1", ONE));
        assertItem(SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, only());
        assertEquals(Base.NO_RECORD, only().secretId());
        assertEquals(0, only().localVersion());

        command = Direction.PUSH;
        assertHeld(SyncState.ORPHAN, "a pull takes it over", only());
        target = Direction.PUSH;
        assertHeld(SyncState.ORPHAN, "changes do not come from this target", only());
    }

    @Test
    void newThere_underANameThatWasDeletedHere_goesOnFromTheTombstone() {
        locals.add(deletedHere(ID, "db", 4));
        entries.add(there("db", "r1", ONE));

        assertItem(SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, only());
        assertEquals(ID, only().secretId());
        assertEquals(4, only().localVersion());
    }

    @Test
    void newHere_ofATargetThatWasNeverLookedAt_isUnknown() {
        locals.add(here(ID, "db", ONE));
        online = false;
        looked = false;
        assertHeld(SyncState.UNKNOWN, "the target was never looked at", only());

        looked = true;
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.CREATE, only());
        looked = false;
        online = true;
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.CREATE, only());
    }

    @Test
    void nameThatIsTooLongForThePrefix_isHeld_andTheOthersGo() {
        prefix = "team/";
        String longest = "x".repeat(SecretName.MAX_LENGTH);
        locals.add(here(ID, longest, ONE));
        locals.add(here(OTHER, "db", ONE));

        Item held = named(longest);
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, held);
        assertTrue(held.held() != null && held.held().contains("team/"), held.held());
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.CREATE, named("db"));
    }

    @Test
    void foreignOne_isAConflictWithOurs_andAnOrphanByItself() {
        entries.add(unread("db", Presence.FOREIGN, "unused"));
        assertHeld(SyncState.ORPHAN, "it is not coffer's own", only());

        locals.add(here(ID, "db", ONE));
        assertHeld(
                SyncState.CONFLICT,
                "the target has one that is not coffer's own; a target added with --adopt takes it over",
                only());

        bases.add(agreed(ID, "db"));
        assertHeld(SyncState.CONFLICT, "coffer's mark on it is gone from the target", only());
    }

    // What cannot be looked at, and what was tampered with.

    @Test
    void whatCannotBeRead_isUnknown_whetherKnownOrNew() {
        entries.add(unread("db", Presence.UNREADABLE, "not permitted"));
        assertHeld(SyncState.UNKNOWN, "not permitted", only());

        locals.add(here(ID, "db", ONE));
        assertHeld(SyncState.UNKNOWN, "not permitted", only());

        bases.add(agreed(ID, "db"));
        assertHeld(SyncState.UNKNOWN, "not permitted", only());
    }

    @Test
    void whatWasTamperedWith_isAnAlarm_whetherKnownOrNew() {
        entries.add(unread("db", Presence.TAMPERED, "it is damaged"));
        assertAlarm("it is damaged", only());

        locals.add(here(ID, "db", ONE));
        assertAlarm("it is damaged", only());

        bases.add(agreed(ID, "db"));
        assertAlarm("it is damaged", only());
    }

    @Test
    void olderVersionAndLossWithoutATrace_areAlarms() {
        entries.add(new Entry(name("db"), Presence.PUT_BACK, Optional.of("1"), Optional.empty()));
        assertAlarm("the target shows a version that was deleted before", only());

        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));
        assertAlarm("the target shows an older version than it had before", only());

        entries.set(0, new Entry(name("db"), Presence.TAKEN_AWAY, Optional.empty(), Optional.empty()));
        assertAlarm("the target has lost it without a trace of its deletion", only());
    }

    @Test
    void openWrite_isUnknown_alsoUnderTheNewNameOfARename() {
        intents.add(intent(Intent.Kind.CREATE, ID, "db"));
        entries.add(there("db", "r1", ONE));
        assertHeld(SyncState.UNKNOWN, "a write to the target has no known outcome", only());
        assertEquals(ID, only().secretId());

        locals.add(here(ID, "db", ONE));
        assertHeld(SyncState.UNKNOWN, "a write to the target has no known outcome", only());

        bases.add(agreed(ID, "old"));
        assertHeld(SyncState.UNKNOWN, "a write to the target has no known outcome", named("db"));
        assertEquals(Optional.of(name("old")), named("db").from());
    }

    /** The secret that was being written goes by another name here now. */
    @Test
    void openWrite_ofASecretThatLivesElsewhereHere_buildsUponNoVersion() {
        intents.add(intent(Intent.Kind.UPDATE, ID, "db"));
        locals.add(here(ID, "api", ONE));

        entries.add(there("db", "r1", ONE));
        assertHeld(SyncState.UNKNOWN, "a write to the target has no known outcome", named("db"));
        assertEquals(0, named("db").localVersion());
    }

    @Test
    void openWrite_ofATargetThatCannotBeRead_saysTheWayOut() {
        reads = false;
        intents.add(intent(Intent.Kind.CREATE, ID, "db"));
        locals.add(here(ID, "db", ONE));

        assertHeld(
                SyncState.UNKNOWN,
                "a write to the target has no known outcome, and its values cannot be read; "
                        + "'coffer sync resolve NAME --ours' sends it again",
                only());
    }

    // Renames.

    private void renamed() {
        bases.add(agreed(ID, "old"));
        locals.add(here(ID, "new", ONE));
        entries.add(there("old", "r1", ONE));
    }

    @Test
    void rename_isSent_andKeptApartFromAnotherSecretOfThatName() {
        renamed();
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.RENAME, only());
        assertEquals(Optional.of(name("old")), only().from());

        entries.add(there("new", "r1", TWO));
        assertHeld(
                SyncState.CONFLICT, "it was renamed here, and the target has another secret of the new name", only());
    }

    /** What is left of that name is the memory of a deletion, which is no secret of its own. */
    @Test
    void rename_toANameThatWasDeletedOnBothSides_isOneItem() {
        renamed();
        bases.add(buried(OTHER, "new"));
        locals.add(deletedHere(OTHER, "new", 8));

        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.RENAME, only());
    }

    @Test
    void renameIntoWhatIsSynchronized_isFollowed_andOneOutOfIt_isADeletion() {
        only = List.of("new");
        renamed();
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.RENAME, only());

        only = List.of("old");
        assertEquals(Prints.NONE, only().local());
        assertItem(SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.DELETE, only());
    }

    @Test
    void whatIsOutsideThePatterns_isLeftAlone() {
        only = List.of("api*");
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", TWO));
        assertEquals(List.of(), plan());

        locals.set(0, here(ID, "api", TWO)); // whose name has a history of its own
        bases.add(agreed(OTHER, "api"));
        entries.add(there("api", "r1", ONE));
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.UPDATE, only());
        assertEquals(Optional.empty(), only().from());
    }

    @Test
    void oldNameThatIsStillThere_isDeletedFirst() {
        intents.add(intent(Intent.Kind.CLEAN_UP, ID, "old"));
        entries.add(there("old", "r1", ONE));
        locals.add(here(OTHER, "old", TWO));

        assertItem(SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.CLEAN_UP, named("old clean-up"));
        assertHeld(SyncState.LOCAL_AHEAD, Planner.OLD_NAME, named("old"));

        bases.add(agreed(OTHER, "before"));
        entries.add(there("before", "r1", TWO));
        assertHeld(SyncState.LOCAL_AHEAD, Planner.OLD_NAME, named("old"));
        assertEquals(Optional.of(name("before")), named("old").from());
    }

    @Test
    void oldNameThatWasChangedThere_isNoOldNameAnyMore_andAPullLeavesIt() {
        intents.add(intent(Intent.Kind.CLEAN_UP, ID, "old"));
        entries.add(there("old", "r2", ONE));
        assertItem(SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, only());

        entries.set(0, there("old", "r1", ONE));
        command = Direction.PULL;
        assertEquals(List.of(), plan());
    }

    @Test
    void plan_isSortedByName() {
        intents.add(intent(Intent.Kind.CLEAN_UP, ID, "m"));
        entries.add(there("m", "r1", ONE));
        entries.add(there("a", "r1", ONE));
        locals.add(here(OTHER, "z", ONE));
        locals.add(here(new UUID(3, 3), "b", ONE));

        assertEquals(
                List.of("a", "b", "m", "z"),
                plan().stream().map(item -> item.name().value()).toList());
    }

    // What is noted.

    private void changedThere() {
        target = Direction.PUSH;
        command = Direction.PUSH;
        bases.add(new Base(RECORD, 1, ID, name("db"), VERSION, ONE, ONE, TWO, Optional.of("r2"), false, 0, 1, false));
        locals.add(here(ID, "db", ONE));
        entries.add(there("db", "r2", TWO));
    }

    @Test
    void heldChange_thatIsNotedAlready_needsNoWriting() {
        changedThere();

        assertHeld(SyncState.REMOTE_AHEAD, "changes do not come from this target", only());
    }

    static Stream<Base> older() {
        return Stream.of(
                new Base(RECORD, 1, ID, name("db"), VERSION, ONE, TWO, TWO, Optional.of("r2"), false, 0, 1, false),
                new Base(RECORD, 1, ID, name("db"), VERSION, ONE, ONE, ONE, Optional.of("r2"), false, 0, 1, false),
                new Base(RECORD, 1, ID, name("db"), 2, ONE, ONE, TWO, Optional.of("r2"), false, 0, 1, false),
                new Base(RECORD, 1, OTHER, name("db"), VERSION, ONE, ONE, TWO, Optional.of("r2"), false, 0, 1, false),
                new Base(RECORD, 1, ID, name("db"), VERSION, ONE, ONE, TWO, Optional.of("r1"), false, 0, 1, false));
    }

    @ParameterizedTest
    @MethodSource("older")
    void heldChange_thatWasNotedOtherwise_isNotedAnew(Base base) {
        changedThere();
        bases.set(0, base);

        assertItem(SyncState.REMOTE_AHEAD, LocalStep.NOTE, RemoteStep.NONE, only());
        assertEquals("changes do not come from this target", only().held());
    }

    @Test
    void agreement_isNotedOnce() {
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));
        entries.add(there("db", "r1", ONE));
        assertItem(SyncState.CLEAN, LocalStep.NONE, RemoteStep.NONE, only());

        entries.set(0, there("db", "r2", ONE));
        assertItem(SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, only());
        entries.set(0, there("db", "r1", ONE));
        locals.set(0, here(OTHER, "db", ONE));
        assertItem(SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, only());
        locals.set(0, here(ID, "db", ONE));
        bases.clear();
        assertItem(SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, only());
    }

    @Test
    void changeHere_thatAPullHolds_isNotedWhereItCanBeCompared() {
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", TWO));
        entries.add(there("db", "r1", ONE));
        command = Direction.PULL;
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NOTE, RemoteStep.NONE, only());

        reads = false;
        assertHeld(SyncState.LOCAL_AHEAD, "changes do not go to this target", only());
    }

    // Targets that cannot be read.

    @Test
    void writeOnly_newThere_isAnOrphan_alsoAfterADeletionOnBothSides() {
        reads = false;
        entries.add(new Entry(name("db"), Presence.LIVE, Optional.of("r1"), Optional.empty()));
        assertHeld(SyncState.ORPHAN, "its values cannot be read from this target", only());

        bases.add(buried(ID, "db"));
        assertHeld(SyncState.ORPHAN, "its values cannot be read from this target", only());
    }

    @Test
    void writeOnly_newOnBothSides_isAConflict() {
        reads = false;
        entries.add(new Entry(name("db"), Presence.LIVE, Optional.of("r1"), Optional.empty()));
        locals.add(here(ID, "db", ONE));

        assertHeld(SyncState.CONFLICT, "the target has one already, and its values cannot be read", only());
    }

    @Test
    void writeOnly_deletedThere_isNeverTakenOver() {
        reads = false;
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));

        assertHeld(SyncState.CONFLICT, "it was deleted on the target and changed here", only());
    }

    @Test
    void writeOnly_isComparedByRevision() {
        reads = false;
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));
        entries.add(new Entry(name("db"), Presence.LIVE, Optional.of("r1"), Optional.empty()));
        assertItem(SyncState.ASSUMED, LocalStep.NONE, RemoteStep.NONE, only());

        locals.set(0, here(ID, "db", TWO));
        assertItem(SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.UPDATE, only());
        locals.set(0, deletedHere(ID, "db", 4));
        assertItem(SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.DELETE, only());
        locals.set(0, here(OTHER, "db", ONE));
        assertItem(SyncState.ASSUMED, LocalStep.NOTE, RemoteStep.NONE, only());

        entries.set(0, new Entry(name("db"), Presence.LIVE, Optional.of("r2"), Optional.empty()));
        assertHeld(SyncState.CONFLICT, "it was changed on the target, whose values cannot be read", only());
    }

    // An older observation, and what stays here.

    @Test
    void whatWasWrittenSinceTheLastLook_countsMoreThanTheLook() {
        online = false;
        bases.add(new Base(RECORD, 1, ID, name("db"), VERSION, ONE, ONE, ONE, Optional.of("r2"), false, 0, 9, false));
        locals.add(here(ID, "db", ONE));
        assertItem(SyncState.CLEAN, LocalStep.NONE, RemoteStep.NONE, only());

        bases.set(0, agreed(ID, "db")); // from an earlier look: since then the target lost it
        mirrorDeletes = false;
        assertHeld(
                SyncState.REMOTE_AHEAD,
                "it was deleted on the target; deletions travel with --mirror-deletes alone",
                only());
    }

    @Test
    void whatStaysHere_neitherGoesNorComes_unlessAWriteOfItIsOpen() {
        atHome = Set.of(name("db"), name("api"));
        locals.add(here(ID, "db", ONE));
        entries.add(there("api", "r1", ONE));
        assertEquals(List.of(), plan());

        intents.add(intent(Intent.Kind.CREATE, ID, "db"));
        assertHeld(SyncState.UNKNOWN, "a write to the target has no known outcome", only());
    }

    @Test
    void whatStaysHere_andWasOnTheTargetBefore_isHeld() {
        atHome = Set.of(name("db"));
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", TWO));
        entries.add(there("db", "r1", ONE));
        assertHeld(
                SyncState.LOCAL_AHEAD,
                "a secrets manager is opened with it, and --only does not give its whole name",
                only());

        locals.set(0, here(OTHER, "db", TWO));
        assertEquals(List.of(), plan());
    }

    // Items.

    @Test
    void item_tellsWhetherItChangesSecrets() {
        bases.add(agreed(ID, "db"));
        locals.add(here(ID, "db", ONE));
        entries.add(there("db", "r2", ONE));
        assertTrue(only().hasSteps());
        assertFalse(only().changesSecrets(), "a note is none");

        entries.set(0, there("db", "r2", TWO));
        assertTrue(only().changesSecrets(), "taken over");
        entries.clear();
        assertTrue(only().changesSecrets(), "deleted here");
        assertFalse(only().isGoneThere());
        mirrorDeletes = false;
        assertFalse(only().changesSecrets(), "held");
        assertTrue(only().isGoneThere());
        locals.set(0, here(ID, "db", TWO));
        entries.add(there("db", "r1", ONE));
        assertTrue(only().changesSecrets(), "sent");
    }

    @Test
    void text_ofAnItem_hasNoKeys() {
        locals.add(here(ID, "db", ONE));
        assertEquals("Item(db, local-ahead, here none, there create)", only().toString());

        command = Direction.PULL;
        assertEquals("Item(db, local-ahead, here none, there none, held: a push sends it)", only().toString());
    }
}
