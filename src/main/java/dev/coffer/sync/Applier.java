package dev.coffer.sync;

import dev.coffer.secrets.AlreadyExistsException;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NotFoundException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.Outcome.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan: first what changes here, each secret in one transaction with what is noted of it, then what
 * changes on the target, each write journaled before it is sent and confirmed after it. Whatever stops it, the next run
 * goes on from there.
 */
final class Applier {
    private static final int BATCH = 32;

    private final SyncStore store;
    private final Journal journal;
    private final Workers workers;
    private final int together;
    private final Confirmation confirmation;
    private final LocalSteps here;
    private final RemoteSteps there;
    private final List<Intent> leftOver = new ArrayList<>();
    private final Map<Item, Outcome> outcomes = new LinkedHashMap<>();

    Applier(SyncStore store, RemoteSide remote, Journal journal, Workers workers, Confirmation how, SyncTarget target) {
        this.store = store;
        this.journal = journal;
        this.workers = workers;
        this.together = remote.together();
        this.confirmation = how;
        Breaker breaker = new Breaker();
        this.here = new LocalSteps(store, target, remote, journal, how, breaker);
        this.there = new RemoteSteps(store, remote, breaker, Pace.of(remote.writesPerSecond()));
    }

    List<Outcome> apply(Plan plan, Progress progress) {
        Map<UUID, SecretHead> heads = new HashMap<>();
        Set<SecretName> live = new HashSet<>();
        for (SecretHead head : store.heads()) {
            heads.put(head.id(), head);
            if (!head.deleted()) {
                live.add(head.name());
            }
        }
        List<Item> todo = new ArrayList<>();
        for (Item item : plan.items()) {
            if (!item.hasSteps()) {
                outcomes.put(item, Outcome.of(item, item.held() == null ? Result.NOTHING : Result.HELD));
            } else if (isMoved(item, heads.get(item.secretId()), live)) {
                outcomes.put(item, new Outcome(item, Result.MOVED, movedHere(item)));
            } else {
                todo.add(item);
            }
        }
        long total = todo.size();
        notes(pick(todo, item -> item.localStep() == LocalStep.NOTE));
        progress.at(outcomes.size() - (plan.items().size() - total), total);
        for (List<Item> batch :
                batches(pick(todo, item -> item.localStep() == LocalStep.WRITE), Math.max(BATCH, 4 * together))) {
            writeHere(batch);
            progress.at(done(plan, total), total);
        }
        for (Item item : pick(todo, item -> item.localStep() == LocalStep.DELETE)) {
            outcomes.put(item, attempt(item, () -> here.delete(item)));
        }
        List<Item> sent = pick(todo, item -> item.remoteStep() != RemoteStep.NONE && !isSettled(item));
        // What was renamed first: its new name may be what another one waits for.
        sent.sort(Comparator.comparingInt(item -> item.remoteStep() == RemoteStep.RENAME ? 0 : 1));
        Map<SecretName, Base> bases = new HashMap<>();
        if (!sent.isEmpty()) {
            journal.bases().forEach(base -> bases.put(base.name(), base));
            leftOver.addAll(journal.intents());
        }
        for (List<Item> batch : batches(pick(sent, item -> !deletes(item.remoteStep())))) {
            send(batch, bases);
            progress.at(done(plan, total), total);
        }
        for (List<Item> batch : batches(deletions(plan.items(), sent))) {
            send(batch, bases);
            progress.at(done(plan, total), total);
        }
        cleanUp(sent);
        forget(plan);
        return plan.items().stream()
                .map(outcomes::get)
                .map(java.util.Objects::requireNonNull)
                .toList();
    }

    private long done(Plan plan, long total) {
        return Math.max(0, Math.min(total, outcomes.size() - (plan.items().size() - total)));
    }

    /** What was deleted there is no part of what was seen last any more. */
    private void forget(Plan plan) {
        Set<SecretName> deleted = plan.items().stream()
                .filter(item -> deletes(item.remoteStep()))
                .filter(item -> outcomes.getOrDefault(item, Outcome.of(item, Result.NOTHING))
                                .result()
                        == Result.DONE)
                .map(Item::name)
                .collect(Collectors.toSet());
        Observation last = journal.observation();
        if (!deleted.isEmpty() && last.number() == plan.observation()) {
            journal.observed(last.without(deleted));
        }
    }

    private static boolean deletes(RemoteStep step) {
        return step == RemoteStep.DELETE || step == RemoteStep.CLEAN_UP;
    }

    /** Nothing is deleted before what became of the same secret under another name is there. */
    private List<Item> deletions(List<Item> all, List<Item> sent) {
        Map<UUID, SecretName> missing = new HashMap<>();
        for (Item item : all) {
            Outcome outcome = outcomes.get(item);
            boolean there =
                    outcome == null || Set.of(Result.DONE, Result.NOTHING).contains(outcome.result());
            // What is there under its other name, and only not as it is here, is there.
            boolean behind =
                    item.state() == SyncState.REMOTE_AHEAD && item.from().isEmpty() && item.remoteIsThere();
            boolean lives = !item.local().equals(Prints.NONE);
            if (lives && !deletes(item.remoteStep()) && !there && !behind) {
                missing.put(item.secretId(), item.name());
            }
        }
        List<Item> deletions = pick(sent, item -> item.remoteStep() == RemoteStep.DELETE);
        for (Item item : deletions) {
            SecretName now = missing.get(item.secretId());
            if (now != null) {
                ConflictException waits = new ConflictException(
                        "it is called " + now + " here, and that is not on the target yet",
                        item.name().value(),
                        "settle " + now + " first");
                outcomes.put(item, new Outcome(item, Result.NOT_TRIED, waits));
            }
        }
        deletions.removeIf(item -> missing.containsKey(item.secretId()));
        return deletions;
    }

    private boolean isSettled(Item item) {
        Outcome outcome = outcomes.get(item);
        return outcome != null && outcome.result() != Result.DONE;
    }

    private static boolean isMoved(Item item, @Nullable SecretHead head, Set<SecretName> live) {
        if (item.remoteStep() == RemoteStep.CLEAN_UP) {
            return false;
        }
        if (item.local().equals(Prints.NONE)) {
            return live.contains(item.name());
        }
        return head == null
                || head.deleted()
                || !head.name().equals(item.name())
                || head.version() != item.localVersion();
    }

    static ConflictException movedHere(Item item) {
        return new ConflictException(
                "secret " + item.name() + " was changed here since the plan was made",
                item.name().value(),
                "'coffer sync plan' looks at it again");
    }

    private static List<Item> pick(List<Item> items, java.util.function.Predicate<Item> which) {
        return new ArrayList<>(items.stream().filter(which).toList());
    }

    private static List<List<Item>> batches(List<Item> items) {
        return batches(items, BATCH);
    }

    private static List<List<Item>> batches(List<Item> items, int size) {
        List<List<Item>> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            batches.add(items.subList(from, Math.min(items.size(), from + size)));
        }
        return batches;
    }

    private void notes(List<Item> items) {
        List<Item> adopted = workers.all(items, there::adopt).stream()
                .flatMap(outcome -> {
                    outcomes.put(outcome.item(), outcome);
                    return outcome.error() == null ? Stream.of(outcome.item()) : Stream.empty();
                })
                .toList();
        List<RecordChange> changes = new ArrayList<>();
        List<Item> noted = new ArrayList<>();
        for (Item item : adopted) {
            Outcome outcome = attempt(item, () -> changes.addAll(here.note(item)));
            outcomes.put(item, outcome);
            if (outcome.error() == null) {
                noted.add(item);
            }
        }
        if (!changes.isEmpty() && !journal.attempt(changes)) {
            // Somebody else noted one meanwhile. One by one, so that the others do not wait for that.
            for (Item item : noted) {
                outcomes.put(item, attempt(item, () -> store.changeRecords(here.note(item))));
            }
        }
        for (Item item : adopted) {
            Outcome outcome = outcomes.get(item);
            if (item.held() != null && outcome != null && outcome.error() == null) {
                outcomes.put(item, Outcome.of(item, Result.HELD));
            }
        }
    }

    /** Reads side by side, writes all in one transaction; if that fails, each in one of its own. */
    private void writeHere(List<Item> batch) {
        List<LocalSteps.Taken> taken = workers.all(batches(batch, together), here::takeAll).stream()
                .flatMap(List::stream)
                .toList();
        try {
            List<LocalSteps.Taken> ready = taken.stream()
                    .filter(one -> one.failure() == null && one.change() != null)
                    .toList();
            try {
                here.write(ready);
                ready.forEach(one -> outcomes.put(one.item(), Outcome.of(one.item(), Result.DONE)));
            } catch (CofferException e) {
                for (LocalSteps.Taken one : ready) {
                    outcomes.put(one.item(), attempt(one.item(), () -> here.write(List.of(one))));
                }
            }
            for (LocalSteps.Taken one : taken) {
                if (one.failure() != null) {
                    outcomes.put(
                            one.item(),
                            one.tried()
                                    ? failed(one.item(), one.failure())
                                    : new Outcome(one.item(), Result.NOT_TRIED, one.failure()));
                }
            }
        } finally {
            taken.forEach(LocalSteps.Taken::close);
        }
    }

    private void send(List<Item> batch, Map<SecretName, Base> bases) {
        List<RemoteSteps.Sending> sendings = new ArrayList<>();
        try {
            for (Item item : batch) {
                Outcome trouble = attempt(item, () -> sendings.add(there.prepare(item, bases)));
                if (trouble.error() != null) {
                    outcomes.put(item, trouble);
                }
            }
            List<RemoteSteps.Sending> sent = journaled(sendings);
            workers.all(sent, sending -> {
                there.send(sending);
                return sending;
            });
            confirmAll(sent, bases);
        } finally {
            sendings.forEach(RemoteSteps.Sending::close);
        }
    }

    /** Stores what is about to be sent; gives back what was stored. */
    private List<RemoteSteps.Sending> journaled(List<RemoteSteps.Sending> sendings) {
        List<RemoteSteps.Sending> stored = new ArrayList<>(sendings);
        List<RecordChange> all =
                sendings.stream().map(sending -> journal.put(sending.intent())).toList();
        if (!all.isEmpty() && !journal.attempt(all)) {
            stored.removeIf(sending -> !journal.attempt(List.of(journal.put(sending.intent()))));
            sendings.stream()
                    .filter(sending -> !stored.contains(sending))
                    .forEach(sending -> outcomes.put(sending.item(), overlapping(sending.item())));
        }
        long version = store.versionAfter(0);
        stored.forEach(sending -> sending.journaled(version));
        return stored;
    }

    private static Outcome overlapping(Item item) {
        return new Outcome(
                item,
                Result.MOVED,
                new ConflictException(
                        "another synchronization is writing secret " + item.name()
                                + " to the target, or broke off in it",
                        item.name().value(),
                        "run the synchronization again"));
    }

    private void confirmAll(List<RemoteSteps.Sending> sendings, Map<SecretName, Base> bases) {
        List<RecordChange> all = new ArrayList<>();
        sendings.forEach(sending -> all.addAll(confirm(sending, bases)));
        if (journal.attempt(all)) {
            sendings.forEach(sending -> outcomes.put(sending.item(), sending.outcome()));
        } else {
            for (RemoteSteps.Sending sending : sendings) {
                Outcome stored = attempt(sending.item(), () -> store.changeRecords(confirm(sending, bases)));
                outcomes.put(
                        sending.item(),
                        stored.error() == null
                                ? sending.outcome()
                                : new Outcome(sending.item(), Result.UNKNOWN, stored.error()));
            }
        }
    }

    private List<RecordChange> confirm(RemoteSteps.Sending sending, Map<SecretName, Base> bases) {
        return switch (sending.outcome().result()) {
            case DONE -> confirmation.done(sending.intent(), bases, leftOver, sending.revision());
            case UNKNOWN -> List.of();
            default -> List.of(Journal.remove(sending.intent()));
        };
    }

    /** What was renamed is on the target under both names now: the old ones go, if nobody changed them. */
    private void cleanUp(List<Item> sent) {
        Map<SecretName, Item> planned = new HashMap<>();
        sent.stream()
                .filter(item -> item.remoteStep() == RemoteStep.CLEAN_UP)
                .forEach(item -> planned.put(item.name(), item));
        Map<SecretName, Item> renamed = new HashMap<>();
        sent.stream()
                .filter(item -> item.remoteStep() == RemoteStep.RENAME)
                .forEach(item -> item.from().ifPresent(from -> renamed.put(from, item)));
        if (renamed.isEmpty() && planned.isEmpty()) {
            return;
        }
        Set<SecretName> inUse =
                journal.bases().stream().filter(Base::recorded).map(Base::name).collect(Collectors.toSet());
        for (Intent intent : journal.intents()) {
            boolean wanted = planned.containsKey(intent.name()) || renamed.containsKey(intent.name());
            if (intent.kind() != Intent.Kind.CLEAN_UP || !wanted) {
                continue;
            }
            Optional<CofferException> trouble =
                    inUse.contains(intent.name()) ? Optional.empty() : there.cleanUp(intent);
            if (trouble.isEmpty()) {
                journal.attempt(List.of(Journal.remove(intent)));
            }
            Item item = planned.get(intent.name());
            if (item != null) {
                outcomes.put(
                        item, new Outcome(item, trouble.isEmpty() ? Result.DONE : Result.FAILED, trouble.orElse(null)));
            } else if (trouble.isPresent()) {
                // It has its new name there, and still the old one.
                Item of = renamed.get(intent.name());
                outcomes.computeIfPresent(of, (one, before) -> new Outcome(one, Result.FAILED, trouble.get()));
            }
        }
        planned.values().forEach(item -> outcomes.putIfAbsent(item, Outcome.of(item, Result.NOTHING)));
    }

    private interface Step {
        void run();
    }

    private static Outcome attempt(Item item, Step step) {
        try {
            step.run();
            return Outcome.of(item, Result.DONE);
        } catch (CofferException e) {
            return failed(item, e);
        }
    }

    static Outcome failed(Item item, CofferException error) {
        boolean moved = error instanceof ConflictException
                || (error instanceof NotFoundException && !(error instanceof NoSuchSchemaException))
                || error instanceof AlreadyExistsException;
        return new Outcome(item, moved ? Result.MOVED : Result.FAILED, error);
    }
}
