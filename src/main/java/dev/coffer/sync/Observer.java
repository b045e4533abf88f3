package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.Observation.Entry;
import dev.coffer.sync.Observation.Presence;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a target with as few calls as it allows: one listing, and one read for each secret whose content is needed
 * and cannot be told by its revision.
 */
final class Observer {
    private final RemoteSide remote;
    private final SyncTarget target;
    private final SyncStore store;
    private final Workers workers;
    private final Breaker breaker = new Breaker();

    Observer(RemoteSide remote, SyncTarget target, SyncStore store, Workers workers) {
        this.remote = remote;
        this.target = target;
        this.store = store;
        this.workers = workers;
    }

    /**
     * Looks at it.
     *
     * @param bases what is stored of each secret
     * @param here the names of live local secrets: of one that is there too, the content is needed
     */
    Observation look(List<Base> bases, Set<SecretName> here, long number, Clock clock) {
        Map<SecretName, Base> known = new HashMap<>();
        bases.forEach(base -> known.put(base.name(), base));
        List<RemoteSide.Listed> listed = remote.list();
        List<Entry> entries = new ArrayList<>();
        workers.all(listed, one -> {
                    Base base = known.get(one.name());
                    return seen(one.name(), base, () -> entry(one, base, here.contains(one.name())));
                })
                .forEach(found -> found.ifPresent(entries::add));
        entries.addAll(missing(known, listed));
        return Observation.of(number, clock.instant(), entries);
    }

    private interface Look {
        Optional<Entry> look();
    }

    /** What stands in the way of one secret is told of that one, unless the target itself is out of reach. */
    private Optional<Entry> seen(SecretName name, @Nullable Base base, Look look) {
        Optional<RemoteException> broken = breaker.trouble();
        if (broken.isPresent()) {
            throw broken.get();
        }
        try {
            Optional<Entry> entry = found(base, look);
            breaker.succeeded();
            return entry;
        } catch (CofferException e) {
            if (e instanceof RemoteException remoteTrouble) {
                breaker.failed(remoteTrouble);
            }
            Presence presence = e instanceof IntegrityException ? Presence.TAMPERED : Presence.UNREADABLE;
            return Optional.of(
                    new Entry(name, presence, Optional.empty(), Optional.empty(), Optional.of(e.getMessage())));
        }
    }

    private Optional<Entry> found(@Nullable Base base, Look look) {
        try {
            return look.look();
        } catch (NoSuchSecretException e) {
            return gone(base);
        }
    }

    /** What is there; empty if it was deleted since it was listed. */
    private Optional<Entry> entry(RemoteSide.Listed said, @Nullable Base base, boolean isHere) {
        SecretName name = said.name();
        RemoteSide.Listed listed = said;
        if (base != null && isPutBack(said.revision(), base)) {
            Optional<RemoteSide.Listed> now;
            try {
                now = remote.find(name); // the listing may just be late
            } catch (CofferException e) {
                return unread(said, Presence.PUT_BACK);
            }
            if (now.isEmpty()) {
                return gone(base);
            }
            listed = now.get();
            if (isPutBack(listed.revision(), base)) {
                return unread(listed, Presence.PUT_BACK);
            }
        }
        boolean recorded = base != null && base.recorded();
        if (!target.adopt() && !listed.owned().orElseGet(() -> recorded || remote.isOwned(name))) {
            return unread(listed, Presence.FOREIGN);
        }
        boolean same = base != null
                && recorded
                && !base.doubted()
                && listed.revision().isPresent()
                && listed.revision().equals(base.revision());
        boolean wanted = !same && (recorded || isHere || listed.revision().isEmpty());
        if (!wanted || !remote.abilities().reads()) {
            return unread(listed, Presence.LIVE);
        }
        try (RemoteSide.Read now = remote.read(name, base != null && recorded ? told(base) : Optional.empty())
                .orElse(null)) {
            if (now == null) {
                return gone(base);
            }
            if (base != null && isPutBack(now.revision(), base)) {
                return unread(new RemoteSide.Listed(name, now.revision(), listed.owned()), Presence.PUT_BACK);
            }
            Prints prints = Prints.of(now.secret(), store);
            // Somebody may have put one of their own in the place of ours.
            boolean asked = !recorded || target.adopt() || listed.owned().isPresent();
            boolean touched = base != null
                    && (!prints.equals(base.remote()) || !now.revision().equals(base.revision()));
            boolean foreign = !asked && touched && !remote.isOwned(name);
            return foreign
                    ? unread(listed, Presence.FOREIGN)
                    : Optional.of(new Entry(name, Presence.LIVE, now.revision(), Optional.of(prints)));
        }
    }

    /** The revision that the target told when both agreed, as far as that counts. */
    private static Optional<String> told(Base base) {
        return base.doubted() ? Optional.empty() : base.revision();
    }

    private static Optional<Entry> unread(RemoteSide.Listed listed, Presence presence) {
        return Optional.of(new Entry(listed.name(), presence, listed.revision(), Optional.empty()));
    }

    private boolean isPutBack(Optional<String> revision, Base base) {
        boolean same = !base.gone() && revision.equals(base.revision());
        return remote.isUntrusted()
                && revision.isPresent()
                && !same
                && RemoteSide.number(revision.get()) <= base.highest();
    }

    /** What the listing lacks although it was there: a listing may be late, so each is asked for by name. */
    private List<Entry> missing(Map<SecretName, Base> known, List<RemoteSide.Listed> listed) {
        Set<SecretName> there = new HashSet<>();
        listed.forEach(one -> there.add(one.name()));
        List<Base> gone = known.values().stream()
                .filter(base -> base.recorded() && target.includes(base.name()) && !there.contains(base.name()))
                .toList();
        if (gone.isEmpty()) {
            return List.of();
        }
        return workers.all(gone, base -> seen(base.name(), base, () -> missing(base))).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Entry> missing(Base base) {
        Optional<RemoteSide.Listed> found = remote.find(base.name(), told(base));
        if (found.isPresent()) {
            return entry(found.get(), base, true);
        }
        return gone(base);
    }

    /**
     * What the target says that it has not; of one that is not trusted, what is gone must have left a tombstone, whether
     * the listing lacks it or the read does.
     */
    private Optional<Entry> gone(@Nullable Base base) {
        if (base == null || !base.recorded() || base.highest() == 0 || !remote.isUntrusted()) {
            return Optional.empty();
        }
        return remote.buriedAt(base.name()) > base.highest()
                ? Optional.empty()
                : Optional.of(new Entry(base.name(), Presence.TAKEN_AWAY, Optional.empty(), Optional.empty()));
    }
}
