package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.secretmanager.v1.SecretVersion.State;
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
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody else changes of a secret with a provider secret for each key is neither written over nor deleted unseen. */
class GcpPerKeyRevisionsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String A = "coffer-global-db_a";
    private static final String B = "coffer-global-db_b";
    private static final String GATE = "coffer-global-db_";

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend =
            new GcpBackend(Map.of("layout", "per-key", "scope", "global", "old-versions", "destroy"));
    private final MeanProxy proxy = new MeanProxy(server.address());
    private final SecretsManager manager =
            backend.at(proxy.address(), "here", Map.of("connect-timeout", "2", "request-timeout", "20"));
    private final Revisions revisions = (Revisions) manager;

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
    }

    private static Secret secret(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, content);
    }

    private Map<String, String> stored() {
        Map<String, String> found = new TreeMap<>();
        try (SecretsManager direct = backend.open("direct", Map.of());
                Secret secret = direct.getSecret(DB)) {
            secret.content().forEach((key, value) -> found.put(key, value.revealText()));
        }
        return found;
    }

    private List<String> ids() {
        return server.ids(backend.project());
    }

    private void writeTheirs(String id) {
        server.plantVersion(backend.project(), id, "theirs".getBytes(UTF_8));
    }

    /** Lets somebody else do something just before the server sees such a request, once. */
    private void before(String method, String target, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (request.method().equals(method) && isAbout(request, target) && !done.getAndSet(true)) {
                        meanwhile.run();
                    }
                    return false;
                },
                Fault.cutBefore());
    }

    /** The gate's id is the beginning of those of all keys. */
    private static boolean isAbout(MeanProxy.Request request, String target) {
        return target.equals(GATE)
                ? request.target().matches(".*[/=]" + GATE + "([&?].*)?")
                : request.target().contains(target);
    }

    private static void assertTells(ConflictException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
    }

    /** What others can do to a secret with the keys a and b. */
    enum Change {
        WRITES_A_KEY {
            @Override
            void by(GcpServer server, String project) {
                server.plantVersion(project, B, "theirs".getBytes(UTF_8));
            }
        },
        WRITES_THE_SAME_AGAIN {
            @Override
            void by(GcpServer server, String project) {
                server.plantVersion(project, A, "1".getBytes(UTF_8));
            }
        },
        DESTROYS_A_KEY {
            @Override
            void by(GcpServer server, String project) {
                server.set(project, B, 1, State.DESTROYED);
            }
        },
        ADDS_A_KEY {
            @Override
            void by(GcpServer server, String project) {
                server.plant(project, "coffer-global-db_z", Map.of("zenml-group-key", "db"), "theirs");
            }
        },
        GIVES_ANOTHER_TYPE {
            @Override
            void by(GcpServer server, String project) {
                Map<String, String> annotations =
                        new TreeMap<>(server.secret(project, A).getAnnotationsMap());
                annotations.put("coffer-schema", "theirs");
                server.annotate(project, A, annotations);
            }
        },
        MAKES_A_KEY_ANEW {
            @Override
            void by(GcpServer server, String project) {
                Map<String, String> annotations = server.secret(project, B).getAnnotationsMap();
                server.plant(project, B, server.secret(project, B).getLabelsMap(), "theirs");
                server.annotate(project, B, annotations);
            }
        };

        abstract void by(GcpServer server, String project);
    }

    @ParameterizedTest
    @EnumSource
    void update_ofWhatSomebodyElseChangedSince_isConflict_andWritesNothing(Change change) {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        change.by(server, backend.project());
        Map<String, String> theirs = stored();

        ConflictException e =
                assertThrows(ConflictException.class, () -> revisions.updateRevised(secret("a", "3", "b", "4"), seen));

        assertTells(e, "nothing was written");
        assertEquals(theirs, stored());
        assertTrue(proxy.requests().stream()
                .skip(5 + 2 * 2)
                .allMatch(request -> request.method().equals("GET")));
    }

    @ParameterizedTest
    @EnumSource
    void deletion_ofWhatSomebodyElseChangedSince_isConflict_andDeletesNothing(Change change) {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        change.by(server, backend.project());
        Map<String, String> theirs = stored();
        List<String> ids = ids();

        ConflictException e = assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertTells(e, "nothing was deleted");
        assertEquals(theirs, stored());
        assertEquals(ids, ids());
    }

    /** It looks at each key again, when others have taken their time. */
    @Test
    void update_stopsAtTheKey_thatSomebodyWroteMeanwhile() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2", "c", "3"));
        before("POST", "db_a:addVersion", () -> writeTheirs(B));

        ConflictException e = assertThrows(
                ConflictException.class,
                () -> revisions.updateRevised(secret("a", "mine", "b", "mine", "c", "mine"), seen));

        assertTells(e, "done: a; not, or not for sure: b, c");
        assertEquals(Map.of("a", "mine", "b", "theirs", "c", "3"), stored());
        assertEquals(List.of(State.ENABLED, State.ENABLED), server.states(backend.project(), B));
    }

    @Test
    void update_stopsAtTheKey_thatSomebodyMadeAnewMeanwhile() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        before("POST", "db_a:addVersion", () -> Change.MAKES_A_KEY_ANEW.by(server, backend.project()));

        assertThrows(ConflictException.class, () -> revisions.updateRevised(secret("a", "mine", "b", "mine"), seen));

        assertEquals("theirs", stored().get("b"));
    }

    /** Google compares nothing there: it is told, and nothing of it is retired. */
    @Test
    void update_inTheSameMomentAsSomebodyElse_keepsBothVersions_andTells() {
        String seen = revisions.registerRevised(secret("a", "1"));
        before("POST", "db_a:addVersion", () -> writeTheirs(A));

        ConflictException e =
                assertThrows(ConflictException.class, () -> revisions.updateRevised(secret("a", "mine"), seen));

        assertTells(e, "the key a", "version 3");
        assertEquals("theirs", server.value(backend.project(), A, 2));
        assertEquals(List.of(State.ENABLED, State.ENABLED, State.ENABLED), server.states(backend.project(), A));
    }

    @Test
    void deletion_comparesOnceMore_behindTheGate() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        before("POST", GATE, () -> writeTheirs(B));

        ConflictException e = assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertTells(e, "nothing was deleted");
        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
        assertEquals(List.of(A, B), ids(), "the gate is open");
    }

    @Test
    void deletion_stopsAtTheKey_thatSomebodyWroteMeanwhile() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        before("DELETE", "db_a", () -> writeTheirs(B));

        ConflictException e = assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertTells(e, "of its keys only a are deleted");
        assertEquals(Map.of("b", "theirs"), stored());
        assertEquals(List.of(B), ids(), "the gate is open");
    }

    @Test
    void deletion_stopsAtTheKey_whoseLabelsSomebodyChangedMeanwhile() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        before("DELETE", "db_a", () -> server.label(backend.project(), B, "team", "blue"));

        assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertEquals(Map.of("b", "2"), stored());
        assertEquals(List.of(B), ids(), "the gate is open");
    }

    @Test
    void deletion_thatWasCutOff_isCompleted_whateverItsRevision() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        AtomicBoolean begun = new AtomicBoolean();
        proxy.always(
                request -> {
                    begun.compareAndSet(
                            false,
                            request.method().equals("DELETE")
                                    && request.target().contains("db_b"));
                    return begun.get();
                },
                Fault.cutBefore());
        assertThrows(RemoteException.class, () -> revisions.deleteRevised(DB, seen));
        proxy.relent();
        assertEquals(Optional.empty(), revisions.findRevision(DB));
        assertThrows(NoSuchSecretException.class, () -> revisions.updateRevised(secret("a", "1"), seen));

        revisions.deleteRevised(DB, seen);

        assertEquals(List.of(), ids());
    }

    /** The network fails after the gate was shut: what somebody wrote right before that stays. */
    @Test
    void deletion_thatCannotCompareBehindTheGate_opensIt_andDeletesNothing() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        AtomicBoolean shut = new AtomicBoolean();
        before("POST", GATE, () -> {
            writeTheirs(B);
            shut.set(true);
        });
        proxy.always(request -> shut.get() && request.method().equals("GET"), Fault.cutBefore());

        assertThrows(RemoteException.class, () -> revisions.deleteRevised(DB, seen));

        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
        assertEquals(List.of(A, B), ids(), "the gate is open");
    }

    /** As after a crash: what is left is a gate of a deletion that had not decided yet. */
    private String cutOffBeforeItDecided() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        AtomicBoolean shut = new AtomicBoolean();
        before("POST", GATE, () -> {
            writeTheirs(B);
            shut.set(true);
        });
        proxy.always(request -> shut.get() && !isAbout(request, "secretId="), Fault.cutBefore());
        assertThrows(RemoteException.class, () -> revisions.deleteRevised(DB, seen));
        proxy.relent();
        assertEquals(List.of("coffer-global-db_", A, B), ids(), "the gate is shut");
        return seen;
    }

    @Test
    void deletion_thatWasCutOffBeforeItDecided_hidesNothing() {
        String seen = cutOffBeforeItDecided();

        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
        assertEquals(List.of(DB), manager.getAllSecretKeys());
        assertTrue(!revisions
                .findRevision(DB)
                .orElseThrow()
                .revision()
                .orElseThrow()
                .equals(seen));
        assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));
        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
    }

    @Test
    void deletion_thatWasCutOffBeforeItDecided_letsNobodyElseErase() {
        cutOffBeforeItDecided();

        assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("c", "3")));
        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
    }

    @Test
    void deletion_thatWasCutOffBeforeItDecided_isInNobodysWay() {
        cutOffBeforeItDecided();
        manager.updateSecret(secret("a", "1", "b", "3"));
        assertEquals(Map.of("a", "1", "b", "3"), stored());
        assertEquals(List.of(A, B), ids(), "the gate is open");
        manager.deleteSecret(DB);
        assertEquals(List.of(), ids());
    }

    @Test
    void deletion_thatIsSlowToDecide_losesItsGate_andDeletesNothing() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        before("POST", "updateMask=", () -> {
            try (SecretsManager direct = backend.open("direct", Map.of())) {
                direct.updateSecret(secret("a", "1", "b", "theirs"));
            }
        });

        ConflictException e = assertThrows(ConflictException.class, () -> revisions.deleteRevised(DB, seen));

        assertTells(e, "nothing was deleted");
        assertEquals(Map.of("a", "1", "b", "theirs"), stored());
        assertEquals(List.of(A, B), ids());
    }

    /** Half-made keys, also ones whose versions were destroyed, are none of the secret, and go with it. */
    @Test
    void deletion_takesKeysWithoutAValueAlong() {
        String seen = revisions.registerRevised(secret("a", "1"));
        Map<String, String> labels = server.secret(backend.project(), A).getLabelsMap();
        server.plant(backend.project(), B, labels, "gone");
        server.set(backend.project(), B, 1, State.DESTROYED);
        server.plant(backend.project(), "coffer-global-db_c", labels);

        revisions.deleteRevised(DB, seen);

        assertEquals(List.of(), ids());
    }

    @Test
    void revision_isOfTheContent_andNotOfOtherLabels() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2"));
        server.label(backend.project(), A, "team", "blue");
        ((Owned) manager).adopt(DB);
        assertEquals(seen, revisions.findRevision(DB).orElseThrow().revision().orElseThrow());
        String next = revisions.updateRevised(secret("a", "1", "b", "3", "c", "4"), seen);
        assertEquals(next, revisions.getRevised(DB).revision());
        assertEquals(Map.of("a", "1", "b", "3", "c", "4"), stored());
    }

    /** Two reads more for each key that changes: of its labels, and of the version after the last. */
    @Test
    void costs() {
        String seen = revisions.registerRevised(secret("a", "1", "b", "2", "c", "3", "d", "4"));
        proxy.forgetRequests();
        String next = revisions.updateRevised(secret("a", "1", "b", "3", "c", "4", "d", "5"), seen);
        assertEquals(1 + 2 * 4 + (2 + 2) * 3, proxy.requests().size());
        proxy.forgetRequests();
        revisions.deleteRevised(DB, next);
        assertEquals(5 + 5 * 4, proxy.requests().size());
    }
}
