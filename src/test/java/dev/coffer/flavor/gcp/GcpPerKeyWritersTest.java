package dev.coffer.flavor.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several writers of one secret that has a provider secret for each key, slow ones and ones that see old lists. */
class GcpPerKeyWritersTest {
    private static final SecretName DB = SecretName.of("db");
    private static final Fault OLD_LIST = Fault.refuse(200, "{}");

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of("layout", "per-key", "scope", "global"));
    private final MeanProxy proxy = new MeanProxy(server.address());
    private final SecretsManager manager =
            backend.at(proxy.address(), "here", Map.of("connect-timeout", "2", "request-timeout", "20"));

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
    }

    private static boolean isList(MeanProxy.Request request) {
        return request.method().equals("GET") && request.target().contains("/secrets?");
    }

    private static Secret secret(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, content);
    }

    /** Past the proxy. */
    private void directly(Consumer<SecretsManager> use) {
        try (SecretsManager direct = backend.open("direct", Map.of())) {
            use.accept(direct);
        }
    }

    private Map<String, String> stored() {
        Map<String, String> found = new TreeMap<>();
        directly(direct -> {
            try (Secret secret = direct.getSecret(DB)) {
                secret.content().forEach((key, value) -> found.put(key, value.revealText()));
            }
        });
        return found;
    }

    private List<String> ids() {
        return server.ids(backend.project()).stream()
                .map(id -> id.replace("coffer-global-", ""))
                .toList();
    }

    /** Lets somebody else do something just before the server sees a request of this kind, once. */
    private void before(String method, String target, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (request.method().equals(method) && request.target().contains(target) && !done.getAndSet(true)) {
                        meanwhile.run();
                    }
                    return false;
                },
                Fault.cutBefore());
    }

    private void everythingIsCutFrom(String target) {
        AtomicBoolean begun = new AtomicBoolean();
        proxy.always(
                request -> {
                    begun.compareAndSet(false, request.target().contains(target));
                    return begun.get();
                },
                Fault.cutBefore());
    }

    @Test
    void registration_thatSeesOldLists_leavesTheSecretThatIsThere() {
        directly(other -> other.registerSecret(secret("a", "1", "b", "2")));
        proxy.always(GcpPerKeyWritersTest::isList, OLD_LIST);
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("z", "mine", "b", "mine")));
        assertEquals(Map.of("a", "1", "b", "2"), stored());
        assertEquals(List.of("db_a", "db_b"), ids());
    }

    @Test
    void registration_thatSeesTheSecretLate_takesItsKeysBack() {
        directly(other -> other.registerSecret(secret("a", "1")));
        proxy.next(GcpPerKeyWritersTest::isList, OLD_LIST);
        proxy.next(GcpPerKeyWritersTest::isList, OLD_LIST);
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("z", "mine")));
        assertEquals(Map.of("a", "1"), stored());
        assertEquals(List.of("db_a"), ids());
    }

    /** No list shows it before the registration is done: then reading says it, and no key is gone. */
    @Test
    void secretsOfTwoRegistrations_thatNeverSawEachOther_areNotReadAsOne() {
        directly(other -> other.registerSecret(secret("a", "1")));
        proxy.always(GcpPerKeyWritersTest::isList, OLD_LIST);
        manager.registerSecret(secret("z", "mine"));
        RemoteException e = assertThrows(RemoteException.class, this::stored);
        assertTrue(e.getMessage().contains("two registrations"), e.getMessage());
        directly(other -> assertThrows(RemoteException.class, () -> other.updateSecret(secret("a", "2"))));
        assertEquals("1", server.value(backend.project(), "coffer-global-db_a", 1));
        assertEquals("mine", server.value(backend.project(), "coffer-global-db_z", 1));
        directly(other -> {
            other.deleteSecret(DB);
            other.registerSecret(secret("a", "3"));
        });
        assertEquals(Map.of("a", "3"), stored());
    }

    /** The gate of a registration that saw an old list and was cut off hides a secret: opening it erases none of that. */
    @Test
    void registration_thatTakesAGateOver_leavesTheSecretBehindIt() {
        directly(other -> other.registerSecret(secret("a", "1", "b", "2")));
        proxy.next(GcpPerKeyWritersTest::isList, OLD_LIST);
        proxy.next(GcpPerKeyWritersTest::isList, OLD_LIST);
        everythingIsCutFrom("secretId=coffer-global-db_y");
        assertThrows(RemoteException.class, () -> manager.registerSecret(secret("x", "mine", "y", "mine")));
        assertEquals(List.of("db_", "db_a", "db_b", "db_x"), ids());
        directly(other -> assertThrows(NoSuchSecretException.class, () -> other.getSecret(DB)));

        directly(other -> assertThrows(SecretExistsException.class, () -> other.registerSecret(secret("c", "3"))));
        assertEquals(Map.of("a", "1", "b", "2"), stored());
        assertEquals(List.of("db_a", "db_b"), ids());
    }

    @Test
    void slowRegistration_thatIsTakenOver_isRefused_andLeavesNoKey() {
        before(
                "POST",
                "secretId=coffer-global-db_b",
                () -> directly(other -> other.registerSecret(secret("a", "theirs"))));
        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("a", "mine", "b", "mine")));
        assertEquals(Map.of("a", "theirs"), stored());
        assertEquals(List.of("db_a"), ids());
    }

    /** It can make a key after all is done, and then end without a word. */
    @Test
    void keyOfARegistration_thatWasTakenOver_isNoneOfTheSecret() {
        before(
                "POST",
                "secretId=coffer-global-db_b",
                () -> directly(other -> other.registerSecret(secret("a", "theirs"))));
        everythingIsCutFrom("secretId=coffer-global-db_c");
        assertThrows(
                RemoteException.class, () -> manager.registerSecret(secret("a", "mine", "b", "mine", "c", "mine")));
        assertEquals(List.of("db_a", "db_b"), ids());
        assertEquals(Map.of("a", "theirs"), stored());
        directly(other -> {
            other.mergeSecret(DB, new SecretPatch(Map.of("b", SecretValue.of("added")), Set.of(), Optional.empty()));
            assertEquals(Map.of("a", "theirs", "b", "added"), stored());
            other.deleteSecret(DB);
        });
        assertEquals(List.of(), ids());
    }

    /** Waiting for somebody ends when nothing happens any more, and not before. */
    @Test
    void registration_thatGoesOn_isNotTakenOver() throws Exception {
        proxy.always(
                request -> request.method().equals("POST") && request.target().contains("secretId=coffer-global-db_k"),
                Fault.delayAfter(java.time.Duration.ofMillis(900)));
        Thread slow = new Thread(() -> manager.registerSecret(
                secret("k1", "1", "k2", "2", "k3", "3", "k4", "4", "k5", "5", "k6", "6", "k7", "7")));
        slow.start();
        Thread.sleep(1_000);
        directly(other -> assertThrows(SecretExistsException.class, () -> other.registerSecret(secret("k1", "x"))));
        slow.join();
        assertEquals(7, stored().size());
        assertEquals("1", stored().get("k1"));
    }

    @Test
    void gateThatIsNotCoffers_isLeftAlone() {
        server.plant(backend.project(), "coffer-global-db_", Map.of("zenml-group-key", "db"));
        assertThrows(ConflictException.class, () -> manager.registerSecret(secret("a", "1")));
        assertEquals(List.of("db_"), ids());
    }

    @Test
    void removedKey_thatWasWrittenSince_stays_andIsAConflict() {
        manager.registerSecret(secret("a", "1", "b", "2"));
        before(
                "POST",
                "db_a:addVersion",
                () -> server.plantVersion(
                        backend.project(),
                        "coffer-global-db_b",
                        "theirs".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThrows(ConflictException.class, () -> manager.updateSecret(secret("a", "3")));
        assertEquals(Map.of("a", "3", "b", "theirs"), stored());
    }

    // Left-overs

    /** A key without a value, as a registration leaves it that was taken over and forgotten. */
    @Test
    void keyLeftByAnotherRegistration_isMadeAnew_andNotWrittenInto() {
        manager.registerSecret(secret("a", "1"));
        String id = "coffer-global-db_b";
        server.plant(
                backend.project(),
                id,
                server.secret(backend.project(), "coffer-global-db_a").getLabelsMap());
        server.annotate(backend.project(), id, Map.of("coffer-key", "b", "coffer-registration", "another"));

        manager.updateSecret(secret("a", "1", "b", "2"));

        assertEquals(Map.of("a", "1", "b", "2"), stored());
    }

    @Test
    void keyLeftByAnUpdateThatWasCutOff_getsItsValue() {
        manager.registerSecret(secret("a", "1"));
        proxy.always(request -> request.target().contains("db_b:addVersion"), Fault.cutBefore());
        assertThrows(RemoteException.class, () -> manager.updateSecret(secret("a", "1", "b", "2")));
        proxy.relent();

        manager.updateSecret(secret("a", "1", "b", "2"));

        assertEquals(Map.of("a", "1", "b", "2"), stored());
    }

    @Test
    void update_thatBreaksOff_saysWhatIsWritten() {
        manager.registerSecret(secret("a", "1", "b", "2", "c", "3"));
        proxy.always(request -> request.target().contains("db_b:addVersion"), Fault.cutBefore());

        RemoteException e =
                assertThrows(RemoteException.class, () -> manager.updateSecret(secret("a", "new", "b", "new")));

        assertTrue(e.getMessage().contains("Of secret db, done: a; not, or not for sure: b, c"), e.getMessage());
        assertEquals(Map.of("a", "new", "b", "2", "c", "3"), stored());
    }

    @Test
    void update_thatIsOvertaken_saysWhatIsDone() {
        manager.registerSecret(secret("a", "1", "b", "2", "c", "3", "d", "4"));
        before(
                "POST",
                "db_a:addVersion",
                () -> server.plantVersion(
                        backend.project(),
                        "coffer-global-db_b",
                        "theirs".getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        ConflictException e =
                assertThrows(ConflictException.class, () -> manager.updateSecret(secret("a", "new", "c", "new")));

        assertTrue(e.getMessage().contains("Of secret db, done: a, c; not, or not for sure: b, d"), e.getMessage());
        assertEquals(Map.of("a", "new", "b", "theirs", "c", "new", "d", "4"), stored());
    }

    // Keys of others

    private void plantTheirs(String id) {
        server.plant(backend.project(), "coffer-global-" + id, Map.of("zenml-group-key", "db"), "theirs");
    }

    /** Adopting them was cut off after two of three. */
    @Test
    void deletionOfAll_leavesASecretWhole_thatIsOnlyPartlyCoffers() {
        plantTheirs("db_a");
        plantTheirs("db_b");
        plantTheirs("db_c");
        everythingIsCutFrom("db_c?");
        assertThrows(RemoteException.class, () -> ((Owned) manager).adopt(DB));
        proxy.relent();
        directly(other -> other.registerSecret(Secret.of(SecretName.of("mine"), Map.of("k", SecretValue.of("1")))));
        directly(other -> assertThrows(ConflictException.class, () -> other.deleteSecret(DB)));

        manager.deleteAllSecrets();

        assertEquals(List.of("db_a", "db_b", "db_c"), ids());
    }

    @Test
    void deletionOfAll_looksAgain_whenSomethingWasChanged() {
        manager.registerSecret(secret("a", "1", "b", "2"));
        before("DELETE", "db_a", () -> server.label(backend.project(), "coffer-global-db_b", "team", "blue"));

        manager.deleteAllSecrets();

        assertEquals(List.of(), ids());
    }

    @Test
    void deletionOfAll_takesWhatInterruptedChangesLeft() {
        everythingIsCutFrom("db_b:addVersion");
        assertThrows(RemoteException.class, () -> manager.registerSecret(secret("a", "1", "b", "2")));
        proxy.relent();
        assertEquals(List.of("db_", "db_a", "db_b"), ids());

        manager.deleteAllSecrets();

        assertEquals(List.of(), ids());
    }

    /** ZenML's id of a key with a hyphen is another one than coffer's. */
    @Test
    void secondProviderSecretOfAKey_thatIsNotCoffers_makesTheSecretNotCoffers_untilItIsAdopted() {
        manager.registerSecret(secret("a-b", "1"));
        plantTheirs("db_a-b");
        assertEquals(Map.of("a-b", "1"), stored());
        assertThrows(ConflictException.class, () -> manager.deleteSecret(DB));
        assertThrows(ConflictException.class, () -> manager.updateSecret(secret("c", "1")));
        assertEquals(List.of("db_a-2db", "db_a-b"), ids());

        ((Owned) manager).adopt(DB);
        assertTrue(((Owned) manager).isOwned(DB));
        manager.updateSecret(secret("c", "1"));
        assertEquals(Map.of("c", "1"), stored());
        assertEquals(List.of("db_c"), ids());
    }

    @Test
    void secondProviderSecretOfAKey_goesWithTheSecret() {
        for (boolean revised : List.of(false, true)) {
            manager.registerSecret(secret("a-b", "1"));
            plantTheirs("db_a-b");
            ((Owned) manager).adopt(DB);
            Revisions revisions = (Revisions) manager;
            if (revised) {
                revisions.deleteRevised(DB, revisions.getRevised(DB).revision());
            } else {
                manager.deleteSecret(DB);
            }
            assertEquals(List.of(), ids());
        }
    }
}
