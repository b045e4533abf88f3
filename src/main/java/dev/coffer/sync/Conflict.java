package dev.coffer.sync;

import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.KeyChange.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A secret on whose future somebody has to decide. Deciding writes nothing to the target: it writes the loser and the
 * winner as versions here, and notes that the target was seen; an ordinary push follows.
 */
public final class Conflict implements AutoCloseable {
    private final SyncStore store;
    private final SyncTarget target;
    private final Journal journal;
    private final Confirmation confirmation;
    private final Item item;
    private final @Nullable Secret ours;
    private final @Nullable Secret theirs;
    private final Optional<String> revision;
    private final RemoteSide remote;
    private final boolean foreign;
    private final boolean taken;
    private final AutoCloseable connection;

    /** Who wins. */
    public enum Choice {
        /** What is here. */
        OURS,
        /** What is on the target. */
        THEIRS,
        /** What is here; what is on the target becomes a secret of its own beside it. */
        KEEP_BOTH;

        /** As written by people: kebab-case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What was decided.
     *
     * @param name the secret
     * @param beside the secret that holds the other side's content; empty if there is none
     * @param kept the versions of the losers, in the history of the secret
     * @param apart whether both go on as secrets of their own, whatever was chosen: a rename here met another secret
     */
    public record Decided(SecretName name, Optional<SecretName> beside, List<Long> kept, boolean apart) {
        private Decided(SecretName name, Optional<SecretName> beside, List<Long> kept) {
            this(name, beside, kept, false);
        }
    }

    private Conflict(
            SyncStore store,
            SyncTarget target,
            Journal journal,
            Confirmation confirmation,
            Item item,
            @Nullable Secret ours,
            RemoteSide.@Nullable Read theirs,
            Optional<String> revision,
            RemoteSide remote,
            boolean foreign,
            boolean taken,
            AutoCloseable connection) {
        this.store = store;
        this.target = target;
        this.journal = journal;
        this.confirmation = confirmation;
        this.item = item;
        this.ours = ours;
        this.theirs = theirs == null ? null : theirs.secret();
        this.revision = revision;
        this.remote = remote;
        this.foreign = foreign;
        this.taken = taken;
        this.connection = connection;
    }

    static Conflict open(
            SyncStore store,
            SyncTarget target,
            RemoteSide remote,
            Journal journal,
            Confirmation confirmation,
            Item item,
            AutoCloseable connection) {
        boolean reads = remote.abilities().reads();
        SecretName there = item.from().orElse(item.name());
        RemoteSide.Read theirs = reads ? remote.read(there, item.revision()).orElse(null) : null;
        if (reads && isMoved(item, theirs)) {
            if (theirs != null) {
                theirs.close();
            }
            throw new ConflictException(
                    "secret " + item.name() + " on " + target.name() + " is not as it was a moment ago",
                    item.name().value(),
                    "run it again, which looks at it anew");
        }
        boolean foreign = theirs != null && !remote.isOwned(there);
        Optional<String> revision = theirs != null ? theirs.revision() : item.revision();
        if (theirs != null && foreign) {
            if (target.adopt()) {
                remote.adopt(there);
                foreign = false;
            } else {
                theirs.close();
                theirs = null;
            }
        }
        if (foreign && item.from().isEmpty()) {
            throw new ConflictException(
                    "secret " + item.name() + " on " + target.name() + " is not coffer's own",
                    item.name().value(),
                    "rename one of the two, or add the target anew with --adopt");
        }
        boolean taken = item.from().isPresent() && remote.find(item.name()).isPresent();
        Secret ours = item.local().equals(Prints.NONE) ? null : store.getSecret(item.secretId(), item.localVersion());
        return new Conflict(
                store, target, journal, confirmation, item, ours, theirs, revision, remote, foreign, taken, connection);
    }

    /** Whether the target shows something else than it did when the conflict was found. */
    private static boolean isMoved(Item item, RemoteSide.@Nullable Read now) {
        boolean wasThere = item.remoteIsThere() && !item.alarm();
        if (item.revision().isPresent()) { // an alarm has none if the secret was missing
            return now == null || !now.revision().equals(item.revision());
        }
        return (now != null) != wasThere;
    }

    /** How the secret stands. */
    public Item item() {
        return item;
    }

    /**
     * The keys on which both sides differ, and the schema type if it is one of them; each has to be decided. None if it is
     * decided as a whole: a deletion, and what somebody put back.
     */
    public List<KeyChange> keys() {
        if (item.alarm() || foreign) {
            return List.of();
        }
        return merge().changes().stream()
                .filter(change -> change.side() == Side.BOTH)
                .toList();
    }

    /** What is here; empty if it was deleted. Closed with this. */
    public Optional<Secret> ours() {
        return Optional.ofNullable(ours);
    }

    /** What is on the target; empty if it was deleted or cannot be read. Closed with this. */
    public Optional<Secret> theirs() {
        return Optional.ofNullable(theirs);
    }

    private ThreeWay merge() {
        return ThreeWay.of(item.base().agreed(), item.local(), there());
    }

    private Prints there() {
        return theirs == null ? Prints.NONE : Prints.of(theirs, store);
    }

    /**
     * Decides all of it alike.
     *
     * @throws ConflictException if the secret was changed here meanwhile
     * @throws UnsupportedByFlavorException if the target's values are wanted and cannot be read
     * @throws InvalidException if the content does not fit its schema
     */
    public Decided resolve(Choice choice) {
        Map<String, Choice> keys = new HashMap<>();
        keys().forEach(change -> keys.put(change.key(), choice));
        return resolve(choice, keys);
    }

    /**
     * Decides key by key.
     *
     * @param choice for what no key says, for instance a deletion
     * @param keys what each of {@link #keys()} shall be
     * @throws ConflictException if the secret was changed here meanwhile
     * @throws UnsupportedByFlavorException if the target's values are wanted and cannot be read
     * @throws InvalidException if the content does not fit its schema, or a key is not decided
     */
    public Decided resolve(Choice choice, Map<String, Choice> keys) {
        if (!remote.abilities().reads()) {
            return withoutReading(choice);
        }
        if (foreign || meetsAnother()) {
            return apart();
        }
        if (theirs == null) {
            return againstDeletion(choice);
        }
        if (ours == null) {
            return againstOwnDeletion(choice);
        }
        for (KeyChange change : keys()) {
            if (!keys.containsKey(change.key())) {
                throw new InvalidException(
                        "the key " + change.key() + " of secret " + item.name() + " is not decided",
                        item.name().value(),
                        null);
            }
        }
        return merged(choice, keys, ours, theirs);
    }

    private Decided merged(Choice choice, Map<String, Choice> keys, Secret mine, Secret other) {
        ThreeWay merge = merge();
        // What somebody put back is not merged, and what no key is decided about is decided as a whole.
        boolean whole = keys().isEmpty();
        Set<String> taken = new TreeSet<>();
        merge.changes().stream()
                .filter(change -> whole ? choice == Choice.THEIRS : change.side() == Side.REMOTE)
                .forEach(change -> taken.add(change.key()));
        keys.forEach((key, one) -> {
            if (one == Choice.THEIRS && !whole) {
                taken.add(key);
            }
        });
        boolean lostOurs = whole ? choice == Choice.THEIRS : keys.containsValue(Choice.THEIRS);
        boolean lostTheirs = whole
                ? choice != Choice.THEIRS
                : choice == Choice.OURS || keys.values().stream().anyMatch(one -> one != Choice.THEIRS);
        try (Secret winner = store.fitted(ThreeWay.take(item.name(), mine, other, taken));
                Secret loser = ThreeWay.take(item.name(), other, other, Set.of())) {
            List<SecretChange.Step> steps = new ArrayList<>();
            if (lostTheirs) {
                steps.add(step("theirs", Optional.of(loser), true));
            }
            if (lostOurs) {
                steps.add(step("ours", Optional.of(mine), true));
            }
            steps.add(step("resolved", Optional.of(winner), false));
            return write(steps, Prints.of(winner, store), choice == Choice.KEEP_BOTH ? other : null);
        }
    }

    /** Deleted here, changed there. */
    private Decided againstOwnDeletion(Choice choice) {
        Secret other = java.util.Objects.requireNonNull(theirs);
        try (Secret copy = ThreeWay.take(item.name(), other, other, Set.of());
                Secret fitted = choice == Choice.OURS ? copy : store.fitted(copy)) {
            return choice == Choice.OURS
                    ? write(
                            List.of(step("theirs", Optional.of(copy), true), step("ours", Optional.empty(), false)),
                            Prints.NONE,
                            null)
                    : write(List.of(step("theirs", Optional.of(fitted), false)), Prints.of(fitted, store), null);
        }
    }

    /** Deleted there, changed here: without a note of the target, what is here is new to it. */
    private Decided againstDeletion(Choice choice) {
        long buried = remote.buriedAt(item.from().orElse(item.name()));
        List<RecordChange> forget =
                confirmation.gone(item.base().rising(buried)).map(List::of).orElseGet(List::of);
        if (choice != Choice.THEIRS || ours == null) {
            store.changeRecords(forget);
            return new Decided(item.name(), Optional.empty(), List.of());
        }
        List<SecretChange.Step> steps =
                List.of(step("ours", Optional.of(ours), true), step("theirs", Optional.empty(), false));
        store.change(List.of(new SecretChange(item.secretId(), item.name(), item.localVersion(), steps)), forget);
        return new Decided(item.name(), Optional.empty(), List.of(store.versionAfter(item.localVersion())));
    }

    /** Whether it was renamed here to a name that the target has, and nothing else stands in the way. */
    private boolean meetsAnother() {
        return taken && theirs != null && !item.alarm() && keys().isEmpty();
    }

    /** Each of the two names is looked at by itself from now on. */
    private Decided apart() {
        confirmation.apart(item.base(), revision).ifPresent(change -> store.changeRecords(List.of(change)));
        return new Decided(item.name(), Optional.empty(), List.of(), true);
    }

    /** Of a target that cannot be read: what is here goes there, over whatever is there now. */
    private Decided withoutReading(Choice choice) {
        if (choice != Choice.OURS) {
            throw new UnsupportedByFlavorException(
                    "the values of " + target.name() + " cannot be read, so that only --ours can be chosen",
                    item.name().value(),
                    "update the secret here first, if the target's value is the right one");
        }
        List<RecordChange> changes = new ArrayList<>();
        journal.intents().stream()
                .filter(intent -> intent.kind() != Intent.Kind.CLEAN_UP)
                .filter(intent ->
                        intent.name().equals(item.name()) || item.from().equals(Optional.of(intent.name())))
                .forEach(intent -> changes.add(Journal.remove(intent)));
        Optional<RemoteSide.Listed> renamed = item.from().flatMap(from -> remote.find(item.name()));
        if (renamed.isPresent()) {
            changes.addAll(underItsNewName(renamed.get()));
        } else if (revision.isEmpty() && !item.remoteIsThere()) {
            Journal.remove(item.base()).ifPresent(changes::add);
        } else {
            // Nothing is agreed on any more, so that what is here counts as changed.
            changes.add(journal.put(confirmation
                    .next(item.base(), item.secretId(), item.localVersion(), item.local(), Prints.NONE, revision)
                    .agreeing(Prints.NONE)));
        }
        store.changeRecords(changes);
        return new Decided(item.name(), Optional.empty(), List.of());
    }

    /** A rename that may have been carried out: the new name counts as changed here, the old one as deleted. */
    private List<RecordChange> underItsNewName(RemoteSide.Listed there) {
        return List.of(
                journal.put(item.base().detached()),
                journal.put(confirmation
                        .next(
                                Base.first(item.secretId(), item.name()),
                                item.secretId(),
                                item.localVersion(),
                                item.local(),
                                Prints.NONE,
                                there.revision())
                        .agreeing(Prints.NONE)));
    }

    private SecretChange.Step step(String side, Optional<Secret> content, boolean kept) {
        return new SecretChange.Step("conflict with " + target.name() + ": " + side, content, kept);
    }

    /** Writes the versions, and that the target was seen as it is: what differs from it is changed here from now on. */
    private Decided write(List<SecretChange.Step> steps, Prints winner, @Nullable Secret beside) {
        boolean isNew = item.localVersion() == 0;
        UUID id = isNew ? UUID.randomUUID() : item.secretId();
        List<Long> versions = new ArrayList<>();
        long last = item.localVersion();
        for (int i = 0; i < steps.size(); i++) {
            last = store.versionAfter(last);
            versions.add(last);
        }
        Prints there = there();
        Base base = confirmation
                .next(item.base(), id, last, winner, there, revision)
                .agreeing(there);
        List<SecretChange> changes = new ArrayList<>();
        changes.add(new SecretChange(id, item.name(), item.localVersion(), steps));
        Optional<SecretName> besideName = Optional.ofNullable(beside).map(secret -> freeName());
        Secret copy = null;
        if (beside != null && besideName.isPresent()) {
            copy = ThreeWay.take(besideName.get(), beside, beside, Set.of());
            changes.add(new SecretChange(
                    UUID.randomUUID(), besideName.get(), 0, List.of(step("theirs", Optional.of(copy), false))));
        }
        try {
            store.change(changes, List.of(journal.put(base)));
        } finally {
            if (copy != null) {
                copy.close();
            }
        }
        List<Long> kept = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).kept()) {
                kept.add(versions.get(i));
            }
        }
        return new Decided(item.name(), besideName, kept);
    }

    /** {@code NAME-theirs}, or with a number behind it: a name that never was there. */
    private SecretName freeName() {
        Set<String> names =
                store.heads().stream().map(head -> head.name().value()).collect(Collectors.toSet());
        String first = item.name().value() + "-theirs";
        String name = first;
        for (int i = 2; names.contains(name); i++) {
            name = first + "-" + i;
        }
        return SecretName.of(name);
    }

    @Override
    public void close() {
        if (ours != null) {
            ours.close();
        }
        if (theirs != null) {
            theirs.close();
        }
        try {
            connection.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
