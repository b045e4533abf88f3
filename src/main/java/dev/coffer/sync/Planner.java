package dev.coffer.sync;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretHead;
import dev.coffer.secrets.SecretName;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.KeyChange.Side;
import dev.coffer.sync.Observation.Entry;
import dev.coffer.sync.Observation.Presence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds what both last agreed on against how each side is now, and says what is to be done. Pure: the same input gives
 * the same items, whatever the time. Contents are compared key by key; only the same key changed differently on both
 * sides is a conflict, and a deletion against a change.
 *
 * <p>Secrets are paired by name. A secret that was renamed here is followed by its identity, unless its old name has
 * been taken by another one, or its new name has a history with the target of its own: then each name is looked at by
 * itself, so that names that were exchanged come out as two changed secrets.
 */
final class Planner {
    private static final String DOUBTED =
            "the store was replaced by another copy since, or the target is at another place";
    static final String OLD_NAME =
            "the target still has the name from before a rename, which is deleted first; run it again";
    private static final String OPEN_WRITE = "a write to the target has no known outcome";
    private static final String OPEN_FOR_GOOD =
            OPEN_WRITE + ", and its values cannot be read; 'coffer sync resolve NAME --ours' sends it again";

    private final Input input;
    private final Map<SecretName, Local> live = new TreeMap<>();
    private final Map<UUID, Local> byId = new HashMap<>();
    private final Map<SecretName, UUID> tombstones = new HashMap<>();
    private final Map<SecretName, Base> bases = new TreeMap<>();
    private final Map<SecretName, Entry> remote;
    private final Map<SecretName, SecretName> renamed = new HashMap<>();
    private final Set<SecretName> oldNames = new HashSet<>();
    private final List<Item> items = new ArrayList<>();

    /** A local secret, deleted ones included; the prints of a live one. */
    record Local(SecretHead head, Prints prints) {}

    /**
     * All that a plan is made from.
     *
     * @param target the target, whose bases these are
     * @param bases what is stored of each secret
     * @param locals all secrets of the local store, deleted ones included
     * @param observation the target
     * @param intents writes whose outcome is not known
     * @param online whether the observation was made just now: an older one says nothing of what was written since
     * @param abilities what the target can do
     * @param direction which way changes travel
     * @param mirrorDeletes whether deletions travel too
     * @param atHome secrets that stay here unless they were on the target already
     */
    record Input(
            SyncTarget target,
            Collection<Base> bases,
            Collection<Local> locals,
            Observation observation,
            Collection<Intent> intents,
            boolean online,
            Abilities abilities,
            Direction direction,
            boolean mirrorDeletes,
            Set<SecretName> atHome) {}

    /**
     * What a target can do.
     *
     * @param reads whether values can be read back
     * @param recovers whether what was deleted can be brought back
     */
    record Abilities(boolean reads, boolean recovers) {}

    private Planner(Input input) {
        this.input = input;
        this.remote = new TreeMap<>(input.observation().entries());
    }

    static List<Item> plan(Input input) {
        return new Planner(input).run();
    }

    private List<Item> run() {
        for (Local local : input.locals()) {
            byId.put(local.head().id(), local);
            if (!local.head().deleted()) {
                if (input.target().includes(local.head().name())) {
                    live.put(local.head().name(), local);
                }
            } else {
                tombstones.put(local.head().name(), local.head().id()); // the last one of a name is continued
            }
        }
        input.bases().stream()
                .filter(base -> input.target().includes(base.name()) || live.containsKey(nameOf(base)))
                .forEach(base -> bases.put(base.name(), base));
        cleanUps();
        findRenamed();
        for (Base base : bases.values()) {
            if (!staysHere(base)) {
                known(base);
            }
        }
        Set<SecretName> settled = new HashSet<>(bases.keySet());
        settled.addAll(renamed.values());
        for (Local local : live.values()) {
            SecretName name = local.head().name();
            if (!settled.contains(name) && !staysHere(name)) {
                newHere(local);
            }
        }
        remote.values().stream()
                .filter(entry -> !staysHere(entry.name()))
                .sorted(Comparator.comparing(Entry::name))
                .forEach(this::newThere);
        items.sort(Comparator.comparing(Item::name));
        return items;
    }

    private boolean staysHere(SecretName name) {
        return input.atHome().contains(name) && intentOn(name).isEmpty();
    }

    /** What was on the target before goes on being synchronized, as long as it is the same secret. */
    private boolean staysHere(Base base) {
        Local local = live.get(base.name());
        boolean known = base.recorded() && (local == null || local.head().id().equals(base.secretId()));
        return !known && staysHere(base.name());
    }

    private SecretName nameOf(Base base) {
        Local local = byId.get(base.secretId());
        return local == null ? base.name() : local.head().name();
    }

    /** Old names of renamed secrets that are still on the target; one that somebody changed since is left alone. */
    private void cleanUps() {
        for (Intent intent : input.intents()) {
            Entry entry = remote.get(intent.name());
            Base base = bases.get(intent.name());
            if (intent.kind() != Intent.Kind.CLEAN_UP || (base != null && base.recorded())) {
                continue;
            }
            boolean same = entry != null && entry.revision().equals(intent.expected());
            if (entry != null && same) {
                oldNames.add(intent.name());
                remote.remove(intent.name());
                if (!input.direction().pushes()) {
                    continue;
                }
                items.add(new Item(
                        intent.secretId(),
                        intent.name(),
                        Optional.empty(),
                        SyncState.TOMBSTONE_PENDING,
                        LocalStep.NONE,
                        RemoteStep.CLEAN_UP,
                        List.of(),
                        0,
                        entry.revision(),
                        Base.first(intent.secretId(), intent.name()),
                        Prints.NONE,
                        entry.prints(),
                        null,
                        false));
            }
        }
    }

    private void findRenamed() {
        for (Base base : bases.values()) {
            Local local = byId.get(base.secretId());
            if (local == null || local.head().deleted() || live.containsKey(base.name()) || base.gone()) {
                continue;
            }
            SecretName now = local.head().name();
            Base other = bases.get(now);
            if (live.containsKey(now) && (other == null || other.gone())) {
                renamed.put(base.name(), now);
            }
        }
    }

    private void known(Base base) {
        if (base.gone() && renamed.containsValue(base.name())) {
            return; // only its memory is left, and the secret that has the name now comes with a base of its own
        }
        Entry entry = takeEntry(base);
        SecretName now = renamed.getOrDefault(base.name(), base.name());
        known(base, now, entry);
        if (!now.equals(base.name())) {
            remote.remove(now); // it is looked at once the name of this one is settled
        }
    }

    private void known(Base base, SecretName now, @Nullable Entry entry) {
        Local local = live.get(now);
        if (local == null && !input.target().includes(base.name())) {
            return;
        }
        Pair pair = new Pair(base, now, local, entry, local == null ? tombstone(base) : local);
        if (intentOn(base.name()).or(() -> intentOn(now)).isPresent()) {
            remote.remove(now); // what is there may be what was written
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, openWrite());
        } else if (base.doubted() && !input.online()) {
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, DOUBTED);
        } else if (entry != null && isOpaque(entry)) {
            opaque(pair, entry);
        } else if (entry != null && entry.presence() == Presence.PUT_BACK) {
            alarm(pair, "the target shows an older version than it had before");
        } else if (entry != null && entry.presence() == Presence.TAKEN_AWAY) {
            alarm(pair, "the target has lost it without a trace of its deletion");
        } else if (entry != null && entry.presence() == Presence.FOREIGN && base.gone() && local == null) {
            add(pair, SyncState.ORPHAN, LocalStep.NONE, RemoteStep.NONE, "it is not coffer's own");
        } else if (entry != null && entry.presence() == Presence.FOREIGN) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "coffer's mark on it is gone from the target");
        } else if (base.gone() && local == null && entry == null) {
            return;
        } else if (local == null && entry == null) {
            add(pair, SyncState.CLEAN, LocalStep.NOTE, RemoteStep.NONE, null);
        } else if (!input.abilities().reads()) {
            writeOnly(pair);
        } else {
            compare(pair);
        }
    }

    /** What a name without a live secret goes on from; the secret that it belonged to may live under another name. */
    private @Nullable Local tombstone(Base base) {
        Local own = byId.get(base.secretId());
        if (own != null && own.head().deleted() && own.head().name().equals(base.name())) {
            return own;
        }
        return deleted(tombstones.get(base.name()));
    }

    /** The entry of a secret; in an older observation, what was written since counts more. */
    private @Nullable Entry takeEntry(Base base) {
        Entry seen = remote.remove(base.name());
        if (!input.online() && base.seen() >= input.observation().number() && !base.gone()) {
            return new Entry(base.name(), Presence.LIVE, base.revision(), Optional.of(base.remote()));
        }
        return seen;
    }

    private Optional<Intent> intentOn(SecretName name) {
        return input.intents().stream()
                .filter(intent ->
                        intent.kind() != Intent.Kind.CLEAN_UP && intent.name().equals(name))
                .findFirst();
    }

    /**
     * One secret on both sides.
     *
     * @param base what is stored
     * @param name the local name
     * @param local the live local secret
     * @param entry the secret on the target
     * @param last the local secret, live or deleted, that whatever is written goes on from
     */
    private record Pair(
            Base base,
            SecretName name,
            @Nullable Local local,
            @Nullable Entry entry,
            @Nullable Local last) {
        boolean isRenamed() {
            return !base.name().equals(name);
        }

        Prints here() {
            return local == null ? Prints.NONE : local.prints();
        }

        Prints there() {
            return entry == null ? Prints.NONE : entry.prints().orElse(base.remote());
        }

        Optional<String> revision() {
            return entry == null ? Optional.empty() : entry.revision();
        }
    }

    private void compare(Pair pair) {
        Base base = pair.base();
        ThreeWay merge = ThreeWay.of(base.agreed(), pair.here(), pair.there());
        boolean here = merge.has(Side.LOCAL);
        boolean there = merge.has(Side.REMOTE);
        if (pair.entry() == null && !base.recorded()) {
            create(pair);
        } else if (pair.local() == null && !base.recorded()) {
            takeNew(pair);
        } else if (pair.local() == null) {
            deletedHere(pair, !pair.there().equals(base.agreed()));
        } else if (pair.entry() == null) {
            deletedThere(pair, !pair.here().equals(base.agreed()) || pair.isRenamed());
        } else if (base.doubted() && (!pair.here().equals(pair.there()) || pair.isRenamed())) {
            add(pair, SyncState.CONFLICT, LocalStep.NONE, RemoteStep.NONE, DOUBTED);
        } else if (merge.has(Side.BOTH)) {
            add(pair, SyncState.CONFLICT, LocalStep.NONE, RemoteStep.NONE, "both sides changed the same key");
        } else if (there) {
            changedThere(pair);
        } else if (here || pair.isRenamed()) {
            changedHere(pair);
        } else {
            boolean noted = base.recorded()
                    && base.agreed().equals(pair.here())
                    && base.localVersion() == version(pair)
                    && base.secretId().equals(idOf(pair))
                    && base.revision().equals(pair.revision());
            add(pair, SyncState.CLEAN, noted ? LocalStep.NONE : LocalStep.NOTE, RemoteStep.NONE, null);
        }
    }

    private void create(Pair pair) {
        if (oldNames.contains(pair.name())) {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, OLD_NAME);
        } else if (input.direction().pushes()) {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.CREATE, null);
        } else {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, notThere());
        }
    }

    /** Why something does not go to the target. */
    private String notThere() {
        return input.target().direction().pushes() ? "a push sends it" : "changes do not go to this target";
    }

    /** Why something does not come from the target. */
    private String notHere() {
        return input.target().direction().pulls() ? "a pull takes it over" : "changes do not come from this target";
    }

    private void takeNew(Pair pair) {
        if (input.direction().pulls()) {
            add(pair, SyncState.REMOTE_AHEAD, LocalStep.WRITE, RemoteStep.NONE, null);
        } else {
            add(pair, SyncState.ORPHAN, LocalStep.NONE, RemoteStep.NONE, notHere());
        }
    }

    private void changedThere(Pair pair) {
        boolean here =
                ThreeWay.of(pair.base().agreed(), pair.here(), pair.there()).has(Side.LOCAL);
        // Of those that were renamed, what the target changed comes first.
        boolean pushes = here && input.direction().pushes() && !pair.isRenamed();
        if (input.direction() == Direction.PUSH) {
            add(
                    pair,
                    SyncState.REMOTE_AHEAD,
                    pushes ? LocalStep.NONE : note(pair),
                    pushes ? RemoteStep.UPDATE : RemoteStep.NONE,
                    "changes do not come from this target");
        } else {
            add(pair, SyncState.REMOTE_AHEAD, LocalStep.WRITE, pushes ? RemoteStep.UPDATE : RemoteStep.NONE, null);
        }
    }

    /** What is held is noted all the same, so that the keys on which both agree are known. */
    private LocalStep note(Pair pair) {
        Base base = pair.base();
        boolean noted = base.recorded()
                && base.local().equals(pair.here())
                && base.remote().equals(pair.there())
                && base.localVersion() == version(pair)
                && base.secretId().equals(idOf(pair))
                && base.revision().equals(pair.revision());
        return noted || pair.isRenamed() || pair.local() == null || pair.entry() == null
                ? LocalStep.NONE
                : LocalStep.NOTE;
    }

    private void changedHere(Pair pair) {
        if (input.atHome().contains(pair.name())) {
            String named = "a secrets manager is opened with it, and --only does not give its whole name";
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, named);
        } else if (!input.direction().pushes()) {
            LocalStep step = input.abilities().reads() ? note(pair) : LocalStep.NONE;
            add(pair, SyncState.LOCAL_AHEAD, step, RemoteStep.NONE, "changes do not go to this target");
        } else if (pair.isRenamed()) {
            rename(pair);
        } else {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.UPDATE, null);
        }
    }

    private void rename(Pair pair) {
        Entry taken = remote.get(pair.name());
        if (oldNames.contains(pair.name())) {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, OLD_NAME);
        } else if (taken != null) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "it was renamed here, and the target has another secret of the new name");
        } else {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.RENAME, null);
        }
    }

    private void deletedHere(Pair pair, boolean changedThere) {
        if (changedThere) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "it was deleted here and changed on the target");
        } else if (!input.direction().pushes()) {
            add(
                    pair,
                    SyncState.TOMBSTONE_PENDING,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    input.target().direction().pushes() ? "a push with --mirror-deletes sends it" : notThere());
        } else if (!input.mirrorDeletes()) {
            add(
                    pair,
                    SyncState.TOMBSTONE_PENDING,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "deletions travel with --mirror-deletes alone");
        } else {
            add(pair, SyncState.TOMBSTONE_PENDING, LocalStep.NONE, RemoteStep.DELETE, null);
        }
    }

    private void deletedThere(Pair pair, boolean changedHere) {
        SyncState state = input.abilities().recovers() ? SyncState.REMOTE_DELETED_RECOVERABLE : SyncState.REMOTE_AHEAD;
        if (changedHere || input.target().direction() == Direction.PUSH) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    changedHere
                            ? "it was deleted on the target and changed here"
                            : "it was deleted on the target, and changes do not come from there");
        } else if (!input.direction().pulls()) {
            add(
                    pair,
                    state,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "it was deleted on the target; "
                            + (input.target().direction().pulls()
                                    ? "a pull with --mirror-deletes takes that over"
                                    : notHere()));
        } else if (!input.mirrorDeletes()) {
            add(
                    pair,
                    state,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "it was deleted on the target; deletions travel with --mirror-deletes alone");
        } else {
            add(pair, state, LocalStep.DELETE, RemoteStep.NONE, null);
        }
    }

    /** A target of which only names and revisions can be seen. */
    private void writeOnly(Pair pair) {
        Base base = pair.base();
        boolean same = pair.entry() != null && pair.revision().equals(base.revision()) && !base.doubted();
        if (pair.entry() == null && !base.recorded()) {
            create(pair);
        } else if (pair.local() == null && !base.recorded()) {
            add(pair, SyncState.ORPHAN, LocalStep.NONE, RemoteStep.NONE, "its values cannot be read from this target");
        } else if (pair.entry() == null) {
            deletedThere(pair, true);
        } else if (!base.recorded()) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "the target has one already, and its values cannot be read");
        } else if (!same) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "it was changed on the target, whose values cannot be read");
        } else if (pair.local() == null) {
            deletedHere(pair, false);
        } else if (!pair.here().equals(base.agreed()) || pair.isRenamed()) {
            changedHere(pair);
        } else {
            boolean noted =
                    base.localVersion() == version(pair) && base.secretId().equals(idOf(pair));
            add(pair, SyncState.ASSUMED, noted ? LocalStep.NONE : LocalStep.NOTE, RemoteStep.NONE, null);
        }
    }

    private void newHere(Local local) {
        SecretName name = local.head().name();
        Entry entry = remote.remove(name);
        Pair pair = new Pair(Base.first(local.head().id(), name), name, local, entry, local);
        try {
            input.target().remoteName(name);
        } catch (InvalidException e) {
            add(pair, SyncState.LOCAL_AHEAD, LocalStep.NONE, RemoteStep.NONE, e.getMessage());
            return;
        }
        if (intentOn(name).isPresent()) {
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, openWrite());
        } else if (entry != null && isOpaque(entry)) {
            opaque(pair, entry);
        } else if (entry != null && entry.presence() != Presence.LIVE) {
            add(
                    pair,
                    SyncState.CONFLICT,
                    LocalStep.NONE,
                    RemoteStep.NONE,
                    "the target has one that is not coffer's own; a target added with --adopt takes it over");
        } else if (!input.online() && input.observation().number() == 0) {
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, "the target was never looked at");
        } else if (!input.abilities().reads()) {
            writeOnly(pair);
        } else {
            compare(pair);
        }
    }

    private void newThere(Entry entry) {
        Optional<Intent> open = intentOn(entry.name());
        UUID tombstone = open.map(Intent::secretId).orElseGet(() -> tombstones.get(entry.name()));
        UUID id = tombstone == null ? Base.NO_RECORD : tombstone;
        Pair pair = new Pair(Base.first(id, entry.name()), entry.name(), null, entry, deleted(tombstone));
        if (open.isPresent()) {
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, openWrite());
        } else if (entry.presence() == Presence.LIVE) {
            if (input.abilities().reads()) {
                takeNew(pair);
            } else {
                writeOnly(pair);
            }
        } else if (isOpaque(entry)) {
            opaque(pair, entry);
        } else if (entry.presence() == Presence.FOREIGN) {
            add(pair, SyncState.ORPHAN, LocalStep.NONE, RemoteStep.NONE, "it is not coffer's own");
        } else {
            alarm(pair, "the target shows a version that was deleted before");
        }
    }

    private String openWrite() {
        return input.abilities().reads() ? OPEN_WRITE : OPEN_FOR_GOOD;
    }

    private @Nullable Local deleted(@Nullable UUID id) {
        Local local = id == null ? null : byId.get(id);
        return local != null && local.head().deleted() ? local : null;
    }

    private static boolean isOpaque(Entry entry) {
        return entry.presence() == Presence.UNREADABLE || entry.presence() == Presence.TAMPERED;
    }

    /** One secret that cannot be read does not keep the others waiting. */
    private void opaque(Pair pair, Entry entry) {
        String why = entry.trouble().orElse("it cannot be read");
        if (entry.presence() == Presence.TAMPERED) {
            alarm(pair, why);
        } else {
            add(pair, SyncState.UNKNOWN, LocalStep.NONE, RemoteStep.NONE, why);
        }
    }

    private void alarm(Pair pair, String sentence) {
        items.add(item(pair, SyncState.CONFLICT, LocalStep.NONE, RemoteStep.NONE, sentence, true));
    }

    private void add(Pair pair, SyncState state, LocalStep here, RemoteStep there, @Nullable String held) {
        items.add(item(pair, state, here, there, held, false));
    }

    private Item item(
            Pair pair, SyncState state, LocalStep here, RemoteStep there, @Nullable String held, boolean alarm) {
        Optional<Prints> remotePrints = pair.entry() == null
                ? Optional.of(Prints.NONE)
                : pair.entry()
                        .prints()
                        .or(() ->
                                pair.base().recorded() ? Optional.of(pair.base().remote()) : Optional.empty());
        return new Item(
                idOf(pair),
                pair.name(),
                pair.isRenamed() ? Optional.of(pair.base().name()) : Optional.empty(),
                state,
                here,
                there,
                remotePrints.isEmpty()
                        ? List.of()
                        : ThreeWay.of(pair.base().agreed(), pair.here(), pair.there())
                                .changes(),
                version(pair),
                pair.revision(),
                pair.base(),
                pair.here(),
                remotePrints,
                held,
                alarm);
    }

    private static UUID idOf(Pair pair) {
        return pair.last() == null ? pair.base().secretId() : pair.last().head().id();
    }

    private static long version(Pair pair) {
        return pair.last() == null ? 0 : pair.last().head().version();
    }
}
