package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copies secrets from one secrets manager to another, once: names, types and values; not their history. Nothing is
 * deleted, and what differs is replaced only if that is asked for. A copy that broke off is run again: what is there
 * already is left alone.
 */
public final class Copy {
    private static final int WORKERS = 4;

    private final SecretsManager from;
    private final SecretsManager to;
    private final RemoteSide source;
    private final RemoteSide there;
    private final int together;
    private final SyncStore store;

    /** What is to be done with a secret. */
    public enum Action {
        /** It is registered. */
        CREATE,
        /** It is replaced. */
        REPLACE,
        /** It is there with the same content. */
        SAME,
        /** It is there with another content, which is left alone. */
        DIFFERS,
        /** It cannot be copied: it would be refused, or cannot be read on one of the sides. */
        REFUSED;

        /** As written by people. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One secret in a plan.
     *
     * @param name the secret
     * @param action what is to be done
     * @param version of the secret that is there with another content; empty if its flavor counts none
     * @param revision of the secret that is there with another content; empty if its flavor tells none
     * @param seen that content, as this store tells contents apart; empty if it was not read
     * @param refusal why it cannot be copied; null if it can
     */
    public record Step(
            SecretName name,
            Action action,
            Optional<Long> version,
            Optional<String> revision,
            Optional<String> seen,
            @Nullable CofferException refusal) {
        private static Step of(SecretName name, Action action) {
            return new Step(name, action, Optional.empty(), Optional.empty(), Optional.empty(), null);
        }

        private static Step refused(SecretName name, CofferException refusal) {
            return new Step(name, Action.REFUSED, Optional.empty(), Optional.empty(), Optional.empty(), refusal);
        }
    }

    /**
     * What became of one secret.
     *
     * @param step as planned
     * @param done whether the secret is there now with the content that it had; of a manager that cannot be read, whether
     *     it accepted it
     * @param verified whether it was read back
     * @param error what stood in the way; null if nothing did
     */
    public record Result(
            Step step,
            boolean done,
            boolean verified,
            @Nullable CofferException error) {}

    /**
     * Makes it. The managers stay open.
     *
     * @param store knows the schemas and tells contents apart; no secret of it is touched
     * @throws UnsupportedByFlavorException if the values of the first cannot be read
     * @throws InvalidException if both are one
     */
    public Copy(SecretsManager from, SecretsManager to, SyncStore store) {
        if (!from.readsValues()) {
            throw new UnsupportedByFlavorException(
                    "the values of " + from.name() + " cannot be read, so that nothing can be copied from it",
                    from.name(),
                    null);
        }
        if (from.id().equals(to.id())) {
            throw new InvalidException(
                    from.name() + " cannot be copied to itself", from.name(), "name another secrets manager");
        }
        this.from = from;
        this.to = to;
        this.store = store;
        this.source = side(from, store);
        this.there = side(to, store);
        this.together = Math.max(source.together(), there.together());
    }

    private static RemoteSide side(SecretsManager manager, SyncStore store) {
        SyncTarget whole =
                new SyncTarget(manager.id(), manager.name(), manager.id(), "", List.of(), Direction.PUSH, false);
        return new RemoteSide(whole, manager, store);
    }

    /**
     * Says what would be done. Both are read, nothing is written.
     *
     * @param which the secrets
     * @param replace whether secrets that are there with another content are replaced
     * @throws RemoteException if one of the managers is out of reach; what is wrong with one secret alone is told of that
     *     one
     */
    public List<Step> plan(Predicate<SecretName> which, boolean replace) {
        Map<SecretName, RemoteSide.Listed> listed =
                there.list().stream().collect(Collectors.toMap(RemoteSide.Listed::name, Function.identity()));
        List<SecretName> names = from.getAllSecretKeys().stream().filter(which).toList();
        Breaker breaker = new Breaker();
        try (Workers workers = new Workers(WORKERS)) {
            return workers.all(shares(names), share -> steps(share, listed, replace, breaker)).stream()
                    .flatMap(List::stream)
                    .toList();
        }
    }

    /** What one worker does at a time. */
    private <T> List<List<T>> shares(List<T> all) {
        List<List<T>> shares = new ArrayList<>();
        for (int from = 0; from < all.size(); from += together) {
            shares.add(all.subList(from, Math.min(all.size(), from + together)));
        }
        return shares;
    }

    private List<Step> steps(
            List<SecretName> names, Map<SecretName, RemoteSide.Listed> listed, boolean replace, Breaker breaker) {
        Optional<RemoteException> broken = breaker.trouble();
        if (broken.isPresent()) {
            throw broken.get();
        }
        List<SecretName> others =
                to.readsValues() ? names.stream().filter(listed::containsKey).toList() : List.of();
        try (Readings here = source.readAll(names);
                Readings other = there.readAll(others)) {
            return names.stream()
                    .flatMap(name ->
                            step(name, new Sides(here, other, Optional.ofNullable(listed.get(name))), replace, breaker)
                                    .stream())
                    .toList();
        }
    }

    /** Where one secret is read, and what the listing of the place that it goes to says of it. */
    private record Sides(Readings from, Readings to, Optional<RemoteSide.Listed> listed) {}

    private Optional<Step> step(SecretName name, Sides sides, boolean replace, Breaker breaker) {
        Optional<RemoteException> broken = breaker.trouble();
        if (broken.isPresent()) {
            throw broken.get();
        }
        try {
            Optional<Step> step = step(name, sides, replace);
            breaker.succeeded();
            return step;
        } catch (CofferException e) {
            if (e instanceof RemoteException trouble) {
                breaker.failed(trouble);
            }
            return Optional.of(Step.refused(name, e));
        }
    }

    /** Empty if the secret was deleted since it was listed. */
    private Optional<Step> step(SecretName name, Sides sides, boolean replace) {
        try (RemoteSide.Read read = sides.from().read(name, Optional.empty()).orElse(null)) {
            if (read == null) {
                return Optional.empty();
            }
            Step step = sides.listed().isPresent()
                    ? compared(read.secret(), sides, sides.listed().get(), replace)
                    : Step.of(name, Action.CREATE);
            return Optional.of(isWrite(step) ? unlessRefused(step, read.secret()) : step);
        }
    }

    private Step unlessRefused(Step step, Secret secret) {
        return there.refusal(store.fitted(secret))
                .map(refusal -> Step.refused(step.name(), refusal))
                .orElse(step);
    }

    private Step compared(Secret secret, Sides sides, RemoteSide.Listed listed, boolean replace) {
        SecretName name = secret.name();
        Action different = replace ? Action.REPLACE : Action.DIFFERS;
        if (!to.readsValues()) {
            return new Step(name, different, Optional.empty(), listed.revision(), Optional.empty(), null);
        }
        try (RemoteSide.Read other = sides.to().read(name, Optional.empty()).orElse(null)) {
            if (other == null) {
                return Step.of(name, Action.CREATE);
            }
            if (isSame(secret, other.secret())) {
                return Step.of(name, Action.SAME);
            }
            Optional<String> seen = Optional.of(digest(other.secret()));
            return new Step(name, different, other.secret().version(), other.revision(), seen, null);
        }
    }

    /** What the schema presets is added by the write, and no difference. */
    private boolean isSame(Secret secret, Secret other) {
        if (secret.sameContentAs(other)) {
            return true;
        }
        try {
            return store.fitted(secret).sameContentAs(other);
        } catch (InvalidException | NoSuchSchemaException e) {
            return false; // writing it is refused, and told then
        }
    }

    /** Carries out what was planned, and reads back what was written. Nothing of one secret stands in the way of another. */
    public List<Result> apply(List<Step> steps, Progress progress) {
        AtomicLong done = new AtomicLong();
        try (Workers workers = new Workers(WORKERS)) {
            return workers
                    .all(
                            shares(steps),
                            share -> carryOut(share, () -> progress.at(done.incrementAndGet(), steps.size())))
                    .stream()
                    .flatMap(List::stream)
                    .toList();
        }
    }

    private List<Result> carryOut(List<Step> steps, Runnable progress) {
        List<SecretName> written =
                steps.stream().filter(Copy::isWrite).map(Step::name).toList();
        try (Readings readings = source.readAll(written)) {
            return steps.stream()
                    .map(step -> {
                        Result result = carryOut(step, readings);
                        progress.run();
                        return result;
                    })
                    .toList();
        } catch (RemoteException e) { // of the reading alone: what one step meets is its result
            return steps.stream()
                    .map(step -> isWrite(step) ? new Result(step, false, false, e) : settled(step))
                    .toList();
        }
    }

    private static boolean isWrite(Step step) {
        return step.action() == Action.CREATE || step.action() == Action.REPLACE;
    }

    private static Result settled(Step step) {
        return new Result(step, step.action() == Action.SAME, step.action() == Action.SAME, step.refusal());
    }

    private Result carryOut(Step step, Readings readings) {
        if (!isWrite(step)) {
            return settled(step);
        }
        try (RemoteSide.Read read = readings.read(step.name(), Optional.empty())
                .orElseThrow(() -> new NoSuchSecretException(step.name()))) {
            Secret fitted = store.fitted(read.secret()); // a flavor adds what the schema presets, and that is read back
            RemoteException lost = null;
            Optional<String> revision = Optional.empty();
            try {
                revision = write(step, fitted);
            } catch (RemoteException e) {
                lost = e; // perhaps only the answer: reading tells
            }
            return verified(step, fitted, revision, lost);
        } catch (CofferException e) {
            return new Result(step, false, false, e);
        }
    }

    /** Writes it; as which revision, where the target tells that. */
    private Optional<String> write(Step step, Secret secret) {
        if (step.action() == Action.CREATE && to instanceof Revisions revisions) {
            return Optional.of(revisions.registerRevised(secret));
        } else if (step.action() == Action.CREATE) {
            to.registerSecret(secret);
        } else if (to instanceof Revisions revisions && step.revision().isPresent()) {
            return Optional.of(revisions.updateRevised(secret, step.revision().get()));
        } else if (to instanceof ConditionalWrites conditional && step.version().isPresent()) {
            conditional.updateSecret(secret, step.version().get());
        } else {
            requireAsSeen(step);
            to.updateSecret(secret);
        }
        return Optional.empty();
    }

    /** Where the provider does not compare, it is looked at right before. */
    private void requireAsSeen(Step step) {
        boolean same;
        if (to.readsValues()) {
            try (RemoteSide.Read now =
                    there.read(step.name()).orElseThrow(() -> new NoSuchSecretException(step.name()))) {
                same = step.seen().equals(Optional.of(digest(now.secret())));
            }
        } else {
            same = there.find(step.name())
                    .orElseThrow(() -> new NoSuchSecretException(step.name()))
                    .revision()
                    .equals(step.revision());
        }
        if (!same) {
            throw new ConflictException(
                    "secret " + step.name() + " on " + to.name() + " was changed since the copy was planned",
                    step.name().value(),
                    "run the copy again to see what differs");
        }
    }

    private String digest(Secret secret) {
        return Prints.of(secret, store).digest(secret.name());
    }

    private Result verified(Step step, Secret secret, Optional<String> revision, @Nullable RemoteException lost) {
        if (!to.readsValues()) {
            return new Result(step, lost == null, false, lost);
        }
        try (RemoteSide.Read written =
                there.read(step.name(), revision).orElseThrow(() -> new NoSuchSecretException(step.name()))) {
            boolean same = written.secret().sameContentAs(secret);
            return new Result(step, same, same, same ? null : lost == null ? overtaken(step) : lost);
        } catch (CofferException e) {
            return new Result(step, false, false, lost == null ? e : lost);
        }
    }

    private ConflictException overtaken(Step step) {
        return new ConflictException(
                "secret " + step.name() + " on " + to.name()
                        + " is not what was written: somebody changed it meanwhile",
                step.name().value(),
                "run the copy again to see what differs");
    }
}
