package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.KeyChange.Side;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a plan changes here: secrets together with what is noted of them. */
final class LocalSteps {
    private final SyncStore store;
    private final SyncTarget target;
    private final RemoteSide remote;
    private final Journal journal;
    private final Confirmation confirmation;
    private final Breaker breaker;

    LocalSteps(
            SyncStore store,
            SyncTarget target,
            RemoteSide remote,
            Journal journal,
            Confirmation confirmation,
            Breaker breaker) {
        this.store = store;
        this.target = target;
        this.remote = remote;
        this.journal = journal;
        this.confirmation = confirmation;
        this.breaker = breaker;
    }

    /**
     * What was read of the target for one secret, ready to be written here.
     *
     * @param change what is to be written; null if nothing can be
     * @param base what is noted with it; null if nothing can be
     * @param failure what stood in the way; null if nothing did
     * @param tried whether it was asked for at all
     */
    record Taken(
            Item item,
            @Nullable SecretChange change,
            @Nullable RecordChange base,
            @Nullable CofferException failure,
            boolean tried)
            implements AutoCloseable {
        @Override
        public void close() {
            if (change != null) {
                change.steps().forEach(step -> step.content().ifPresent(Secret::close));
            }
        }
    }

    List<RecordChange> note(Item item) {
        Prints there = item.remote().orElse(Prints.NONE);
        if (item.local().equals(Prints.NONE) && there.equals(Prints.NONE)) {
            return gone(item).stream().toList();
        }
        return List.of(journal.put(confirmation.next(
                item.base(), item.secretId(), item.localVersion(), item.local(), there, item.revision())));
    }

    /** Reads what the target changed. Never throws what stands in the way of it. */
    List<Taken> takeAll(List<Item> items) {
        Optional<RemoteException> trouble = breaker.trouble();
        if (trouble.isPresent()) {
            return items.stream()
                    .map(item -> new Taken(item, null, null, trouble.get(), false))
                    .toList();
        }
        // What is adopted now is read after that.
        List<SecretName> settled = items.stream()
                .filter(item -> !remote.adopts(item))
                .map(LocalSteps::nameThere)
                .toList();
        try (Readings readings = remote.readAll(settled)) {
            return items.stream().map(item -> take(item, readings)).toList();
        } catch (RemoteException e) {
            breaker.failed(e);
            return items.stream().map(item -> failed(item, e)).toList();
        }
    }

    private static Taken failed(Item item, CofferException failure) {
        return new Taken(item, null, null, failure, true);
    }

    private static SecretName nameThere(Item item) {
        return item.from().orElse(item.name());
    }

    private Taken take(Item item, Readings readings) {
        Optional<RemoteException> trouble = breaker.trouble();
        if (trouble.isPresent()) {
            return new Taken(item, null, null, trouble.get(), false);
        }
        try {
            remote.adoptIfNew(item);
            Taken taken = read(item, readings);
            breaker.succeeded();
            return taken;
        } catch (RemoteException e) {
            breaker.failed(e);
            return failed(item, e);
        } catch (CofferException e) {
            return failed(item, e);
        }
    }

    private Taken read(Item item, Readings readings) {
        try (RemoteSide.Read now =
                readings.read(nameThere(item), item.revision()).orElseThrow(() -> moved(item))) {
            Prints prints = Prints.of(now.secret(), store);
            boolean same = item.remote().isEmpty() || item.remote().get().equals(prints);
            boolean sameRevision = item.revision().isEmpty() || item.revision().equals(now.revision());
            ThreeWay merge = ThreeWay.of(item.base().agreed(), item.local(), prints);
            if (!same || !sameRevision || merge.has(Side.BOTH)) {
                throw moved(item);
            }
            UUID id = item.localVersion() == 0 ? UUID.randomUUID() : item.secretId();
            Secret plain = merged(item, now.secret(), merge);
            Secret content = store.fitted(plain);
            try {
                SecretChange change = new SecretChange(
                        id,
                        item.name(),
                        item.localVersion(),
                        List.of(new SecretChange.Step("sync from " + target.name(), Optional.of(content), false)));
                Base base = confirmation
                        .next(
                                item.base(),
                                id,
                                store.versionAfter(item.localVersion()),
                                Prints.of(content, store),
                                prints,
                                now.revision())
                        // What a schema adds was added here.
                        .agreeing(ThreeWay.agreed(item.base().agreed(), Prints.of(plain, store), prints));
                return new Taken(item, change, journal.put(base), null, true);
            } catch (RuntimeException e) {
                content.close();
                throw e;
            }
        }
    }

    private Secret merged(Item item, Secret there, ThreeWay merge) {
        if (item.local().equals(Prints.NONE)) {
            return ThreeWay.take(item.name(), there, there, Set.of());
        }
        try (Secret here = store.getSecret(item.secretId(), item.localVersion())) {
            return merge.apply(item.name(), here, there, Set.of(Side.REMOTE));
        }
    }

    private ConflictException moved(Item item) {
        return new ConflictException(
                "secret " + item.name() + " was changed on " + target.name() + " since the plan was made",
                item.name().value(),
                "'coffer sync plan' looks at it again");
    }

    /** Writes all of them, or none. */
    void write(List<Taken> taken) {
        if (taken.isEmpty()) {
            return;
        }
        store.change(
                taken.stream().flatMap(one -> Stream.ofNullable(one.change())).toList(),
                taken.stream().flatMap(one -> Stream.ofNullable(one.base())).toList());
    }

    /**
     * Deletes here what the target deleted: the content stays in the history.
     *
     * @throws ConflictException if the target has it again
     */
    void delete(Item item) {
        if (remote.find(item.name()).isPresent()) {
            throw moved(item);
        }
        SecretChange change = new SecretChange(
                item.secretId(),
                item.name(),
                item.localVersion(),
                List.of(new SecretChange.Step("deleted on " + target.name(), Optional.empty(), false)));
        store.change(List.of(change), gone(item).stream().toList());
    }

    /** Of a target that is not trusted it is remembered as which version it says that the secret is deleted. */
    private Optional<RecordChange> gone(Item item) {
        return confirmation.gone(item.base().rising(remote.buriedAt(item.base().name())));
    }
}
