package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody else changes of a secret is not deleted unseen, and who changes one that is deleted meanwhile is told. */
class GcpRevisionsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String ID = "coffer-global-db";

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of("scope", "global"));
    private final MeanProxy proxy = new MeanProxy(server.address());
    private final SecretsManager manager =
            backend.at(proxy.address(), "here", Map.of("connect-timeout", "2", "request-timeout", "20"));
    private final Revisions revisions = (Revisions) manager;

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("k", SecretValue.of(value)));
    }

    /** Past the proxy. */
    private void directly(Consumer<SecretsManager> use) {
        try (SecretsManager direct = backend.open("direct", Map.of())) {
            use.accept(direct);
        }
    }

    private String stored() {
        try (SecretsManager direct = backend.open("direct", Map.of());
                Secret found = direct.getSecret(DB)) {
            return found.value("k").revealText();
        }
    }

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

    private static boolean is(MeanProxy.Request request, String method, String target) {
        return request.method().equals(method) && request.target().contains(target);
    }

    /** Writes what a listing shows. */
    private static boolean isNote(MeanProxy.Request request) {
        return request.target().contains("updateMask=");
    }

    /** The requests of a deletion. */
    enum Step {
        LABELS {
            @Override
            boolean is(MeanProxy.Request request) {
                return GcpRevisionsTest.is(request, "GET", ID)
                        && !request.target().contains("/versions");
            }
        },
        VALUE {
            @Override
            boolean is(MeanProxy.Request request) {
                return GcpRevisionsTest.is(request, "GET", "/versions/latest");
            }
        },
        LATER_VALUES {
            @Override
            boolean is(MeanProxy.Request request) {
                return GcpRevisionsTest.is(request, "GET", "/versions/2");
            }
        },
        DELETION {
            @Override
            boolean is(MeanProxy.Request request) {
                return GcpRevisionsTest.is(request, "DELETE", ID);
            }
        };

        abstract boolean is(MeanProxy.Request request);
    }

    @ParameterizedTest
    @EnumSource
    void deletion_ofWhatSomebodyElseUpdatesMeanwhile_isConflict_andDeletesNothing(Step step) {
        String seen = revisions.registerRevised(secret("mine"));
        before(step::is, () -> directly(other -> other.updateSecret(secret("theirs"))));

        ConflictException e = assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertTrue(e.getMessage().contains("nothing was deleted"), e.getMessage());
        assertEquals("theirs", stored());
    }

    /** It adds a version, which changes nothing else. */
    @ParameterizedTest
    @EnumSource(names = "DELETION", mode = EnumSource.Mode.EXCLUDE)
    void deletion_ofWhatAnotherToolWritesMeanwhile_isConflict_andDeletesNothing(Step step) {
        String seen = revisions.registerRevised(secret("mine"));
        before(step::is, () -> server.plantVersion(backend.project(), ID, "{\"k\":\"theirs\"}".getBytes(UTF_8)));

        assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertEquals("theirs", stored());
    }

    @Test
    void deletion_ofWhatSomebodyElseDeletesMeanwhile_isNoSuchSecret() {
        String seen = revisions.registerRevised(secret("mine"));
        before(Step.DELETION::is, () -> directly(other -> other.deleteSecret(DB)));

        assertThrows(NoSuchSecretException.class, () -> revisions.deleteRevised(DB, seen));
    }

    @Test
    void deletion_costs() {
        String seen = revisions.registerRevised(secret("mine"));
        proxy.forgetRequests();
        revisions.deleteRevised(DB, seen);
        assertEquals(4, proxy.requests().size());
        assertEquals(List.of(), server.ids(backend.project()));
    }

    /** Google compares nothing there: so whose value went with the secret is told that it did. */
    @Test
    void update_ofWhatIsDeletedInTheSameMoment_isConflict() {
        String seen = revisions.registerRevised(secret("1"));
        for (Consumer<SecretsManager> update : List.<Consumer<SecretsManager>>of(
                here -> here.updateSecret(secret("2")),
                here -> here.mergeSecret(
                        DB, new SecretPatch(Map.of("k", SecretValue.of("2")), Set.of(), Optional.empty())),
                here -> ((Revisions) here).updateRevised(secret("2"), seen(here)))) {
            before(GcpRevisionsTest::isNote, () -> directly(other -> other.deleteSecret(DB)));

            ConflictException e = assertThrows(ConflictException.class, () -> update.accept(manager));

            assertTrue(e.getMessage().contains("deleted by somebody else"), e.getMessage());
            assertEquals(List.of(), server.ids(backend.project()));
            manager.registerSecret(secret("1"));
        }
        assertThrows(ConflictException.class, () -> revisions.updateRevised(secret("2"), seen));
    }

    private static String seen(SecretsManager here) {
        return ((Revisions) here).findRevision(DB).orElseThrow().revision().orElseThrow();
    }

    /** The labels are somebody else's concern: the value is written. */
    @Test
    void update_ofWhatSomebodyElseLabelsInTheSameMoment_isDone() {
        manager.registerSecret(secret("1"));
        before(GcpRevisionsTest::isNote, () -> server.label(backend.project(), ID, "team", "blue"));
        assertTrue(manager.updateSecret(secret("2")).changed());
        assertEquals("2", stored());
    }

    @Test
    void check_namesTheRightToReadValues_thatIsMissing() {
        server.deny(backend.project(), "secretmanager.versions.access");
        assertTrue(manager.check().isEmpty(), "there is no secret to ask about");
        server.deny(backend.project(), null);
        manager.registerSecret(secret("1"));
        assertTrue(manager.check().isEmpty());
        server.deny(backend.project(), "secretmanager.versions.access");
        RemoteException e = (RemoteException) manager.check().orElseThrow();
        assertTrue(e.getMessage().contains("the permission secretmanager.versions.access is missing"), e.getMessage());
    }
}
