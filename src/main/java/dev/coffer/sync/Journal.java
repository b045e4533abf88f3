package dev.coffer.sync;

import dev.coffer.secrets.AlreadyExistsException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NotFoundException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The records of one target: bases, intents, the last observation. */
final class Journal {
    static final String TARGET = SyncTarget.KIND;
    static final String INTENT = "sync-intent";
    static final String OBSERVATION = "sync-observation";

    private final SyncStore store;
    private final UUID targetId;
    private final String ground;

    /**
     * Makes it.
     *
     * @param ground what everything that is agreed stands on: the copy of the store, and the place of the target
     */
    Journal(SyncStore store, SyncTarget target, String ground) {
        this.store = store;
        this.targetId = target.id();
        this.ground = ground;
    }

    String ground() {
        return ground;
    }

    List<Base> bases() {
        return store.listRecords(SyncStore.BASE).stream()
                .filter(record -> record.name().contains("/" + targetId + "/"))
                .map(record -> RecordJson.base(record, ground))
                .toList();
    }

    List<Intent> intents() {
        return intentRecords()
                .filter(record -> RecordJson.isOn(record, ground) || isOldName(record))
                .map(RecordJson::intent)
                .toList();
    }

    /**
     * An old name that is still to be deleted goes by its revision, whichever copy of the store noted it. Where the target
     * tells none, what is there now may be anything.
     */
    private boolean isOldName(StoredRecord record) {
        if (!RecordJson.isAt(record, ground)) {
            return false;
        }
        Intent intent = RecordJson.intent(record);
        return intent.kind() == Intent.Kind.CLEAN_UP && intent.expected().isPresent();
    }

    /** Takes away what another copy of the store was about to send. What went to another place is looked at there. */
    List<RecordChange> strangeIntents() {
        return intentRecords()
                .filter(record ->
                        RecordJson.isAt(record, ground) && !RecordJson.isOn(record, ground) && !isOldName(record))
                .<RecordChange>map(record -> new RecordChange.Remove(record.id(), record.version()))
                .toList();
    }

    private Stream<StoredRecord> intentRecords() {
        return store.listRecords(INTENT).stream()
                .filter(record ->
                        record.name().endsWith("/" + targetId) || record.name().contains("/" + targetId + "/"));
    }

    Observation observation() {
        return store.findRecord(OBSERVATION, targetId.toString())
                .map(RecordJson::observation)
                .orElse(Observation.NEVER);
    }

    /**
     * Makes changes that some other process may have made at the same moment.
     *
     * @return whether they were made now
     */
    boolean attempt(List<RecordChange> changes) {
        try {
            store.changeRecords(changes);
            return true;
        } catch (ConflictException | NotFoundException | AlreadyExistsException e) {
            return false;
        }
    }

    /** An observation is no more than a memory: if somebody else looked at the same moment, theirs will do. */
    void observed(Observation observation) {
        byte[] body = RecordJson.encode(observation);
        Optional<StoredRecord> before = store.findRecord(OBSERVATION, targetId.toString());
        RecordChange change = before.<RecordChange>map(
                        record -> new RecordChange.Replace(record.id(), record.version(), record.name(), body))
                .orElseGet(() -> new RecordChange.Insert(OBSERVATION, UUID.randomUUID(), targetId.toString(), body));
        attempt(List.of(change));
    }

    /** Made of the target and the name, so that two processes cannot both note a first agreement. */
    private UUID idOf(SecretName name) {
        return UUID.nameUUIDFromBytes((targetId + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    /** The same at the target's place. */
    private UUID placeOf(SecretName name) {
        return UUID.nameUUIDFromBytes(
                (targetId + "/" + RecordJson.place(ground) + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    RecordChange put(Base base) {
        UUID id = base.recordVersion() == 0 ? idOf(base.name()) : base.recordId();
        String name = base.secretId() + "/" + targetId + "/" + base.localVersion() + "/" + id;
        byte[] body = RecordJson.encode(base, ground);
        return base.recordVersion() == 0
                ? new RecordChange.Insert(SyncStore.BASE, id, name, body)
                : new RecordChange.Replace(base.recordId(), base.recordVersion(), name, body);
    }

    static Optional<RecordChange> remove(Base base) {
        return base.recordVersion() == 0
                ? Optional.empty()
                : Optional.of(new RecordChange.Remove(base.recordId(), base.recordVersion()));
    }

    /** Of one secret at most one write to each name is under way. */
    RecordChange put(Intent intent) {
        UUID last = intent.kind() == Intent.Kind.CLEAN_UP ? intent.recordId() : placeOf(intent.name());
        String name = intent.secretId() + "/" + targetId + "/" + last;
        return new RecordChange.Insert(INTENT, intent.recordId(), name, RecordJson.encode(intent, ground));
    }

    static RecordChange remove(Intent intent) {
        return new RecordChange.Remove(intent.recordId(), intent.recordVersion());
    }

    /** Forgets everything about the target. */
    List<RecordChange> removeAll() {
        List<RecordChange> changes = new ArrayList<>();
        bases().forEach(base -> remove(base).ifPresent(changes::add));
        intentRecords().forEach(record -> changes.add(new RecordChange.Remove(record.id(), record.version())));
        store.findRecord(OBSERVATION, targetId.toString())
                .ifPresent(record -> changes.add(new RecordChange.Remove(record.id(), record.version())));
        return changes;
    }
}
