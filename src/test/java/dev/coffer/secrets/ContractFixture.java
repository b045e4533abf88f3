package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/**
 * What all contracts of a secrets manager share: the hooks that a flavor's test supplies, and a few words to say a test
 * with.
 *
 * <p>A flavor is tested by one class that extends {@link SecretsManagerContract} and one more for each capability
 * interface that it implements. JUnit makes a new instance for every test, so a backend that the class makes in a field
 * is new for every test too; it starts empty.
 *
 * <p>The tests are {@code protected}: where a flavor's provider forces it to deviate, its own class overrides the test
 * and says why.
 */
public abstract class ContractFixture {
    private static final int RACE_TIMEOUT_SECONDS = 120; // a hang fails here; no race of the contracts takes seconds

    private final Deque<SecretsManager> opened = new ArrayDeque<>();
    private final Map<String, SecretsManager> first = new LinkedHashMap<>();

    /** Only for contracts. */
    protected ContractFixture() {}

    /** A manager over this test's backend. Each call gives another instance over the same backend. */
    protected abstract SecretsManager open();

    /**
     * A manager of the same flavor that must share nothing with those of {@link #open()}: another component in the same
     * store, another folder, another account. Prefer what lies closest, and is most easily mixed up.
     */
    protected abstract SecretsManager openElsewhere();

    /**
     * Whether the provider cannot hold a secret of this name or size, which registering must then refuse with
     * {@link InvalidException}. A flavor that keeps its secrets itself refuses none.
     */
    protected boolean refuses(Secret secret) {
        return false;
    }

    /**
     * Whether the flavor only writes: its provider takes values and gives none back, nor the type of a secret or the
     * order of its keys. Its managers say so by {@link SecretsManager#readsValues()}; what they keep, the test reads
     * from the provider by {@link #read}. A write is one to such a flavor even if it changes nothing.
     */
    protected boolean writeOnly() {
        return false;
    }

    /** How many secrets of one key each the provider can hold; the next one must be {@link InvalidException}. */
    protected int capacity() {
        return Integer.MAX_VALUE;
    }

    /** Removes the backend, after all managers were closed. */
    protected void cleanUp() throws Exception {}

    @AfterEach
    protected final void closeManagersAndCleanUp() throws Exception {
        try {
            opened.forEach(SecretsManager::close);
        } finally {
            cleanUp();
        }
    }

    /** The manager of this test, always the same instance. */
    protected final SecretsManager manager() {
        return first.computeIfAbsent("here", key -> track(open()));
    }

    /** One more instance over the same backend as {@link #manager()}. */
    protected final SecretsManager another() {
        return track(open());
    }

    /** The manager of the same flavor that shares nothing with {@link #manager()}, always the same instance. */
    protected final SecretsManager elsewhere() {
        return first.computeIfAbsent("elsewhere", key -> track(openElsewhere()));
    }

    /** Closes the manager after the test. */
    protected final SecretsManager track(SecretsManager manager) {
        opened.push(manager);
        return manager;
    }

    /** The manager as one of its capabilities; a failure if it lacks that. */
    protected static <T> T capable(Class<T> capability, SecretsManager manager) {
        return assertInstanceOf(capability, manager);
    }

    /** A secret of any keys. */
    protected static Secret secret(String name, String... keysAndValues) {
        return typed(name, Secret.ARBITRARY, keysAndValues);
    }

    /** A secret of a schema type. */
    protected static Secret typed(String name, String schemaType, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        values(keysAndValues).forEach((key, value) -> content.put(key, SecretValue.of(value)));
        return Secret.of(SecretName.of(name), schemaType, content);
    }

    /** Key to value, in order. */
    protected static Map<String, String> values(String... keysAndValues) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return values;
    }

    /** Shorthand. */
    protected static SecretName name(String name) {
        return SecretName.of(name);
    }

    /** Shorthand. */
    protected static List<SecretName> names(String... names) {
        return List.of(names).stream().map(SecretName::of).toList();
    }

    /** Registers a secret of any keys. */
    protected static WriteReceipt register(SecretsManager manager, String name, String... keysAndValues) {
        return manager.registerSecret(secret(name, keysAndValues));
    }

    /** Registers all, in one go where the flavor can. */
    protected static void registerAll(SecretsManager manager, List<Secret> secrets) {
        if (manager instanceof BulkWrites bulk) {
            bulk.registerSecrets(secrets);
        } else {
            secrets.forEach(manager::registerSecret);
        }
    }

    /** The content of a secret in clear, in order. A flavor that cannot read values back looks into its provider. */
    protected Map<String, String> read(SecretsManager manager, String name) {
        try (Secret secret = manager.getSecret(SecretName.of(name))) {
            return revealed(secret);
        }
    }

    /** The content of a secret in clear, in order. */
    protected static Map<String, String> revealed(Secret secret) {
        Map<String, String> values = new LinkedHashMap<>();
        secret.content().forEach((key, value) -> values.put(key, value.revealText()));
        return values;
    }

    /** The secret has these keys and values, in any order. */
    protected final void assertHolds(SecretsManager manager, String name, String... keysAndValues) {
        assertEquals(values(keysAndValues), read(manager, name));
    }

    /** Looks at what get says of a secret. That of a write-only flavor is refused, and it is seen that it is. */
    protected final void look(SecretsManager manager, String name, Consumer<Secret> at) {
        if (writeOnly()) {
            UnsupportedByFlavorException refused =
                    assertThrows(UnsupportedByFlavorException.class, () -> manager.getSecret(SecretName.of(name)));
            assertEquals(Optional.of(name), refused.name());
            return;
        }
        try (Secret secret = manager.getSecret(SecretName.of(name))) {
            at.accept(secret);
        }
    }

    /** The keys of a secret are in this order, where the flavor keeps one. */
    protected final void assertOrder(String name, String... keys) {
        if (!writeOnly()) {
            assertEquals(List.of(keys), List.copyOf(read(manager(), name).keySet()));
        }
    }

    /** The version as which a secret is stored; a failure if the flavor counts none. */
    protected static long versionOf(SecretsManager manager, String name) {
        try (Secret secret = manager.getSecret(SecretName.of(name))) {
            return secret.version().orElseThrow(() -> new AssertionError("secret " + name + " has no version"));
        }
    }

    /** The version that a receipt tells; a failure if it tells none. */
    protected static long versionOf(WriteReceipt receipt) {
        Long version = receipt.version();
        if (version == null) {
            throw new AssertionError("the receipt for " + receipt.name() + " has no version");
        }
        return version;
    }

    /** How one of several racers fared: either field is there. */
    protected record Outcome<T>(Optional<T> result, Optional<CofferException> refusal) {
        boolean won() {
            return result.isPresent();
        }
    }

    /** Lets all run at the same moment, each in its own thread. What is not a {@link CofferException} is a failure. */
    protected static <T> List<Outcome<T>> race(List<Callable<T>> racers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(racers.size());
        try {
            CyclicBarrier start = new CyclicBarrier(racers.size());
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> racer : racers) {
                running.add(threads.submit(() -> {
                    start.await();
                    return racer.call();
                }));
            }
            List<Outcome<T>> outcomes = new ArrayList<>();
            for (Future<T> future : running) {
                outcomes.add(outcome(future));
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Exactly one racer won, and each of the others was refused in this way. */
    protected static void assertOneWon(List<? extends Outcome<?>> outcomes, Class<? extends CofferException> refusal) {
        assertEquals(1, outcomes.stream().filter(Outcome::won).count(), "racers that won");
        for (Outcome<?> outcome : outcomes) {
            outcome.refusal().ifPresent(e -> assertInstanceOf(refusal, e));
        }
    }

    private static <T> Outcome<T> outcome(Future<T> future) throws Exception {
        try {
            return new Outcome<>(Optional.of(future.get(RACE_TIMEOUT_SECONDS, TimeUnit.SECONDS)), Optional.empty());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CofferException refusal) {
                return new Outcome<>(Optional.empty(), Optional.of(refusal));
            }
            throw e;
        }
    }
}
