package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.sync.Conflict;
import dev.coffer.sync.Outcome.Result;
import dev.coffer.sync.SyncState;
import dev.coffer.sync.WriteOnlySyncContract;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The server of the tests tells each write by another second. */
class GithubSyncTest extends WriteOnlySyncContract {
    private final GithubBackend backend = backend();
    private final MeanProxy proxy = new MeanProxy(backend.address());

    GithubBackend backend() {
        return new GithubBackend();
    }

    @Override
    protected SecretsManager open(String component, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("url", proxy.address().toString());
        return backend.open(component, all);
    }

    @Override
    protected Map<String, String> read(SecretsManager manager, String name) {
        return backend.read(manager, name);
    }

    @Override
    protected void cleanUp() {
        proxy.close();
        backend.cleanUp();
    }

    /** Right after the next put of a password somebody else puts another one. */
    private void overtake() {
        String name = "COFFER_NAMESPACE__TEAM____DB__PASSWORD";
        proxy.next(MeanProxy.of("PUT", name), Fault.edit(reply -> {
            backend.pass(Duration.ofSeconds(2));
            backend.plant(name, "theirs");
            return reply;
        }));
    }

    private void assertTheirsUntilItIsDecided(Home ada) {
        assertEquals("theirs", value(there(), "db", "password"));
        assertEquals(Map.of("db", SyncState.LOCAL_AHEAD), ada.states(), "by the look before the write");
        assertEquals(List.of(), ada.writesOf(() -> assertEquals(Map.of("db", Result.HELD), ada.run())));
        assertEquals("theirs", value(there(), "db", "password"));
        assertEquals(Map.of("db", SyncState.CONFLICT), ada.states());

        ada.resolve("db", Conflict.Choice.OURS);
        assertEquals(Map.of("db", Result.DONE), ada.run());
        assertEquals("ours", value(there(), "db", "password"));
        assertEquals(List.of(), ada.writesOf(ada::run));
        assertEquals(Map.of("db", SyncState.ASSUMED), ada.states());
    }

    @Test
    void update_thatSomebodyElseOvertook_isAConflict() {
        Home ada = laptop("ada");
        ada.put("db", "password", "first", "user", "ada");
        ada.run();
        ada.put("db", "password", "ours", "user", "ada");
        overtake();

        Map<String, Result> results = new HashMap<>();
        ada.outcomes(true).forEach(outcome -> {
            results.put(outcome.item().name().value(), outcome.result());
            assertNotNull(outcome.error());
        });

        assertEquals(Map.of("db", Result.MOVED), results);
        assertTheirsUntilItIsDecided(ada);
    }

    @Test
    void firstPush_thatSomebodyElseOvertook_isAConflict() {
        Home ada = laptop("ada");
        ada.put("db", "password", "ours", "user", "ada");
        overtake();

        assertEquals(Map.of("db", Result.MOVED), ada.run());

        assertTheirsUntilItIsDecided(ada);
    }

    /** From the next put on the list is what it was before. */
    private void listStaysBehind() {
        AtomicReference<Fault.Reply> before = new AtomicReference<>();
        AtomicBoolean isPut = new AtomicBoolean();
        proxy.always(
                request -> {
                    isPut.compareAndSet(false, request.method().equals("PUT"));
                    return request.method().equals("GET") && request.target().contains("per_page");
                },
                Fault.edit(reply -> {
                    if (!isPut.get()) {
                        before.set(reply);
                        backend.pass(Duration.ofSeconds(10));
                    }
                    return before.get();
                }));
    }

    /** Whose value it is, GitHub does not say later either: that is for a person to decide, and nobody else is blamed. */
    @Test
    void writeThatTheListDoesNotShow_hasNoKnownOutcome_andIsNeverTakenForUndone() {
        Home ada = laptop("ada");
        for (String value : List.of("first", "second")) {
            ada.put("db", "password", value);
            listStaysBehind();
            assertEquals(Map.of("db", Result.UNKNOWN), ada.run());
            proxy.relent();
            assertEquals(value, value(there(), "db", "password"));
            assertEquals(List.of(), ada.writesOf(ada::run));
            assertEquals(Map.of("db", SyncState.UNKNOWN), ada.states());
            ada.resolve("db", Conflict.Choice.OURS);
            assertEquals(Map.of("db", Result.DONE), ada.run());
            assertEquals(Map.of("db", SyncState.ASSUMED), ada.states());
        }
    }
}
