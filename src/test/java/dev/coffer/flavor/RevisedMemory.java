package dev.coffer.flavor;

import dev.coffer.secrets.BulkReads;
import dev.coffer.secrets.ConditionalWrites;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.ProviderLimits;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UntrustedStorage;
import dev.coffer.secrets.Versioned;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a synchronization asks of a target, told of a memory secrets manager: version and date are its revision. */
class RevisedMemory implements Revisions, BulkReads, ProviderLimits, UntrustedStorage {
    /** The longest name that fits. */
    static final int LONGEST = 200;

    /** A secret that is there and cannot be read. */
    static final SecretName UNREADABLE = SecretName.of("unreadable");

    private final MemorySecretsManager memory;

    RevisedMemory(SecretsManager memory) {
        this.memory = (MemorySecretsManager) memory;
    }

    /** A secrets manager that answers like this one, and else like the memory below it. */
    SecretsManager manager() {
        Class<?>[] interfaces = {
            SecretsManager.class,
            ConditionalWrites.class,
            Versioned.class,
            Recoverable.class,
            Revisions.class,
            BulkReads.class,
            ProviderLimits.class,
            UntrustedStorage.class
        };
        return (SecretsManager) Proxy.newProxyInstance(
                RevisedMemory.class.getClassLoader(),
                interfaces,
                (proxy, method, arguments) -> answer(method, arguments));
    }

    private @Nullable Object answer(Method method, Object @Nullable [] arguments) throws Throwable {
        boolean mine = method.getDeclaringClass().isInstance(this);
        if (method.getName().equals("registerSecret") && arguments != null) {
            refusal((Secret) arguments[0]).ifPresent(refusal -> {
                throw refusal;
            });
        }
        try {
            return method.invoke(mine ? this : memory, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    MemorySecretsManager memory() {
        return memory;
    }

    @Override
    public List<RevisionEntry> listRevisions() {
        return memory.getAllSecretKeys().stream()
                .flatMap(name -> findRevision(name).stream())
                .toList();
    }

    @Override
    public Optional<RevisionEntry> findRevision(SecretName name) {
        return memory.listSecrets().stream()
                .filter(summary -> summary.name().equals(name))
                .map(summary -> summary.version() + "@" + summary.updated())
                .map(revision -> new RevisionEntry(name, Optional.of(revision), Optional.of(true)))
                .findFirst();
    }

    @Override
    public Revised getRevised(SecretName name) {
        Secret secret = memory.getSecret(name);
        return new Revised(secret, revision(name));
    }

    @Override
    public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
        memory.getAllSecretKeys(); // refuses what is closed
        Map<SecretName, Reading> readings = new LinkedHashMap<>();
        for (SecretName name : new LinkedHashSet<>(names)) {
            reading(name).ifPresent(reading -> readings.put(name, reading));
        }
        return readings;
    }

    /** Empty if it is missing. */
    Optional<Reading> reading(SecretName name) {
        if (name.equals(UNREADABLE)) {
            return Optional.of(new Unreadable(new InvalidException("unreadable", name.value(), null)));
        }
        try {
            Revised revised = getRevised(name);
            return Optional.of(new Found(revised.secret(), Optional.of(revised.revision())));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        }
    }

    private String revision(SecretName name) {
        return findRevision(name).flatMap(RevisionEntry::revision).orElseThrow(() -> new NoSuchSecretException(name));
    }

    @Override
    public String registerRevised(Secret secret) {
        memory.registerSecret(secret);
        return revision(secret.name());
    }

    @Override
    public String updateRevised(Secret secret, String expected) {
        requireSeen(secret.name(), expected);
        memory.updateSecret(secret);
        return revision(secret.name());
    }

    @Override
    public void deleteRevised(SecretName name, String expected) {
        requireSeen(name, expected);
        memory.deleteSecret(name);
    }

    private void requireSeen(SecretName name, String expected) {
        if (!revision(name).equals(expected)) {
            throw new ConflictException("secret " + name + " was changed", name.value(), null);
        }
    }

    @Override
    public Optional<InvalidException> refusal(Secret secret) {
        return secret.name().value().length() > LONGEST
                ? Optional.of(new InvalidException("too long", secret.name().value(), "shorten it"))
                : Optional.empty();
    }

    @Override
    public double writesPerSecond() {
        return 100;
    }

    @Override
    public Optional<Trace> trace(SecretName name) {
        try {
            SecretVersion last = memory.history(name).get(0);
            return Optional.of(new Trace(last.version(), last.deleted()));
        } catch (NoSuchSecretException e) {
            return Optional.empty();
        }
    }
}
