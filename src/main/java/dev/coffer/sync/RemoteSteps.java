package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NotFoundException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SyncStore;
import dev.coffer.sync.Item.LocalStep;
import dev.coffer.sync.Item.RemoteStep;
import dev.coffer.sync.KeyChange.Side;
import dev.coffer.sync.Outcome.Result;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a plan changes on a target: prepared, sent, and its outcome found out. */
final class RemoteSteps {
    private final SyncStore store;
    private final RemoteSide remote;
    private final Breaker breaker;
    private final Pace pace;

    RemoteSteps(SyncStore store, RemoteSide remote, Breaker breaker, Pace pace) {
        this.store = store;
        this.remote = remote;
        this.breaker = breaker;
        this.pace = pace;
    }

    /** One write on its way. Used by one thread at a time. */
    static final class Sending implements AutoCloseable {
        private final Item item;
        private final @Nullable Secret content;
        private Intent intent;
        private Outcome outcome;
        private Optional<String> revision = Optional.empty();

        private Sending(Item item, Intent intent, @Nullable Secret content) {
            this.item = item;
            this.intent = intent;
            this.content = content;
            this.outcome = Outcome.of(item, Result.UNKNOWN);
        }

        Item item() {
            return item;
        }

        Intent intent() {
            return intent;
        }

        Outcome outcome() {
            return outcome;
        }

        Optional<String> revision() {
            return revision;
        }

        /** The intent is stored, at that version. */
        void journaled(long version) {
            intent = intent.at(version);
        }

        private void done(Optional<String> newRevision) {
            revision = newRevision;
            outcome = Outcome.of(item, Result.DONE);
        }

        private Secret content() {
            return java.util.Objects.requireNonNull(content);
        }

        @Override
        public void close() {
            if (content != null) {
                content.close();
            }
        }
    }

    /**
     * What is to be sent.
     *
     * @param bases what is stored now, by name
     * @throws ConflictException if the secret was changed since
     */
    Sending prepare(Item item, Map<SecretName, Base> bases) {
        if (item.remoteStep() == RemoteStep.DELETE) {
            return new Sending(
                    item, intent(item, Intent.Kind.DELETE, item.localVersion(), Prints.NONE, Prints.NONE), null);
        }
        boolean written = item.localStep() == LocalStep.WRITE;
        Base base = bases.get(item.name());
        if (written && base == null) {
            throw new ConflictException(
                    "secret " + item.name() + " was forgotten meanwhile",
                    item.name().value(),
                    null);
        }
        long version = written && base != null ? base.localVersion() : item.localVersion();
        Secret here = store.getSecret(item.secretId(), version);
        if (!here.name().equals(item.name())) { // renamed since: it would go out under the other name
            here.close();
            throw Applier.movedHere(item);
        }
        Prints local = Prints.of(here, store);
        boolean keepsTheirs = !written
                && item.remoteStep() == RemoteStep.UPDATE
                && item.changes().stream().anyMatch(change -> change.side() == Side.REMOTE);
        Secret content = store.fitted(keepsTheirs ? onTopOfTheirs(item, here) : here);
        Intent.Kind kind = item.remoteStep() == RemoteStep.UPDATE ? Intent.Kind.UPDATE : Intent.Kind.CREATE;
        Optional<String> expected = written && base != null ? base.revision() : item.revision();
        Intent intent = intent(item, kind, version, local, Prints.of(content, store));
        return new Sending(
                item,
                kind == Intent.Kind.UPDATE
                        ? intent.expecting(expected)
                        : intent.expecting(item.from().isPresent() ? item.revision() : Optional.empty()),
                content);
    }

    /** What the target changed stays there, although it is not taken over here. */
    private Secret onTopOfTheirs(Item item, Secret here) {
        try (here;
                RemoteSide.Read now = remote.read(item.name(), item.revision()).orElseThrow(() -> moved(item))) {
            Prints there = Prints.of(now.secret(), store);
            if (!item.remote().equals(Optional.of(there))) {
                throw moved(item);
            }
            return ThreeWay.of(item.base().agreed(), item.local(), there)
                    .apply(item.name(), now.secret(), here, Set.of(Side.LOCAL));
        }
    }

    private static ConflictException moved(Item item) {
        return new ConflictException(
                "secret " + item.name() + " was changed on the target since the plan was made",
                item.name().value(),
                "'coffer sync plan' looks at it again");
    }

    private static Intent intent(Item item, Intent.Kind kind, long version, Prints local, Prints intended) {
        return new Intent(
                UUID.randomUUID(),
                0,
                item.secretId(),
                kind,
                item.from().isPresent() && kind == Intent.Kind.DELETE
                        ? item.from().get()
                        : item.name(),
                kind == Intent.Kind.CREATE ? item.from() : Optional.empty(),
                version,
                local,
                intended,
                item.revision());
    }

    /** Sends it and finds out what became of it. Never throws what stands in the way of this one secret. */
    void send(Sending sending) {
        Optional<RemoteException> trouble = breaker.trouble();
        if (trouble.isPresent()) {
            sending.outcome = new Outcome(sending.item, Result.NOT_TRIED, trouble.get());
            return;
        }
        pace.take();
        try {
            sending.done(write(sending));
            breaker.succeeded();
        } catch (RemoteException e) {
            breaker.failed(e);
            settle(sending, e);
        } catch (CofferException e) {
            breaker.succeeded();
            if (sending.intent.kind() == Intent.Kind.DELETE && e instanceof NotFoundException) {
                sending.done(Optional.empty());
            } else {
                sending.outcome = Applier.failed(sending.item, e);
            }
        }
    }

    private Optional<String> write(Sending sending) {
        Item item = sending.item;
        Prints seen = item.remote().orElse(Prints.NONE);
        return switch (sending.intent.kind()) {
            case CREATE -> remote.create(sending.content());
            case UPDATE -> {
                remote.adoptIfNew(item);
                yield remote.update(sending.content(), sending.intent.expected(), seen);
            }
            case DELETE, CLEAN_UP -> {
                remote.delete(sending.intent.name(), sending.intent.expected(), seen);
                yield Optional.empty();
            }
        };
    }

    /** Marks what coffer takes over as its own, where it has to. */
    Outcome adopt(Item item) {
        Optional<RemoteException> trouble = breaker.trouble();
        if (trouble.isPresent()) {
            return new Outcome(item, Result.NOT_TRIED, trouble.get());
        }
        try {
            remote.adoptIfNew(item);
            return Outcome.of(item, Result.DONE);
        } catch (RemoteException e) {
            breaker.failed(e);
            return new Outcome(item, Result.FAILED, e);
        } catch (CofferException e) {
            return Applier.failed(item, e);
        }
    }

    private void settle(Sending sending, RemoteException failure) {
        Settlement settlement;
        try {
            settlement = Settlement.of(sending.intent, remote, store);
        } catch (CofferException e) {
            sending.outcome = new Outcome(sending.item, Result.UNKNOWN, failure);
            return;
        }
        switch (settlement.fate()) {
            case DONE -> sending.done(settlement.revision());
            case NOT_DONE -> sending.outcome = new Outcome(sending.item, Result.FAILED, failure);
            case OVERTAKEN -> sending.outcome = new Outcome(sending.item, Result.MOVED, failure);
            case UNKNOWN -> sending.outcome = new Outcome(sending.item, Result.UNKNOWN, failure);
        }
    }

    /** Deletes an old name that was left over; what stood in the way, if it is to be tried again. */
    Optional<CofferException> cleanUp(Intent intent) {
        Optional<RemoteException> broken = breaker.trouble();
        if (broken.isPresent()) {
            return Optional.of(broken.get());
        }
        pace.take();
        try {
            remote.delete(intent.name(), intent.expected(), intent.intended());
            return Optional.empty();
        } catch (NotFoundException | ConflictException e) {
            return Optional.empty(); // gone already, or somebody else's now: then it is a secret like any other
        } catch (RemoteException e) {
            breaker.failed(e);
            return Optional.of(e);
        } catch (CofferException e) {
            return Optional.of(e);
        }
    }
}
