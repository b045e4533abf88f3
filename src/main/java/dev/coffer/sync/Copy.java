package dev.coffer.sync;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
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
    private final byte[] salt = new byte[32];

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
        /** It would be refused. */
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
     * @param version of the secret that is there, for the one that is replaced; empty if its flavor counts none
     * @param why it would be refused; null if it would not
     * @param seen what the secret that is replaced holds, as this copy tells contents apart; empty if it was not read
     */
    public record Step(
            SecretName name,
            Action action,
            Optional<Long> version,
            @Nullable String why,
            Optional<String> seen) {}

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
     * @throws UnsupportedByFlavorException if the values of the first cannot be read
     * @throws InvalidException if both are one
     */
    public Copy(SecretsManager from, SecretsManager to) {
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
        new SecureRandom().nextBytes(salt);
    }

    /**
     * Says what would be done. Both are read, nothing is written.
     *
     * @param which the secrets
     * @param replace whether secrets that are there with another content are replaced
     */
    public List<Step> plan(Predicate<SecretName> which, boolean replace) {
        Set<SecretName> there = new HashSet<>(to.getAllSecretKeys());
        List<SecretName> names = from.getAllSecretKeys().stream().filter(which).toList();
        try (Workers workers = new Workers(WORKERS)) {
            return workers.all(names, name -> step(name, there.contains(name), replace)).stream()
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    /** Empty if the secret was deleted since it was listed. */
    private Optional<Step> step(SecretName name, boolean listed, boolean replace) {
        try (Secret secret = from.getSecret(name)) {
            Optional<InvalidException> refusal =
                    to instanceof ProviderLimits limits ? limits.refusal(secret) : Optional.empty();
            if (refusal.isPresent()) {
                return Optional.of(new Step(
                        name, Action.REFUSED, Optional.empty(), refusal.get().getMessage(), Optional.empty()));
            }
            if (!listed) {
                return Optional.of(new Step(name, Action.CREATE, Optional.empty(), null, Optional.empty()));
            }
            return Optional.of(compared(secret, replace));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        }
    }

    private Step compared(Secret secret, boolean replace) {
        SecretName name = secret.name();
        Action different = replace ? Action.REPLACE : Action.DIFFERS;
        if (!to.readsValues()) {
            return new Step(name, different, Optional.empty(), null, Optional.empty());
        }
        try (Secret other = to.getSecret(name)) {
            return secret.sameContentAs(other)
                    ? new Step(name, Action.SAME, other.version(), null, Optional.empty())
                    : new Step(name, different, other.version(), null, Optional.of(digest(other)));
        } catch (NoSuchSecretException e) {
            return new Step(name, Action.CREATE, Optional.empty(), null, Optional.empty());
        }
    }

    /** Carries out what was planned, and reads back what was written. Nothing of one secret stands in the way of another. */
    public List<Result> apply(List<Step> steps, Progress progress) {
        AtomicLong done = new AtomicLong();
        try (Workers workers = new Workers(WORKERS)) {
            return workers.all(steps, step -> {
                Result result = carryOut(step);
                progress.at(done.incrementAndGet(), steps.size());
                return result;
            });
        }
    }

    private Result carryOut(Step step) {
        if (step.action() != Action.CREATE && step.action() != Action.REPLACE) {
            return new Result(step, step.action() == Action.SAME, step.action() == Action.SAME, null);
        }
        try (Secret secret = from.getSecret(step.name())) {
            RemoteException lost = null;
            try {
                write(step, secret);
            } catch (RemoteException e) {
                lost = e; // perhaps only the answer: reading tells
            }
            return verified(step, secret, lost);
        } catch (CofferException e) {
            return new Result(step, false, false, e);
        }
    }

    private void write(Step step, Secret secret) {
        if (step.action() == Action.CREATE) {
            to.registerSecret(secret);
        } else if (to instanceof ConditionalWrites conditional && step.version().isPresent()) {
            conditional.updateSecret(secret, step.version().get());
        } else {
            requireAsSeen(step);
            to.updateSecret(secret);
        }
    }

    /** Where the provider does not compare, it is looked at right before. */
    private void requireAsSeen(Step step) {
        if (step.seen().isEmpty()) {
            return;
        }
        try (Secret now = to.getSecret(step.name())) {
            if (!step.seen().get().equals(digest(now))) {
                throw new ConflictException(
                        "secret " + step.name() + " on " + to.name() + " was changed since the copy was planned",
                        step.name().value(),
                        "run the copy again to see what differs");
            }
        }
    }

    /** Tells contents apart within this copy: salted at random, and never shown. */
    private String digest(Secret secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            add(digest, secret.schemaType().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, SecretValue> entry : new TreeMap<>(secret.content()).entrySet()) {
                add(digest, entry.getKey().getBytes(StandardCharsets.UTF_8));
                byte[] value = entry.getValue().revealUtf8();
                add(digest, value);
                Arrays.fill(value, (byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private Result verified(Step step, Secret secret, @Nullable RemoteException lost) {
        if (!to.readsValues()) {
            return new Result(step, lost == null, false, lost);
        }
        try (Secret written = to.getSecret(step.name())) {
            boolean same = written.sameContentAs(secret);
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
