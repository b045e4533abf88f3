package dev.coffer.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.coffer.Coffer;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes as JUnit does. The classes in here are run by these tests alone. */
class CofferExtensionTest {
    private static final int REPETITIONS = 12;

    private static List<String> wrong = List.of();

    @BeforeAll
    static void runWrong() {
        wrong = failures(run(Wrong.class));
    }

    @Test
    void testsAtOnce_haveAStoreEach() {
        TestExecutionSummary summary = run(AtOnce.class);

        assertEquals(List.of(), failures(summary));
        assertEquals(REPETITIONS, summary.getTestsSucceededCount());
        assertEquals(REPETITIONS, AtOnce.STORES.size());
    }

    @Test
    void testsAtOnce_shareTheStoreOfTheirClass() {
        TestExecutionSummary summary = run(Shared.class);

        assertEquals(List.of(), failures(summary));
        assertEquals(REPETITIONS, summary.getTestsSucceededCount());
        assertEquals(1, Shared.STORES.size());
    }

    @Test
    void afterTheTest_secretsAreWiped() {
        assertEquals(List.of(), failures(run(Kept.class)));

        assertTrue(Kept.isWiped());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            noEquals       | @CofferSecret(name = "db") on method              | value number 1 is not KEY=VALUE
            keyTwice       | @CofferSecret(name = "db") on method              | the key a is there twice
            badName        | @CofferSecret(name = "a b") on method             | the secret name 'a b' holds the character
            unfit          | @CofferSecret(name = "db") on method              | does not fit schema basic_auth
            noSchema       | @CofferSecret(name = "db") on method              | there is no schema 'basic_aut'
            nameTwice      | @CofferSecret(name = "db") on method              | already
            noFile         | @CofferSecrets("missing.json") on method          | is not on the class path
            notJson        | @CofferSecrets("/seeds/cut.json") on method       | is not JSON, or has a name twice, at line 3
            number         | @CofferSecrets("/seeds/number.json") on method    | the key port of db no text: put it in quotes
            otherShape     | @CofferSecrets("/seeds/flat.json") on method      | for db something else than
            noFlavor       | @CofferTest on method                             | there is no flavor 'memori'
            perClass       | @CofferTest on method                             | annotate the class
            missingSecret  | @SecretKey("nope/key") on a parameter of          | nope
            missingKey     | @SecretKey("db/nope") on a parameter of           | nope
            noKey          | @SecretKey("db") on a parameter of                | one value is named by NAME/KEY
            wrongType      | @SecretKey("db/key") on a parameter of            | no int
            """)
    void wrongAnnotation_isNamed(String method, String place, String trouble) {
        List<String> failures = wrong.stream()
                .filter(failure -> failure.startsWith(method + "("))
                .toList();

        assertEquals(1, failures.size(), "one failure of " + method);
        assertTrue(failures.get(0).contains(place) && failures.get(0).contains(trouble), failures.get(0));
        assertFalse(failures.get(0).contains("hunter2"), "no value is quoted");
    }

    @Test
    void storeOfEachTest_isNoneForBeforeAll() {
        List<String> failures = failures(run(TooEarly.class));

        assertEquals(1, failures.size());
        assertTrue(failures.get(0).contains("lifecycle = PER_CLASS"), failures.get(0));
    }

    @Test
    void secretOfOneTest_isRefusedInASharedStore() {
        List<String> failures = failures(run(Stray.class));

        assertEquals(1, failures.size());
        assertTrue(failures.get(0).contains("shares its store; put the secrets there"), failures.get(0));
    }

    private static TestExecutionSummary run(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }

    private static List<String> failures(TestExecutionSummary summary) {
        return summary.getFailures().stream()
                .map(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                .toList();
    }

    private static void add(SecretsManager manager, String name) {
        manager.registerSecret(Secret.of(SecretName.of(name), Map.of("key", SecretValue.of(name))));
    }

    @CofferTest
    @CofferSecret(name = "db", values = "key=seeded")
    static class AtOnce {
        static final Set<Object> STORES = ConcurrentHashMap.newKeySet();
        private static final CountDownLatch TWO = new CountDownLatch(2);

        @RepeatedTest(REPETITIONS)
        @Execution(ExecutionMode.CONCURRENT)
        void seesItsOwn(Coffer coffer, SecretsManager manager, @SecretKey("db/key") String value) throws Exception {
            STORES.add(coffer);
            TWO.countDown();
            assertTrue(TWO.await(60, TimeUnit.SECONDS), "at least two run at the same time");
            add(manager, "mine");
            assertEquals("seeded", value);
            assertEquals(2, coffer.secrets().getAllSecretKeys().size());
        }
    }

    @CofferTest(lifecycle = CofferTest.Lifecycle.PER_CLASS, flavor = "memory")
    @CofferSecret(name = "db", values = "key=seeded")
    static class Shared {
        static final Set<Object> STORES = ConcurrentHashMap.newKeySet();

        @RepeatedTest(REPETITIONS)
        @Execution(ExecutionMode.CONCURRENT)
        void sees(Coffer coffer, SecretsManager manager, @SecretKey("db/key") String value) {
            STORES.add(coffer);
            assertEquals("seeded", value);
            add(manager, "own-" + UUID.randomUUID());
            manager.close(); // takes nothing from the others
        }
    }

    @CofferTest
    @CofferSecret(name = "db", values = "key=seeded")
    static class Kept {
        private static final List<SecretValue> VALUES = new CopyOnWriteArrayList<>();

        @Test
        void keep(@SecretKey("db/key") SecretValue value, @SecretKey("db") Secret secret) {
            VALUES.add(value);
            VALUES.add(secret.value("key"));
        }

        static boolean isWiped() {
            return VALUES.size() == 2 && VALUES.stream().allMatch(Kept::isClosed);
        }

        private static boolean isClosed(SecretValue value) {
            try {
                value.revealText();
                return false;
            } catch (IllegalStateException e) {
                return true;
            }
        }
    }

    static class Wrong {
        @Test
        @CofferTest
        @CofferSecret(name = "db", values = "hunter2")
        void noEquals() {}

        @Test
        @CofferTest
        @CofferSecret(
                name = "db",
                values = {"a=hunter2", "a=2"})
        void keyTwice() {}

        @Test
        @CofferTest
        @CofferSecret(name = "a b", values = "key=hunter2")
        void badName() {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", schema = "basic_auth", values = "username=hunter2")
        void unfit() {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", schema = "basic_aut", values = "username=hunter2")
        void noSchema() {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", values = "key=hunter2")
        @CofferSecret(name = "db", values = "key=hunter22")
        void nameTwice() {}

        @Test
        @CofferTest
        @CofferSecrets("missing.json")
        void noFile() {}

        @Test
        @CofferTest
        @CofferSecrets("/seeds/cut.json")
        void notJson() {}

        @Test
        @CofferTest
        @CofferSecrets("/seeds/number.json")
        void number() {}

        @Test
        @CofferTest
        @CofferSecrets("/seeds/flat.json")
        void otherShape() {}

        @Test
        @CofferTest(flavor = "memori")
        void noFlavor() {}

        @Test
        @CofferTest(lifecycle = CofferTest.Lifecycle.PER_CLASS)
        void perClass() {}

        @Test
        @CofferTest
        void missingSecret(@SecretKey("nope/key") String value) {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", values = "key=hunter2")
        void missingKey(@SecretKey("db/nope") String value) {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", values = "key=hunter2")
        void noKey(@SecretKey("db") String value) {}

        @Test
        @CofferTest
        @CofferSecret(name = "db", values = "key=hunter2")
        void wrongType(@SecretKey("db/key") int value) {}
    }

    @CofferTest
    static class TooEarly {
        @BeforeAll
        static void fill(SecretsManager manager) {}

        @Test
        void test() {}
    }

    @CofferTest(lifecycle = CofferTest.Lifecycle.PER_CLASS)
    static class Stray {
        @Test
        @CofferSecret(name = "db", values = "key=value")
        void test() {}
    }
}
