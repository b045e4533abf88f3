package dev.coffer.sync;

import dev.coffer.secrets.BulkReads;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.UntrustedStorage;
import dev.coffer.secrets.Versioned;
import dev.coffer.secrets.WriteReceipt;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A target's secrets manager, with names as they are here and with revisions, whatever the flavor can do:
 *
 * <pre>
 * flavor                    revision                                written over what was seen
 * Revisions                 the provider's own                      by the flavor
 * ConditionalWrites         version and time of the last write      by the provider
 * any other that reads      none: every secret is read each time    read right before, read right after
 * none of these             time of the last write, if it is told   looked at right before
 * </pre>
 */
final class RemoteSide implements AutoCloseable {
    /** Few enough for one call wherever there are such, and that several workers have something to do. */
    private static final int TOGETHER = 20;

    private final SyncTarget target;
    private final SecretsManager manager;
    private final SyncStore store;

    RemoteSide(SyncTarget target, SecretsManager manager, SyncStore store) {
        this.target = target;
        this.manager = manager;
        this.store = store;
    }

    /**
     * What a listing says.
     *
     * @param name the local name
     * @param revision as which; empty where the target tells none
     * @param owned whether it is coffer's own; empty if the listing does not tell
     */
    record Listed(SecretName name, Optional<String> revision, Optional<Boolean> owned) {}

    /**
     * A content as it was read.
     *
     * @param secret the content, under its local name; the caller closes it
     * @param revision as which; empty where the target tells none
     */
    record Read(Secret secret, Optional<String> revision) implements AutoCloseable {
        @Override
        public void close() {
            secret.close();
        }
    }

    Planner.Abilities abilities() {
        return new Planner.Abilities(manager.readsValues(), manager instanceof Recoverable);
    }

    double writesPerSecond() {
        return manager instanceof ProviderLimits limits ? limits.writesPerSecond() : Double.POSITIVE_INFINITY;
    }

    /** The error that writing would meet for what the provider allows; empty if none is known. */
    Optional<InvalidException> refusal(Secret local) {
        try {
            Secret named = named(local, target.remoteName(local.name()));
            return manager instanceof ProviderLimits limits ? limits.refusal(named) : Optional.empty();
        } catch (InvalidException e) {
            return Optional.of(e);
        }
    }

    List<Listed> list() {
        if (manager instanceof Revisions revisions) {
            return revisions.listRevisions().stream()
                    .flatMap(entry -> target.localName(entry.name()).stream()
                            .map(name -> new Listed(name, entry.revision(), entry.owned())))
                    .toList();
        }
        boolean tellsVersions = manager instanceof ConditionalWrites || manager instanceof Versioned;
        if (manager.readsValues() && !tellsVersions) {
            // Each is read anyway, and what else a list of these shows may cost a request for each.
            return manager.getAllSecretKeys().stream()
                    .flatMap(remote -> target.localName(remote).stream())
                    .map(name -> new Listed(name, Optional.empty(), Optional.empty()))
                    .toList();
        }
        return manager.listSecrets().stream()
                .flatMap(entry -> target.localName(entry.name()).stream()
                        .map(name -> new Listed(name, revision(entry), Optional.empty())))
                .toList();
    }

    private Optional<String> revision(SecretSummary entry) {
        if (entry.version() != null) {
            return Optional.of(revision(entry.version(), entry.updated()));
        }
        return manager.readsValues() || entry.updated() == null
                ? Optional.empty()
                : Optional.of(String.valueOf(entry.updated()));
    }

    private static String revision(long version, java.time.@Nullable Instant updated) {
        return updated == null ? Long.toString(version) : version + "@" + updated.toEpochMilli();
    }

    /** Whether a secret that the listing says nothing of is coffer's own; one call where the flavor can tell. */
    boolean isOwned(SecretName name) {
        if (manager instanceof Owned owned) {
            return owned.isOwned(target.remoteName(name));
        }
        // Nothing marks it: what is below a path of coffer's own is coffer's.
        return SecretScope.of(manager.definition()).kind() != SecretScope.Kind.NONE;
    }

    /** Marks a secret as coffer's own. */
    void adopt(SecretName name) {
        if (manager instanceof Owned owned) {
            owned.adopt(target.remoteName(name));
        }
    }

    /** Whether the target had the secret of an item before coffer knew of it, and it is to become coffer's own. */
    boolean adopts(Item item) {
        return target.adopt() && item.remoteIsThere();
    }

    /** Marks a secret as coffer's own that the target had before coffer knew of it. */
    void adoptIfNew(Item item) {
        if (adopts(item)) {
            adopt(item.from().orElse(item.name()));
        }
    }

    boolean isUntrusted() {
        return manager instanceof UntrustedStorage;
    }

    /** The version of the tombstone that a target that is not trusted has of a secret; 0 if there is none. */
    long buriedAt(SecretName name) {
        return manager instanceof UntrustedStorage storage
                ? storage.trace(target.remoteName(name))
                        .filter(UntrustedStorage.Trace::deleted)
                        .map(UntrustedStorage.Trace::version)
                        .orElse(0L)
                : 0;
    }

    /** The version that the revision of a target without revisions of its own begins with. */
    static long number(String revision) {
        int at = revision.indexOf('@');
        return Long.parseLong(at < 0 ? revision : revision.substring(0, at));
    }

    /** The content now; empty if there is none. */
    Optional<Read> read(SecretName name) {
        return read(name, Optional.empty());
    }

    /**
     * The content now, and of a target that may answer late none from before what was seen; empty if there is none.
     *
     * @param seen a revision of it that was read or written before
     */
    Optional<Read> read(SecretName name, Optional<String> seen) {
        SecretName remote = target.remoteName(name);
        try {
            if (manager instanceof Revisions revisions) {
                Revisions.Revised revised =
                        seen.isPresent() ? revisions.getRevised(remote, seen.get()) : revisions.getRevised(remote);
                return Optional.of(new Read(named(revised.secret(), name), Optional.of(revised.revision())));
            }
            Secret secret = manager.getSecret(remote);
            Optional<String> revision = secret.version()
                    .map(version -> revision(version, secret.updated().orElse(null)));
            return Optional.of(new Read(named(secret, name), revision));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        }
    }

    /** How many it is best to read together: one, where the target reads each alone. */
    int together() {
        return manager instanceof BulkReads ? TOGETHER : 1;
    }

    /**
     * The contents of several now, read together where the target can.
     *
     * @throws RemoteException if the target does not answer
     */
    Readings readAll(Collection<SecretName> names) {
        if (names.size() < 2 || !(manager instanceof BulkReads bulk)) {
            return new Readings(Set.of(), Map.of(), this::read);
        }
        Map<SecretName, SecretName> local = new LinkedHashMap<>();
        names.forEach(name -> local.put(target.remoteName(name), name));
        Map<SecretName, BulkReads.Reading> together = new HashMap<>();
        bulk.getSecrets(local.keySet())
                .forEach((remote, reading) -> together.put(Objects.requireNonNull(local.get(remote)), reading));
        return new Readings(Set.copyOf(names), together, this::read);
    }

    /** The revision now, without the content where that can be had; empty if there is no such secret. */
    Optional<Listed> find(SecretName name) {
        return find(name, Optional.empty());
    }

    /**
     * The same, and of a target that may answer late none from before what was seen.
     *
     * @param seen a revision of it that was read or written before
     */
    Optional<Listed> find(SecretName name, Optional<String> seen) {
        SecretName remote = target.remoteName(name);
        if (manager instanceof Revisions revisions) {
            Optional<Revisions.RevisionEntry> found =
                    seen.isPresent() ? revisions.findRevision(remote, seen.get()) : revisions.findRevision(remote);
            return found.map(entry -> new Listed(name, entry.revision(), entry.owned()));
        }
        if (manager.readsValues()) {
            Optional<Read> read = read(name);
            read.ifPresent(Read::close);
            return read.map(one -> new Listed(name, one.revision(), Optional.empty()));
        }
        return list().stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /**
     * Registers a secret.
     *
     * @return its revision, by which the target confirms it
     */
    Optional<String> create(Secret local) {
        Secret secret = named(local, target.remoteName(local.name()));
        if (manager instanceof Revisions revisions) {
            return Optional.of(revisions.registerRevised(secret));
        }
        manager.registerSecret(secret);
        return confirmed(local);
    }

    /**
     * Replaces a secret that is still as it was seen.
     *
     * @param seen the revision and the content that were seen
     * @return its new revision, by which the target confirms it
     * @throws ConflictException if it was changed since
     */
    Optional<String> update(Secret local, Optional<String> seen, Prints content) {
        Secret secret = named(local, target.remoteName(local.name()));
        if (manager instanceof Revisions revisions && seen.isPresent()) {
            return Optional.of(revisions.updateRevised(secret, seen.get()));
        }
        requireUnmoved(local.name(), seen, content);
        if (manager instanceof ConditionalWrites conditional && seen.isPresent()) {
            WriteReceipt receipt = conditional.updateSecret(secret, number(seen.get()));
            if (!receipt.changed()) {
                return seen;
            }
        } else {
            manager.updateSecret(secret);
        }
        return confirmed(local);
    }

    /**
     * Deletes a secret that is still as it was seen.
     *
     * @throws ConflictException if it was changed since
     */
    void delete(SecretName name, Optional<String> seen, Prints content) {
        SecretName remote = target.remoteName(name);
        if (manager instanceof Revisions revisions && seen.isPresent()) {
            revisions.deleteRevised(remote, seen.get());
            return;
        }
        requireUnmoved(name, seen, content);
        if (manager instanceof ConditionalWrites conditional && seen.isPresent()) {
            conditional.deleteSecret(remote, number(seen.get()));
        } else {
            manager.deleteSecret(remote);
        }
    }

    private void requireUnmoved(SecretName name, Optional<String> seen, Prints content) {
        if (!manager.readsValues()) {
            Optional<String> now = find(name)
                    .orElseThrow(() -> new NoSuchSecretException(name))
                    .revision();
            if (!now.equals(seen)) {
                throw moved(name);
            }
            return;
        }
        try (Read now = read(name).orElseThrow(() -> new NoSuchSecretException(name))) {
            if (!now.revision().equals(seen) || !Prints.of(now.secret(), store).equals(content)) {
                throw moved(name);
            }
        }
    }

    private ConflictException moved(SecretName name) {
        return new ConflictException(
                "secret " + name + " was changed on " + target.name() + " since the plan was made",
                name.value(),
                "'coffer sync plan' looks at it again");
    }

    /** What the target has now must be what was sent. */
    private Optional<String> confirmed(Secret local) {
        if (!manager.readsValues()) {
            return find(local.name()).orElseThrow(() -> moved(local.name())).revision();
        }
        try (Read now = read(local.name()).orElseThrow(() -> moved(local.name()))) {
            if (!Prints.of(now.secret(), store).equals(Prints.of(local, store))) {
                throw moved(local.name());
            }
            return now.revision();
        }
    }

    static Secret named(Secret secret, SecretName name) {
        return secret.name().equals(name)
                ? secret
                : Secret.ofStored(
                        name,
                        secret.schemaType(),
                        secret.content(),
                        secret.version().orElse(null),
                        secret.created().orElse(null),
                        secret.updated().orElse(null));
    }

    @Override
    public void close() {
        manager.close();
    }
}
