package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.flavor.TestTls;
import dev.coffer.secrets.BulkReads;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and AWS: nothing is lost, nothing is done twice, and no value is told. */
@Tag("servers")
class AwsFaultsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String CANARY = "canary-7d1f";

    private final AwsBackend backend = new AwsBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(AwsServer.shared().address());
    private final SecretsManager manager = mean("here", Map.of());

    private SecretsManager mean(String component, Map<String, String> more) {
        Map<String, String> all =
                new HashMap<>(Map.of("scope", "global", "connect-timeout", "2", "request-timeout", "1"));
        all.putAll(more);
        return backend.at(proxy.address(), component, all);
    }

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
    }

    /** Requests of this operation. */
    private static Predicate<MeanProxy.Request> of(String... operations) {
        return request -> Set.of(operations)
                .contains(String.join("", request.headers().getOrDefault("X-Amz-Target", List.of()))
                        .replace("secretsmanager.", ""));
    }

    private static final Predicate<MeanProxy.Request> WRITES =
            of("CreateSecret", "PutSecretValue", "UpdateSecretVersionStage", "TagResource", "DeleteSecret");
    private static final Predicate<MeanProxy.Request> READS = of("DescribeSecret", "GetSecretValue", "ListSecrets");

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    /** Past the proxy. */
    private void directly(Consumer<SecretsManager> use) {
        try (SecretsManager direct = backend.open("direct", Map.of("scope", "global"))) {
            use.accept(direct);
        }
    }

    private String stored() {
        List<String> found = new ArrayList<>();
        directly(direct -> {
            try (Secret secret = direct.getSecret(DB)) {
                found.add(secret.value("k").revealText());
            }
        });
        return found.get(0);
    }

    private AwsDescription description() {
        Map<String, String> attributes = Map.of(
                "endpoint", AwsServer.shared().address().toString(),
                "region", backend.region(),
                "prefix", "team/",
                "scope", "global",
                "access-key-id", "a",
                "secret-access-key", "b");
        ComponentDefinition definition =
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "aws", "direct", new UUID(4, 8), attributes);
        AwsSettings settings = AwsSettings.of(definition);
        AwsClient client = new AwsClient(settings);
        try {
            return new AwsRequests(settings, client, new AwsNames(settings, SecretScope.of(definition)))
                    .describe(DB)
                    .orElseThrow();
        } finally {
            client.close();
        }
    }

    private void assertNothingStored() {
        assertThrows(NoSuchSecretException.class, this::stored);
    }

    private static RemoteException assertTold(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        assertNoCanary(e);
        assertTrue(
                e.getMessage().contains("AWS Secrets Manager") && e.getMessage().contains("here"), e.getMessage());
        return e;
    }

    private static void assertNoCanary(Throwable e) {
        StringBuilder chain = new StringBuilder();
        for (Throwable at = e; at != null; at = at.getCause()) {
            chain.append(at);
            for (Throwable suppressed : at.getSuppressed()) {
                chain.append(suppressed);
            }
        }
        assertFalse(chain.toString().contains(CANARY), chain.toString());
        assertFalse(chain.toString().contains("nobody-knows"), chain.toString());
    }

    private static String error(String code) {
        return "{\"__type\":\"" + code + "\",\"message\":\"" + CANARY + "\"}";
    }

    static Stream<Fault> faultsOfAnAnswer() {
        return Stream.of(
                Fault.failAfterwards(500, error("InternalServiceError")),
                Fault.failAfterwards(502, "<html>" + CANARY),
                Fault.refuse(500, error("InternalServiceError")),
                Fault.refuse(503, "{}"),
                Fault.cutBefore(),
                Fault.cutAfter(),
                Fault.cutMidway(),
                Fault.truncate(),
                Fault.delayAfter(Duration.ofMillis(1_500)),
                Fault.oversize(1L << 32),
                Fault.refuse(400, error("ThrottlingException")),
                Fault.throttle("1"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void write_isDoneOnce(Fault fault) {
        proxy.next(of("CreateSecret"), fault);
        assertTrue(manager.registerSecret(secret(CANARY)).changed());
        assertEquals(CANARY, stored());
        for (String step : List.of("PutSecretValue", "UpdateSecretVersionStage")) {
            proxy.next(of(step), fault);
            assertTrue(manager.updateSecret(secret(step)).changed());
            assertEquals(step, stored());
        }
        assertEquals(3, description().stages().size(), "one version for each write");
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void read_isRepeated(Fault fault) {
        manager.registerSecret(secret("v"));
        for (String step : List.of("DescribeSecret", "GetSecretValue")) {
            proxy.next(of(step), fault);
            manager.getSecret(DB).close();
        }
        proxy.next(of("ListSecrets"), fault);
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void deletion_recoveryAndPurge_areDoneOnce(Fault fault) {
        manager.registerSecret(secret("v"));
        proxy.next(of("DeleteSecret"), fault);
        manager.deleteSecret(DB);
        assertNothingStored();
        proxy.next(of("RestoreSecret"), fault);
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals("v", stored());
        proxy.next(of("DeleteSecret"), fault);
        ((Recoverable) manager).purgeSecret(DB);
        assertThrows(NoSuchSecretException.class, () -> ((Recoverable) manager).recoverSecret(DB));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void typeAndReplacementOfADeletedSecret_areDoneOnce(Fault fault) {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        for (String step : List.of("CreateSecret", "RestoreSecret", "UpdateSecretVersionStage", "TagResource")) {
            proxy.next(of(step), fault);
        }
        manager.registerSecret(typed("u", "p"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("basic_auth", found.schemaType());
            assertEquals(Set.of("username", "password"), found.content().keySet());
        }
    }

    private static Secret typed(String user, String password) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of(user));
        content.put("password", SecretValue.of(password));
        return Secret.of(DB, "basic_auth", content);
    }

    @Test
    void serverThatNeverAnswers_isAnError_andNothingIsWritten() {
        for (Fault fault :
                List.of(Fault.cutBefore(), Fault.refuse(500, "{}"), Fault.delayBefore(Duration.ofMinutes(1)))) {
            proxy.always(of("CreateSecret"), fault);
            assertTold(() -> manager.registerSecret(secret(CANARY)));
            proxy.relent();
            assertNothingStored();
        }
        manager.registerSecret(secret("v"));
        proxy.always(READS, Fault.cutMidway());
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
    }

    @Test
    void longThrottling_isSaid_insteadOfWaited() {
        proxy.always(request -> true, Fault.throttle("3600"));
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("3600 seconds"), e.getMessage());
        assertEquals(1, proxy.requests().size());
        proxy.relent();
        assertNothingStored();
    }

    @Test
    void throttlingWithoutEnd_isSaid() {
        proxy.always(request -> true, Fault.refuse(400, error("ThrottlingException")));
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("ThrottlingException"), e.getMessage());
    }

    @Test
    void redirect_isNotFollowed_andTheOtherHostSeesNothing() {
        try (MeanProxy other = new MeanProxy(AwsServer.shared().address())) {
            for (int status : new int[] {301, 302, 307, 308}) {
                proxy.next(Fault.redirect(status, other.address().resolve("x")));
                assertTold(() -> manager.registerSecret(secret(CANARY)));
                proxy.next(Fault.redirect(status, other.address().resolve("x")));
                assertTold(() -> manager.getSecret(DB));
            }
            assertEquals(List.of(), other.requests());
        }
        assertNothingStored();
    }

    @Test
    void answerWithoutEnd_isGivenUp() {
        manager.registerSecret(secret("v"));
        for (String step : List.of("DescribeSecret", "GetSecretValue")) {
            proxy.always(of(step), Fault.oversize(1L << 32));
            assertTold(() -> manager.getSecret(DB));
            proxy.relent();
        }
        assertTrue(proxy.streamedBytes() < 200L << 20, "took " + proxy.streamedBytes() + " bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"__type\":\"" + CANARY + "\",\"message\":\"" + CANARY + "\"}",
                "{\"__type\":\"" + CANARY + "\",\"Message\":[\"" + CANARY + "\"]}",
                CANARY,
                "",
                "[1,2"
            })
    void refusal_tellsNoWordOfTheServer_thatIsNotKnown(String body) {
        for (int status : new int[] {400, 403, 404, 405, 413}) {
            proxy.next(WRITES, Fault.refuse(status, body));
            RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().contains("status " + status), e.getMessage());
        }
        assertNothingStored();
    }

    @Test
    void deeplyNestedAnswer_isNoCrash() {
        manager.registerSecret(secret("v"));
        String bomb = "{\"SecretString\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
        proxy.always(of("GetSecretValue"), Fault.refuse(200, bomb));
        assertTold(() -> manager.getSecret(DB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"Name\":\"another\"}", "[]", "<html>" + CANARY, ""})
    void answerThatIsNotOfAws_isAnError(String body) {
        manager.registerSecret(secret("v"));
        for (String step : List.of("DescribeSecret", "GetSecretValue")) {
            proxy.always(of(step), Fault.refuse(200, body));
            assertTold(() -> manager.getSecret(DB));
            proxy.relent();
        }
        proxy.always(of("ListSecrets"), Fault.refuse(200, body));
        assertTold(manager::getAllSecretKeys);
        assertTold(manager::deleteAllSecrets);
    }

    /** A proxy that says 200 to everything has written nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"{}", ""})
    void answerThatIsNotOfAws_isNoWrite(String body) {
        manager.registerSecret(secret("v"));
        for (String step : List.of("PutSecretValue", "UpdateSecretVersionStage")) {
            proxy.always(of(step), Fault.refuse(200, body));
            assertTold(() -> manager.updateSecret(secret("w")));
            proxy.relent();
        }
        proxy.always(of("DeleteSecret"), Fault.refuse(200, body));
        assertTold(() -> manager.deleteSecret(DB));
        proxy.relent();
        assertEquals("v", stored());
        proxy.always(of("CreateSecret"), Fault.refuse(200, body));
        assertTold(() -> manager.registerSecret(Secret.of(SecretName.of("other"), Map.of("k", SecretValue.of("v")))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "<html>not found", "", "{\"__type\":\"UnknownOperationException\"}"})
    void notFoundOfSomethingElse_isNoMissingSecret(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(READS, Fault.refuse(404, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
        assertTold(() -> manager.updateSecret(secret("w")));
        assertTold(() -> manager.deleteSecret(DB));
        proxy.relent();
        assertEquals("v", stored());
    }

    // Lists

    @Test
    void listThatIsStale_neitherHidesNorInventsASecret() {
        manager.registerSecret(secret("v"));
        proxy.always(of("ListSecrets"), Fault.refuse(200, "{\"SecretList\":[]}"));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("w")));
        assertTrue(manager.hasSecret(DB));
        manager.getSecret(DB).close();
        manager.updateSecret(secret("w"));
        manager.deleteSecret(DB);
        assertFalse(manager.hasSecret(DB));
        proxy.relent();
        String gone = "{\"SecretList\":[{\"Name\":\"team/coffer/global/gone\"},{\"Name\":\"else\"},"
                + "{\"Name\":\"team/coffer/global/a b\"},{},{\"Name\":\"team/coffer/global/=61\"}]}";
        proxy.always(of("ListSecrets"), Fault.refuse(200, gone));
        assertEquals(List.of(SecretName.of("gone")), manager.getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(SecretName.of("gone")));
        manager.deleteAllSecrets();
    }

    @Test
    void listWithoutEnd_isGivenUp() {
        proxy.always(of("ListSecrets"), Fault.refuse(200, "{\"SecretList\":[],\"NextToken\":\"again\"}"));
        assertTold(manager::getAllSecretKeys);
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void listOfManyPages_isWhole_andKnowsTypes() {
        for (int i = 0; i < 120; i++) {
            manager.registerSecret(Secret.of(SecretName.of("n" + i), Map.of()));
        }
        manager.registerSecret(typed("u", "p"));
        assertEquals(121, manager.getAllSecretKeys().size());
        assertEquals("basic_auth", manager.listSecrets().get(0).schemaType());
        assertEquals(2, requestsOf(manager::getAllSecretKeys));
        assertEquals(2, requestsOf(manager::listSecrets));
    }

    // Steps that are cut off

    /** A process that ends between the two requests leaves a readable secret of the old type. */
    @Test
    void changeOfTypeThatWasInterrupted_isFinishedByTheSameCall() {
        manager.registerSecret(secret("v"));
        proxy.always(of("TagResource"), Fault.cutBefore());
        RemoteException e = assertTold(() -> manager.updateSecret(typed("u", "p")));
        assertTrue(e.getMessage().contains("its content is written, but not its type basic_auth"), e.getMessage());
        try (Secret found = manager.getSecret(DB)) {
            assertEquals(Secret.ARBITRARY, found.schemaType());
            assertEquals(Set.of("username", "password"), found.content().keySet());
        }
        proxy.relent();
        proxy.forgetRequests();
        assertTrue(manager.updateSecret(typed("u", "p")).changed());
        assertEquals(0, proxy.requests().stream().filter(of("PutSecretValue")).count(), "the content was there");
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("basic_auth", found.schemaType());
        }
        assertFalse(manager.updateSecret(typed("u", "p")).changed());
    }

    /** A version that never became current is in nobody's way, and there is no more than one label for all of them. */
    @Test
    void updatesThatWereInterrupted_leaveTheOldContent_andOneLabel() {
        manager.registerSecret(secret("old"));
        proxy.always(of("UpdateSecretVersionStage"), Fault.refuse(500, "{}"));
        for (int i = 0; i < 2; i++) {
            String value = CANARY + i;
            RemoteException e = assertTold(() -> manager.updateSecret(secret(value)));
            assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        }
        proxy.relent();
        assertEquals("old", stored());
        assertEquals(
                1,
                description().stages().values().stream()
                        .filter(labels -> labels.contains(AwsRequests.WRITTEN))
                        .count());
        manager.updateSecret(secret("new"));
        assertEquals("new", stored());
    }

    // Somebody else is quicker

    /** Lets somebody else do something just before the server sees such a request, once. */
    private void before(String operation, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (of(operation).test(request) && !done.getAndSet(true)) {
                        meanwhile.run();
                    }
                    return false;
                },
                Fault.cutBefore());
    }

    /** Lets such a request be done, then lets somebody else do something, and loses the answer. */
    private void loseAnswer(String operation, Runnable meanwhile) {
        proxy.next(of(operation), Fault.edit(reply -> {
            meanwhile.run();
            return Fault.Reply.json(500, "{}");
        }));
    }

    @Test
    void mergesOfTwo_areBothKept() {
        manager.registerSecret(secret("v"));
        before("UpdateSecretVersionStage", () -> directly(other -> other.mergeSecret(DB, setting("theirs"))));
        manager.mergeSecret(DB, setting("mine"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals(Set.of("k", "mine", "theirs"), found.content().keySet());
        }
    }

    private static SecretPatch setting(String key) {
        return new SecretPatch(Map.of(key, SecretValue.of("x")), Set.of(), Optional.empty());
    }

    @Test
    void updateThatIsOvertakenByADeletion_isNoSuchSecret() {
        manager.registerSecret(secret("v"));
        before("UpdateSecretVersionStage", () -> directly(other -> ((Recoverable) other).purgeSecret(DB)));
        assertThrows(NoSuchSecretException.class, () -> manager.updateSecret(secret("w")));
        assertNothingStored();
    }

    @Test
    void updateWhoseAnswerIsLost_leavesWhatOthersWroteSince() {
        manager.registerSecret(secret("old"));
        loseAnswer("UpdateSecretVersionStage", () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertTrue(manager.updateSecret(secret("mine")).changed());
        assertEquals("theirs", stored());
    }

    @Test
    void updateOfWhichNothingIsLeftToTell_isSaidToBeUnknown_andLeavesTheirs() {
        manager.registerSecret(secret("old"));
        loseAnswer(
                "UpdateSecretVersionStage",
                () -> directly(other -> {
                    other.updateSecret(secret("theirs"));
                    other.updateSecret(secret("theirs again"));
                }));
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        assertEquals("theirs again", stored());
    }

    @Test
    void registrationWhoseAnswerIsLost_isKnown_whateverOthersDidSince() {
        loseAnswer("CreateSecret", () -> directly(other -> other.deleteSecret(DB)));
        assertTrue(manager.registerSecret(secret("mine")).changed());
        assertNothingStored();
        ((Recoverable) manager).purgeSecret(DB);
        loseAnswer(
                "CreateSecret",
                () -> directly(other -> {
                    other.updateSecret(secret("theirs"));
                    other.updateSecret(secret("theirs again"));
                }));
        assertTrue(manager.registerSecret(secret("mine")).changed());
        assertEquals("theirs again", stored());
    }

    @Test
    void registrationWhoseAnswerIsLost_isNotTakenForTheirs() {
        directly(other -> other.registerSecret(secret("theirs")));
        proxy.next(of("CreateSecret"), Fault.refuse(500, "{}"));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", stored());
    }

    @Test
    void deletionWhoseAnswerIsLost_leavesWhatOthersRegisteredSince() {
        manager.registerSecret(secret("old"));
        loseAnswer("DeleteSecret", () -> directly(other -> other.registerSecret(secret("theirs"))));
        RemoteException e = assertTold(() -> manager.deleteSecret(DB));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        assertEquals("theirs", stored());
    }

    /** AWS deletes whatever is there. */
    @Test
    void deletionOfARevision_thatAnotherWriteOvertakes_isTakenBack() {
        String seen = ((Revisions) manager).registerRevised(secret("old"));
        before("DeleteSecret", () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertThrows(ConflictException.class, () -> ((Revisions) manager).deleteRevised(DB, seen));
        assertEquals("theirs", stored());

        String typed = ((Revisions) manager).updateRevised(typed("u", "p"), revision());
        before("DeleteSecret", () -> directly(other -> other.updateSecret(arbitrary("u", "p"))));
        assertThrows(ConflictException.class, () -> ((Revisions) manager).deleteRevised(DB, typed));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals(Secret.ARBITRARY, found.schemaType());
        }
        ((Revisions) manager).deleteRevised(DB, revision());
        assertNothingStored();
    }

    private String revision() {
        return ((Revisions) manager).findRevision(DB).orElseThrow().revision().orElseThrow();
    }

    private static Secret arbitrary(String user, String password) {
        return Secret.of(DB, Map.of("username", SecretValue.of(user), "password", SecretValue.of(password)));
    }

    @Test
    void deletionOfARevision_ofWhichNobodyTellsWhatItTook_isSaidAsSuch() {
        ((Revisions) manager).registerRevised(secret("old"));
        for (String step : List.of("RestoreSecret", "DescribeSecret")) {
            String seen = revision();
            before("DeleteSecret", () -> directly(other -> other.updateSecret(secret("theirs at " + step))));
            proxy.next(of("DeleteSecret"), Fault.edit(reply -> {
                proxy.always(of(step), Fault.cutBefore());
                return reply;
            }));
            RemoteException e = assertTold(() -> ((Revisions) manager).deleteRevised(DB, seen));
            assertTrue(e.getMessage().contains("the secret is deleted"), e.getMessage());
            assertTrue(e.hint().orElse("").contains("recover it"), e.hint().toString());
            proxy.relent();
            ((Recoverable) manager).recoverSecret(DB);
            assertEquals("theirs at " + step, stored());
        }
    }

    @Test
    void deletionOfARevision_whoseAnswerIsLost_isKnown() {
        String seen = ((Revisions) manager).registerRevised(secret("old"));
        loseAnswer("DeleteSecret", () -> {});
        ((Revisions) manager).deleteRevised(DB, seen);
        assertNothingStored();
    }

    @Test
    void unknownOutcome_isSaidAsSuch_whenLookingFails() {
        proxy.next(of("CreateSecret"), Fault.cutAfter());
        proxy.always(READS, Fault.cutMidway());
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
    }

    // Names that deleted secrets hold

    @Test
    void nameOfADeletedSecret_isToldWithItsDate_andStaysRecoverable() {
        try (SecretsManager careful = mean("here", Map.of("restore-on-register", "false"))) {
            careful.registerSecret(secret("old"));
            careful.deleteSecret(DB);
            SecretExistsException e =
                    assertThrows(SecretExistsException.class, () -> careful.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().matches(".*deletion dated 20\\d\\d-\\d\\d-\\d\\dT.*"), e.getMessage());
            assertTrue(
                    e.hint().orElse("").contains("restore-on-register"),
                    e.hint().toString());
            assertNoCanary(e);
            ((Recoverable) careful).recoverSecret(DB);
            assertEquals("old", stored());
        }
    }

    /** As AWS itself refuses, where moto says that the name exists. */
    @Test
    void refusalOfADeletedName_isLookedInto() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        proxy.next(of("CreateSecret"), Fault.refuse(400, error("InvalidRequestException")));
        manager.registerSecret(secret("new"));
        assertEquals("new", stored());
    }

    @Test
    void deletedSecretOfSomebodyElse_isNotReplacedRecoveredOrPurged() {
        String name = "team/coffer/global/db";
        backend.boto("create_secret", Map.of("Name", name, "SecretString", "{\"k\":\"theirs\"}"));
        backend.boto("delete_secret", Map.of("SecretId", name));
        assertThrows(ConflictException.class, () -> manager.registerSecret(secret("mine")));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).purgeSecret(DB));
        assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
        backend.boto("restore_secret", Map.of("SecretId", name));
        assertEquals("theirs", stored());
    }

    // Who may do what

    @Test
    void checkAndOperations_tellCredentialsPermissionsAndNetworkApart() {
        for (String code : List.of("UnrecognizedClientException", "InvalidSignatureException")) {
            proxy.next(Fault.refuse(400, error(code)));
            assertCheck("the credentials are not valid: " + code, "");
        }
        proxy.next(Fault.refuse(400, error("ExpiredTokenException")));
        assertCheck("the credentials have expired", "aws sso login");
        for (String operation : List.of("ListSecrets", "DescribeSecret", "GetSecretValue")) {
            proxy.next(of(operation), Fault.refuse(400, error("AccessDeniedException")));
            assertCheck("not allowed", "secretsmanager:" + operation);
        }
        assertEquals(Optional.empty(), manager.check());
        proxy.close();
        assertCheck("cannot be reached", "endpoint");
    }

    private void assertCheck(String sentence, String hint) {
        RemoteException e = assertTold(() -> {
            throw manager.check().orElseThrow();
        });
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
        assertTrue(e.hint().orElse("").contains(hint), e.hint().toString());
    }

    @Test
    void credentialsThatExpireBetweenTwoSteps_loseNothing() {
        manager.registerSecret(secret("old"));
        proxy.next(of("UpdateSecretVersionStage"), Fault.refuse(400, error("ExpiredTokenException")));
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("expired"), e.getMessage());
        assertEquals("old", stored());
        manager.updateSecret(secret("new"));
        assertEquals("new", stored());
    }

    @Test
    void requestId_isTold_whereItIsOne() {
        proxy.next(Fault.edit(reply -> new Fault.Reply(
                400,
                Map.of("x-amzn-RequestId", "6b4f2c1a-0000-4000-8000-00000000000a"),
                error("AccessDeniedException").getBytes(UTF_8))));
        RemoteException e = assertTold(() -> manager.getSecret(DB));
        assertTrue(e.getMessage().contains("request 6b4f2c1a-0000-4000-8000-00000000000a"), e.getMessage());
    }

    @Test
    void certificateThatIsNotTrusted_isToldApart_andTheServerSeesNothing(@TempDir Path folder) throws Exception {
        TestTls tls = TestTls.create(folder, "127.0.0.1");
        AtomicInteger seen = new AtomicInteger();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.clientContext()));
        server.createContext("/", exchange -> {
            seen.incrementAndGet();
            exchange.close();
        });
        server.start();
        String endpoint = "https://127.0.0.1:" + server.getAddress().getPort();
        try (SecretsManager other = backend.open("here", Map.of("endpoint", endpoint))) {
            RemoteException e = assertTold(() -> other.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().contains("certificate is not trusted"), e.getMessage());
            assertEquals(0, seen.get());
        } finally {
            server.stop(0);
        }
    }

    /** Also where a variable or a profile of AWS names the server, which the attributes' check does not see. */
    @Test
    void nothingIsSentWithoutEncryption() {
        AwsSettings settings = new AwsSettings(
                "here",
                Optional.of("eu-central-1"),
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.of(URI.create("http://secrets.example.invalid")),
                Optional.of(new AwsSettings.Keys("a", "b", Optional.empty())),
                30,
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        AwsClient client = new AwsClient(settings);
        AwsRequests requests =
                new AwsRequests(settings, client, new AwsNames(settings, new SecretScope(SecretScope.Kind.NONE, "")));
        InvalidException e = assertThrows(InvalidException.class, () -> requests.describe(DB));
        assertTrue(e.getMessage().contains("without encryption"), e.getMessage());
        client.close();
    }

    @Test
    void serverThatIsKilled_isToldApart() {
        AwsServer own = AwsServer.start();
        try (SecretsManager other = backend.at(own.address(), "here", Map.of())) {
            other.registerSecret(secret("v"));
            own.close();
            RemoteException e = assertTold(() -> other.getSecret(DB));
            assertTrue(e.getMessage().contains("cannot be reached"), e.getMessage());
            assertTold(() -> other.registerSecret(secret(CANARY)));
        }
    }

    @Test
    void closeDuringAnOperation_isIllegalState() throws Exception {
        proxy.always(READS, Fault.delayBefore(Duration.ofSeconds(3)));
        List<Throwable> thrown = new ArrayList<>();
        Thread reader = new Thread(() -> {
            try {
                manager.getSecret(DB).close();
            } catch (RuntimeException e) {
                thrown.add(e);
            }
        });
        reader.start();
        Thread.sleep(300);
        manager.close();
        reader.join(20_000);
        assertEquals(
                List.of(IllegalStateException.class),
                thrown.stream().map(Object::getClass).toList());
    }

    // Reading many

    private static List<SecretName> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> SecretName.of("n" + i)).toList();
    }

    private void registerNumbered(int count) {
        numbered(count).forEach(name -> manager.registerSecret(Secret.of(name, Map.of("k", SecretValue.of("v")))));
    }

    /** How many of them have a content, which is closed. */
    private static long read(SecretsManager manager, List<SecretName> names) {
        Map<SecretName, BulkReads.Reading> readings = ((BulkReads) manager).getSecrets(names);
        readings.values().forEach(BulkReads.Reading::close);
        return readings.values().stream()
                .filter(BulkReads.Found.class::isInstance)
                .count();
    }

    /** As it is for a policy that was written before there was such a request, and for a server that does not know it. */
    @ParameterizedTest
    @ValueSource(strings = {"AccessDeniedException", "UnknownOperationException"})
    void readOfMany_thatIsNotAllowed_readsEachAlone_andIsNotTriedAgain(String code) {
        registerNumbered(3);
        proxy.always(of("BatchGetSecretValue"), Fault.refuse(400, error(code)));
        proxy.forgetRequests();
        assertEquals(3, read(manager, numbered(4)));
        assertEquals(1 + 3 * 2 + 1, proxy.requests().size());
        assertEquals(8, requestsOf(() -> read(manager, numbered(4))) + 1);
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void readOfMany_isRepeated(Fault fault) {
        registerNumbered(2);
        proxy.next(of("BatchGetSecretValue"), fault);
        proxy.next(of("DescribeSecret"), fault);
        assertEquals(2, read(manager, numbered(3)));
    }

    /** What the answer does not tell, or tells of what nobody asked for or is not current, is asked for by name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"SecretValues\":[]}",
                "{\"SecretValues\":[{},{\"Name\":\"team/coffer/global/n0\"},{\"Name\":\"else\",\"VersionId\":\"1\"}]}",
                "{\"SecretValues\":[{\"Name\":\"team/coffer/global/n0\",\"VersionId\":\"1\",\"SecretString\":\"{}\"}]}",
                "{\"SecretValues\":[{\"Name\":\"team/coffer/global/n0\",\"VersionId\":\"1\",\"SecretString\":\"{}\",\"VersionStages\":"
                        + "[\"AWSCURRENT\"]}]}",
                "{\"Errors\":[{\"SecretId\":\"team/coffer/global/n0\",\"ErrorCode\":\"ResourceNotFoundException\"}]}"
            })
    void readOfMany_believesNoAnswer_thatIsNotOfAws(String body) {
        registerNumbered(2);
        manager.getAllSecretKeys();
        proxy.always(of("BatchGetSecretValue"), Fault.refuse(200, body));
        assertEquals(2, read(manager, numbered(3)));
    }

    @Test
    void readOfMany_withoutAnswer_isOneError_andSoon() {
        registerNumbered(3);
        proxy.always(of("BatchGetSecretValue"), Fault.refuse(400, error("AccessDeniedException")));
        proxy.always(of("DescribeSecret", "GetSecretValue"), Fault.refuse(500, error("InternalServiceError")));
        proxy.forgetRequests();
        assertTold(() -> read(manager, numbered(3)));
        assertTrue(proxy.requests().size() <= 5, () -> proxy.requests().toString());
        proxy.relent();
        proxy.always(request -> true, Fault.cutBefore());
        assertTold(() -> read(manager, numbered(3)));
    }

    @Test
    void readOfMany_tellsOfOneThatMayNotBeRead() {
        registerNumbered(3);
        Predicate<MeanProxy.Request> ofFirst =
                request -> new String(request.body(), UTF_8).contains("\"team/coffer/global/n0\"");
        proxy.always(of("BatchGetSecretValue"), Fault.refuse(400, error("AccessDeniedException")));
        proxy.always(of("GetSecretValue").and(ofFirst), Fault.refuse(400, error("AccessDeniedException")));
        Map<SecretName, BulkReads.Reading> readings = ((BulkReads) manager).getSecrets(numbered(3));
        readings.values().forEach(BulkReads.Reading::close);
        assertEquals(numbered(3), List.copyOf(readings.keySet()));
        BulkReads.Reading first = Objects.requireNonNull(readings.get(SecretName.of("n0")));
        RemoteException e = assertTold(() -> first.secret().close());
        assertTrue(
                e.hint().orElse("").contains("secretsmanager:GetSecretValue"),
                e.hint().toString());
        assertEquals(
                2,
                readings.values().stream()
                        .filter(BulkReads.Found.class::isInstance)
                        .count());
    }

    /** A listing can be behind in all that it tells: what it tells counts for the version alone that it names. */
    @Test
    void readOfMany_afterAListingThatIsStale_tellsTheTypeOfTheVersion() {
        registerNumbered(1);
        manager.registerSecret(secret("v"));
        AtomicReference<Fault.Reply> stale = new AtomicReference<>();
        proxy.next(of("ListSecrets"), Fault.edit(reply -> {
            stale.set(reply);
            return reply;
        }));
        manager.getAllSecretKeys();
        directly(other -> other.updateSecret(typed("u", "p")));
        try (SecretsManager another = mean("another", Map.of())) {
            proxy.next(of("ListSecrets"), Fault.edit(reply -> stale.get()));
            another.getAllSecretKeys();
            Map<SecretName, BulkReads.Reading> readings =
                    ((BulkReads) another).getSecrets(List.of(SecretName.of("n0"), DB));
            assertEquals(
                    "basic_auth",
                    Objects.requireNonNull(readings.get(DB)).secret().schemaType());
            readings.values().forEach(BulkReads.Reading::close);
        }
    }

    @Test
    void requestsOfMany_areAsManyAsTheReadmeSays() {
        registerNumbered(100);
        try (SecretsManager another = mean("another", Map.of())) {
            assertEquals(1 + 5, requestsOf(() -> assertEquals(100, read(another, numbered(100)))), "with a listing");
        }
        try (SecretsManager another = mean("another", Map.of())) {
            another.getAllSecretKeys();
            assertEquals(5, requestsOf(() -> assertEquals(100, read(another, numbered(100)))), "after a listing");
            assertEquals(1, requestsOf(() -> assertEquals(19, read(another, numbered(19)))));
            assertEquals(2, requestsOf(() -> assertEquals(1, read(another, numbered(1)))));
        }
        try (SecretsManager another = mean("another", Map.of())) {
            assertEquals(1 + 3, requestsOf(() -> assertEquals(3, read(another, numbered(3)))), "a few");
        }
    }

    // The key of AWS

    /** A write to a secret takes the key that the secret has: to send one would need rights to change secrets. */
    @Test
    void kmsKey_isGivenToNewSecrets_andStaysTheirs() throws Exception {
        try (SecretsManager keyed = mean("keyed", Map.of("kms-key", "alias/team"))) {
            keyed.registerSecret(secret("1"));
            keyed.updateSecret(secret("2"));
            assertEquals(List.of("alias/team"), kmsKeysOf("CreateSecret"));
            assertEquals(List.of(""), kmsKeysOf("PutSecretValue"));
            assertEquals(List.of(""), kmsKeysOf("UpdateSecretVersionStage"));
            JsonNode described = backend.boto("describe_secret", Map.of("SecretId", "team/coffer/global/db"));
            assertEquals("alias/team", described.path("KmsKeyId").asText());
            assertEquals("2", stored());
        }
        proxy.forgetRequests();
        manager.registerSecret(Secret.of(SecretName.of("usual"), Map.of("k", SecretValue.of("v"))));
        assertEquals(List.of(""), kmsKeysOf("CreateSecret"), "the account's own");
    }

    /** Empty texts where none was sent. */
    private List<String> kmsKeysOf(String operation) throws IOException {
        List<String> keys = new ArrayList<>();
        for (MeanProxy.Request request : proxy.requests()) {
            if (of(operation).test(request)) {
                keys.add(new ObjectMapper()
                        .readTree(request.body())
                        .path("KmsKeyId")
                        .asText());
            }
        }
        return keys;
    }

    // What operations cost

    private int requestsOf(Runnable operation) {
        proxy.forgetRequests();
        operation.run();
        return proxy.requests().size();
    }

    @Test
    void requests_areAsManyAsTheReadmeSays() {
        assertEquals(1, requestsOf(() -> manager.registerSecret(secret("1"))));
        assertEquals(2, requestsOf(() -> manager.getSecret(DB).close()));
        assertEquals(4, requestsOf(() -> manager.updateSecret(secret("2"))));
        assertEquals(2, requestsOf(() -> manager.updateSecret(secret("2"))), "nothing to write");
        assertEquals(5, requestsOf(() -> manager.updateSecret(typed("u", "p"))), "another type");
        assertEquals(1, requestsOf(() -> manager.hasSecret(DB)));
        assertEquals(1, requestsOf(manager::getAllSecretKeys));
        assertEquals(1, requestsOf(manager::listSecrets));
        assertEquals(2, requestsOf(() -> manager.deleteSecret(DB)));
        String seen = ((Revisions) manager).registerRevised(secret("3"));
        assertEquals(3, requestsOf(() -> ((Revisions) manager).deleteRevised(DB, seen)));
        assertEquals(3, requestsOf(manager::check));
    }

    @Test
    void noValue_isInAPathOrHeader() {
        manager.registerSecret(secret(CANARY));
        manager.getSecret(DB).close();
        for (MeanProxy.Request request : proxy.requests()) {
            assertFalse((request.target() + request.headers()).contains(CANARY), request.target());
        }
        assertTrue(proxy.requests().stream().anyMatch(request -> new String(request.body(), UTF_8).contains(CANARY)));
    }
}
