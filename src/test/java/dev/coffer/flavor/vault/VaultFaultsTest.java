package dev.coffer.flavor.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and a real server: nothing is lost, nothing is done twice, and no value is told. */
@Tag("servers")
class VaultFaultsTest implements AgainstVault {
    private static final SecretName DB = SecretName.of("db");
    private static final String CANARY = "canary-7d1f";

    private final VaultBackend backend = newBackend(2, Map.of());
    private final MeanProxy proxy = new MeanProxy(server().address());
    private final SecretsManager manager = backend.at(
            proxy.address(), "here", Map.of("scope", "global", "connect-timeout", "2", "request-timeout", "1"));

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.cleanUp();
    }

    private static boolean isWrite(MeanProxy.Request request) {
        return request.method().equals("POST") && request.target().contains("/data/");
    }

    private static boolean isRead(MeanProxy.Request request) {
        return request.method().equals("GET");
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    /** Past the proxy. */
    private String stored() {
        try (SecretsManager direct = backend.open("direct", Map.of("scope", "global"));
                Secret found = direct.getSecret(DB)) {
            return found.value("k").revealText() + " version " + found.version().orElseThrow();
        }
    }

    private void assertNothingStored() {
        assertThrows(NoSuchSecretException.class, this::stored);
    }

    private static RemoteException assertTold(org.junit.jupiter.api.function.Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        StringBuilder chain = new StringBuilder();
        for (Throwable at = e; at != null; at = at.getCause()) {
            chain.append(at);
        }
        assertFalse(chain.toString().contains(CANARY), chain.toString());
        assertFalse(chain.toString().contains("hvs."), chain.toString());
        assertTrue(e.getMessage().contains("Vault") && e.getMessage().contains("here"), e.getMessage());
        return e;
    }

    static Stream<Fault> faultsOfAnAnswer() {
        return Stream.of(
                Fault.failAfterwards(500, "{\"errors\":[\"" + CANARY + "\"]}"),
                Fault.failAfterwards(502, "<html>" + CANARY),
                Fault.refuse(500, "{\"errors\":[]}"),
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
        proxy.next(VaultFaultsTest::isWrite, fault);
        WriteReceipt receipt = manager.registerSecret(secret(CANARY));
        assertEquals(1, receipt.version());
        assertEquals(CANARY + " version 1", stored());
        proxy.next(VaultFaultsTest::isWrite, fault);
        assertEquals(2, manager.updateSecret(secret("new")).version());
        assertEquals("new version 2", stored());
    }

    /** An engine that was just mounted, or turned into version 2, says so for a moment, with a status of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"Upgrading", "Waiting for the primary to upgrade"})
    void engineThatBecomesVersion2_isWaitedFor(String words) {
        Fault upgrading = Fault.refuse(
                400,
                "{\"errors\":[\"" + words + " from non-versioned to versioned data. This backend will be"
                        + " unavailable for a brief period and will resume service shortly.\"]}");
        proxy.next(VaultFaultsTest::isWrite, upgrading);
        manager.registerSecret(secret("v"));
        assertEquals("v version 1", stored());
        proxy.next(VaultFaultsTest::isRead, upgrading);
        manager.getSecret(DB).close();

        proxy.always(request -> true, upgrading);
        RemoteException e = assertTold(() -> manager.updateSecret(secret("w")));
        assertTrue(e.getMessage().contains("status 400, "), e.getMessage());
        assertTrue(e.getMessage().contains("from non-versioned to versioned data"), e.getMessage());
        RemoteException written = assertTold(() -> manager.registerSecret(secret("w")));
        assertFalse(written.getMessage().contains("not known"), written.getMessage());
    }

    @Test
    void serverThatIsSealed_saysSo_andNothingIsDone() {
        try (VaultServer own = VaultServer.start(product())) {
            Map<String, String> there = Map.of("token", own.rootToken(), "mount-point", own.newMount(2));
            try (SecretsManager other = backend.at(own.address(), "here", there)) {
                other.registerSecret(secret("v"));
                own.asRoot("PUT", "sys/seal", null);
                for (RemoteException e : List.of(
                        assertTold(() -> other.getSecret(DB)),
                        assertTold(() -> other.registerSecret(secret(CANARY))),
                        assertTold(other::getAllSecretKeys))) {
                    assertTrue(e.getMessage().contains("status 503, Vault is sealed"), e.getMessage());
                    assertTrue(e.hint().orElse("").contains("unseal"), e.hint().orElse(""));
                }
                assertTrue(other.check().orElseThrow().getMessage().contains("Vault is sealed"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void read_isRepeated(Fault fault) {
        manager.registerSecret(secret("v"));
        proxy.next(VaultFaultsTest::isRead, fault);
        manager.getSecret(DB).close();
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void deletion_isDoneOnce_andNothingElseIsDeleted(Fault fault) {
        manager.registerSecret(secret("v"));
        for (String step : List.of("/data/", "/delete/")) {
            proxy.next(
                    request ->
                            request.method().equals("POST") && request.target().contains(step),
                    fault);
        }
        manager.deleteSecret(DB);
        assertNothingStored();
        assertEquals(List.of(), manager.getAllSecretKeys());
        assertEquals(3, ((Recoverable) manager).recoverSecret(DB).version());
        assertEquals("v version 3", stored());
    }

    @Test
    void serverThatNeverAnswers_isAnError_andNothingIsWritten() {
        for (Fault fault :
                List.of(Fault.cutBefore(), Fault.refuse(500, "{}"), Fault.delayBefore(Duration.ofMinutes(1)))) {
            proxy.always(VaultFaultsTest::isWrite, fault);
            assertTold(() -> manager.registerSecret(secret(CANARY)));
            proxy.relent();
        }
        proxy.always(VaultFaultsTest::isRead, Fault.cutMidway());
        assertTold(() -> manager.getSecret(DB));
        proxy.relent();
    }

    @Test
    void longThrottling_isSaid_insteadOfWaited() {
        proxy.always(request -> true, Fault.throttle("3600"));
        RemoteException e = assertThrows(RemoteException.class, () -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("3600 seconds"), e.getMessage());
        assertEquals(1, proxy.requests().size());
        proxy.relent();
        assertNothingStored();
    }

    @Test
    void redirect_isNotFollowed_andTheOtherHostSeesNothing() {
        try (MeanProxy other = new MeanProxy(server().address())) {
            for (int status : new int[] {301, 302, 307, 308}) {
                proxy.next(Fault.redirect(status, other.address().resolve("v1/x")));
                assertTold(() -> manager.registerSecret(secret(CANARY)));
                proxy.next(Fault.redirect(status, other.address().resolve("v1/x")));
                assertTold(() -> manager.getSecret(DB));
            }
            assertEquals(List.of(), other.requests());
        }
        assertNothingStored();
    }

    @Test
    void answerWithoutEnd_isGivenUp() {
        manager.registerSecret(secret("v"));
        proxy.always(VaultFaultsTest::isRead, Fault.oversize(1L << 32)); // cut short by the time-out on a busy machine
        assertTold(() -> manager.getSecret(DB));
        assertTrue(proxy.streamedBytes() < 1L << 30, "took " + proxy.streamedBytes() + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"errors\":[\"" + CANARY + "\"]}", "{\"errors\":\"" + CANARY + "\"}", CANARY, "", "[1,2"})
    void refusal_tellsNoWordOfTheServer_thatIsNotKnown(String body) {
        for (int status : new int[] {400, 403, 405, 413}) {
            proxy.next(VaultFaultsTest::isWrite, Fault.refuse(status, body));
            RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
            assertTrue(e.getMessage().contains("status " + status), e.getMessage());
        }
        assertNothingStored();
    }

    @Test
    void deeplyNestedAnswer_isNoCrash() {
        manager.registerSecret(secret("v"));
        String bomb = "{\"data\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
        proxy.always(VaultFaultsTest::isRead, Fault.refuse(200, bomb));
        assertTold(() -> manager.getSecret(DB));
    }

    @Test
    void listThatIsStale_neitherHidesNorInventsASecret() {
        manager.registerSecret(secret("v"));
        Predicate<MeanProxy.Request> lists = request -> request.target().endsWith("list=true");
        proxy.always(lists, Fault.refuse(404, "{\"errors\":[]}"));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("w")));
        manager.getSecret(DB).close();
        proxy.relent();
        proxy.always(lists, Fault.refuse(200, "{\"data\":{\"keys\":[\"db\",\"gone\",\"../up\",\"a b\"]}}"));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    /** A process that ends between the two steps of a deletion leaves a secret that is deleted, and can be finished. */
    @Test
    void deletionThatWasInterrupted_isFinishedByTheNext() {
        manager.registerSecret(secret("v"));
        proxy.always(request -> request.target().contains("/delete/"), Fault.cutBefore());
        assertTold(() -> manager.deleteSecret(DB));
        proxy.relent();
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
        assertThrows(NoSuchSecretException.class, () -> manager.updateSecret(secret("w")));
        assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
        assertEquals(List.of(), manager.getAllSecretKeys());
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals("v version 3", stored());
    }

    @Test
    void serverThatIsKilled_isToldApart() {
        VaultServer own = VaultServer.start(product());
        String mount = own.newMount(2);
        Map<String, String> there = Map.of("token", own.rootToken(), "mount-point", mount);
        try (SecretsManager other = backend.at(own.address(), "here", there)) {
            other.registerSecret(secret("v"));
            own.close();
            RemoteException e = assertTold(() -> other.getSecret(DB));
            assertTrue(e.getMessage().contains("cannot be reached"), e.getMessage());
            assertTold(() -> other.registerSecret(secret(CANARY)));
            assertNotNull(other.check().orElse(null));
        }
    }

    /** Such versions say from their beginning when they will be deleted. */
    @Test
    void secretsThatVaultDeletesLater_areLiveUntilThen() {
        server().asRoot("POST", backend.mount() + "/config", Map.of("delete_version_after", "1h"));
        manager.registerSecret(secret("v"));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        assertThrows(SecretExistsException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        manager.deleteSecret(DB);
        assertEquals(List.of(), manager.getAllSecretKeys());
        ((Recoverable) manager).recoverSecret(DB);
        assertEquals("v version 3", stored());
    }

    // Answers that are lost, and somebody who was quicker meanwhile

    /** Lets the next write be done, then lets somebody else do something, and loses the answer. */
    private void loseAnswer(Runnable meanwhile) {
        proxy.next(VaultFaultsTest::isWrite, Fault.edit(reply -> {
            meanwhile.run();
            return Fault.Reply.json(500, "{}");
        }));
    }

    private void directly(Consumer<SecretsManager> change) {
        try (SecretsManager direct = backend.open("direct", Map.of("scope", "global"))) {
            change.accept(direct);
        }
    }

    @Test
    void deletionWhoseAnswerIsLost_leavesWhatOthersRegisteredSince() {
        manager.registerSecret(secret("old"));
        loseAnswer(() -> directly(other -> other.registerSecret(secret("theirs"))));
        manager.deleteSecret(DB);
        assertEquals("theirs version 3", stored());
    }

    @Test
    void updateWhoseAnswerIsLost_leavesWhatOthersWroteSince() {
        manager.registerSecret(secret("old"));
        loseAnswer(() -> directly(other -> other.updateSecret(secret("theirs"))));
        assertEquals(2, manager.updateSecret(secret("mine")).version());
        assertEquals("theirs version 3", stored());
    }

    @Test
    void registrationWhoseAnswerIsLost_doesNotBringBackWhatOthersDeleted() {
        loseAnswer(() -> directly(other -> other.deleteSecret(DB)));
        assertEquals(1, manager.registerSecret(secret("mine")).version());
        assertNothingStored();
    }

    /** Another tool keeps coffer's notes when it changes one key. */
    @Test
    void changeOfAnotherTool_isNotTakenForOurs() {
        loseAnswer(() -> {
            Map<String, Object> data = new HashMap<>(server()
                    .asRoot("GET", backend.mount() + "/data/coffer/global/db", null)
                    .body()
                    .at("/data/data")
                    .properties()
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
            data.put("k", "patched");
            backend.plant("coffer/global/db", data);
        });
        assertEquals(1, manager.registerSecret(secret("mine")).version());
        assertEquals("patched version 2", stored());
    }

    @Test
    void unknownOutcome_isSaidAsSuch_whenLookingFails() {
        proxy.next(VaultFaultsTest::isWrite, Fault.cutAfter());
        proxy.always(VaultFaultsTest::isRead, Fault.cutMidway());
        RemoteException e = assertTold(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
    }

    private static void assertUnknown(org.junit.jupiter.api.function.Executable operation) {
        RemoteException e = assertTold(operation);
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
    }

    /** Loses the answer to the next change, and all that is read after it. */
    private void loseSight(Fault fault) {
        proxy.relent();
        proxy.forgetRequests();
        proxy.next(request -> !isRead(request), fault);
        proxy.always(
                request -> isRead(request) && !proxy.requests().stream().allMatch(VaultFaultsTest::isRead),
                Fault.cutMidway());
    }

    static Stream<Fault> lostAnswers() {
        return Stream.of(Fault.cutAfter(), Fault.failAfterwards(500, "{}"));
    }

    @ParameterizedTest
    @MethodSource("lostAnswers")
    void unknownOutcome_isSaidAsSuch_whateverWasDone(Fault fault) {
        VaultBackend kv1 = newBackend(1, Map.of());
        try (SecretsManager old = kv1.at(proxy.address(), "here", Map.of("request-timeout", "1"))) {
            for (SecretsManager each : List.of(manager, old)) {
                proxy.relent();
                each.registerSecret(secret("v"));
                loseSight(fault);
                assertUnknown(() -> each.updateSecret(secret(CANARY)));
                loseSight(fault);
                assertUnknown(() -> each.deleteSecret(DB));
            }
            proxy.relent();
            directly(other -> other.registerSecret(secret("v")));
            loseSight(fault);
            assertUnknown(() -> ((Recoverable) manager).purgeSecret(DB));
        } finally {
            kv1.cleanUp();
        }
    }

    @Test
    void interruptedWrite_isSaidToBeUnknown() throws Exception {
        proxy.next(VaultFaultsTest::isWrite, Fault.delayAfter(Duration.ofSeconds(30)));
        Thread self = Thread.currentThread();
        Thread other = new Thread(() -> {
            while (proxy.requests().isEmpty()) {
                Thread.onSpinWait();
            }
            self.interrupt();
        });
        other.start();
        assertUnknown(() -> manager.registerSecret(secret(CANARY)));
        assertTrue(Thread.interrupted());
        other.join();
    }

    @Test
    void closeWhileAnAnswerIsLost_saysThatTheOutcomeIsUnknown() {
        loseAnswer(manager::close);
        assertUnknown(() -> manager.registerSecret(secret(CANARY)));
    }

    // Answers that are not the engine's

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":[\"no handler for route 'x'\"]}",
                "{\"errors\":[],\"warnings\":[\"Invalid path for a versioned K/V secrets engine\"]}",
                "{\"message\":\"no Route matched with those values\"}",
                "{\"errors\":{}}",
                "{}",
                "<html>not found",
                "",
            })
    void notFoundOfSomethingElse_isNoMissingSecret(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(VaultFaultsTest::isRead, Fault.refuse(404, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
        assertTold(() -> manager.updateSecret(secret("w")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "",
                "{\"data\":{\"metadata\":{\"version\":1}}}",
                "{\"data\":{\"current_version\":1}}",
                "{\"data\":{\"current_version\":1,\"versions\":[]}}"
            })
    void answerThatSaysNothing_isNoMissingSecret(String body) {
        manager.registerSecret(secret("v"));
        proxy.always(request -> isRead(request) && !request.target().endsWith("list=true"), Fault.refuse(200, body));
        assertTold(() -> manager.getSecret(DB));
        assertTold(manager::getAllSecretKeys);
        assertTold(() -> ((Recoverable) manager).purgeSecret(DB));
        proxy.relent();
        assertEquals("v version 1", stored());
    }

    @Test
    void mountThatIsGone_isNoEmptyOne() {
        try (SecretsManager other = backend.open("here", Map.of("mount-point", "nowhere"))) {
            assertTold(() -> other.getSecret(DB));
            assertTold(other::getAllSecretKeys);
        }
    }

    @Test
    void check_ofAPlaceInsideAnEngine_saysThatNothingWouldWork() {
        Map<String, String> inside = Map.of("mount-point", backend.mount() + "/inside");
        try (SecretsManager other = backend.open("here", inside)) {
            assertTold(() -> other.getSecret(DB));
            assertTrue(other.check().isPresent());
        }
    }

    @Test
    void engineOfAnotherVersion_isNotWrittenToAsIfItCompared() {
        VaultBackend kv1 = newBackend(1, Map.of());
        try (SecretsManager wrong = kv1.open("here", Map.of("kv-version", "2"))) {
            RemoteException listed = assertTold(wrong::getAllSecretKeys);
            assertTrue(listed.hint().orElse("").contains("kv-version"), listed.getMessage());
            assertTold(wrong::deleteAllSecrets);
            RemoteException e = assertTold(() -> wrong.registerSecret(secret(CANARY)));
            assertTrue(e.hint().orElse("").contains("kv-version"), e.hint().toString());
        } finally {
            kv1.cleanUp();
        }
        try (SecretsManager wrong = backend.open("here", Map.of("kv-version", "1"))) {
            assertTold(() -> wrong.registerSecret(secret(CANARY)));
            assertTold(wrong::getAllSecretKeys);
        }
    }

    @Test
    void foldersThatLeadOutOrAround_areNotEntered() {
        manager.registerSecret(secret("v"));
        proxy.always(
                request -> request.target().endsWith("list=true"),
                Fault.refuse(200, "{\"data\":{\"keys\":[\"../\",\"/\",\"a b/\",\"./\",\"db\"]}}"));
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/,,c", "a/,a/", "a/b/,a//,/a/"})
    void foldersWithoutEnd_areGivenUp(String keys) {
        String list = "\"" + keys.replace(",", "\",\"") + "\"";
        proxy.always(
                request -> request.target().endsWith("list=true"),
                Fault.refuse(200, "{\"data\":{\"keys\":[" + list + "]}}"));
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertFalse(manager.getAllSecretKeys().contains(DB)));
    }

    @Test
    void foldersWithoutNumber_areGivenUp() {
        String list =
                IntStream.range(0, 50_000).mapToObj(n -> "\"f" + n + "/\"").collect(Collectors.joining(","));
        proxy.always(
                request -> request.target().endsWith("list=true"),
                Fault.refuse(200, "{\"data\":{\"keys\":[" + list + "]}}"));
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> assertTold(manager::getAllSecretKeys));
    }

    // What others keep there

    @Test
    void foreignEntry_isNotRecovered_andKeepsItsShapeWhenAdopted() {
        VaultBackend open = newBackend(2, Map.of("scope", "none"));
        try (SecretsManager other = open.open()) {
            SecretName app = SecretName.of("app");
            open.plant("app", Map.of("port", 12.5, "zenml_schema_name", "aws"));
            server().asRoot("DELETE", open.mount() + "/data/app", null);
            assertThrows(ConflictException.class, () -> ((Recoverable) other).recoverSecret(app));
            assertThrows(NoSuchSecretException.class, () -> other.getSecret(app));

            open.plant("app", Map.of("port", 12.5, "zenml_schema_name", "aws"));
            ((Owned) other).adopt(app);
            var data = server().asRoot("GET", open.mount() + "/data/app", null)
                    .body()
                    .at("/data/data");
            assertTrue(data.path("port").isNumber(), "other tools go on reading a number");
            assertEquals("aws", data.path("zenml_schema_name").asText());
            try (Secret adopted = other.getSecret(app)) {
                assertEquals("aws", adopted.schemaType());
                assertEquals(List.of("port"), List.copyOf(adopted.content().keySet()));
                assertEquals("12.5", adopted.value("port").revealText());
            }
        } finally {
            open.cleanUp();
        }
    }

    @Test
    void recovery_neverGoesPastWhatWasDeleted() {
        manager.registerSecret(secret("first"));
        manager.updateSecret(secret("second"));
        manager.deleteSecret(DB);
        server().asRoot("PUT", backend.mount() + "/destroy/coffer/global/db", Map.of("versions", List.of(2)));
        assertThrows(NoSuchSecretException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        assertEquals(List.of(), manager.getAllSecretKeys());
    }

    @Test
    void largestSecret_ofCharactersThatTheServerEscapes_comesBack() {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < 15; i++) {
            content.put("k" + i, SecretValue.of("<".repeat(SecretValue.MAX_BYTES)));
        }
        VaultBackend patient = newBackend(2, Map.of());
        try (SecretsManager other = patient.open();
                Secret large = Secret.of(DB, content)) {
            other.registerSecret(large);
            try (Secret read = other.getSecret(DB)) {
                assertTrue(read.sameContentAs(large));
            }
        } finally {
            patient.cleanUp();
        }
    }

    /** Where coffer's mark would be. */
    @Test
    void foreignEntry_whoseKeyWouldBeOverwritten_isNotAdopted() {
        for (int kvVersion : new int[] {1, 2}) {
            VaultBackend open = newBackend(kvVersion, Map.of("scope", "none"));
            try (SecretsManager other = open.open()) {
                open.plant("db", Map.of("coffer_metadata", "theirs", "k", "v"));
                assertThrows(ConflictException.class, () -> ((Owned) other).adopt(DB));
                try (Secret found = other.getSecret(DB)) {
                    assertEquals("theirs", found.value("coffer_metadata").revealText());
                }
            } finally {
                open.cleanUp();
            }
        }
    }

    private void deleteByAnotherTool() {
        server().asRoot("DELETE", backend.mount() + "/data/coffer/global/db", null);
    }

    @Test
    void recovery_thatARegistrationOvertook_leavesIt() {
        manager.registerSecret(secret("old"));
        deleteByAnotherTool();
        proxy.next(VaultFaultsTest::isRead, Fault.edit(reply -> {
            directly(other -> other.registerSecret(secret("theirs")));
            return reply;
        }));
        assertThrows(SecretExistsException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        assertEquals("theirs version 2", stored());
    }

    @Test
    void secretThatAnotherToolDeleted_canBePurged() {
        manager.registerSecret(secret("v"));
        deleteByAnotherTool();
        ((Recoverable) manager).purgeSecret(DB);
        assertThrows(NoSuchSecretException.class, () -> ((Recoverable) manager).recoverSecret(DB));
    }

    @Test
    void deletedSecret_whoseVersionsVaultDoesNotKeep_canBePurged() {
        server().asRoot("POST", backend.mount() + "/config", Map.of("max_versions", 1));
        manager.registerSecret(secret("v"));
        manager.deleteSecret(DB);
        assertThrows(NoSuchSecretException.class, () -> ((Recoverable) manager).recoverSecret(DB));
        ((Recoverable) manager).purgeSecret(DB);
        assertEquals(1, manager.registerSecret(secret("w")).version());
    }

    @Test
    void deletedForeignEntry_isNotPurged_andStaysDeleted() {
        backend.plant("coffer/global/db", Map.of("k", "theirs"));
        deleteByAnotherTool();
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).purgeSecret(DB));
        assertNothingStored();
        assertEquals(List.of(), manager.getAllSecretKeys());
    }

    /** It becomes somebody else's after it was looked at. */
    @Test
    void purge_looksOnceMore_rightBefore() {
        manager.registerSecret(secret("v"));
        proxy.next(request -> isRead(request) && request.target().contains("/data/"), Fault.edit(reply -> {
            backend.plant("coffer/global/db", Map.of("k", "theirs"));
            return reply;
        }));
        assertThrows(ConflictException.class, () -> ((Recoverable) manager).purgeSecret(DB));
        assertEquals("theirs version 2", stored());
    }

    @Test
    void deletionOfAll_leavesWhatBecameForeignMeanwhile_andGoesOn() {
        manager.registerSecret(secret("v"));
        manager.registerSecret(Secret.of(SecretName.of("zz"), Map.of()));
        proxy.next(
                request -> isRead(request) && request.target().endsWith("/data/coffer/global/db"), Fault.edit(reply -> {
                    backend.plant("coffer/global/db", Map.of("k", "theirs"));
                    return reply;
                }));
        manager.deleteAllSecrets();
        assertEquals("theirs version 2", stored());
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    // What operations cost

    private int requestsOf(Runnable operation) {
        proxy.forgetRequests();
        operation.run();
        return proxy.requests().size();
    }

    @Test
    void requests_areAsManyAsTheReadmeSays() {
        manager.getAllSecretKeys(); // the connection
        assertEquals(1, requestsOf(() -> manager.registerSecret(secret("1"))));
        assertEquals(1, requestsOf(() -> manager.getSecret(DB).close()));
        assertEquals(2, requestsOf(() -> manager.updateSecret(secret("2"))));
        assertEquals(1, requestsOf(() -> manager.updateSecret(secret("2"))), "nothing to write");
        manager.registerSecret(Secret.of(SecretName.of("a/b"), Map.of()));
        assertEquals(4, requestsOf(manager::getAllSecretKeys), "two folders, two secrets");
        assertEquals(4, requestsOf(manager::listSecrets), "two folders, two secrets");
        assertEquals(3, requestsOf(() -> manager.deleteSecret(DB)));
        assertEquals(4, requestsOf(() -> ((Recoverable) manager).purgeSecret(SecretName.of("a/b"))));
    }

    @Test
    void requests_ofVersion1_areAsManyAsTheReadmeSays() {
        VaultBackend kv1 = newBackend(1, Map.of());
        try (SecretsManager old = kv1.at(proxy.address(), "here", Map.of())) {
            assertEquals(2, requestsOf(() -> old.registerSecret(secret("1"))));
            assertEquals(1, requestsOf(() -> old.getSecret(DB).close()));
            assertEquals(2, requestsOf(() -> old.updateSecret(secret("2"))));
            old.registerSecret(Secret.of(SecretName.of("a/b"), Map.of()));
            assertEquals(2, requestsOf(old::getAllSecretKeys), "two folders");
            assertEquals(4, requestsOf(old::listSecrets), "two folders, two secrets");
            assertEquals(2, requestsOf(() -> old.deleteSecret(DB)));
        } finally {
            kv1.cleanUp();
        }
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
