package dev.coffer.sync;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.BulkReads;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.secrets.UntrustedStorage;
import dev.coffer.secrets.WriteReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A provider that does what real ones do at their worst: answers are lost before or after the change was made, listings
 * are late, names of deleted secrets stay blocked. One server, several laptops.
 */
final class MeanServer {
    /** What flavor it looks like. */
    enum Kind {
        /** Neither versions nor comparison. */
        PLAIN,
        /** Version numbers that are compared. */
        VERSIONED,
        /** Revisions of its own. */
        REVISED,
        /** The same, and several are read with one call. */
        TOGETHER,
        /** Version numbers, and traces of what was deleted: whoever keeps them is not trusted. */
        UNTRUSTED,
        /** Values cannot be read back. */
        WRITE_ONLY
    }

    /** What happens to a call. */
    enum Fault {
        NONE,
        /** The call never arrives. */
        LOST,
        /** The call is carried out, its answer is lost. */
        UNANSWERED,
        /** The caller dies before the call. */
        CRASH_BEFORE,
        /** The call is carried out, the caller dies before it hears of it. */
        CRASH_AFTER
    }

    /** Decides about each call. */
    interface Faults {
        Fault next(String call);
    }

    static final class Stored {
        long version;
        Map<String, String> content;
        final boolean owned;

        Stored(long version, Map<String, String> content, boolean owned) {
            this.version = version;
            this.content = content;
            this.owned = owned;
        }
    }

    final Kind kind;
    final UUID componentId = UUID.randomUUID();
    final TreeMap<SecretName, Stored> secrets = new TreeMap<>();
    final TreeMap<SecretName, Integer> blocked = new TreeMap<>();
    /** The versions of the tombstones of deleted names. */
    final TreeMap<SecretName, Long> buried = new TreeMap<>();

    final List<String> calls = new ArrayList<>();
    /** What was read; whoever reads closes it. */
    final List<Secret> handedOut = new ArrayList<>();
    /** How many managers are open. */
    int opened;

    private final List<NavigableMap<SecretName, Stored>> pasts = new ArrayList<>();
    Faults faults = call -> Fault.NONE;
    /** Whether what has revisions cannot be read back either. */
    boolean blind;
    /** What cannot be read: somebody changed it by hand. */
    final Set<String> damaged = new HashSet<>();
    /** Keys that the schema presets, added by each write as every flavor does. */
    Map<String, String> defaults = Map.of();

    boolean lateListings;
    /** Whether what is read together is as it was at first. */
    boolean lateReads;

    String place = "here";
    /** Secrets by which secrets managers are opened. */
    Set<SecretName> credentials = Set.of();
    /** How many calls a deleted name stays blocked. */
    int blockedFor;

    /** The last version number. */
    long clock = 1_000;

    MeanServer(Kind kind) {
        this.kind = kind;
    }

    SecretsManager open() {
        opened++;
        return switch (kind) {
            case PLAIN -> new Plain();
            case VERSIONED -> new Versioned();
            case UNTRUSTED -> new Untrusted();
            case REVISED -> new Revised();
            case TOGETHER -> new Together();
            case WRITE_ONLY -> new WriteOnly();
        };
    }

    Sync.Managers managers() {
        return new Sync.Managers() {
            @Override
            public Set<SecretName> credentials() {
                return credentials;
            }

            @Override
            public String place(UUID id) {
                return place;
            }

            @Override
            public Optional<String> name(UUID id) {
                return id.equals(componentId) ? Optional.of("team") : Optional.empty();
            }

            @Override
            public SecretsManager open(UUID id) {
                return MeanServer.this.open();
            }
        };
    }

    Map<String, Map<String, String>> contents() {
        Map<String, Map<String, String>> contents = new TreeMap<>();
        secrets.forEach((name, stored) -> contents.put(name.value(), new TreeMap<>(stored.content)));
        return contents;
    }

    /** What somebody else does there, by hand. */
    void set(String name, Map<String, String> content, boolean owned) {
        SecretName key = SecretName.of(name);
        Stored old = secrets.get(key);
        secrets.put(key, new Stored(++clock, content, old == null ? owned : old.owned));
    }

    void remove(String name) {
        if (secrets.remove(SecretName.of(name)) != null) {
            buried.put(SecretName.of(name), ++clock);
        }
    }

    /** The same without a trace, which nobody who is honest does. */
    void takeAway(String name) {
        secrets.remove(SecretName.of(name));
        buried.remove(SecretName.of(name));
    }

    /** What is there now, to be put back later. */
    Stored kept(String name) {
        return stored(SecretName.of(name));
    }

    /** Shows what it had before, which nobody who is honest does. */
    void putBack(String name, Stored before) {
        secrets.put(SecretName.of(name), before);
    }

    private synchronized <T> T call(String what, java.util.function.Supplier<T> work) {
        calls.add(what);
        Fault fault = faults.next(what);
        switch (fault) {
            case LOST -> throw new RemoteException("the answer to " + what + " is lost", null, null);
            case CRASH_BEFORE -> throw new Crash("before " + what);
            default -> {}
        }
        pasts.add(snapshot());
        blocked.replaceAll((name, left) -> left - 1);
        blocked.values().removeIf(left -> left <= 0);
        T answer = work.get();
        switch (fault) {
            case UNANSWERED -> throw new RemoteException("the answer to " + what + " is lost", null, null);
            case CRASH_AFTER -> throw new Crash("after " + what);
            default -> {}
        }
        return answer;
    }

    private NavigableMap<SecretName, Stored> snapshot() {
        NavigableMap<SecretName, Stored> copy = new TreeMap<>();
        secrets.forEach((name, stored) -> copy.put(name, new Stored(stored.version, stored.content, stored.owned)));
        return copy;
    }

    private NavigableMap<SecretName, Stored> listed() {
        return lateListings && !pasts.isEmpty() ? pasts.get(Math.max(0, pasts.size() - 3)) : secrets;
    }

    private Stored stored(SecretName name) {
        Stored stored = secrets.get(name);
        if (stored == null) {
            throw new NoSuchSecretException(name);
        }
        return stored;
    }

    private Stored owned(SecretName name) {
        Stored stored = stored(name);
        if (!stored.owned) {
            throw new ConflictException("secret " + name + " is not coffer's own", name.value(), null);
        }
        return stored;
    }

    private Map<String, String> texts(Secret secret) {
        Map<String, String> texts = new LinkedHashMap<>(defaults);
        secret.content().forEach((key, value) -> texts.put(key, value.revealText()));
        return texts;
    }

    private Stored create(Secret secret) {
        if (secrets.containsKey(secret.name()) || blocked.containsKey(secret.name())) {
            throw new SecretExistsException(secret.name());
        }
        Stored stored = new Stored(++clock, texts(secret), true);
        secrets.put(secret.name(), stored);
        return stored;
    }

    private Stored replace(Secret secret, Optional<Long> expected) {
        Stored old = owned(secret.name());
        if (expected.isPresent() && expected.get() != old.version) {
            throw new ConflictException(
                    "secret " + secret.name() + " moved", secret.name().value(), null);
        }
        Stored stored = new Stored(++clock, texts(secret), true);
        secrets.put(secret.name(), stored);
        return stored;
    }

    private boolean delete(SecretName name, Optional<Long> expected) {
        Stored old = owned(name);
        if (expected.isPresent() && expected.get() != old.version) {
            throw new ConflictException("secret " + name + " moved", name.value(), null);
        }
        secrets.remove(name);
        buried.put(name, ++clock);
        if (blockedFor > 0) {
            blocked.put(name, blockedFor);
        }
        return true;
    }

    private class Plain implements SecretsManager, Owned, ProviderLimits {
        @Override
        public ComponentDefinition definition() {
            return new ComponentDefinition(ComponentType.SECRETS_MANAGER, "mean", "team", componentId, Map.of());
        }

        @Override
        public WriteReceipt registerSecret(Secret secret) {
            Stored stored = call("register " + secret.name(), () -> create(secret));
            return new WriteReceipt(secret.name(), version(stored), true);
        }

        @Override
        public Secret getSecret(SecretName name) {
            return call("get " + name, () -> secret(name, stored(name)));
        }

        final Secret secret(SecretName name, Stored stored) {
            if (damaged.contains(name.value())) {
                throw new IntegrityException("secret " + name + " on team is damaged", name.value(), "repair it");
            }
            Map<String, SecretValue> content = new LinkedHashMap<>();
            stored.content.forEach((key, value) -> content.put(key, SecretValue.of(value)));
            Secret secret = Secret.ofStored(name, Secret.ARBITRARY, content, version(stored), null, null);
            handedOut.add(secret);
            return secret;
        }

        @Nullable
        Long version(Stored stored) {
            return null;
        }

        @Nullable
        Instant updated(Stored stored) {
            return null;
        }

        @Override
        public List<SecretName> getAllSecretKeys() {
            return listSecrets().stream().map(SecretSummary::name).toList();
        }

        @Override
        public List<SecretSummary> listSecrets() {
            return call("list", () -> {
                List<SecretSummary> all = new ArrayList<>();
                listed().forEach((name, stored) ->
                        all.add(new SecretSummary(name, Secret.ARBITRARY, version(stored), null, updated(stored))));
                return all;
            });
        }

        @Override
        public WriteReceipt updateSecret(Secret secret) {
            Stored stored = call("update " + secret.name(), () -> replace(secret, Optional.empty()));
            return new WriteReceipt(secret.name(), version(stored), true);
        }

        @Override
        public void deleteSecret(SecretName name) {
            call("delete " + name, () -> delete(name, Optional.empty()));
        }

        @Override
        public void deleteAllSecrets() {
            throw new UnsupportedOperationException("no synchronization deletes everything");
        }

        @Override
        public boolean isOwned(SecretName name) {
            return call("owned " + name, () -> stored(name).owned);
        }

        @Override
        public void adopt(SecretName name) {
            call("adopt " + name, () -> {
                Stored old = stored(name);
                return secrets.put(name, new Stored(old.version, old.content, true));
            });
        }

        @Override
        public Optional<InvalidException> refusal(Secret secret) {
            return secret.content().values().stream().anyMatch(value -> value.size() > 64)
                    ? Optional.of(new InvalidException(
                            "secret " + secret.name() + " is too long for team",
                            secret.name().value(),
                            null))
                    : Optional.empty();
        }

        @Override
        public double writesPerSecond() {
            return Double.POSITIVE_INFINITY;
        }

        @Override
        public Optional<CofferException> check() {
            return Optional.empty();
        }

        @Override
        public void close() {
            opened--;
        }
    }

    private class Versioned extends Plain implements ConditionalWrites {
        @Override
        Long version(Stored stored) {
            return stored.version;
        }

        @Override
        public WriteReceipt updateSecret(Secret secret, long expectedVersion) {
            Stored stored = call("update " + secret.name(), () -> replace(secret, Optional.of(expectedVersion)));
            return new WriteReceipt(secret.name(), stored.version, true);
        }

        @Override
        public void deleteSecret(SecretName name, long expectedVersion) {
            call("delete " + name, () -> delete(name, Optional.of(expectedVersion)));
        }
    }

    private final class Untrusted extends Versioned implements UntrustedStorage {
        @Override
        public Optional<Trace> trace(SecretName name) {
            return call("trace " + name, () -> {
                Stored stored = secrets.get(name);
                return stored != null
                        ? Optional.of(new Trace(stored.version, false))
                        : Optional.ofNullable(buried.get(name)).map(version -> new Trace(version, true));
            });
        }
    }

    private class Revised extends Plain implements Revisions {
        @Override
        public List<RevisionEntry> listRevisions() {
            return call("list", () -> {
                List<RevisionEntry> all = new ArrayList<>();
                listed().forEach((name, stored) ->
                        all.add(new RevisionEntry(name, Optional.of(revision(stored)), Optional.of(stored.owned))));
                return all;
            });
        }

        @Override
        public boolean readsValues() {
            return !blind;
        }

        final String revision(Stored stored) {
            return "r" + stored.version;
        }

        private Optional<Long> number(String revision) {
            return Optional.of(Long.parseLong(revision.substring(1)));
        }

        @Override
        public Optional<RevisionEntry> findRevision(SecretName name) {
            return call(
                    "find " + name,
                    () -> Optional.ofNullable(secrets.get(name))
                            .map(stored ->
                                    new RevisionEntry(name, Optional.of(revision(stored)), Optional.of(stored.owned))));
        }

        @Override
        public Revisions.Revised getRevised(SecretName name) {
            if (blind) {
                throw new UnsupportedByFlavorException("values cannot be read", name.value(), null);
            }
            return call("get " + name, () -> {
                Stored stored = stored(name);
                return new Revisions.Revised(secret(name, stored), revision(stored));
            });
        }

        @Override
        public String registerRevised(Secret secret) {
            return call("register " + secret.name(), () -> revision(create(secret)));
        }

        @Override
        public String updateRevised(Secret secret, String expected) {
            return call("update " + secret.name(), () -> revision(replace(secret, number(expected))));
        }

        @Override
        public void deleteRevised(SecretName name, String expected) {
            call("delete " + name, () -> delete(name, number(expected)));
        }
    }

    private final class Together extends Revised implements BulkReads {
        @Override
        public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
            String all = names.stream().map(SecretName::value).collect(Collectors.joining(" "));
            return call("together " + all, () -> {
                Map<SecretName, Reading> readings = new LinkedHashMap<>();
                for (SecretName name : names) {
                    Stored stored = (lateReads ? pasts.get(0) : secrets).get(name);
                    if (stored != null) {
                        readings.put(name, reading(name, stored));
                    }
                }
                return readings;
            });
        }

        private Reading reading(SecretName name, Stored stored) {
            try {
                return new Found(secret(name, stored), Optional.of(revision(stored)));
            } catch (IntegrityException e) {
                return new Unreadable(e);
            }
        }
    }

    private final class WriteOnly extends Plain {
        @Override
        public boolean readsValues() {
            return false;
        }

        @Override
        Instant updated(Stored stored) {
            return Instant.ofEpochSecond(stored.version);
        }

        @Override
        public Secret getSecret(SecretName name) {
            stored(name);
            throw new UnsupportedByFlavorException("values cannot be read", name.value(), null);
        }
    }
}
