package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Copy;
import dev.coffer.sync.Outcome;
import dev.coffer.sync.SyncFixture;
import dev.coffer.vault.TestHome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What README says that looking at a target costs when nothing has changed. */
@Tag("servers")
class AwsSyncCostTest extends SyncFixture {
    private final AwsBackend backend = new AwsBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(AwsServer.shared().address());

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        return backend.at(proxy.address(), component, attributes);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
    }

    @Test
    void plan_withNothingChanged() {
        Home ada = pushed(101);
        proxy.forgetRequests();

        assertTrue(ada.plan().isEmpty());

        assertEquals(2, proxy.requests().size(), () -> proxy.requests().toString());
    }

    @Test
    void pull_readsTwentyTogether() {
        pushed(100);
        Home bob = laptop("bob");
        proxy.forgetRequests();

        assertEquals(100, bob.run().size());

        assertEquals(Map.of("ListSecrets", 1L, "BatchGetSecretValue", 5L), requests());
        assertEquals("v42", value(bob.here(), "s42", "k"));
        proxy.forgetRequests();
        assertTrue(bob.plan().isEmpty());
        assertEquals(Map.of("ListSecrets", 1L), requests());
    }

    /** As a policy has it that does not know of reading many. */
    @Test
    void pull_whereReadingManyIsNotAllowed_readsEach() {
        pushed(5);
        Home bob = laptop("bob");
        proxy.always(
                request -> operation(request).equals("BatchGetSecretValue"),
                Fault.refuse(400, "{\"__type\":\"AccessDeniedException\"}"));
        proxy.forgetRequests();

        assertEquals(5, bob.run().size());

        assertEquals(
                Map.of("ListSecrets", 1L, "BatchGetSecretValue", 1L, "DescribeSecret", 5L, "GetSecretValue", 5L),
                requests());
    }

    @Test
    void pull_ofOneThatCannotBeRead_bringsTheOthers() {
        pushed(3);
        backend.boto("put_secret_value", Map.of("SecretId", "team/coffer/namespace/team/s1", "SecretString", "[]"));
        Home bob = laptop("bob");

        Map<String, Outcome.Result> results = results(bob.outcomes(true));

        assertEquals(
                Map.of("s0", Outcome.Result.DONE, "s1", Outcome.Result.FAILED, "s2", Outcome.Result.DONE), results);
        assertEquals(Set.of("s0", "s2"), bob.here().keySet());
    }

    @Test
    void pull_withoutAnswer_isToldOfEach_andTheNextOneBringsAll() {
        pushed(3);
        Home bob = laptop("bob");
        proxy.always(request -> operation(request).equals("BatchGetSecretValue"), Fault.refuse(500, "{}"));

        assertEquals(
                Map.of("s0", Outcome.Result.FAILED, "s1", Outcome.Result.FAILED, "s2", Outcome.Result.FAILED),
                results(bob.outcomes(true)));
        assertEquals(Map.of(), bob.here());

        proxy.relent();
        bob.run();
        assertEquals(Set.of("s0", "s1", "s2"), bob.here().keySet());
    }

    private static Map<String, Outcome.Result> results(List<Outcome> outcomes) {
        return outcomes.stream()
                .collect(Collectors.toMap(outcome -> outcome.item().name().value(), Outcome::result));
    }

    @Test
    void copy_readsTwentyTogether() {
        Home ada = pushed(40);
        try (SecretsManager from = open("from", TEAM);
                SecretsManager to = open("to", Map.of("scope", "global"))) {
            Copy copy = new Copy(from, to, ada.home.vault().syncStore(TestHome.HERE));
            proxy.forgetRequests();
            List<Copy.Step> steps = copy.plan(name -> true, false);
            assertEquals(Map.of("ListSecrets", 2L, "BatchGetSecretValue", 2L), requests());

            proxy.forgetRequests();
            List<Copy.Result> results = copy.apply(steps, Progress.NONE);
            assertEquals(40, results.stream().filter(Copy.Result::verified).count());
            assertEquals(
                    Map.of(
                            "BatchGetSecretValue",
                            2L,
                            "CreateSecret",
                            40L,
                            "DescribeSecret",
                            40L,
                            "GetSecretValue",
                            40L),
                    requests());

            proxy.forgetRequests();
            assertTrue(copy.plan(name -> true, false).stream().allMatch(step -> step.action() == Copy.Action.SAME));
            assertEquals(
                    Map.of("ListSecrets", 2L, "BatchGetSecretValue", 4L, "DescribeSecret", 40L),
                    requests(),
                    "what it wrote itself is looked at");
        }
    }

    private Map<String, Long> requests() {
        return proxy.requests().stream()
                .collect(Collectors.groupingBy(AwsSyncCostTest::operation, Collectors.counting()));
    }

    private static String operation(MeanProxy.Request request) {
        return String.join("", request.headers().getOrDefault("X-Amz-Target", List.of()))
                .replace("secretsmanager.", "");
    }
}
