package dev.coffer.sync;

import dev.coffer.secrets.AlreadyExistsException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Spelling;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Keeps the local store and its targets together, with nothing lost. Only {@link #plan}, {@link #apply} and {@link
 * #conflict} talk to a target; everything else is answered from the store.
 *
 * <p>Safe for use by several threads and processes: whoever comes second is told that the other side moved.
 */
public final class Sync {
    private static final int WORKERS = 4;
    private static final Duration REST = Duration.ofMinutes(1);

    private final SyncStore store;
    private final Managers managers;
    private final Clock clock;
    private final int workers;

    /** The secrets managers, by identity. */
    public interface Managers {
        /** The name that it has now; empty if it is gone. */
        Optional<String> name(UUID componentId);

        /**
         * Where it keeps its secrets, as text without credentials: its flavor, its scope, and what the manager itself or
         * its attributes say, with the values of what these name. Another text is another place. If that cannot be told,
         * a text that is no place, and no error.
         */
        String place(UUID componentId);

        /** The secrets of the local store by which secrets managers are opened: tokens, passphrases. */
        Set<SecretName> credentials();

        /**
         * Opens it; the caller closes it.
         *
         * @throws NoSuchRecordException if it is gone
         */
        SecretsManager open(UUID componentId);
    }

    /**
     * Makes it.
     *
     * @param store the local side
     * @param managers where targets are found
     * @param clock for times that are shown; decides nothing
     */
    public Sync(SyncStore store, Managers managers, Clock clock) {
        this(store, managers, clock, WORKERS);
    }

    /** The same with that many calls to a target side by side. */
    Sync(SyncStore store, Managers managers, Clock clock, int workers) {
        this.store = store;
        this.workers = workers;
        this.managers = managers;
        this.clock = clock;
    }

    /**
     * Adds a target. Nothing is sent or read yet.
     *
     * @param manager the secrets manager
     * @param prefix what stands in front of each name on the target; may be empty
     * @param only patterns of local names; empty for all
     * @param direction which way changes travel; a target that cannot be read is pushed to
     * @param adopt whether secrets of the target that are not coffer's own may be taken over
     * @throws AlreadyExistsException if it is a target already
     * @throws UnsupportedByFlavorException if values should come from a target that cannot be read
     * @throws InvalidException if no name can begin with the prefix
     */
    public SyncTarget add(UUID manager, String prefix, List<String> only, Direction direction, boolean adopt) {
        if (!prefix.isEmpty()) {
            SecretName.of(prefix + "x");
        }
        String name = managers.name(manager).orElse(manager.toString());
        if (targets().stream().anyMatch(target -> target.name().equals(name))) { // also one whose manager is gone
            throw alreadyThere(name);
        }
        Direction possible = direction;
        try (SecretsManager open = managers.open(manager)) {
            if (!open.readsValues()) {
                if (direction == Direction.PULL) {
                    throw new UnsupportedByFlavorException(
                            "the values of " + name + " cannot be read back", name, "it can be a target to push to");
                }
                possible = Direction.PUSH;
            }
        }
        SyncTarget target = new SyncTarget(UUID.randomUUID(), name, manager, prefix, only, possible, adopt);
        try {
            store.changeRecords(List.of(new RecordChange.Insert(
                    Journal.TARGET, target.id(), manager.toString(), RecordJson.encode(target))));
        } catch (RecordExistsException e) {
            throw alreadyThere(name);
        }
        return target;
    }

    private static RecordExistsException alreadyThere(String name) {
        return new RecordExistsException(
                name + " is a sync target already",
                name,
                "'coffer sync remove " + name + "' forgets it, with what was agreed");
    }

    /** All targets, sorted by name. */
    public List<SyncTarget> targets() {
        return store.listRecords(Journal.TARGET).stream()
                .map(this::target)
                .sorted(java.util.Comparator.comparing(SyncTarget::name))
                .toList();
    }

    private SyncTarget target(StoredRecord record) {
        SyncTarget stored = RecordJson.target(record);
        return new SyncTarget(
                stored.id(),
                managers.name(stored.componentId()).orElse(stored.name()),
                stored.componentId(),
                stored.prefix(),
                stored.only(),
                stored.direction(),
                stored.adopt());
    }

    /**
     * The target with the name of its secrets manager.
     *
     * @throws NoSuchRecordException if there is none
     */
    public SyncTarget target(String name) {
        List<SyncTarget> all = targets();
        return all.stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchRecordException(
                        "there is no sync target " + Printable.quote(name),
                        name,
                        Spelling.didYouMean(
                                        name, all.stream().map(SyncTarget::name).toList())
                                + "'coffer sync list' shows them, 'coffer sync add' adds one"));
    }

    /**
     * The secrets that do not go to a target, nor come from it: what opens a secrets manager is nobody else's business.
     * A pattern that is the whole name takes one in. Of one that was on the target before, changes stay here.
     */
    public Set<SecretName> atHome(SyncTarget target) {
        Set<SecretName> credentials = new TreeSet<>(managers.credentials());
        credentials.removeIf(name -> !target.includes(name) || target.only().contains(name.value()));
        return credentials;
    }

    /**
     * Forgets a target and what was agreed with it. No secret is changed, here or there.
     *
     * @throws ConflictException if it is being synchronized with
     */
    public void remove(SyncTarget target) {
        try (SyncStore.Alone alone = store.alone(target.id()).orElse(null)) {
            if (alone == null) {
                throw underWay(target);
            }
            List<RecordChange> changes = new ArrayList<>(journal(target).removeAll());
            store.findRecord(target.id())
                    .ifPresent(record -> changes.add(new RecordChange.Remove(record.id(), record.version())));
            store.changeRecords(changes);
        }
    }

    static ConflictException underWay(SyncTarget target) {
        return new ConflictException(
                "another synchronization with " + target.name() + " is under way",
                target.name(),
                "wait until it is done, and run this again");
    }

    /** How everything stands, from what is known here: no target is asked. */
    public SyncStatus status(SyncTarget target) {
        Journal journal = journal(target);
        List<Base> bases = journal.bases();
        Observation observation = journal.observation();
        List<Intent> intents = journal.intents();
        boolean reads = observation.number() == 0 || observation.reads();
        Plan plan = Plan.of(
                new Planner.Input(
                        target,
                        bases,
                        LocalSide.of(store, target, bases),
                        observation,
                        intents,
                        false,
                        new Planner.Abilities(reads, observation.recovers()),
                        target.direction(),
                        false,
                        atHome(target)),
                journal.ground());
        return new SyncStatus(
                target, plan, observation.at(), observation.unreachableSince(), observation.trouble(), intents.size());
    }

    /** Whether the target could not be reached a moment ago: not worth trying unless somebody asks for it by name. */
    public boolean isResting(SyncTarget target) {
        Observation.Outage outage = journal(target).observation().outage();
        return outage != null && outage.last().plus(REST).isAfter(clock.instant());
    }

    /**
     * Looks at the target and says what is to be done. Writes whose outcome was not known are settled first.
     *
     * @param direction which way changes travel, within what the target is for
     * @param mirrorDeletes whether deletions travel too
     * @throws InvalidException if changes do not travel that way
     * @throws RemoteException if the target cannot be reached; that is remembered
     */
    public Plan plan(SyncTarget target, Direction direction, boolean mirrorDeletes) {
        try (Connection connection = connect(target)) {
            return connection.plan(direction, mirrorDeletes);
        }
    }

    /**
     * Carries out a plan that was just made. Each secret builds upon what the plan saw: one that moved since is left
     * alone, and told.
     *
     * @throws InvalidException if the plan has violations; nothing is written
     */
    public List<Outcome> apply(Plan plan, Progress progress) {
        try (Connection connection = connect(plan.target())) {
            return connection.apply(plan, progress);
        }
    }

    /**
     * Carries out a plan that was written to a file.
     *
     * @throws ConflictException if either side moved since; nothing is written
     * @throws NoSuchRecordException if its target is gone
     */
    public List<Outcome> apply(PlanFile file, Progress progress) {
        try (Connection connection = connect(target(file))) {
            Plan now = connection.plan(file.direction(), file.mirrorDeletes());
            return connection.apply(file.agreeing(now), progress);
        }
    }

    /**
     * The target that a plan is for.
     *
     * @throws NoSuchRecordException if it is gone
     */
    public SyncTarget target(PlanFile file) {
        return targets().stream()
                .filter(one -> one.id().equals(file.targetId()))
                .findFirst()
                .orElseThrow(() -> new NoSuchRecordException(
                        "the target of this plan is gone",
                        file.targetId().toString(),
                        "'coffer sync list' shows what there is"));
    }

    /** Makes a plan and carries it out, until nothing is left that needs no decision. */
    public List<Outcome> synchronize(SyncTarget target, Direction direction, boolean mirrorDeletes, Progress progress) {
        try (Connection connection = connect(target)) {
            return connection.synchronize(connection.plan(direction, mirrorDeletes), progress);
        }
    }

    /**
     * Carries out a plan that was just made, and what it made possible: what was renamed and changed takes two steps.
     * Nothing is deleted that the plan does not delete.
     *
     * @throws InvalidException if the plan has violations; nothing is written
     */
    public List<Outcome> synchronize(Plan plan, Progress progress) {
        try (Connection connection = connect(plan.target())) {
            return connection.synchronize(plan, progress);
        }
    }

    /**
     * A conflict, with both contents, to be decided. The caller closes it.
     *
     * @throws NoSuchRecordException if the secret is in no conflict with the target
     */
    public Conflict conflict(SyncTarget target, SecretName name) {
        Connection connection = connect(target);
        try {
            return connection.conflict(name);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * All secrets that are in conflict with a target, of which each can be decided. The caller closes it.
     *
     * @throws RemoteException if the target cannot be reached; that is remembered
     */
    public Conflicts conflicts(SyncTarget target) {
        return conflicts(target, Optional.empty());
    }

    /**
     * The same, with a secret that the target deleted and that is held here.
     *
     * @param name the secret that somebody wants to decide about; empty for all that are in conflict
     * @throws RemoteException if the target cannot be reached; that is remembered
     */
    public Conflicts conflicts(SyncTarget target, Optional<SecretName> name) {
        Connection connection = connect(target);
        try {
            return new Conflicts(connection.conflicts(name), connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The conflicts with one target, as it was when they were asked for. */
    public static final class Conflicts implements AutoCloseable {
        private final List<Item> items;
        private final Connection connection;

        private Conflicts(List<Item> items, Connection connection) {
            this.items = items;
            this.connection = connection;
        }

        /** The secrets, sorted by name. */
        public List<Item> items() {
            return items;
        }

        /** One of them, with both contents. The caller closes it before this is closed. */
        public Conflict open(Item item) {
            return connection.open(item, () -> {});
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private Journal journal(SyncTarget target) {
        try (SecretValue place = SecretValue.of(managers.place(target.componentId()))) {
            return new Journal(store, target, store.replaced() + "/" + store.fingerprint("place of a target", place));
        }
    }

    private Connection connect(SyncTarget target) {
        if (managers.name(target.componentId()).isEmpty()) {
            throw new NoSuchRecordException(
                    "the secrets manager of the sync target " + target.name() + " is gone",
                    target.name(),
                    "'coffer sync remove " + target.name() + "' forgets the target");
        }
        RemoteSide remote = new RemoteSide(target, managers.open(target.componentId()), store);
        return new Connection(store, clock, target, remote, journal(target), atHome(target), new Workers(workers));
    }
}
