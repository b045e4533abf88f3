package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and Azure: nothing is lost, nothing is done twice, and no value is told. */
class AzureFaultsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String IN_AZURE = "team-coffer-global-db";
    private static final String CANARY = "canary-7d1f";

    private final AzureBackend backend = new AzureBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(backend.server().address());
    private final SecretsManager manager = mean("here", Map.of());

    private SecretsManager mean(String component, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(
                Map.of("scope", "global", "connect-timeout", "2", "request-timeout", "1", "completion-timeout", "10"));
        all.putAll(more);
        return backend.at(proxy.address(), component, all);
    }

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.close();
    }

    /** Requests of this method, to this path behind the vault's address. */
    private static Predicate<MeanProxy.Request> of(String method, String path) {
        return request -> request.method().equals(method)
                && request.target().replaceFirst("\\?.*", "").matches(path);
    }

    private static final Predicate<MeanProxy.Request> PUT = of("PUT", "/secrets/[^/]+");
    private static final Predicate<MeanProxy.Request> PATCH = of("PATCH", "/secrets/.*");
    private static final Predicate<MeanProxy.Request> GET = of("GET", "/secrets/[^/]+/?");
    private static final Predicate<MeanProxy.Request> VERSIONS = of("GET", "/secrets/[^/]+/versions");
    private static final Predicate<MeanProxy.Request> LIST = of("GET", "/secrets");
    private static final Predicate<MeanProxy.Request> DELETE = of("DELETE", "/secrets/[^/]+");
    private static final Predicate<MeanProxy.Request> GET_DELETED = of("GET", "/deletedsecrets/[^/]+");
    private static final Predicate<MeanProxy.Request> RECOVER = of("POST", "/deletedsecrets/[^/]+/recover");
    private static final Predicate<MeanProxy.Request> PURGE = of("DELETE", "/deletedsecrets/[^/]+");
    private static final Predicate<MeanProxy.Request> READS =
            request -> request.method().equals("GET");
    private static final Predicate<MeanProxy.Request> WRITES = READS.negate();

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private static Secret typed(String user, String password) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of(user));
        content.put("password", SecretValue.of(password));
        return Secret.of(DB, "basic_auth", content);
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

    private static String json(String value) {
        return "{\"k\":\"" + value + "\"}";
    }

    private List<String> versions() {
        return backend.server().values(IN_AZURE);
    }

    private void assertNothingStored() {
        assertThrows(NoSuchSecretException.class, this::stored);
    }

    private static RemoteException assertTold(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        assertNoCanary(e);
        boolean isTold =
                e.getMessage().contains("Azure Key Vault") && e.getMessage().contains("here");
        assertTrue(isTold || e.getMessage().contains("asks to wait"), e.getMessage());
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
    }

    private static String error(String code) {
        return AzureServer.error(code, CANARY, "");
    }

    static Stream<Fault> faultsOfAnAnswer() {
        return Stream.of(
                Fault.failAfterwards(500, error("InternalServerError")),
                Fault.failAfterwards(502, "<html>" + CANARY),
                Fault.refuse(500, error("InternalServerError")),
                Fault.refuse(503, "{}"),
                Fault.refuse(200, "{}"),
                Fault.refuse(204, ""),
                Fault.cutBefore(),
                Fault.cutAfter(),
                Fault.cutMidway(),
                Fault.truncate(),
                Fault.delayAfter(Duration.ofMillis(1_500)),
                Fault.throttle("1"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void write_isDoneOnce(Fault fault) {
        proxy.next(PUT, fault);
        assertTrue(manager.registerSecret(secret(CANARY)).changed());
        assertEquals(CANARY, stored());
        proxy.next(PUT, fault);
        assertTrue(manager.updateSecret(secret("w")).changed());
        assertEquals(List.of(json(CANARY), json("w")), versions());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void read_isRepeated(Fault fault) {
        proxy.next(VERSIONS, fault);
        manager.registerSecret(secret("v"));
        proxy.next(GET, fault);
        manager.getSecret(DB).close();
        proxy.next(VERSIONS, fault);
        manager.updateSecret(secret("w"));
        proxy.next(LIST, fault);
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void deletionRecoveryAndPurge_areDoneOnce(Fault fault) {
        boolean isOfPurge =
                fault instanceof Fault.Instead instead && instead.reply().status() == 204;
        manager.registerSecret(secret("v"));
        proxy.next(DELETE, fault);
        proxy.next(GET_DELETED, fault);
        manager.deleteSecret(DB);
        assertNothingStored();
        proxy.next(RECOVER, fault);
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals("v", stored());
        if (!isOfPurge) {
            proxy.next(PURGE, fault);
        }
        ((Recoverable) manager).purgeSecret(DB);
        assertEquals(List.of(), backend.server().deletedNames());
        assertThrows(NoSuchSecretException.class, () -> ((Recoverable) manager).recoverSecret(DB));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void replacementOfADeletedSecret_isDoneOnce(Fault fault) {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        proxy.next(RECOVER, fault);
        manager.registerSecret(typed("u", "p"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("basic_auth", found.schemaType());
            assertEquals(Set.of("username", "password"), found.content().keySet());
        }
        assertEquals(2, versions().size());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void adoption_isDoneOnce(Fault fault) {
        backend.server().plant(IN_AZURE, json("theirs"), Map.of("team", "a"));
        proxy.next(PATCH, fault);
        ((Owned) manager).adopt(DB);
        assertEquals(
                Map.of("team", "a", "coffer:owned", "true", "coffer:schema", "arbitrary"),
                backend.server().tags(IN_AZURE));
        assertEquals("theirs", stored());
    }

    @Test
    void serverThatNeverAnswers_isAnError_andNothingIsWritten() {
        for (Fault fault : List.of(Fault.cutBefore(), Fault.refuse(500, "{}"))) {
            proxy.always(PUT, fault);
            RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
            proxy.relent();
            assertNothingStored();
        }
        manager.registerSecret(secret("v"));
        proxy.always(READS, Fault.cutMidway());
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
    }

    /** It is sent again, and both arrive: what is written is the same. */
    @Test
    void writeThatArrivesTwice_isOne() throws Exception {
        proxy.next(PUT, Fault.delayBefore(Duration.ofMillis(2_500)));
        manager.registerSecret(secret("v"));
        Thread.sleep(2_500);
        assertEquals(List.of(json("v"), json("v")), versions());
        manager.updateSecret(secret("w"));
        assertEquals("w", stored());
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

    private static Fault unavailable(String retryAfter) {
        return new Fault.Instead(
                false,
                new Fault.Reply(
                        503,
                        Map.of("Retry-After", retryAfter),
                        error("ServiceUnavailable").getBytes(UTF_8)));
    }

    @Test
    void serverThatIsUnavailableForAWhile_isLeftAloneForThatLong() {
        for (Predicate<MeanProxy.Request> request : List.of(PUT, GET)) {
            proxy.next(request, unavailable("2"));
            long start = System.nanoTime();
            manager.registerSecret(secret("v"));
            manager.deleteSecret(DB);
            assertTrue(System.nanoTime() - start >= 2_000_000_000L, "it was asked again before");
        }
    }

    @Test
    void serverThatIsUnavailableForLong_isNotWaitedFor() {
        manager.registerSecret(secret("v"));
        proxy.forgetRequests();
        proxy.always(request -> true, unavailable("3600"));
        RemoteException e = assertTold(() -> manager.getSecret(DB));
        assertTrue(e.getMessage().contains("3600 seconds"), e.getMessage());
        assertEquals(1, proxy.requests().size());
        proxy.relent();
        proxy.always(PUT, unavailable("3600"));
        e = assertTold(() -> manager.updateSecret(secret("w")));
        assertTrue(e.getMessage().contains("3600 seconds"), e.getMessage());
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        assertEquals("v", stored());
    }

    @Test
    void throttlingWithoutEnd_isSaid() {
        proxy.always(request -> true, Fault.refuse(429, error("Throttled")));
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("status 429 Throttled"), e.getMessage());
    }

    @Test
    void redirect_isNotFollowed_andTheOtherHostSeesNothing() {
        try (MeanProxy other = new MeanProxy(backend.server().address())) {
            for (int status : new int[] {301, 302, 307, 308}) {
                Fault away = Fault.redirect(status, other.address().resolve("x"));
                proxy.next(WRITES, away);
                assertThrows(RemoteException.class, () -> manager.registerSecret(secret(CANARY)));
                proxy.next(READS, away);
                RemoteException e = assertTold(() -> manager.getSecret(DB));
                assertTrue(e.getMessage().contains("another address"), e.getMessage());
            }
            assertEquals(List.of(), other.requests());
        }
        assertNothingStored();
    }

    /** Nor does a listing lead to another server, which could ask for a login. */
    @Test
    void nextPageElsewhere_isNotFollowed() {
        try (MeanProxy other = new MeanProxy(backend.server().address())) {
            String page = "{\"value\":[],\"nextLink\":\"" + other.address() + "secrets?api-version=7.5\"}";
            proxy.next(LIST, Fault.refuse(200, page));
            RemoteException e = assertTold(manager::getAllSecretKeys);
            assertTrue(e.getMessage().contains("another address"), e.getMessage());
            assertEquals(List.of(), other.requests());
        }
    }

    @Test
    void answerWithoutEnd_isGivenUp() {
        manager.registerSecret(secret("v"));
        proxy.always(GET, Fault.oversize(1L << 32));
        assertTold(() -> manager.getSecret(DB));
        proxy.always(LIST, Fault.oversize(1L << 32));
        assertTold(manager::getAllSecretKeys);
        assertTrue(proxy.streamedBytes() < 100L << 20, "took " + proxy.streamedBytes() + " bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":\"" + CANARY + "\",\"message\":\"" + CANARY + "\"}}",
                "{\"error\":\"" + CANARY + "\"}",
                CANARY,
                "",
                "[1,2"
            })
    void refusal_tellsNoWordOfTheServer_thatIsNotKnown(String body) {
        for (int status : new int[] {400, 403, 404, 405, 409, 413}) {
            proxy.next(WRITES, Fault.refuse(status, body));
            RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().contains("status " + status), e.getMessage());
        }
        assertNothingStored();
    }

    @Test
    void deeplyNestedAnswer_isNoCrash() {
        manager.registerSecret(secret("v"));
        String bomb = "{\"id\":\"x\",\"tags\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
        proxy.always(GET, Fault.refuse(200, bomb));
        assertTold(() -> manager.getSecret(DB));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"https://v.vault.azure.net/secrets/another/1\",\"value\":\"{}\",\"attributes\":{\"created\":1}}",
                "{\"id\":\"" + CANARY + "\",\"value\":\"{}\"}",
                "{\"value\":[{}]}",
                "<html>" + CANARY
            })
    void answerThatIsNotOfAzure_isAnError_andNoWrite(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(GET, Fault.refuse(200, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(() -> manager.registerSecret(secret("w")));
        proxy.relent();
        proxy.always(LIST, Fault.refuse(200, body));
        assertTold(manager::getAllSecretKeys);
        assertTold(manager::deleteAllSecrets);
        proxy.relent();
        proxy.always(PUT, Fault.refuse(200, body));
        assertTold(() -> manager.updateSecret(secret("w")));
        proxy.relent();
        proxy.always(DELETE, Fault.refuse(200, body));
        assertTold(() -> manager.deleteSecret(DB));
        proxy.relent();
        assertEquals("v", stored());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "<html>not found", "", "{\"error\":{\"code\":\"ResourceNotFound\"}}"})
    void notFoundOfSomethingElse_isNoMissingSecret(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(READS, Fault.refuse(404, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
        assertTold(() -> manager.updateSecret(secret("w")));
        assertTold(() -> manager.deleteSecret(DB));
        assertTold(() -> manager.registerSecret(secret("w")));
        proxy.relent();
        assertEquals("v", stored());
    }

    // Lists

    @Test
    void listThatIsStale_neitherHidesNorInventsASecret() {
        manager.registerSecret(secret("v"));
        proxy.always(LIST, Fault.refuse(200, "{\"value\":[],\"nextLink\":null}"));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("w")));
        manager.getSecret(DB).close();
        manager.updateSecret(secret("w"));
        manager.deleteSecret(DB);
        proxy.relent();
        String at = "{\"id\":\"" + proxy.address() + "secrets/";
        String gone = "{\"value\":[" + at + "team-coffer-global-gone\"}," + at + "else\"}," + at
                + "team-coffer-global--x\"}," + at + "Team-Coffer-Global-Gone\"}]}";
        proxy.always(LIST, Fault.refuse(200, gone));
        assertEquals(List.of(SecretName.of("gone")), manager.getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(SecretName.of("gone")));
        manager.deleteAllSecrets();
    }

    /** Whoever writes needs to see it listed: else nobody knows what else is. */
    @Test
    void listOfVersionsThatIsStale_isWaitedFor_orTold() {
        proxy.next(VERSIONS, Fault.refuse(200, "{\"value\":[]}"));
        manager.registerSecret(secret("v"));
        proxy.always(VERSIONS, Fault.refuse(200, "{\"value\":[]}"));
        RemoteException update = assertTold(() -> manager.updateSecret(secret("w")));
        assertTrue(update.getMessage().contains("it is written, but it is not known"), update.getMessage());
        ((Recoverable) manager).purgeSecret(DB);
        RemoteException e = assertTold(() -> manager.registerSecret(secret("x")));
        assertTrue(e.getMessage().contains("it is written, but it is not known"), e.getMessage());
        assertEquals("x", stored());
    }

    @Test
    void listWithoutEnd_isGivenUp() {
        String again = "{\"value\":[],\"nextLink\":\"" + proxy.address() + "secrets?api-version=7.5&$skiptoken=1\"}";
        proxy.always(LIST, Fault.refuse(200, again));
        RemoteException e = assertTold(manager::getAllSecretKeys);
        assertTrue(e.getMessage().contains("no end"), e.getMessage());
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void listOfManyPages_isWhole_andKnowsTypes_withoutReadingValues() {
        for (int i = 0; i < 60; i++) {
            manager.registerSecret(Secret.of(SecretName.of("n" + i), Map.of()));
        }
        manager.registerSecret(typed("u", "p"));
        proxy.forgetRequests();
        assertEquals(61, manager.getAllSecretKeys().size());
        assertEquals("basic_auth", manager.listSecrets().get(0).schemaType());
        assertEquals(6, proxy.requests().size());
        assertTrue(proxy.requests().stream().allMatch(LIST));
    }

    // Somebody else at the same time

    /** Lets somebody else do something just before the server sees such a request, once. */
    private void before(Predicate<MeanProxy.Request> which, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (which.test(request) && !done.getAndSet(true)) {
                        meanwhile.run();
                    }
                    return false;
                },
                Fault.cutBefore());
    }

    /** Lets such a request be done, then lets somebody else do something, and loses the answer. */
    private void loseAnswer(Predicate<MeanProxy.Request> which, Runnable meanwhile) {
        proxy.next(which, Fault.edit(reply -> {
            meanwhile.run();
            return Fault.Reply.json(500, "{}");
        }));
    }

    private void assertBothWrote(Executable operation, String... values) {
        ConflictException e = assertThrows(ConflictException.class, operation);
        assertTrue(e.getMessage().contains("at the same time"), e.getMessage());
        assertNoCanary(e);
        assertEquals(List.of(values).stream().map(AzureFaultsTest::json).toList(), versions(), "nothing is lost");
    }

    @Test
    void updateThatOverwritesAnother_isTold_andBothAreVersions() {
        manager.registerSecret(secret("v"));
        before(PUT, () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertBothWrote(() -> manager.updateSecret(secret("mine")), "v", "theirs", "mine");
        assertEquals("mine", stored());
    }

    @Test
    void mergeThatOverwritesAnother_isTold() {
        manager.registerSecret(secret("v"));
        before(PUT, () -> directly(other -> other.mergeSecret(DB, setting("theirs"))));
        assertThrows(ConflictException.class, () -> manager.mergeSecret(DB, setting("mine")));
        assertEquals(3, versions().size());
    }

    private static SecretPatch setting(String key) {
        return new SecretPatch(Map.of(key, SecretValue.of("x")), Set.of(), Optional.empty());
    }

    /** In another second than the version before: within one second, versions of other tools cannot be told apart. */
    @Test
    void updateThatOverwritesAnotherTool_isTold() {
        manager.registerSecret(secret("v"));
        before(PUT, () -> {
            pause();
            backend.server().plant(IN_AZURE, json("theirs"), Map.of());
        });
        try (SecretsManager patient = mean("here", Map.of("request-timeout", "10"))) { // the server waits, too
            assertBothWrote(() -> patient.updateSecret(secret("mine")), "v", "theirs", "mine");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1_100 - System.currentTimeMillis() % 1_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Those who came later know what they replaced. */
    @Test
    void updateThatIsOverwrittenAfterwards_isDone() {
        manager.registerSecret(secret("v"));
        before(VERSIONS, () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertTrue(manager.updateSecret(secret("mine")).changed());
        assertEquals("theirs", stored());
        loseAnswer(PUT, () -> directly(other -> other.updateSecret(secret("theirs again"))));
        assertTrue(manager.updateSecret(secret("mine again")).changed());
        assertEquals("theirs again", stored());
    }

    @Test
    void updateThatIsNotListedYet_isToldOfAnother() {
        manager.registerSecret(secret("v"));
        List<byte[]> behind = new ArrayList<>();
        before(PUT, () -> {
            directly(other -> other.updateSecret(secret("theirs")));
            behind.add(backend.server().versions(IN_AZURE));
        });
        proxy.next(VERSIONS, Fault.edit(reply -> new Fault.Reply(reply.status(), reply.headers(), behind.get(0))));
        assertBothWrote(() -> manager.updateSecret(secret("mine")), "v", "theirs", "mine");
    }

    /** Some tools keep the tags, and with them what coffer notes. */
    @Test
    void updateThatOverwritesAToolThatKeepsTags_isTold() {
        manager.registerSecret(secret("u"));
        manager.updateSecret(secret("v"));
        before(PUT, () -> {
            pause();
            backend.server().plant(IN_AZURE, json("theirs"), backend.server().tags(IN_AZURE));
        });
        try (SecretsManager patient = mean("here", Map.of("request-timeout", "10"))) {
            assertBothWrote(() -> patient.updateSecret(secret("mine")), "u", "v", "theirs", "mine");
        }
    }

    @Test
    void updatesOneAfterTheOther_areNoConflict() {
        manager.registerSecret(secret("0"));
        for (int i = 1; i < 6; i++) {
            manager.updateSecret(secret(String.valueOf(i)));
        }
        assertEquals("5", stored());
        assertEquals(6, versions().size());
    }

    @Test
    void updateThatIsOvertakenByADeletion_isNoSuchSecret() {
        manager.registerSecret(secret("v"));
        before(PUT, () -> directly(other -> other.deleteSecret(DB)));
        assertThrows(NoSuchSecretException.class, () -> manager.updateSecret(secret("w")));
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals("v", stored());
    }

    /** Key Vault makes a secret where there is none any more. */
    @Test
    void updateThatIsOvertakenByAPurge_isTold() {
        manager.registerSecret(secret("v"));
        before(PUT, () -> directly(other -> ((Recoverable) other).purgeSecret(DB)));
        ConflictException e = assertThrows(ConflictException.class, () -> manager.updateSecret(secret("w")));
        assertTrue(e.getMessage().contains("purged"), e.getMessage());
        assertEquals("w", stored());
    }

    @Test
    void updateOfWhichNothingIsLeftToTell_isSaidToBeUnknown() {
        manager.registerSecret(secret("v"));
        proxy.next(PUT, Fault.cutAfter());
        proxy.always(VERSIONS, Fault.cutMidway());
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
    }

    @Test
    void updateThatWasWritten_isSaidToBe_whenLookingFails() {
        manager.registerSecret(secret("v"));
        proxy.always(VERSIONS, Fault.refuse(403, error("Forbidden")));
        RemoteException e = assertTold(() -> manager.updateSecret(secret("w")));
        assertTrue(e.getMessage().contains("it is written"), e.getMessage());
        assertEquals("w", stored());
    }

    @Test
    void registrationWhoseAnswerIsLost_isNotTakenForTheirs() {
        proxy.next(PUT, Fault.refuse(500, "{}"));
        before(VERSIONS, () -> directly(other -> other.registerSecret(secret("theirs"))));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", stored());
    }

    /** Both found the name free. The first one has won, and its value comes back. */
    @Test
    void registrationThatComesSecond_isTold_andTheFirstOneIsBack() {
        before(PUT, () -> directly(other -> other.registerSecret(secret("theirs"))));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", stored());
        directly(other -> assertTrue(((Owned) other).isOwned(DB)));
    }

    @Test
    void registrationAfterWhichTheOtherWentOn_leavesTheLast() {
        before(
                PUT,
                () -> directly(other -> {
                    other.registerSecret(secret("theirs"));
                    pause();
                    other.updateSecret(secret("theirs again"));
                }));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs again", stored());
    }

    /** Within one second as well, where the versions have no order but what each replaced. */
    @Test
    void registrationAfterWhichTheOtherWentOnAtOnce_leavesTheLast() {
        before(
                PUT,
                () -> directly(other -> {
                    pause();
                    other.registerSecret(secret("theirs"));
                    for (int i = 1; i < 9; i++) {
                        other.updateSecret(secret("theirs " + i));
                    }
                }));
        try (SecretsManager patient = mean("here", Map.of("request-timeout", "10"))) {
            assertThrows(SecretExistsException.class, () -> patient.registerSecret(secret("mine")));
        }
        assertEquals("theirs 8", stored());
    }

    /** Who was alone has won, whatever Azure's clocks say. */
    @Test
    void registrationThatComesSecond_withAnEarlierTime_hasNotWon() {
        before(PUT, () -> {
            backend.server().ahead(3);
            directly(other -> other.registerSecret(secret("theirs")));
            backend.server().ahead(0);
        });
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", stored());
    }

    @Test
    void changeWhileTheFirstRegistrationIsPutBack_isPutBackInItsTurn() {
        AtomicBoolean isSecond = new AtomicBoolean();
        before(PUT, () -> directly(other -> other.registerSecret(secret("theirs"))));
        before(
                request -> PUT.test(request) && isSecond.getAndSet(true),
                () -> backend.server()
                        .plant(
                                IN_AZURE,
                                json("theirs again"),
                                Map.of("coffer:owned", "true", "coffer:write", "w", "coffer:base", "b")));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs again", stored());
        assertEquals(5, versions().size(), "theirs, mine, theirs again, and both put back");
        assertTrue(manager.updateSecret(secret("w")).changed());
    }

    /** What lost is current until what won is put back. */
    @Test
    void mergeWhileARegistrationIsContested_buildsOnTheOneThatStays() throws Exception {
        manager.registerSecret(secret("theirs"));
        Map<String, String> won = backend.server().tags(IN_AZURE);
        backend.server()
                .plant(
                        IN_AZURE,
                        json("lost"),
                        Map.of("coffer:owned", "true", "coffer:write", "l", "coffer:contested", "true"));
        Thread loser = new Thread(() -> {
            pause();
            backend.server().plant(IN_AZURE, json("theirs"), won);
        });
        loser.start();
        manager.mergeSecret(DB, setting("more"));
        loser.join();
        assertEquals("theirs", stored());
        try (Secret merged = manager.getSecret(DB)) {
            assertEquals(Set.of("k", "more"), merged.content().keySet());
        }
    }

    @Test
    void mergeIntoAContestedRegistration_thatIsNeverSettled_isRefused_andAnUpdateIsNot() {
        backend.server()
                .plant(
                        IN_AZURE,
                        json("v"),
                        Map.of("coffer:owned", "true", "coffer:write", "l", "coffer:contested", "true"));
        ConflictException e = assertThrows(ConflictException.class, () -> manager.mergeSecret(DB, setting("more")));
        assertTrue(e.getMessage().contains("nothing was written"), e.getMessage());
        assertEquals(List.of(json("v")), versions());
        manager.updateSecret(secret("w"));
        manager.mergeSecret(DB, setting("more"));
        assertEquals("w", stored());
    }

    private static final Map<String, String> LOST =
            Map.of("coffer:owned", "true", "coffer:write", "l", "coffer:contested", "true");

    /** What is left of a registration that lost and ended before it could put back what was there. */
    private void plantLost() {
        backend.server().plant(IN_AZURE, json("lost"), LOST);
    }

    private void registerTheirs() {
        directly(other -> other.registerSecret(secret("theirs")));
    }

    private String read() {
        try (Secret secret = manager.getSecret(DB)) {
            return secret.value("k").revealText();
        }
    }

    /** At once, if Azure's clock says that it has been there for long. */
    @Test
    void whatLostARegistration_andWasLeft_isNotRead() {
        backend.server().ahead(-20);
        registerTheirs();
        plantLost();
        backend.server().ahead(0);
        assertEquals(3, requestsOf(() -> assertEquals("theirs", read())));
        Revisions revisions = (Revisions) manager;
        try (Secret revised = revisions.getRevised(DB).secret()) {
            assertEquals("theirs", revised.value("k").revealText());
        }
        assertEquals("lost", backend.server().value(IN_AZURE).replaceAll(".*:\"|\"}", ""), "reading writes nothing");
        assertEquals(revisionOf(manager), revisions.getRevised(DB).revision());
        revisions.updateRevised(secret("mine"), revisionOf(manager));
        assertEquals(List.of(json("theirs"), json("lost"), json("theirs"), json("mine")), versions());
    }

    @Test
    void whatLostARegistration_andWasLeftJustNow_isWaitedFor_andNotRead() {
        registerTheirs();
        plantLost();
        assertEquals("theirs", read());
        assertEquals(2, versions().size());
    }

    @Test
    void whatLostARegistration_andWasLeft_isNotMergedInto_andAStaleRevisionStaysOne() {
        backend.server().ahead(-20);
        registerTheirs();
        String before = revisionOf(manager);
        plantLost();
        backend.server().ahead(0);
        Revisions revisions = (Revisions) manager;
        assertThrows(ConflictException.class, () -> revisions.updateRevised(secret("mine"), before));
        assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, before));
        manager.mergeSecret(DB, setting("more"));
        try (Secret merged = manager.getSecret(DB)) {
            assertEquals(Set.of("k", "more"), merged.content().keySet());
            assertEquals("theirs", merged.value("k").revealText());
        }
    }

    /** It lost against another tool, whose secret it is. */
    @Test
    void whatLostARegistration_andWasLeft_doesNotMakeASecretOurs() {
        Executable update = () -> manager.updateSecret(secret("mine"));
        Executable purge = () -> ((Recoverable) manager).purgeSecret(DB);
        for (Executable change : List.of(update, () -> manager.deleteSecret(DB), purge, () -> {
            manager.deleteAllSecrets();
            throw new ConflictException("nothing is deleted", null, null);
        })) {
            backend.server().ahead(-20);
            backend.server().plant(IN_AZURE, json("theirs"), Map.of());
            backend.server().ahead(-15);
            plantLost();
            backend.server().ahead(0);
            assertEquals("theirs", read());
            assertThrows(ConflictException.class, change);
            assertEquals(json("theirs"), backend.server().value(IN_AZURE));
            assertFalse(((Owned) manager).isOwned(DB));
            backend.server().forget(IN_AZURE);
        }
    }

    /** All have marked theirs, and all have ended: then it is who would have won. */
    @Test
    void registrationsThatAllEnded_areSettledForAll() {
        backend.server().ahead(-20);
        backend.server()
                .plant(
                        IN_AZURE,
                        json("first"),
                        Map.of("coffer:owned", "true", "coffer:write", "a", "coffer:contested", "true"));
        plantLost();
        backend.server().ahead(0);
        assertEquals("first", read());
        manager.mergeSecret(DB, setting("more"));
        assertEquals("first", read());
    }

    @Test
    void revisedRegistration_whileAnotherOneIsContested_isNoConflict() throws Exception {
        Thread loser = new Thread(() -> {
            pause();
            Map<String, String> back = new HashMap<>(LOST);
            back.putAll(Map.of("coffer:write", "b", "coffer:base", "x", "coffer:contested", "back"));
            backend.server().plant(IN_AZURE, json("mine"), back);
        });
        proxy.next(VERSIONS, Fault.edit(reply -> {
            plantLost();
            loser.start();
            return reply;
        }));
        String revision = ((Revisions) manager).registerRevised(secret("mine"));
        loser.join();
        assertEquals(revisionOf(manager), revision);
        assertEquals("mine", read());
    }

    @Test
    void whatAnotherToolRegistered_isPutBackAsItWas() {
        before(PUT, () -> {
            backend.server().plant(IN_AZURE, "theirs", Map.of("team", "a"));
            backend.server().expire(IN_AZURE, 4_000_000_000L);
        });
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", backend.server().value(IN_AZURE));
        assertEquals("text/plain 4000000000", backend.server().properties(IN_AZURE));
        assertEquals("a", backend.server().tags(IN_AZURE).get("team"));
        assertFalse(((Owned) manager).isOwned(DB));
    }

    @Test
    void updateOfAnAdoptedSecret_keepsItsDates() {
        backend.server().plant(IN_AZURE, json("theirs"), Map.of());
        backend.server().expire(IN_AZURE, 4_000_000_000L);
        ((Owned) manager).adopt(DB);
        manager.updateSecret(secret("mine"));
        assertEquals("application/json 4000000000", backend.server().properties(IN_AZURE));
    }

    @Test
    void adoptionThatIsOvertaken_isTold() {
        backend.server().plant(IN_AZURE, json("theirs"), Map.of());
        before(PATCH, () -> backend.server().plant(IN_AZURE, json("theirs again"), Map.of()));
        assertThrows(ConflictException.class, () -> ((Owned) manager).adopt(DB));
        assertFalse(((Owned) manager).isOwned(DB));
    }

    // Deletions of what somebody else wrote right before

    @Test
    void deletionOfWhatAnotherToolWroteRightBefore_isTakenBack() {
        Executable delete = () -> manager.deleteSecret(DB);
        for (Executable deletion : List.of(delete, () -> ((Recoverable) manager).purgeSecret(DB))) {
            manager.registerSecret(secret("v"));
            before(DELETE, () -> backend.server().plant(IN_AZURE, json("theirs"), Map.of()));
            assertThrows(ConflictException.class, deletion);
            assertEquals("theirs", stored());
            ((Owned) manager).adopt(DB);
            ((Recoverable) manager).purgeSecret(DB);
        }
    }

    @Test
    void conditionalDeletionAndPurge_ofWhatWasChangedRightBefore_areTakenBack() {
        manager.registerSecret(secret("v"));
        String revision = revisionOf(manager);
        before(DELETE, () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertThrows(ConflictException.class, () -> ((Revisions) manager).deleteRevised(DB, revision));
        assertEquals("theirs", stored());
        before(DELETE, () -> directly(other -> other.updateSecret(secret("theirs again"))));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).purgeSecret(DB));
        assertEquals("theirs again", stored());
        ((Revisions) manager).deleteRevised(DB, revisionOf(manager));
        assertNothingStored();
    }

    private static String revisionOf(SecretsManager manager) {
        return ((Revisions) manager).findRevision(DB).orElseThrow().revision().orElseThrow();
    }

    private static SecretName named(String name) {
        return SecretName.of(name);
    }

    /** Three secrets, two of which another tool writes right before they are deleted; the first cannot be recovered. */
    private void plantWritesBeforeDeletions() {
        for (String name : List.of("a", "b", "c")) {
            manager.registerSecret(Secret.of(named(name), Map.of("k", SecretValue.of("v"))));
        }
        for (String name : List.of("team-coffer-global-a", "team-coffer-global-b")) {
            before(of("DELETE", "/secrets/" + name), () -> backend.server().plant(name, json(CANARY), Map.of()));
        }
        proxy.always(of("POST", "/deletedsecrets/team-coffer-global-a/recover"), Fault.refuse(403, error("Forbidden")));
    }

    @Test
    void deletionOfAll_takesBackAllThatItCan_andNamesTheOthers() {
        plantWritesBeforeDeletions();
        RemoteException e = assertTold(manager::deleteAllSecrets);
        assertTrue(e.getMessage().contains("somebody else wrote a right before"), e.getMessage());
        assertEquals(Optional.of("recover a"), e.hint());
        assertEquals(List.of("team-coffer-global-b"), backend.server().names());
    }

    @Test
    void deletionOfAll_thatBreaksOff_saysWhyFirst_andTakesBackAllTheSame() {
        plantWritesBeforeDeletions();
        proxy.always(of("DELETE", "/secrets/team-coffer-global-c"), Fault.refuse(400, error("BadParameter")));
        RemoteException e = assertTold(manager::deleteAllSecrets);
        assertTrue(
                e.getMessage().matches(".*status 400 BadParameter.*Besides, somebody else wrote a right before.*"),
                e.getMessage());
        assertEquals(
                List.of("team-coffer-global-b", "team-coffer-global-c"),
                backend.server().names());
    }

    /** It is waited for all of them together, and not for each. */
    @Test
    void deletionOfAll_thatAzureDoesNotFinish_takesTheTimeOfOne() {
        try (SecretsManager hasty = mean("here", Map.of("completion-timeout", "2"))) {
            for (String name : List.of("a", "b", "c")) {
                hasty.registerSecret(Secret.of(named(name), Map.of()));
            }
            backend.server().slow(1_000);
            long start = System.nanoTime();
            hasty.deleteAllSecrets();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.toMillis() < 4_500, took.toString());
            assertEquals(3, backend.server().deletedNames().size());
        }
    }

    @Test
    void deletionWhoseAnswerIsLost_leavesWhatOthersRegisteredSince() {
        manager.registerSecret(secret("old"));
        loseAnswer(DELETE, () -> directly(other -> other.registerSecret(secret("theirs"))));
        RemoteException e = assertTold(() -> manager.deleteSecret(DB));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        assertEquals("theirs", stored());
    }

    // Deleted names, and work that goes on at Azure

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

    @Test
    void deletedSecretOfSomebodyElse_isNotReplacedRecoveredOrPurged() {
        backend.server().plant(IN_AZURE, json("theirs"), Map.of());
        backend.server().plantDeletion(IN_AZURE);
        assertThrows(ConflictException.class, () -> manager.registerSecret(secret("mine")));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).purgeSecret(DB));
        assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
        assertEquals(List.of(IN_AZURE), backend.server().deletedNames());
    }

    @Test
    void deletionRecoveryAndPurge_areWaitedFor() {
        backend.server().slow(2);
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        manager.registerSecret(secret("new"));
        assertEquals("new", stored());
        manager.deleteSecret(DB);
        ((Recoverable) manager).recoverSecret(DB);
        ((Recoverable) manager).purgeSecret(DB);
        manager.registerSecret(secret("newest"));
        assertEquals(List.of(json("newest")), versions());
    }

    /** A recovered secret can be read before it can be changed, and a deleted one seen before it can be purged. */
    @Test
    void changesWhileAzureIsBusy_areWaitedFor() {
        backend.server().slowForChanges(2);
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        manager.registerSecret(secret("new"));
        assertEquals("new", stored());
        manager.deleteSecret(DB);
        ((Recoverable) manager).recoverSecret(DB);
        manager.updateSecret(secret("newest"));
        assertEquals("newest", stored());
        manager.deleteSecret(DB);
        ((Recoverable) manager).recoverSecret(DB);
        manager.deleteSecret(DB);
        ((Recoverable) manager).recoverSecret(DB);
        ((Recoverable) manager).purgeSecret(DB);
        assertEquals(List.of(), backend.server().deletedNames());
    }

    @Test
    void changesWhileAzureStaysBusy_areToldSo() {
        try (SecretsManager hasty = mean("here", Map.of("completion-timeout", "1"))) {
            hasty.registerSecret(secret("v"));
            hasty.deleteSecret(DB);
            backend.server().slowForChanges(1_000);
            ((Recoverable) hasty).recoverSecret(DB);
            Executable update = () -> hasty.updateSecret(secret("w"));
            for (Executable change : List.of(update, () -> hasty.deleteSecret(DB))) {
                RemoteException e = assertTold(change);
                assertTrue(e.getMessage().contains("still busy"), e.getMessage());
            }
            assertEquals("v", stored());
        }
    }

    @Test
    void recoveryBySomebodyElse_thatIsNotFinished_isNoMissingSecret() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        backend.server().slow(2);
        before(RECOVER, () -> backend.server().plantRecovery(IN_AZURE));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("old", stored());
    }

    @Test
    void replacementOfADeletedSecret_thatOthersRecoveredAndWrote_leavesTheirs() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        loseAnswer(RECOVER, () -> directly(other -> other.updateSecret(secret("theirs"))));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("mine")));
        assertEquals("theirs", stored());
    }

    /** Puts that come after the deleted secret is live again. */
    private boolean isPutAfterRecovery(MeanProxy.Request request) {
        return PUT.test(request) && backend.server().deletedNames().isEmpty();
    }

    @Test
    void replacementOfADeletedSecret_thatMeetsAnotherWrite_isAConflict() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        before(this::isPutAfterRecovery, () -> directly(other -> other.updateSecret(secret("theirs"))));
        ConflictException e = assertThrows(ConflictException.class, () -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().matches("the deleted secret db is live again.*at the same time.*"), e.getMessage());
        assertNoCanary(e);
        assertEquals(List.of(json("old"), json("theirs"), json(CANARY)), versions());
    }

    @Test
    void replacementOfADeletedSecret_thatIsDeletedAgain_isAConflict() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        before(this::isPutAfterRecovery, () -> backend.server().plantDeletion(IN_AZURE));
        ConflictException e = assertThrows(ConflictException.class, () -> manager.registerSecret(secret("new")));
        assertTrue(e.getMessage().contains("deleted again"), e.getMessage());
        assertEquals(List.of(IN_AZURE), backend.server().deletedNames());
    }

    @Test
    void replacementOfADeletedSecret_withoutRoomForTags_isRefusedBeforeItIsRecovered() {
        Map<String, String> tags = new HashMap<>(Map.of("coffer:owned", "true"));
        for (int i = 0; i < 12; i++) {
            tags.put("t" + i, "v");
        }
        backend.server().plant(IN_AZURE, json("old"), tags);
        backend.server().plantDeletion(IN_AZURE);
        assertThrows(InvalidException.class, () -> manager.registerSecret(secret("new")));
        assertEquals(List.of(IN_AZURE), backend.server().deletedNames());
    }

    @Test
    void replacementOfADeletedSecret_thatIsClosedMidway_saysWhatIsLive() {
        manager.registerSecret(secret("old"));
        manager.deleteSecret(DB);
        AtomicBoolean isSecond = new AtomicBoolean();
        before(
                request -> GET.test(request) && backend.server().deletedNames().isEmpty() && isSecond.getAndSet(true),
                manager::close);
        RemoteException e = assertThrows(RemoteException.class, () -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().matches("the deleted secret db is live again.*is closed"), e.getMessage());
        assertNoCanary(e);
    }

    @Test
    void disabledSecret_isRecovered_andNotReplaced() {
        manager.registerSecret(secret("old"));
        backend.server().disable(IN_AZURE);
        backend.server().plantDeletion(IN_AZURE);
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals(List.of(IN_AZURE), backend.server().names());
        backend.server().plantDeletion(IN_AZURE);
        RemoteException e = assertTold(() -> manager.registerSecret(secret("new")));
        assertTrue(e.getMessage().matches("the deleted secret db is live again.*disabled.*"), e.getMessage());
    }

    @Test
    void deletionThatCannotBeLookedAt_isDone() {
        manager.registerSecret(secret("v"));
        proxy.always(GET_DELETED, Fault.refuse(409, error("Conflict")));
        manager.deleteSecret(DB);
        assertNothingStored();
    }

    @Test
    void registrationOfANameThatIsBeingDeleted_waits() {
        manager.registerSecret(secret("old"));
        backend.server().slow(3);
        proxy.next(GET_DELETED, Fault.refuse(403, error("Forbidden"))); // nobody waits for the deletion
        manager.deleteSecret(DB);
        manager.registerSecret(secret("new"));
        assertEquals("new", stored());
    }

    @Test
    void workThatDoesNotEnd_isWaitedForNoLonger() {
        try (SecretsManager hasty = mean("here", Map.of("completion-timeout", "1"))) {
            hasty.registerSecret(secret("v"));
            backend.server().slow(1_000);
            hasty.deleteSecret(DB);
            assertNothingStored();
            RemoteException e = assertTold(() -> hasty.registerSecret(secret("w")));
            assertTrue(e.getMessage().contains("still busy"), e.getMessage());
        }
    }

    @Test
    void recoveryThatDoesNotEnd_isTold() {
        try (SecretsManager hasty = mean("here", Map.of("completion-timeout", "1"))) {
            hasty.registerSecret(secret("v"));
            hasty.deleteSecret(DB);
            backend.server().slow(1_000);
            RemoteException e = assertTold(() -> ((Recoverable) hasty).recoverSecret(DB));
            assertTrue(e.getMessage().contains("has not finished yet"), e.getMessage());
        }
    }

    // What other tools do

    @Test
    void secretThatIsDisabled_isToldApart() {
        manager.registerSecret(secret("v"));
        backend.server().disable(IN_AZURE);
        RemoteException e = assertTold(() -> manager.getSecret(DB));
        assertTrue(e.getMessage().matches(".*disabled in Key Vault, request [0-9a-f-]{36}"), e.getMessage());
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("w")));
        assertTold(() -> manager.updateSecret(secret("w")));
        assertTold(() -> manager.deleteSecret(DB));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @Test
    void disabledSecrets_areKnown_andDoNotKeepOthersFromBeingDeleted() {
        manager.registerSecret(secret("v"));
        backend.server().disable(IN_AZURE);
        backend.server().plant("team-coffer-global-a", json("theirs"), Map.of());
        backend.server().disable("team-coffer-global-a");
        manager.registerSecret(Secret.of(SecretName.of("z"), Map.of()));
        assertTrue(((Owned) manager).isOwned(DB));
        assertFalse(((Owned) manager).isOwned(SecretName.of("a")));
        assertTrue(manager.hasSecret(DB));
        assertEquals(
                Optional.of(true),
                ((Revisions) manager).findRevision(DB).orElseThrow().owned());
        manager.deleteAllSecrets();
        assertEquals(List.of("team-coffer-global-a"), backend.server().names());
    }

    /** Tags belong to a version: one that another tool wrote is that tool's. */
    @Test
    void versionOfAnotherTool_isReadAndKept_untilItIsAdopted() {
        manager.registerSecret(secret("v"));
        backend.server().plant(IN_AZURE, "hunter2", Map.of("cost-center", "7"));
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("hunter2", found.value("value").revealText());
        }
        assertThrows(ConflictException.class, () -> manager.updateSecret(secret("w")));
        assertThrows(ConflictException.class, () -> manager.deleteSecret(DB));
        ((Owned) manager).adopt(DB);
        manager.updateSecret(secret("w"));
        assertEquals("w", stored());
        assertEquals("7", backend.server().tags(IN_AZURE).get("cost-center"), "tags of others are kept");
    }

    @Test
    void secretWithoutRoomForTags_isNotAdopted() {
        Map<String, String> tags = new HashMap<>();
        for (int i = 0; i < 11; i++) {
            tags.put("t" + i, "v");
        }
        backend.server().plant(IN_AZURE, json("theirs"), tags);
        assertThrows(InvalidException.class, () -> ((Owned) manager).adopt(DB));
        assertEquals(tags, backend.server().tags(IN_AZURE));
    }

    // Who may do what

    @Test
    void checkAndOperations_tellLoginPermissionsAndNetworkApart() {
        for (String permission : List.of("readMetadata", "getSecret")) {
            backend.server().deny(permission);
            assertCheck("not allowed: status 403 Forbidden ForbiddenByRbac, request ", "secrets/" + permission);
        }
        backend.server().deny("setSecret");
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(
                e.hint().orElse("").contains("Microsoft.KeyVault/vaults/secrets/setSecret"),
                e.hint().toString());
        String policy = AzureServer.error(
                "Forbidden",
                "The user, group or application 'appid=" + CANARY + "' does not have secrets list permission on key"
                        + " vault 'v;location=x'.",
                "AccessDenied");
        backend.server().deny("");
        proxy.next(LIST, Fault.refuse(403, policy));
        assertCheck("not allowed", "secrets list");
        backend.server().require("token", "https://login.example.org/t");
        assertCheck("takes no token of this one, request ", "az login");
        backend.server().require("", "");
        assertEquals(Optional.empty(), manager.check());
        proxy.next(LIST, Fault.refuse(404, error("SecretNotFound")));
        assertTrue(manager.check().orElseThrow().getMessage().contains("refused: status 404"));
        proxy.close();
        assertCheck("cannot be reached", "vault-url");
    }

    private void assertCheck(String sentence, String hint) {
        RemoteException e = assertTold(() -> {
            throw manager.check().orElseThrow();
        });
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
        assertTrue(e.hint().orElse("").contains(hint), e.hint().toString());
    }

    /** Whoever may delete need not be allowed to see what was deleted. */
    @Test
    void deletionWithoutAViewOfDeletedOnes_isDone() {
        manager.registerSecret(secret("v"));
        backend.server().deny("getDeleted");
        manager.deleteSecret(DB);
        assertNothingStored();
    }

    @Test
    void serverThatIsKilled_isToldApart() {
        manager.registerSecret(secret("v"));
        backend.close();
        try (SecretsManager other = backend.open("here", Map.of())) {
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

    // What operations cost

    private int requestsOf(Runnable operation) {
        proxy.forgetRequests();
        operation.run();
        return proxy.requests().size();
    }

    @Test
    void requests_areAsManyAsTheReadmeSays() {
        assertEquals(3, requestsOf(() -> manager.registerSecret(secret("1"))));
        assertEquals(1, requestsOf(() -> manager.getSecret(DB).close()));
        assertEquals(3, requestsOf(() -> manager.updateSecret(secret("2"))));
        assertEquals(3, requestsOf(() -> manager.updateSecret(typed("u", "p"))), "another type");
        assertEquals(1, requestsOf(() -> manager.updateSecret(typed("u", "p"))), "nothing to write");
        assertEquals(1, requestsOf(manager::getAllSecretKeys));
        assertEquals(1, requestsOf(manager::listSecrets));
        assertEquals(3, requestsOf(() -> manager.deleteSecret(DB)));
        assertEquals(2, requestsOf(manager::check));
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
