package dev.coffer.flavor.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.flavor.github.GithubBackend.Kind;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Revisions;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days between coffer and GitHub: nothing is lost, nothing else is touched, and no value is told. */
class GithubFaultsTest {
    private static final SecretName DB = SecretName.of("db");
    private static final String CANARY = "canary-7d1f";

    private final GithubBackend backend = new GithubBackend(Kind.REPOSITORY, Map.of("scope", "none"));
    private final MeanProxy proxy = new MeanProxy(backend.address());
    private final SecretsManager manager =
            backend.at(proxy.address(), Map.of("connect-timeout", "2", "request-timeout", "1"));

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.cleanUp();
    }

    private static boolean isPut(MeanProxy.Request request) {
        return request.method().equals("PUT");
    }

    private static boolean isDelete(MeanProxy.Request request) {
        return request.method().equals("DELETE");
    }

    private static boolean isList(MeanProxy.Request request) {
        return request.method().equals("GET") && request.target().contains("per_page");
    }

    private static boolean isKey(MeanProxy.Request request) {
        return request.target().endsWith("/public-key");
    }

    private static Secret secret(String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(DB, content);
    }

    private Map<String, String> stored() {
        return backend.place().values();
    }

    private static RemoteException assertTold(Executable operation) {
        RemoteException e = assertThrows(RemoteException.class, operation);
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace, true));
        String all = trace + e.hint().orElse("") + e.name().orElse("");
        assertFalse(all.contains(CANARY) || all.contains(GithubServer.TOKEN), all);
        assertTrue(e.getMessage().contains("GitHub") && e.getMessage().contains("here"), e.getMessage());
        return e;
    }

    private static Fault forbidden(Map<String, String> headers, String message) {
        return new Fault.Instead(
                false, new Fault.Reply(403, headers, ("{\"message\":\"" + message + "\"}").getBytes(UTF_8)));
    }

    static Stream<Fault> faultsOfAnAnswer() {
        return Stream.of(
                Fault.failAfterwards(500, "{\"message\":\"" + CANARY + "\"}"),
                Fault.failAfterwards(502, "<html>" + CANARY),
                Fault.refuse(503, "{}"),
                Fault.cutBefore(),
                Fault.cutAfter(),
                Fault.cutMidway(),
                Fault.delayAfter(Duration.ofMillis(1_500)),
                Fault.throttle("1"),
                forbidden(Map.of("Retry-After", "1"), "You have exceeded a secondary rate limit"));
    }

    // Answers that are lost

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void write_isDone_whateverBecameOfItsAnswer(Fault fault) {
        proxy.next(GithubFaultsTest::isPut, fault);
        manager.registerSecret(secret("k", CANARY, "l", "2"));
        assertEquals(Map.of("COFFER_DB__K", CANARY, "COFFER_DB__L", "2"), stored());
        proxy.next(GithubFaultsTest::isPut, fault);
        proxy.next(GithubFaultsTest::isDelete, fault);
        manager.updateSecret(secret("k", "new"));
        assertEquals(Map.of("COFFER_DB__K", "new"), stored());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void deletion_isDone_whateverBecameOfItsAnswer(Fault fault) {
        manager.registerSecret(secret("k", "v"));
        backend.plant("OTHER", "foreign");
        proxy.next(GithubFaultsTest::isDelete, fault);
        manager.deleteSecret(DB);
        assertEquals(Map.of("OTHER", "foreign"), stored());
    }

    @ParameterizedTest
    @MethodSource("faultsOfAnAnswer")
    void reading_isRepeated(Fault fault) {
        proxy.next(GithubFaultsTest::isList, fault);
        proxy.next(GithubFaultsTest::isKey, fault);
        manager.registerSecret(secret("k", "v"));
        proxy.next(GithubFaultsTest::isList, fault);
        assertEquals(List.of(DB), manager.getAllSecretKeys());
    }

    /** GitHub says only afterwards that there was something: nobody is told that all is well. */
    @Test
    void registration_thatReplacesWhatSomebodyPutSince_isAConflict_thatSaysWhatHappened() {
        proxy.next(
                request -> {
                    if (isKey(request)) {
                        backend.plant("COFFER_DB__L", "theirs");
                    }
                    return false;
                },
                Fault.cutBefore());
        ConflictException e = assertThrows(
                ConflictException.class, () -> manager.registerSecret(secret("k", "1", "l", CANARY, "m", "3")));
        assertEquals(
                "somebody else put the key l of secret db after it was looked for, and that value is replaced."
                        + " Written: k, l; not written: m",
                e.getMessage());
        assertEquals(Map.of("COFFER_DB__K", "1", "COFFER_DB__L", CANARY), stored());
        manager.updateSecret(secret("k", "1", "l", "2", "m", "3"));
        assertEquals(3, stored().size());
    }

    // Writes of others within coffer's own

    /** What somebody else puts in the moment in which coffer's own put was answered, after so long. */
    private Fault theirs(String name, Duration later) {
        return Fault.edit(reply -> {
            backend.pass(later);
            backend.plant(name, "theirs");
            return reply;
        });
    }

    private static boolean isPutOfK(MeanProxy.Request request) {
        return isPut(request) && request.target().endsWith("__K");
    }

    /** GitHub dates it later than its answer to coffer's own put. */
    @Test
    void writeOfSomebodyElse_withinOurs_isAConflict_andNeverOurRevision() {
        Revisions revisions = (Revisions) manager;
        proxy.next(GithubFaultsTest::isPutOfK, theirs("COFFER_DB__K", Duration.ofSeconds(1)));
        assertOvertaken(() -> revisions.registerRevised(secret("k", CANARY, "l", "1")));
        assertEquals(Map.of("COFFER_DB__K", "theirs", "COFFER_DB__L", "1"), stored());
        for (Secret update : List.of(secret("k", CANARY, "l", "2"), secret("l", "3", "k", CANARY))) {
            String seen = revisions.findRevision(DB).orElseThrow().revision().orElseThrow();
            proxy.next(GithubFaultsTest::isPutOfK, theirs("COFFER_DB__K", Duration.ofSeconds(1)));
            assertOvertaken(() -> revisions.updateRevised(update, seen));
            assertEquals("theirs", stored().get("COFFER_DB__K"));
        }
        String seen = revisions.findRevision(DB).orElseThrow().revision().orElseThrow();
        String done = revisions.updateRevised(secret("k", "ours"), seen);
        assertEquals(Optional.of(done), revisions.findRevision(DB).orElseThrow().revision());
    }

    private static void assertOvertaken(Executable operation) {
        ConflictException e = assertThrows(ConflictException.class, operation);
        assertEquals("secret db is written, and somebody else wrote its key k right after", e.getMessage());
        assertFalse(e.hint().orElse("").contains(CANARY));
    }

    /** GitHub tells seconds, and its clocks need not agree on them: what the README says cannot be told. */
    @Test
    void writeOfSomebodyElse_inTheNextSecond_isTakenForOurs() {
        Revisions revisions = (Revisions) manager;
        proxy.next(GithubFaultsTest::isPutOfK, theirs("COFFER_DB__K", Duration.ZERO));
        String made = revisions.registerRevised(secret("k", "ours"));
        assertEquals(Map.of("COFFER_DB__K", "theirs"), stored());
        assertEquals(Optional.of(made), revisions.findRevision(DB).orElseThrow().revision());
    }

    /** Time goes by between the keys of one secret: each is held against its own put. */
    @Test
    void slowWrite_ofManyKeys_isOurs() {
        Revisions revisions = (Revisions) manager;
        proxy.always(GithubFaultsTest::isPut, Fault.edit(reply -> {
            backend.pass(Duration.ofMinutes(1));
            return reply;
        }));
        String made = revisions.registerRevised(secret("k", "1", "l", "2", "m", "3"));
        String changed = revisions.updateRevised(secret("m", "4", "l", "5"), made);
        assertEquals(
                Optional.of(changed), revisions.findRevision(DB).orElseThrow().revision());
    }

    /** A put whose answer was lost is there by the second one. */
    @Test
    void writeThatWasRepeated_isHeldAgainstItsLastAnswer() {
        Revisions revisions = (Revisions) manager;
        proxy.next(GithubFaultsTest::isPut, Fault.failAfterwards(500, "{}"));
        String made = revisions.registerRevised(secret("k", "1"));
        assertEquals(Optional.of(made), revisions.findRevision(DB).orElseThrow().revision());
    }

    // Lists that are behind

    /** From the next put on, so many lists, and then no more, are what a list was before. */
    private void listsStayBehind(int count) {
        List<Fault.Reply> before = new ArrayList<>();
        try (SecretsManager other = backend.at(proxy.address(), Map.of())) {
            proxy.next(GithubFaultsTest::isList, Fault.edit(reply -> {
                before.add(reply);
                return reply;
            }));
            other.getAllSecretKeys();
        }
        backend.pass(Duration.ofSeconds(10));
        AtomicBoolean isPut = new AtomicBoolean();
        AtomicInteger left = new AtomicInteger(count);
        proxy.always(
                request -> {
                    isPut.compareAndSet(false, isPut(request));
                    return isPut.get() && isList(request) && left.getAndDecrement() > 0;
                },
                Fault.edit(reply -> before.get(0)));
    }

    private static Optional<String> revision(Revisions revisions) {
        return revisions.findRevision(DB).orElseThrow().revision();
    }

    @Test
    void listThatIsBehindAWrite_isReadAgain() {
        Revisions revisions = (Revisions) manager;
        listsStayBehind(2);
        String made = revisions.registerRevised(secret("k", "1", "l", "2"));
        assertEquals(Optional.of(made), revision(revisions));
        listsStayBehind(2);
        String changed = revisions.updateRevised(secret("k", "3", "l", "4"), made);
        assertEquals(Optional.of(changed), revision(revisions));
        assertNotEquals(made, changed);
        listsStayBehind(2);
        String less = revisions.updateRevised(secret("k", "3"), changed);
        assertEquals(Optional.of(less), revision(revisions));
        listsStayBehind(2);
        String more = revisions.updateRevised(secret("k", "3", "m", "5"), less);
        assertEquals(Optional.of(more), revision(revisions));
    }

    /** It is neither another's doing nor the new revision, nor is the old one told of it. */
    @Test
    void listThatStaysBehindAWrite_isNoRevision() {
        Revisions revisions = (Revisions) manager;
        listsStayBehind(1_000);
        assertNotSeen(() -> revisions.registerRevised(secret("k", CANARY)));
        assertEquals(Optional.empty(), revision(revisions));
        proxy.relent();
        String made = revision(revisions).orElseThrow();
        listsStayBehind(1_000);
        assertNotSeen(() -> revisions.updateRevised(secret("k", "2"), made));
        assertEquals(Optional.empty(), revision(revisions));
        proxy.relent();
        assertNotEquals(Optional.of(made), revision(revisions));
        assertEquals(Map.of("COFFER_DB__K", "2"), stored());
        listsStayBehind(1_000);
        assertNotSeen(() ->
                revisions.updateRevised(secret("k", "3"), revision(revisions).orElseThrow()));
        proxy.relent();
        manager.deleteSecret(DB);
        assertEquals(List.of(), revisions.listRevisions());
    }

    private static void assertNotSeen(Executable operation) {
        RemoteException e = assertTold(operation);
        assertTrue(e.getMessage().contains("it is written, and GitHub's list does not show that yet"), e.getMessage());
    }

    /** A list that is behind hides nothing of what another one shows. */
    @Test
    void writeOfSomebodyElse_afterAListThatWasBehind_isAConflict() {
        Revisions revisions = (Revisions) manager;
        String made = revisions.registerRevised(secret("k", "ours", "l", "1"));
        listsStayBehind(1);
        proxy.next(GithubFaultsTest::isPutOfK, theirs("COFFER_DB__K", Duration.ofSeconds(3)));
        assertOvertaken(() -> revisions.updateRevised(secret("k", CANARY, "l", "2"), made));
        proxy.next(GithubFaultsTest::isPutOfK, theirs("COFFER_DB__X", Duration.ofSeconds(3)));
        ConflictException e = assertThrows(
                ConflictException.class,
                () -> revisions.updateRevised(
                        secret("k", CANARY, "l", "2"), revision(revisions).orElseThrow()));
        assertEquals("secret db is written, and somebody else changed its keys right after", e.getMessage());
    }

    @Test
    void writeWithoutADate_isNoRevision() {
        Revisions revisions = (Revisions) manager;
        for (String date : List.of("", "yesterday")) {
            proxy.next(GithubFaultsTest::isPut, Fault.edit(reply -> {
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                headers.putAll(reply.headers());
                headers.put("Date", date);
                return new Fault.Reply(reply.status(), headers, reply.body());
            }));
            RemoteException e = assertTold(() -> revisions.registerRevised(secret("k", CANARY)));
            assertTrue(e.getMessage().contains("it is written, and the answer does not say when"), e.getMessage());
            assertEquals(Map.of("COFFER_DB__K", CANARY), stored());
            manager.deleteSecret(DB);
        }
    }

    @Test
    void truncatedAnswer_isAskedForAgain() {
        proxy.next(GithubFaultsTest::isList, Fault.truncate());
        proxy.next(GithubFaultsTest::isKey, Fault.truncate());
        manager.registerSecret(secret("k", "v"));
        assertEquals(Map.of("COFFER_DB__K", "v"), stored());
    }

    @Test
    void writeThatIsNeverAnswered_saysThatNobodyKnows() {
        for (Fault fault :
                List.of(Fault.cutAfter(), Fault.failAfterwards(500, "{}"), Fault.delayAfter(Duration.ofSeconds(20)))) {
            proxy.always(GithubFaultsTest::isPut, fault);
            RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
            assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
            proxy.relent();
            assertEquals(Map.of("COFFER_DB__K", CANARY), stored());
            manager.updateSecret(secret("k", "v")); // doing it again completes it
            manager.deleteSecret(DB);
        }
        proxy.always(GithubFaultsTest::isPut, Fault.refuse(401, "{\"message\":\"Bad credentials\"}"));
        RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
        assertFalse(e.getMessage().contains("not known"), e.getMessage());
        proxy.relent();
        assertEquals(Map.of(), stored());
    }

    /** Whatever keeps the lost answer from being asked for again: the error does not say that nothing was done. */
    @Test
    void writeWhoseSecondTryIsRefused_saysThatNobodyKnows() {
        for (Fault second : List.of(
                Fault.throttle("3600"),
                Fault.refuse(401, "{\"message\":\"Bad credentials\"}"),
                Fault.redirect(307, proxy.address().resolve("x")))) {
            proxy.next(GithubFaultsTest::isPut, Fault.cutAfter());
            proxy.next(GithubFaultsTest::isPut, second);
            RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
            assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
            assertEquals(Map.of("COFFER_DB__K", CANARY), stored());
            manager.deleteSecret(DB);
        }
    }

    @Test
    void closingMidway_saysThatNobodyKnows() throws Exception {
        proxy.always(GithubFaultsTest::isPut, Fault.cutAfter());
        Thread closing = new Thread(() -> {
            while (proxy.requests().stream().noneMatch(GithubFaultsTest::isPut)) {
                Thread.onSpinWait();
            }
            manager.close();
        });
        closing.start();
        RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
        assertTrue(e.getMessage().contains("not known whether it was done"), e.getMessage());
        closing.join();
    }

    // Writes that break off

    @Test
    void tokenThatExpiresMidway_leavesWhatWasWritten_andSaysWhat() {
        proxy.always(
                request -> isPut(request) && request.target().endsWith("__B"),
                Fault.refuse(401, "{\"message\":\"Bad credentials\"}"));
        RemoteException e = assertTold(() -> manager.registerSecret(secret("a", CANARY, "b", "2", "c", "3")));
        assertTrue(e.getMessage().contains("written: a; not written: b, c"), e.getMessage());
        assertTrue(e.getMessage().contains("Bad credentials"), e.getMessage());
        assertEquals(Map.of("COFFER_DB__A", CANARY), stored());
        proxy.relent();
        manager.updateSecret(secret("a", "1", "b", "2", "c", "3"));
        assertEquals(Map.of("COFFER_DB__A", "1", "COFFER_DB__B", "2", "COFFER_DB__C", "3"), stored());
    }

    /** A crash at each request of an update: all the new values or all the old ones are there, and it can be done again. */
    @Test
    void update_thatBreaksOff_leavesMoreRatherThanLess() {
        for (int failing = 1; failing <= 5; failing++) {
            manager.registerSecret(secret("a", "1", "b", "2"));
            proxy.forgetRequests();
            int broken = failing;
            proxy.always(
                    request -> proxy.requests().size() >= broken,
                    Fault.refuse(401, "{\"message\":\"Bad credentials\"}"));
            RemoteException e = assertTold(() -> manager.updateSecret(secret("b", "3", "c", "4")));
            List<String> words = List.of("", "", "", "written: b; not written: c", "written: b, c; to be deleted: a");
            assertTrue(e.getMessage().contains(words.get(failing - 1)), e.getMessage());
            proxy.relent();
            assertTrue(stored().containsKey("COFFER_DB__A") && stored().containsKey("COFFER_DB__B"));
            manager.updateSecret(secret("b", "3", "c", "4"));
            assertEquals(Map.of("COFFER_DB__B", "3", "COFFER_DB__C", "4"), stored());
            manager.deleteSecret(DB);
        }
    }

    @Test
    void deletion_thatBreaksOff_saysWhatIsGone() {
        manager.registerSecret(secret("a", "1", "b", "2"));
        proxy.always(
                request -> isDelete(request) && request.target().endsWith("__B"),
                Fault.refuse(401, "{\"message\":\"Bad credentials\"}"));
        RemoteException e = assertTold(() -> manager.deleteSecret(DB));
        assertTrue(e.getMessage().contains("deleted: a; not deleted: b"), e.getMessage());
    }

    @Test
    void deletionWithoutAnAnswer_takesNothingThatWasPutSince() {
        manager.registerSecret(secret("k", "v"));
        proxy.next(GithubFaultsTest::isDelete, Fault.edit(reply -> {
            try (SecretsManager other = backend.open()) {
                other.registerSecret(secret("k", "new"));
            }
            return Fault.Reply.json(502, "{}");
        }));
        manager.deleteSecret(DB);
        assertEquals(Map.of("COFFER_DB__K", "new"), stored());
    }

    @Test
    void deletion_thatGithubHidesFromTheToken_isNotTakenForDone() {
        manager.registerSecret(secret("k", "v"));
        proxy.always(GithubFaultsTest::isDelete, Fault.refuse(404, "{\"message\":\"Not Found\"}"));
        RemoteException e = assertTold(() -> manager.deleteSecret(DB));
        assertTrue(e.getMessage().contains("still there"), e.getMessage());
        assertTold(manager::deleteAllSecrets);
        proxy.relent();
        assertEquals(Map.of("COFFER_DB__K", "v"), stored());
    }

    @Test
    void staleList_makesNoSecondSecret_andDeletesNothingElse() {
        manager.registerSecret(secret("k", "v"));
        proxy.next(
                GithubFaultsTest::isList,
                Fault.edit(reply -> Fault.Reply.json(200, "{\"total_count\":0,\"secrets\":[]}")));
        // GitHub cannot compare: the last value is there, and it is said
        assertThrows(ConflictException.class, () -> manager.registerSecret(secret("k", "w")));
        assertEquals(Map.of("COFFER_DB__K", "w"), stored());
        manager.deleteSecret(DB);
        proxy.next(
                GithubFaultsTest::isList,
                Fault.edit(reply -> Fault.Reply.json(
                        200,
                        "{\"total_count\":1,\"secrets\":[{\"name\":\"COFFER_DB__K\",\"created_at\":\"x\","
                                + "\"updated_at\":\"2024-01-01T00:00:00Z\"}]}")));
        assertThrows(NoSuchSecretException.class, () -> manager.deleteSecret(DB));
    }

    // Limits of requests

    @Test
    void longThrottling_isSaid_insteadOfWaited() {
        proxy.always(request -> true, Fault.throttle("3600"));
        RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
        assertTrue(e.getMessage().contains("3600 seconds"), e.getMessage());
        assertEquals(1, proxy.requests().size());
    }

    @Test
    void usedUpLimit_isToldWithItsEnd_byTheClockOfGithub() {
        proxy.always(
                request -> true,
                forbidden(
                        Map.of(
                                "x-ratelimit-remaining", "0",
                                "x-ratelimit-reset", "1700000600",
                                "Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
                        "API rate limit exceeded"));
        RemoteException e = assertTold(manager::getAllSecretKeys);
        assertTrue(e.getMessage().contains("601 seconds, at 2023-11-14T22:23:20Z"), e.getMessage());
        assertEquals(1, proxy.requests().size());
    }

    @Test
    void usedUpLimit_thatEndsSoon_isWaitedFor() {
        proxy.next(
                request -> true,
                forbidden(
                        Map.of(
                                "x-ratelimit-remaining", "0",
                                "x-ratelimit-reset", "1700000001",
                                "Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
                        "API rate limit exceeded"));
        assertEquals(List.of(), manager.getAllSecretKeys());
    }

    @Test
    void secondaryLimit_withoutATime_isAMinute() {
        proxy.always(request -> true, forbidden(Map.of(), "You have exceeded a secondary rate limit."));
        RemoteException e = assertTold(manager::getAllSecretKeys);
        assertTrue(e.getMessage().contains("60 seconds"), e.getMessage());
    }

    @Test
    void throttlingMidway_saysWhatWasWritten() {
        proxy.always(request -> isPut(request) && request.target().endsWith("__B"), Fault.throttle("60"));
        RemoteException e = assertTold(() -> manager.registerSecret(secret("a", "1", "b", CANARY)));
        assertTrue(e.getMessage().contains("written: a; not written: b"), e.getMessage());
        proxy.relent();
        assertEquals(Map.of("COFFER_DB__A", "1"), stored());
    }

    // Answers of others, and of liars

    @Test
    void redirect_isNotFollowed_andTheOtherHostSeesNothing() {
        try (MeanProxy other = new MeanProxy(backend.address())) {
            for (int status : new int[] {301, 302, 307, 308}) {
                proxy.next(Fault.redirect(status, other.address().resolve("x")));
                assertTold(() -> manager.registerSecret(secret("k", CANARY)));
                proxy.next(
                        GithubFaultsTest::isPut,
                        Fault.redirect(status, other.address().resolve("x")));
                assertTold(() -> manager.registerSecret(secret("k", CANARY)));
            }
            assertEquals(List.of(), other.requests());
        }
        assertEquals(Map.of(), stored());
    }

    @Test
    void nextPageOnAnotherHost_isNotAskedThere() {
        try (MeanProxy other = new MeanProxy(backend.address())) {
            String link = "<" + other.address().resolve("x") + ">; rel=\"next\"";
            proxy.next(
                    GithubFaultsTest::isList,
                    Fault.edit(reply -> new Fault.Reply(
                            200,
                            Map.of("Link", link),
                            "{\"total_count\":1,\"secrets\":[{\"name\":\"COFFER_DB__K\"}]}".getBytes(UTF_8))));
            assertEquals(List.of(DB), manager.getAllSecretKeys());
            assertEquals(List.of(), other.requests());
        }
    }

    @Test
    void answerWithoutEnd_isGivenUp() {
        proxy.always(GithubFaultsTest::isList, Fault.oversize(1L << 32));
        assertTold(manager::getAllSecretKeys);
        assertTrue(proxy.streamedBytes() < 200L << 20, "took " + proxy.streamedBytes() + " bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"" + CANARY + "\"",
                "{\"total_count\":0}",
                "{\"secrets\":[]}",
                "{\"total_count\":\"1\",\"secrets\":[]}",
                "{\"total_count\":-1,\"secrets\":[]}",
                "{\"total_count\":1,\"secrets\":[{}]}",
                "{\"total_count\":1,\"secrets\":[{\"name\":7}]}",
                "{\"total_count\":1,\"secrets\":{\"name\":\"" + CANARY + "\"}}"
            })
    void listOfAnotherShape_isAnError_andNoEmptyList(String body) {
        proxy.always(GithubFaultsTest::isList, Fault.refuse(200, body));
        assertTold(manager::getAllSecretKeys);
    }

    @Test
    void missingPlace_isAnError_andNoEmptyList() {
        for (String body : List.of("{\"message\":\"Not Found\"}", "<html>" + CANARY, "")) {
            proxy.next(GithubFaultsTest::isList, Fault.refuse(404, body));
            assertTold(manager::getAllSecretKeys);
        }
    }

    @Test
    void listThatNeverEnds_isGivenUp() {
        String page = "{\"total_count\":1000,\"secrets\":[{\"name\":\"COFFER_DB__K\"}]}";
        proxy.always(GithubFaultsTest::isList, Fault.refuse(200, page));
        assertTold(manager::getAllSecretKeys);
        assertTrue(proxy.requests().size() <= 8, "asked " + proxy.requests().size() + " times");
        proxy.relent();
        proxy.forgetRequests();
        proxy.always(
                GithubFaultsTest::isList,
                Fault.edit(reply -> Fault.Reply.json(
                        200,
                        "{\"total_count\":2000000000,\"secrets\":[{\"name\":\"X"
                                + proxy.requests().size() + "\"}]}")));
        assertTold(manager::getAllSecretKeys);
        assertEquals(100, proxy.requests().size());
    }

    @Test
    void listThatChangesWhileItIsRead_isReadAgain() {
        for (int i = 0; i < 30; i++) {
            backend.plant("COFFER_S" + i + "__K", "v");
        }
        backend.place().pageLimit = 20;
        proxy.next(request -> isList(request) && request.target().endsWith("page=2"), Fault.edit(reply -> {
            backend.plant("COFFER_A__K", "v"); // which moves one more secret to this page
            return Fault.Reply.json(
                    200, new String(reply.body(), UTF_8).replace("\"total_count\":30", "\"total_count\":31"));
        }));
        assertEquals(31, manager.getAllSecretKeys().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"key_id\":\"1\",\"key\":\"AAAA\"}",
                "{\"key_id\":\"1\",\"key\":\"!\"}",
                "{\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                "{\"key_id\":\"1\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
                "[]"
            })
    void keyThatIsNone_sealsNothing(String body) {
        proxy.always(GithubFaultsTest::isKey, Fault.refuse(200, body));
        assertTold(() -> manager.registerSecret(secret("k", CANARY)));
        assertEquals(Map.of(), stored());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"message\":\"" + CANARY + "\"}", CANARY, "", "[1,2"})
    void refusal_tellsNoWordOfTheServer_thatIsNotKnown(String body) {
        for (int status : new int[] {400, 403, 405, 409, 422}) {
            proxy.always(GithubFaultsTest::isPut, Fault.refuse(status, body));
            RemoteException e = assertTold(() -> manager.registerSecret(secret("k", CANARY)));
            assertTrue(e.getMessage().contains("status " + status), e.getMessage());
            proxy.relent();
        }
        assertEquals(Map.of(), stored());
    }

    @Test
    void valueIsSealed_beforeItLeaves() {
        manager.registerSecret(secret("k", CANARY));
        for (MeanProxy.Request request : proxy.requests()) {
            assertFalse((request.target() + new String(request.body(), UTF_8)).contains(CANARY));
        }
        assertEquals(Map.of("COFFER_DB__K", CANARY), stored());
    }
}
