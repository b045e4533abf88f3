package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.secretmanager.v1.SecretVersion.State;
import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.flavor.TestTls;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and Secret Manager: nothing is lost, nothing is done twice, and no value is told. */
class GcpFaultsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String ID = "coffer-global-db";
    private static final String CANARY = "canary-7d1f";
    private static final Map<String, String> HASTY =
            Map.of("scope", "global", "connect-timeout", "2", "request-timeout", "1");

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "global"));
    private final MeanProxy proxy = new MeanProxy(server.address());
    private final SecretsManager manager = backend.at(proxy.address(), "here", HASTY);

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
    }

    private static boolean isWrite(MeanProxy.Request request) {
        return !request.method().equals("GET");
    }

    private static boolean isRead(MeanProxy.Request request) {
        return request.method().equals("GET");
    }

    private static Predicate<MeanProxy.Request> sends(String method, String target) {
        return request -> request.method().equals(method) && request.target().contains(target);
    }

    private static final Predicate<MeanProxy.Request> ADD = sends("POST", ":addVersion");
    private static final Predicate<MeanProxy.Request> CREATE = sends("POST", "secretId=");

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    private void directly(Consumer<SecretsManager> change) {
        try (SecretsManager direct = backend.open("direct", Map.of("scope", "global"))) {
            change.accept(direct);
        }
    }

    /** Past the proxy: the value, and how many versions there are. */
    private String stored() {
        try (SecretsManager direct = backend.open("direct", Map.of("scope", "global"));
                Secret found = direct.getSecret(DB)) {
            return found.value("k").revealText() + " of "
                    + server.states(backend.project(), ID).size();
        }
    }

    private void assertNothingStored() {
        assertThrows(NoSuchSecretException.class, this::stored);
    }

    private static RemoteException assertTold(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        StringBuilder chain = new StringBuilder();
        for (Throwable at = e; at != null; at = at.getCause()) {
            chain.append(at);
            for (Throwable beside : at.getSuppressed()) {
                chain.append(beside);
            }
        }
        assertFalse(chain.toString().contains(CANARY), chain.toString());
        assertTrue(e.getMessage().contains("Google's Secret Manager"), e.getMessage());
        assertTrue(e.getMessage().contains("here"), e.getMessage());
        return e;
    }

    private static String error(int status, String code, String message) {
        return GcpServer.error(status, code, message);
    }

    static Stream<Fault> faultsOfAnAnswer() {
        return Stream.of(
                Fault.failAfterwards(500, error(500, "INTERNAL", CANARY)),
                Fault.failAfterwards(502, "<html>" + CANARY),
                Fault.failAfterwards(503, error(503, "UNAVAILABLE", CANARY)),
                Fault.refuse(500, "{}"),
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
        proxy.next(CREATE, fault);
        proxy.next(ADD, fault);
        manager.registerSecret(secret(CANARY));
        assertEquals(CANARY + " of 1", stored());
        proxy.next(ADD, fault);
        proxy.next(sends("POST", ":disable"), fault);
        assertTrue(manager.updateSecret(secret("new")).changed());
        assertEquals("new of 2", stored());
        assertEquals(List.of(State.DISABLED, State.ENABLED), server.states(backend.project(), ID));
        proxy.relent();
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void read_isRepeated(Fault fault) {
        manager.registerSecret(secret("v"));
        proxy.next(GcpFaultsTest::isRead, fault);
        manager.getSecret(DB).close();
        proxy.next(GcpFaultsTest::isRead, fault);
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void deletion_isDoneOnce(Fault fault) {
        manager.registerSecret(secret("v"));
        proxy.next(sends("DELETE", ID), fault);
        manager.deleteSecret(DB);
        assertEquals(List.of(), server.ids(backend.project()));
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void keysOfTheirOwn_areWrittenOnce(Fault fault) {
        GcpBackend perKey = new GcpBackend(Map.of("layout", "per-key"));
        try (SecretsManager keys = perKey.at(proxy.address(), "here", HASTY)) {
            proxy.next(CREATE, fault);
            proxy.next(ADD, fault);
            proxy.next(sends("DELETE", "db_"), fault);
            keys.registerSecret(secret(CANARY));
            assertEquals(List.of("coffer-global-db_k"), server.ids(perKey.project()));
            assertEquals(
                    1, server.states(perKey.project(), "coffer-global-db_k").size());
            proxy.next(ADD, fault);
            keys.updateSecret(secret("new"));
            assertEquals("new", server.value(perKey.project(), "coffer-global-db_k", 2));
        }
    }

    @Test
    void serverThatNeverAnswers_isAnError_andNothingIsWritten() {
        for (Fault fault :
                List.of(Fault.cutBefore(), Fault.refuse(500, "{}"), Fault.delayBefore(Duration.ofMinutes(1)))) {
            proxy.always(GcpFaultsTest::isWrite, fault);
            assertTold(() -> manager.registerSecret(secret(CANARY)));
            proxy.relent();
        }
        proxy.always(GcpFaultsTest::isRead, Fault.cutMidway());
        assertTold(() -> manager.getSecret(DB));
        proxy.relent();
        assertNothingStored();
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
    void redirect_isNotFollowed_andTheOtherHostSeesNothing() {
        manager.registerSecret(secret("v"));
        try (MeanProxy other = new MeanProxy(server.address())) {
            for (int status : new int[] {301, 302, 307, 308}) {
                for (Executable operation : List.<Executable>of(
                        () -> manager.registerSecret(secret(CANARY)), () -> manager.getSecret(DB))) {
                    proxy.next(Fault.redirect(status, other.address().resolve("v1/projects/x/secrets")));
                    RemoteException e = assertTold(operation);
                    assertTrue(e.getMessage().contains("not followed"), e.getMessage());
                }
            }
            assertEquals(List.of(), other.requests());
        }
        assertEquals("v of 1", stored());
    }

    @Test
    void answerWithoutEnd_isGivenUp() {
        manager.registerSecret(secret("v"));
        proxy.next(GcpFaultsTest::isRead, Fault.oversize(1L << 32));
        assertTold(() -> manager.getSecret(DB));
        assertTrue(proxy.streamedBytes() < 100L << 20, "took " + proxy.streamedBytes() + " bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"status\":\"" + CANARY + "\"}}",
                "{\"error\":\"" + CANARY + "\"}",
                CANARY,
                "",
                "[1,2"
            })
    void refusal_tellsNoWordOfTheServer_thatIsNotKnown(String body) {
        for (int status : new int[] {400, 403, 404, 405, 413}) {
            proxy.next(GcpFaultsTest::isWrite, Fault.refuse(status, body));
            assertTold(() -> manager.registerSecret(secret(CANARY)));
            proxy.next(GcpFaultsTest::isRead, Fault.refuse(status, body));
            assertTold(() -> manager.getSecret(DB));
            proxy.next(GcpFaultsTest::isRead, Fault.refuse(status, body));
            assertTold(manager::getAllSecretKeys);
        }
        assertNothingStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"name\":\"" + CANARY + "\"}", "[]", "{\"name\":1,\"payload\":\"\"}", CANARY})
    void answerOfAnotherShape_isAnError(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(GcpFaultsTest::isRead, Fault.refuse(200, body));
        assertTold(() -> manager.getSecret(DB));
        proxy.relent();
        proxy.always(ADD, Fault.failAfterwards(200, body));
        manager.updateSecret(secret("w"));
        assertEquals("w of 2", stored());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"status\":\"ok\"}", "<html>", "{\"secrets\":{}}", "{\"secrets\":[{}]}"})
    void answerOfAnotherShape_isNoEmptyListing(String body) {
        proxy.always(GcpFaultsTest::isRead, Fault.refuse(200, body));
        assertTold(manager::getAllSecretKeys);
        assertTold(manager::deleteAllSecrets);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<html>not found", "{\"error\":\"not found\"}", "{\"error\":{\"status\":\"NOT_FOUND\"}}", "{}"})
    void notFoundOfSomethingElse_isNoMissingSecret(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(request -> true, Fault.refuse(404, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
        assertTold(() -> manager.updateSecret(secret("w")));
        assertTold(() -> manager.registerSecret(secret("w")));
        assertTold(() -> manager.deleteSecret(DB));
    }

    @Test
    void deeplyNestedAnswer_isNoCrash() {
        manager.registerSecret(secret("v"));
        String bomb = "{\"payload\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
        proxy.always(GcpFaultsTest::isRead, Fault.refuse(200, bomb));
        assertTold(() -> manager.getSecret(DB));
        proxy.relent();
        proxy.always(GcpFaultsTest::isRead, Fault.refuse(400, bomb));
        assertTold(() -> manager.getSecret(DB));
    }

    @Test
    void listing_thatNeverEnds_isGivenUp() {
        proxy.always(
                request -> request.target().contains("/secrets?"),
                Fault.refuse(200, "{\"secrets\":[],\"nextPageToken\":\"again\"}"));
        RemoteException e = assertTold(manager::getAllSecretKeys);
        assertTrue(e.getMessage().contains("no end"), e.getMessage());
    }

    @Test
    void listThatIsStale_neitherHidesNorInventsASecretForOthers() {
        manager.registerSecret(secret("v"));
        proxy.always(sends("GET", "/secrets?"), Fault.refuse(200, "{}"));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("w")));
        manager.getSecret(DB).close();
        manager.updateSecret(secret("w"));
        manager.deleteSecret(DB);
        assertNothingStored();
    }

    @Test
    void unknownOutcome_isSaidAsSuch_whenLookingFails() {
        manager.registerSecret(secret("v"));
        proxy.next(ADD, Fault.edit(reply -> {
            proxy.always(sends("GET", "/versions/2:access"), Fault.cutMidway());
            return Fault.Reply.json(500, "{}");
        }));
        RemoteException e = assertTold(() -> manager.updateSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
    }

    // Credentials, certificates and servers

    @Test
    void tokenThatIsRefused_isSaid() {
        server.require(backend.project(), "another");
        RemoteException e = assertTold(() -> manager.getSecret(DB));
        assertTrue(e.getMessage().contains("not authenticated"), e.getMessage());
        assertEquals(RemoteException.class, manager.check().orElseThrow().getClass());
    }

    @Test
    void certificateThatIsNotTrusted_isSaid_andNothingIsSent(@TempDir Path folder) throws Exception {
        TestTls tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        Path key = folder.resolve("key.json");
        try (GcpServer own = GcpServer.start(tls.clientContext());
                GcpTokens tokens = new GcpTokens()) {
            Files.writeString(key, GcpCredentialsTest.user(tokens.address()));
            try (SecretsManager other =
                    backend.at(own.address(), "here", Map.of("credentials-file", key.toString(), "scope", "global"))) {
                RemoteException e = assertTold(() -> other.registerSecret(secret(CANARY)));
                assertTrue(e.getMessage().contains("not trusted"), e.getMessage());
                assertEquals(List.of(), own.ids(backend.project()));
            }
        }
    }

    @Test
    void serverThatIsGone_isToldApart() {
        GcpServer own = GcpServer.start();
        try (SecretsManager other = backend.at(own.address(), "here", HASTY)) {
            other.registerSecret(secret("v"));
            own.close();
            for (Executable operation :
                    List.<Executable>of(() -> other.getSecret(DB), () -> other.registerSecret(secret(CANARY)), () -> {
                        throw other.check().orElseThrow();
                    })) {
                RemoteException e = assertTold(operation);
                assertTrue(e.getMessage().contains("cannot be reached"), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secretmanager.secrets.list", "secretmanager.secrets.create", "secretmanager.versions.add"})
    void permissionThatIsMissing_isNamed(String permission) {
        server.deny(backend.project(), permission);
        RemoteException e = permission.endsWith("list")
                ? assertTold(() -> {
                    throw manager.check().orElseThrow();
                })
                : assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not permitted: the permission " + permission), e.getMessage());
        server.deny(backend.project(), null);
        manager.registerSecret(secret("v"));
        assertEquals("v of 1", stored());
    }

    @Test
    void projectThatIsNotThere_isNoEmptyOne() {
        try (SecretsManager other = backend.open("here", Map.of("project", GcpServer.NO_PROJECT))) {
            for (Executable operation : List.<Executable>of(
                    other::getAllSecretKeys, () -> other.getSecret(DB), () -> other.deleteSecret(DB))) {
                RemoteException e = assertTold(operation);
                assertTrue(e.getMessage().contains("no such project"), e.getMessage());
            }
        }
    }

    // Registrations that were interrupted

    @Test
    void registration_thatWasInterrupted_isNotThere_andCompletedByTheNext() {
        proxy.always(ADD, Fault.cutBefore());
        assertTold(() -> manager.registerSecret(secret(CANARY)));
        proxy.relent();
        assertEquals(List.of(ID), server.ids(backend.project()));
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
        assertThrows(NoSuchSecretException.class, () -> manager.updateSecret(secret("w")));
        assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
        assertEquals(List.of(), manager.getAllSecretKeys());
        manager.registerSecret(secret("second"));
        assertEquals("second of 1", stored());
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("third")));
    }

    @Test
    void registration_whoseLastStepIsLost_isThere() {
        proxy.always(sends("POST", "updateMask"), Fault.refuse(500, "{}"));
        proxy.always(sends("PATCH", ""), Fault.refuse(500, "{}"));
        manager.registerSecret(secret("v"));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        manager.deleteSecret(DB);
        assertEquals(List.of(), server.ids(backend.project()));
    }

    /** Somebody else completes it while its first version is on its way. */
    @Test
    void registration_thatIsCompletedByAnother_losesAndLeavesNoTrace() {
        proxy.next(CREATE, Fault.edit(reply -> {
            directly(other -> other.registerSecret(secret("theirs")));
            return reply;
        }));
        try (SecretsManager patient = backend.at(proxy.address(), "here", Map.of("scope", "global"))) {
            assertThrows(SecretExistsException.class, () -> patient.registerSecret(secret(CANARY)));
        }
        assertEquals("theirs of 2", stored());
        assertEquals(List.of(State.ENABLED, State.DESTROYED), server.states(backend.project(), ID));
        directly(other -> other.updateSecret(secret("next")));
        assertEquals("next of 3", stored());
    }

    /** The type in the listing is never another one than that of the value. */
    @Test
    void changeOfTheType_thatWasInterrupted_isListedAsItIs() {
        manager.registerSecret(secret("old"));
        proxy.next(ADD, Fault.edit(reply -> {
            proxy.always(request -> request.target().contains("updateMask"), Fault.cutBefore());
            return reply;
        }));
        manager.updateSecret(typed());
        assertEquals("basic_auth", manager.listSecrets().get(0).schemaType());
        proxy.relent();
        proxy.always(ADD, Fault.cutBefore());
        assertTold(() -> manager.updateSecret(secret("new")));
        assertEquals("basic_auth", manager.listSecrets().get(0).schemaType());
    }

    @Test
    void keysOfTheirOwn_thatWereInterrupted_areNotThere_andClearedAwayByTheNext() {
        GcpBackend perKey = new GcpBackend(Map.of("layout", "per-key"));
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("a", SecretValue.of("1"));
        content.put("b", SecretValue.of("2"));
        try (SecretsManager keys = perKey.at(proxy.address(), "here", HASTY)) {
            proxy.always(request -> request.target().contains("db_b:addVersion"), Fault.cutBefore());
            assertTold(() -> keys.registerSecret(Secret.of(DB, content)));
            proxy.relent();
            assertThrows(NoSuchSecretException.class, () -> keys.getSecret(DB));
            assertThrows(NoSuchSecretException.class, () -> keys.deleteSecret(DB));
            assertEquals(List.of(), keys.getAllSecretKeys());
            keys.registerSecret(secret("v"));
            assertEquals(List.of("coffer-global-db_k"), server.ids(perKey.project()));

            proxy.always(sends("DELETE", "db_k"), Fault.cutBefore());
            assertTold(() -> keys.deleteSecret(DB));
            proxy.relent();
            assertThrows(NoSuchSecretException.class, () -> keys.getSecret(DB));
            keys.deleteSecret(DB); // goes on where it was interrupted
            assertEquals(List.of(), server.ids(perKey.project()));
            assertThrows(NoSuchSecretException.class, () -> keys.deleteSecret(DB));
            keys.registerSecret(secret("v"));
            keys.deleteAllSecrets();
            assertEquals(List.of(), server.ids(perKey.project()));
        }
    }

    // Somebody who was quicker

    @Test
    void merge_thatCrossesAnother_isAConflict_andBothAreKept() {
        manager.registerSecret(secret("old"));
        proxy.next(sends("GET", "/versions/2:access"), Fault.edit(reply -> {
            directly(other -> other.updateSecret(secret("theirs")));
            return reply;
        }));
        SecretPatch patch = new SecretPatch(Map.of("more", SecretValue.of("mine")), Set.of(), Optional.empty());
        ConflictException e = assertThrows(ConflictException.class, () -> manager.mergeSecret(DB, patch));
        assertTrue(e.getMessage().contains("version 3"), e.getMessage());
        assertTrue(server.value(backend.project(), ID, 2).contains("theirs"));
    }

    @Test
    void update_thatCrossesAnother_isAConflict_andBothAreKept() {
        manager.registerSecret(secret("old"));
        proxy.next(sends("GET", ID + "?"), Fault.edit(reply -> {
            directly(other -> other.updateSecret(secret("theirs")));
            return reply;
        }));
        ConflictException e = assertThrows(ConflictException.class, () -> manager.updateSecret(secret("mine")));
        assertTrue(e.getMessage().contains("version 3"), e.getMessage());
        assertEquals("mine of 3", stored());
        assertTrue(server.value(backend.project(), ID, 2).contains("theirs"));
        assertEquals(State.ENABLED, server.states(backend.project(), ID).get(1));
    }

    @Test
    void updateWhoseAnswerIsLost_isFoundByItsMark_behindWhatOthersWrote() {
        manager.registerSecret(secret("old"));
        proxy.next(ADD, Fault.edit(reply -> {
            directly(other -> other.updateSecret(secret("theirs")));
            return Fault.Reply.json(500, "{}");
        }));
        // The other one disabled it, as coffer does with what it replaces: nobody can tell whose it was.
        RemoteException e = assertTold(() -> manager.updateSecret(secret("mine")));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        assertEquals("theirs of 3", stored());
    }

    @Test
    void deletionWhoseAnswerIsLost_leavesWhatOthersRegisteredSince() {
        manager.registerSecret(secret("old"));
        proxy.next(sends("DELETE", ID), Fault.edit(reply -> {
            directly(other -> other.registerSecret(secret("theirs")));
            return Fault.Reply.json(500, "{}");
        }));
        manager.deleteSecret(DB);
        assertEquals("theirs of 1", stored());
    }

    /** It was done, and the look at what became of it is answered with what was before. */
    private Fault lostBefore(String old) {
        return Fault.edit(reply -> {
            proxy.next(GcpFaultsTest::isRead, Fault.refuse(200, old));
            return Fault.Reply.json(500, "{}");
        });
    }

    /** Google's answers to a look may be old: they say that nothing was done, and sending it again says that nothing is there. */
    @Test
    void deletionWhoseAnswerIsLost_isDone_whenItIsNotThereAtTheSecondAttempt() {
        manager.registerSecret(secret("v"));
        String old = server.json(backend.project(), ID);
        proxy.next(sends("DELETE", ID), lostBefore(old));
        manager.deleteSecret(DB);
        assertNothingStored();
    }

    /** Somebody changes a label between an attempt that was not done and the look at what became of it. */
    @Test
    void deletionThatWasNotDone_isNotTakenForDone_whenTheSecretWasChanged() {
        manager.registerSecret(secret("v"));
        proxy.next(
                request -> {
                    boolean isDelete = request.method().equals("DELETE");
                    if (isDelete) {
                        server.label(backend.project(), ID, "team", "b");
                    }
                    return isDelete;
                },
                Fault.refuse(500, "{}"));
        manager.deleteSecret(DB);
        assertNothingStored();
        assertEquals(List.of(), server.ids(backend.project()));
    }

    @Test
    void registrationWhoseAnswerIsLost_isKnown_whenALookIsOld() {
        proxy.next(CREATE, Fault.failAfterwards(500, "{}"));
        proxy.next(sends("GET", ID), Fault.refuse(404, error(404, "NOT_FOUND", "Secret [x] not found.")));
        manager.registerSecret(secret("v"));
        assertEquals("v of 1", stored());
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @Test
    void changeOfLabelsWhoseAnswerIsLost_isKnown_whenALookIsOld() {
        GcpBackend perKey = new GcpBackend(Map.of("layout", "per-key", "scope", "none"));
        server.plant(perKey.project(), "db_k", Map.of("zenml-group-key", "db"), "theirs");
        String old = server.json(perKey.project(), "db_k");
        proxy.next(request -> request.target().contains("updateMask"), lostBefore(old));
        try (SecretsManager keys = perKey.at(proxy.address(), "here", Map.of())) {
            ((Owned) keys).adopt(DB);
            assertTrue(((Owned) keys).isOwned(DB));
        }
    }

    // The word latest, which is behind for a while

    @Test
    void updateBackToTheFormerValue_isWritten_thoughLatestIsBehind() {
        try (SecretsManager keeping =
                backend.at(proxy.address(), "here", Map.of("scope", "global", "old-versions", "keep"))) {
            keeping.registerSecret(secret("1"));
            keeping.updateSecret(secret("2"));
            server.delayLatest(backend.project(), ID, 1);
            assertTrue(keeping.updateSecret(secret("1")).changed());
            assertTrue(server.value(backend.project(), ID, 3).contains("\"k\":\"1\""));
        }
    }

    @Test
    void merge_isOfTheLastVersion_thoughLatestIsBehind() {
        try (SecretsManager keeping =
                backend.at(proxy.address(), "here", Map.of("scope", "global", "old-versions", "keep"))) {
            keeping.registerSecret(secret("1"));
            keeping.mergeSecret(DB, setting("more", "2"));
            server.delayLatest(backend.project(), ID, 1);
            keeping.mergeSecret(DB, setting("k", "3"));
            String value = server.value(backend.project(), ID, 3);
            assertTrue(value.contains("\"more\":\"2\"") && value.contains("\"k\":\"3\""), value);
        }
    }

    private static SecretPatch setting(String key, String value) {
        return new SecretPatch(Map.of(key, SecretValue.of(value)), Set.of(), Optional.empty());
    }

    @Test
    void secretThatWasJustWritten_isRead_thoughLatestIsBehind() {
        manager.registerSecret(secret("1"));
        server.delayLatest(backend.project(), ID, 0);
        assertEquals("1 of 1", stored());
        assertTrue(manager.updateSecret(secret("2")).changed());
        assertEquals("2 of 2", stored());
        server.delayLatest(backend.project(), ID, 1); // which is disabled
        assertEquals("2 of 2", stored());
        proxy.always(sends("GET", "/versions?"), Fault.refuse(200, "{}")); // and the list is behind, too
        try (Secret found = manager.getSecret(DB)) {
            assertEquals("2", found.value("k").revealText());
        }
    }

    @Test
    void keysOfTheirOwn_areWritten_thoughLatestIsBehind() {
        GcpBackend perKey = new GcpBackend(Map.of("layout", "per-key", "scope", "global"));
        try (SecretsManager keys = perKey.at(proxy.address(), "here", Map.of("old-versions", "keep"))) {
            keys.registerSecret(secret("1"));
            keys.updateSecret(secret("2"));
            server.delayLatest(perKey.project(), "coffer-global-db_k", 1);
            assertTrue(keys.updateSecret(secret("1")).changed());
            assertEquals("1", server.value(perKey.project(), "coffer-global-db_k", 3));
        }
    }

    @Test
    void versionsWithoutEnd_areGivenUp() {
        manager.registerSecret(secret("1"));
        proxy.always(
                request -> isRead(request) && request.target().matches(".*/versions/\\d+:access.*"),
                Fault.refuse(400, error(400, "FAILED_PRECONDITION", "Secret Version is in DISABLED state.")));
        RemoteException e = assertTold(() -> manager.updateSecret(secret("2")));
        assertTrue(e.getMessage().contains("no end"), e.getMessage());
    }

    @Test
    void deletion_neverHitsWhatOthersRegisteredSince() {
        manager.registerSecret(secret("old"));
        boolean[] done = {false};
        proxy.always(sends("GET", ID), Fault.edit(reply -> {
            if (!done[0]) {
                done[0] = true;
                directly(other -> {
                    other.deleteSecret(DB);
                    server.plant(backend.project(), ID, Map.of(), "{\"k\":\"theirs\"}");
                });
            }
            return reply;
        }));
        assertThrows(ConflictException.class, () -> manager.deleteSecret(DB));
        assertEquals("theirs of 1", stored());
    }

    // What operations cost

    private static Secret typed() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("username", SecretValue.of("ada"));
        content.put("password", SecretValue.of("p"));
        return Secret.of(DB, "basic_auth", content);
    }

    private static int requestsOf(MeanProxy proxy, Runnable operation) {
        proxy.forgetRequests();
        operation.run();
        return proxy.requests().size();
    }

    @Test
    void requests_areAsManyAsTheReadmeSays() {
        assertEquals(3, requestsOf(proxy, () -> manager.registerSecret(secret("1"))));
        assertEquals(1, requestsOf(proxy, () -> manager.getSecret(DB).close()));
        assertEquals(6, requestsOf(proxy, () -> manager.updateSecret(secret("2"))));
        assertEquals(3, requestsOf(proxy, () -> manager.updateSecret(secret("2"))), "nothing to write");
        assertEquals(7, requestsOf(proxy, () -> manager.updateSecret(typed())), "another type");
        manager.registerSecret(Secret.of(SecretName.of("a/b"), Map.of()));
        assertEquals(1, requestsOf(proxy, manager::getAllSecretKeys));
        assertEquals(1, requestsOf(proxy, manager::listSecrets));
        server.plant(backend.project(), "coffer-global-foreign", Map.of(), "{}");
        assertEquals(2, requestsOf(proxy, manager::getAllSecretKeys), "one is somebody else's");
        assertEquals(2, requestsOf(proxy, manager::listSecrets), "one is somebody else's");
        server.limitPages(backend.project(), 2);
        assertEquals(3, requestsOf(proxy, manager::getAllSecretKeys), "two pages");
        assertEquals(3, requestsOf(proxy, manager::listSecrets), "two pages");
        assertEquals(2, requestsOf(proxy, () -> assertTrue(manager.check().isEmpty())));
        assertEquals(2, requestsOf(proxy, () -> manager.deleteSecret(DB)));
    }

    @Test
    void requests_withoutOldVersions_areOneLess() {
        Map<String, String> keep = Map.of("scope", "global", "old-versions", "keep");
        try (SecretsManager other = backend.at(proxy.address(), "here", keep)) {
            other.registerSecret(secret("1"));
            assertEquals(5, requestsOf(proxy, () -> other.updateSecret(secret("2"))));
        }
    }

    @Test
    void requests_ofKeysOfTheirOwn_areAsManyAsTheReadmeSays() {
        GcpBackend perKey = new GcpBackend(Map.of("layout", "per-key"));
        Map<String, SecretValue> content = new LinkedHashMap<>();
        content.put("a", SecretValue.of("1"));
        content.put("b", SecretValue.of("2"));
        try (SecretsManager keys = perKey.at(proxy.address(), "here", Map.of("scope", "global"))) {
            assertEquals(5 + 2 * 2, requestsOf(proxy, () -> keys.registerSecret(Secret.of(DB, content))));
            assertEquals(1 + 2, requestsOf(proxy, () -> keys.getSecret(DB).close()));
            content.put("b", SecretValue.of("3"));
            assertEquals(1 + 2 * 2 + 2, requestsOf(proxy, () -> keys.updateSecret(Secret.of(DB, content))));
            content.remove("a");
            assertEquals(
                    1 + 2 * 2 + 2, requestsOf(proxy, () -> keys.updateSecret(Secret.of(DB, content))), "one is gone");
            content.put("c", SecretValue.of("4"));
            assertEquals(1 + 2 + 2, requestsOf(proxy, () -> keys.updateSecret(Secret.of(DB, content))), "one is added");
            assertEquals(1, requestsOf(proxy, keys::getAllSecretKeys));
            assertEquals(1, requestsOf(proxy, keys::listSecrets));
            server.limitPages(perKey.project(), 1);
            assertEquals(2, requestsOf(proxy, keys::getAllSecretKeys), "two pages");
            assertEquals(2, requestsOf(proxy, keys::listSecrets), "two pages");
            server.limitPages(perKey.project(), 1_000);
            assertEquals(4 + 2, requestsOf(proxy, () -> keys.deleteSecret(DB)));
        }
    }

    @Test
    void noValue_isInAPathOrHeader() {
        manager.registerSecret(secret(CANARY));
        manager.getSecret(DB).close();
        for (MeanProxy.Request request : proxy.requests()) {
            assertFalse((request.target() + request.headers()).contains(CANARY), request.target());
        }
        assertTrue(
                proxy.requests().stream().anyMatch(request -> new String(request.body(), UTF_8).contains("payload")));
    }
}
