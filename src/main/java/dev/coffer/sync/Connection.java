package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.Outcome.Result;
import dev.coffer.sync.Plan.Violation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One target while it is open. */
final class Connection implements AutoCloseable {
    private static final int ROUNDS = 3;

    private final SyncStore store;
    private final Clock clock;
    private final SyncTarget target;
    private final RemoteSide remote;
    private final Journal journal;
    private final Set<SecretName> atHome;
    private final Workers workers;

    /** All of it is this one's to close but the store. */
    Connection(
            SyncStore store,
            Clock clock,
            SyncTarget target,
            RemoteSide remote,
            Journal journal,
            Set<SecretName> atHome,
            Workers workers) {
        this.store = store;
        this.clock = clock;
        this.target = target;
        this.remote = remote;
        this.journal = journal;
        this.atHome = atHome;
        this.workers = workers;
    }

    private Confirmation confirmation(long observation) {
        return new Confirmation(journal, remote.isUntrusted(), observation);
    }

    /** Looks and plans. While another process synchronizes, what it has under way is left to it. */
    Plan plan(Direction direction, boolean mirrorDeletes) {
        requireAllowed(direction);
        try (SyncStore.Alone alone = store.alone(target.id()).orElse(null)) {
            if (alone != null) {
                reached(this::settle);
            }
        }
        return lookAndPlan(direction, mirrorDeletes);
    }

    private void requireAllowed(Direction direction) {
        if (!target.direction().allows(direction) && direction != Direction.BOTH) {
            throw new InvalidException(
                    target.name() + " is a target to " + target.direction().text() + " alone",
                    target.name(),
                    "'coffer sync remove' and 'coffer sync add' change that");
        }
    }

    private Plan lookAndPlan(Direction direction, boolean mirrorDeletes) {
        Direction within = direction == Direction.BOTH ? target.direction() : direction;
        List<Base> bases = journal.bases();
        List<Planner.Local> locals = LocalSide.of(store, target, bases);
        Observation observation = look(bases, locals);
        List<Intent> intents = journal.intents();
        Plan plan = Plan.of(
                new Planner.Input(
                        target,
                        bases,
                        locals,
                        observation,
                        intents,
                        true,
                        remote.abilities(),
                        within,
                        mirrorDeletes,
                        atHome),
                journal.ground());
        return plan.with(within.pushes() ? violations(plan.items(), locals) : List.of());
    }

    private Observation look(List<Base> bases, List<Planner.Local> locals) {
        Observation before = journal.observation();
        Set<SecretName> here = new HashSet<>();
        locals.stream().map(Planner.Local::head).filter(head -> !head.deleted()).forEach(head -> here.add(head.name()));
        try {
            Observation now = new Observer(remote, target, store, workers)
                    .look(bases, here, before.number() + 1, clock)
                    .able(remote.abilities());
            journal.observed(now);
            return now;
        } catch (CofferException e) {
            journal.observed(
                    e instanceof RemoteException
                            ? before.unreachable(clock.instant(), e.getMessage())
                            : before.failed(e.getMessage()));
            throw e;
        }
    }

    private void reached(Runnable work) {
        try {
            work.run();
        } catch (RemoteException e) {
            journal.observed(journal.observation().unreachable(clock.instant(), e.getMessage()));
            throw e;
        }
    }

    /** Finds out what became of writes that a crash or a lost answer left open, unless another process is at it. */
    private void settle() {
        journal.strangeIntents().forEach(change -> journal.attempt(List.of(change)));
        List<Intent> open = journal.intents();
        if (open.isEmpty()) {
            return;
        }
        Map<SecretName, Base> bases =
                journal.bases().stream().collect(Collectors.toMap(Base::name, base -> base, (a, b) -> a));
        Breaker breaker = new Breaker();
        for (Intent intent : open) {
            Optional<RemoteException> broken = breaker.trouble();
            if (broken.isPresent()) {
                throw broken.get();
            }
            try {
                settle(intent, bases, open);
                breaker.succeeded();
            } catch (RemoteException e) {
                breaker.failed(e);
            } catch (CofferException e) {
                breaker.succeeded(); // what cannot be looked at stays open, and the others go on
            }
        }
    }

    private void settle(Intent intent, Map<SecretName, Base> bases, List<Intent> open) {
        if (intent.kind() == Intent.Kind.CLEAN_UP) {
            dropIfMoved(intent);
            return;
        }
        Settlement settlement = Settlement.of(intent, remote, store);
        switch (settlement.fate()) {
            case DONE -> {
                long observation = journal.observation().number();
                journal.attempt(confirmation(observation).done(intent, bases, open, settlement.revision()));
            }
            case NOT_DONE, OVERTAKEN -> journal.attempt(List.of(Journal.remove(intent)));
            case UNKNOWN -> {}
        }
    }

    private void dropIfMoved(Intent intent) {
        Optional<RemoteSide.Listed> now = remote.find(intent.name());
        if (now.isEmpty() || !now.get().revision().equals(intent.expected())) {
            journal.attempt(List.of(Journal.remove(intent)));
        }
    }

    /** Everything that would be refused, before the first write. */
    private List<Violation> violations(List<Item> items, List<Planner.Local> locals) {
        List<Violation> violations = new ArrayList<>();
        for (Planner.Local local : locals) {
            SecretName name = local.head().name();
            if (!local.head().deleted() && target.includes(name) && !atHome.contains(name)) {
                try {
                    target.remoteName(name);
                } catch (InvalidException e) {
                    violations.add(new Violation(name, e.getMessage()));
                }
            }
        }
        for (Item item : items) {
            boolean sends = item.remoteStep() == RemoteStep.CREATE
                    || item.remoteStep() == RemoteStep.UPDATE
                    || item.remoteStep() == RemoteStep.RENAME;
            if (sends) {
                try (Secret secret = store.getSecret(item.secretId(), item.localVersion())) {
                    remote.refusal(secret)
                            .ifPresent(refusal -> violations.add(new Violation(item.name(), refusal.getMessage())));
                } catch (NoSuchSecretException e) {
                    // Deleted since: carrying out the plan tells.
                }
            }
        }
        return violations;
    }

    List<Outcome> apply(Plan plan, Progress progress) {
        return alone(() -> carryOut(plan, progress));
    }

    private <T> T alone(Supplier<T> work) {
        try (SyncStore.Alone alone = store.alone(target.id()).orElse(null)) {
            if (alone == null) {
                throw Sync.underWay(target);
            }
            return work.get();
        }
    }

    private List<Outcome> carryOut(Plan plan, Progress progress) {
        if (store.findRecord(target.id()).isEmpty()) {
            throw new NoSuchRecordException(
                    target.name() + " is no sync target any more",
                    target.name(),
                    "'coffer sync add' makes it one again");
        }
        if (!plan.ground().equals(journal.ground())) {
            throw PlanFile.onOtherGround(target);
        }
        if (!plan.violations().isEmpty()) {
            throw new InvalidException(
                    plan.violations().size() + " of the secrets cannot go to " + target.name() + ", the first: "
                            + plan.violations().get(0).name() + ": "
                            + plan.violations().get(0).sentence(),
                    plan.violations().get(0).name().value(),
                    "'coffer sync plan' shows all; nothing was written");
        }
        return new Applier(store, remote, journal, workers, confirmation(plan.observation()), target)
                .apply(plan, progress);
    }

    List<Outcome> synchronize(Plan first, Progress progress) {
        return alone(() -> rounds(first, progress));
    }

    private List<Outcome> rounds(Plan first, Progress progress) {
        Map<String, Outcome> outcomes = new TreeMap<>();
        List<Outcome> some = carryOut(first, progress);
        add(outcomes, some);
        try {
            for (int round = 1; round < ROUNDS && some.stream().anyMatch(Connection::goesOn); round++) {
                reached(this::settle);
                some = carryOut(lookAndPlan(first.direction(), false), progress);
                add(outcomes, some);
            }
        } catch (CofferException e) {
            outcomes.replaceAll(
                    (key, outcome) -> waits(outcome) ? new Outcome(outcome.item(), Result.NOT_TRIED, e) : outcome);
        }
        return List.copyOf(outcomes.values());
    }

    /** Whether it made something possible: what was renamed and changed there, and a name that was in the way. */
    private static boolean goesOn(Outcome outcome) {
        boolean freed = outcome.result() == Result.DONE && outcome.item().remoteStep() == RemoteStep.CLEAN_UP;
        return freed || isHalfDone(outcome);
    }

    private static boolean isHalfDone(Outcome outcome) {
        boolean renamed = outcome.item().from().isPresent() && outcome.item().remoteStep() == RemoteStep.NONE;
        return renamed && outcome.result() == Result.DONE;
    }

    /** Whether a further round was to do the rest of it. */
    private static boolean waits(Outcome outcome) {
        return isHalfDone(outcome) || Planner.OLD_NAME.equals(outcome.item().held());
    }

    private static void add(Map<String, Outcome> outcomes, List<Outcome> some) {
        for (Outcome outcome : some) {
            outcomes.merge(outcome.item().key(), outcome, Connection::later);
            if (outcome.item().remoteStep() == RemoteStep.CLEAN_UP && outcome.result() == Result.DONE) {
                outcomes.replaceAll((key, one) ->
                        isRenameOf(one.item(), outcome.item()) ? Outcome.of(one.item(), Result.DONE) : one);
            }
        }
    }

    private static boolean isRenameOf(Item item, Item oldName) {
        return item.remoteStep() == RemoteStep.RENAME && item.from().equals(Optional.of(oldName.name()));
    }

    /** What holds a secret up afterwards is no news of one that failed. */
    private static Outcome later(Outcome before, Outcome after) {
        boolean failed = before.error() != null;
        if (after.result() == Result.NOTHING) {
            return before.result() == Result.UNKNOWN ? after : before;
        }
        return after.result() == Result.HELD && failed ? before : after;
    }

    /**
     * What waits for a decision, sorted by name.
     *
     * @param name a secret of which a deletion on the target that is held is decided, too: with all of them, none is
     */
    List<Item> conflicts(Optional<SecretName> name) {
        return plan(target.direction(), false).items().stream()
                .filter(item -> isInConflict(item) || (item.isGoneThere() && name.equals(Optional.of(item.name()))))
                .toList();
    }

    private boolean isInConflict(Item item) {
        return item.state() == SyncState.CONFLICT
                || (item.state() == SyncState.UNKNOWN && !remote.abilities().reads());
    }

    Conflict open(Item item, AutoCloseable closed) {
        return Conflict.open(
                store,
                target,
                remote,
                journal,
                confirmation(journal.observation().number()),
                item,
                closed);
    }

    Conflict conflict(SecretName name) {
        Item item = conflicts(Optional.of(name)).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchRecordException(
                        "secret " + name + " is in no conflict with " + target.name(),
                        name.value(),
                        "'coffer sync plan' shows how everything stands"));
        return open(item, this);
    }

    @Override
    public void close() {
        workers.close();
        remote.close();
    }
}
