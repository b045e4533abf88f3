package dev.coffer.flavor.gcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.secretmanager.v1.SecretVersion.State;
import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Revisions.Revised;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who knows a revision is told nothing from before it, although Google's lists and its word latest are behind. */
class GcpLateAnswersTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String ID = "coffer-global-db";
    private static final Map<String, String> JSON = Map.of("scope", "global", "old-versions", "keep");
    private static final Map<String, String> PER_KEY =
            Map.of("scope", "global", "old-versions", "keep", "layout", "per-key");

    private final GcpServer server = GcpServer.shared();
    private final GcpBackend backend = new GcpBackend(Map.of());
    private final MeanProxy proxy = new MeanProxy(server.address());
    private final SecretsManager json = backend.at(proxy.address(), "json", JSON);
    private final SecretsManager perKey = backend.at(proxy.address(), "per-key", PER_KEY);

    @AfterEach
    void tearDown() {
        json.close();
        perKey.close();
        proxy.close();
    }

    private static Secret secret(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, content);
    }

    /** A secret that was written twice; the server still tells of the first time. */
    private String late(SecretsManager manager, Secret first, Secret second) {
        Revisions revisions = (Revisions) manager;
        String seen = revisions.registerRevised(first);
        server.fallBehind(backend.project());
        return revisions.updateRevised(second, seen);
    }

    private Map<String, String> told(SecretsManager manager, String seen) {
        proxy.forgetRequests();
        Revised revised = ((Revisions) manager).getRevised(DB, seen);
        Map<String, String> found = new TreeMap<>();
        try (Secret secret = revised.secret()) {
            secret.content().forEach((key, value) -> found.put(key, value.revealText()));
        }
        return found;
    }

    private void assertRequests(int count) {
        assertEquals(count, proxy.requests().size(), () -> proxy.requests().toString());
    }

    private static byte[] value(String value) {
        return ("{\"k\":\"" + value + "\"}").getBytes(UTF_8);
    }

    @Test
    void costs() {
        String seen = late(json, secret("k", "1"), secret("k", "2"));
        assertEquals(Map.of("k", "2"), told(json, seen));
        assertRequests(1 + 2);
        server.catchUp(backend.project());
        assertEquals(Map.of("k", "2"), told(json, seen));
        assertRequests(1);
    }

    @Test
    void costs_perKey() {
        String seen = late(perKey, secret("a", "1", "b", "1", "c", "1"), secret("a", "2", "b", "2", "d", "2"));
        assertEquals(Map.of("a", "2", "b", "2", "d", "2"), told(perKey, seen));
        // Of d and c it is asked whether they are there, and no list or word knows versions of d.
        assertRequests(1 + 2 + 2 * (1 + 2) + (1 + 2));
        server.catchUp(backend.project());
        assertEquals(Map.of("a", "2", "b", "2", "d", "2"), told(perKey, seen));
        assertRequests(1 + 3);
    }

    @Test
    void versionThatWasSeen_andIsDestroyedSince_isFollowedByTheNext() {
        String seen = late(json, secret("k", "1"), secret("k", "2"));
        server.plantVersion(backend.project(), ID, value("theirs"));
        server.set(backend.project(), ID, 2, State.DESTROYED);
        assertEquals(Map.of("k", "theirs"), told(json, seen));
    }

    /** As long as the list is behind too, it is not known what counts. */
    @Test
    void lastVersion_thatSomebodyDestroyed_isNotReplacedByAnOldOne() {
        String seen = late(json, secret("k", "1"), secret("k", "2"));
        server.set(backend.project(), ID, 2, State.DESTROYED);
        proxy.next(request -> request.target().contains("/versions?"), Fault.refuse(200, "{}"));
        RemoteException e = assertThrows(RemoteException.class, () -> told(json, seen));
        assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
        assertEquals(Map.of("k", "1"), told(json, seen));
    }

    /** Its version of that number is another one, and after the first. */
    @Test
    void secretMadeAnew_withAsManyVersions_isToldByTheLast() {
        String seen = late(json, secret("k", "1"), secret("k", "2"));
        server.catchUp(backend.project());
        server.plant(backend.project(), ID, Map.of(), "{\"k\":\"a\"}", "{\"k\":\"b\"}", "{\"k\":\"c\"}");
        server.delayLatest(backend.project(), ID, 1);
        assertEquals(Map.of("k", "c"), told(json, seen));
    }

    @Test
    void secretMadeAnew_withFewerVersions_isTold() {
        String seen = late(json, secret("k", "1"), secret("k", "2"));
        server.catchUp(backend.project());
        server.plant(backend.project(), ID, Map.of(), "{\"k\":\"a\"}");
        assertEquals(Map.of("k", "a"), told(json, seen));
        assertRequests(1 + 1);
    }

    @Test
    void keyMadeAnew_isTold() {
        String seen = late(perKey, secret("k", "1"), secret("k", "2"));
        server.catchUp(backend.project());
        String key = ID + "_k";
        Map<String, String> annotations = server.secret(backend.project(), key).getAnnotationsMap();
        server.plant(
                backend.project(), key, server.secret(backend.project(), key).getLabelsMap(), "theirs");
        server.annotate(backend.project(), key, annotations);
        assertEquals(Map.of("k", "theirs"), told(perKey, seen));
    }

    /** Such as one of the other layout, after a component was registered anew. */
    @Test
    void revisionOfAnotherKind_isAsIfNoneWasSeen() {
        ((Revisions) json).registerRevised(secret("k", "1"));
        ((Revisions) perKey).registerRevised(secret("k", "1"));
        for (String seen : new String[] {
            "", "x", "9@2026-11-26T10:00:00.123Z", "99999999999999999999", "1@", ":", "a:b:c", "a:b:=,=1,c=", "a::k=1"
        }) {
            assertEquals(Map.of("k", "1"), told(json, seen), seen);
            assertEquals(Map.of("k", "1"), told(perKey, seen), seen);
        }
    }

    @Test
    void revisionOfKeys_tellsTheirVersions_andNoValue() {
        String seen = late(perKey, secret("a", "canary", "ab", "canary"), secret("a", "canary", "ab", "canary2"));
        assertTrue(seen.matches("[0-9a-f]{32}:coffer-global-db_:a=1,ab=2"), seen);
        assertEquals(Map.of(ID + "_a", 1L, ID + "_ab", 2L), PerKeyRevision.versions(seen));
        assertFalse(seen.contains("canary"), seen);
    }
}
