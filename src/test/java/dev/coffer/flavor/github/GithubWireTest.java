package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coffer.flavor.TestTls;
import dev.coffer.flavor.github.GithubBackend.Kind;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Owned;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes to GitHub and what is made of what comes back. */
class GithubWireTest {
    private static final SecretName DB = SecretName.of("db");
    private static final Map<String, String> PLAIN = Map.of("scope", "none");

    private GithubBackend backend = new GithubBackend(Kind.REPOSITORY, PLAIN);

    @TempDir
    Path folder;

    @AfterEach
    void asDescribed() {
        backend.cleanUp();
    }

    private static Secret secret(String name, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(SecretName.of(name), content);
    }

    private static SecretPatch patch(Set<String> remove, String... keysAndValues) {
        return new SecretPatch(secret("any", keysAndValues).content(), remove, Optional.empty());
    }

    private void organization(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(PLAIN);
        all.putAll(more);
        backend = new GithubBackend(Kind.ORGANIZATION, all);
    }

    // Names and requests

    @Test
    void everyKey_isOneSecretOfGithub_underAPlainName() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "user", "ada", "access_key", "v"));
            assertEquals(
                    Map.of("COFFER_DB__USER", "ada", "COFFER_DB__ACCESS_KEY", "v"),
                    backend.place().values());
        }
    }

    /** The table in the README. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void requests_areAsManyAsTheReadmeSays(Kind kind) {
        backend = new GithubBackend(kind, PLAIN);
        try (SecretsManager manager = backend.open()) {
            assertRequests(() -> manager.registerSecret(secret("db", "a", "1", "b", "2")), "GET", "GET", "PUT", "PUT");
            assertRequests(
                    () -> manager.updateSecret(secret("db", "b", "3", "c", "4")), "GET", "GET", "PUT", "PUT", "DELETE");
            assertRequests(() -> manager.mergeSecret(DB, patch(Set.of(), "c", "5")), "GET", "GET", "PUT");
            assertRequests(() -> manager.mergeSecret(DB, patch(Set.of("c"))), "GET", "DELETE");
            assertRequests(() -> assertThrows(UnsupportedByFlavorException.class, () -> manager.getSecret(DB)), "GET");
            assertRequests(manager::getAllSecretKeys, "GET");
            assertRequests(manager::listSecrets, "GET");
            assertRequests(manager::check, "GET");
            assertRequests(() -> manager.deleteSecret(DB), "GET", "DELETE");
            for (int i = 0; i < 20; i++) {
                manager.registerSecret(secret("s" + i, "k", "v"));
            }
            assertRequests(manager::getAllSecretKeys, "GET");
            backend.place().pageLimit = 10;
            assertRequests(manager::getAllSecretKeys, "GET", "GET");
            assertRequests(manager::listSecrets, "GET", "GET");
        }
    }

    private void assertRequests(Runnable operation, String... methods) {
        int before = backend.requests().size();
        operation.run();
        assertEquals(
                List.of(methods),
                backend.requests().stream()
                        .skip(before)
                        .map(request -> request.split(" ", -1)[0])
                        .toList());
    }

    @Test
    void description_hasTheElevenPaths_thatTheTestsAreHeldAgainst() {
        Set<String> operations = new GithubApi().operations();
        assertEquals(
                11,
                operations.stream()
                        .map(operation -> operation.split(" ", -1)[1])
                        .distinct()
                        .count());
        assertTrue(
                operations.contains("PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}"));
    }

    @Test
    void whatIsNotAsDescribed_isNoticed() throws Exception {
        GithubApi api = new GithubApi();
        String secrets = "/repos/o/r/actions/secrets";
        ObjectMapper json = new ObjectMapper();
        assertEquals(List.of(), api.faultsOfRequest("GET", secrets, Set.of("per_page", "page"), null));
        assertFalse(api.faultsOfRequest("GET", secrets, Set.of("size"), null).isEmpty());
        assertFalse(api.faultsOfRequest("POST", secrets, Set.of(), null).isEmpty());
        assertFalse(api.faultsOfRequest("PUT", secrets + "/A", Set.of(), null).isEmpty());
        assertFalse(api.faultsOfRequest("PUT", secrets + "/A", Set.of(), json.readTree("{\"key_id\":\"1\"}"))
                .isEmpty());
        assertFalse(api.faultsOfRequest(
                        "PUT",
                        secrets + "/A",
                        Set.of(),
                        json.readTree("{\"key_id\":\"1\",\"encrypted_value\":\"no base64!\"}"))
                .isEmpty());
        assertFalse(api.faultsOfAnswer("GET", secrets, 200, json.readTree("{\"total_count\":1}"))
                .isEmpty());
    }

    // What is not coffer's

    @Test
    void secretsOfOthers_areNeverSeen_andNeverTouched() {
        List<String> others = List.of("DEPLOY_KEY", "COFFER", "COFFER_X", "COFFERS_DB__K", "COFFER_DB__A__B");
        others.forEach(name -> backend.plant(name, "foreign"));
        try (SecretsManager manager = backend.open()) {
            assertEquals(List.of(), manager.getAllSecretKeys());
            manager.registerSecret(secret("db", "k", "v"));
            manager.updateSecret(secret("db", "l", "w"));
            manager.deleteAllSecrets();
            Map<String, String> left = new TreeMap<>();
            others.forEach(name -> left.put(name, "foreign"));
            assertEquals(left, backend.place().values());
        }
    }

    @Test
    void owned_isAllThatHasThePrefix() {
        backend.plant("COFFER_DB__K", "from somewhere");
        try (SecretsManager manager = backend.open()) {
            assertEquals(List.of(DB), manager.getAllSecretKeys());
            assertTrue(((Owned) manager).isOwned(DB));
            assertThrows(SecretExistsException.class, () -> manager.registerSecret(secret("db", "k", "v")));
        }
    }

    // Order, so that a crash leaves more rather than less

    @Test
    void update_putsFirst_andDeletesThen() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "a", "1", "b", "2"));
            int before = backend.requests().size();
            manager.updateSecret(secret("db", "c", "3", "b", "4"));
            List<String> writes = backend.requests().stream()
                    .skip(before)
                    .filter(request -> !request.startsWith("GET"))
                    .toList();
            assertEquals(List.of("PUT /COFFER_DB__C", "PUT /COFFER_DB__B", "DELETE /COFFER_DB__A"), writes);
        }
    }

    @Test
    void keyThatGithubReplaced_isAskedForAnew() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "a", "1"));
            backend.place().replaceKey();
            manager.updateSecret(secret("db", "a", "2"));
            assertEquals(Map.of("COFFER_DB__A", "2"), backend.place().values());
        }
    }

    // Limits

    @Test
    void placeThatIsFull_takesNoMore_andNothingIsSent() {
        for (int i = 0; i < 99; i++) {
            backend.plant("OTHER_" + i, "foreign");
        }
        try (SecretsManager manager = backend.open()) {
            int before = backend.place().secrets.size();
            InvalidException e = assertThrows(
                    InvalidException.class, () -> manager.registerSecret(secret("db", "a", "1", "b", "2")));
            assertTrue(e.getMessage().contains("has 99, and can have 100"), e.getMessage());
            assertEquals(before, backend.place().secrets.size());
            manager.registerSecret(secret("db", "a", "1"));
            assertThrows(InvalidException.class, () -> manager.updateSecret(secret("db", "a", "1", "b", "2")));
            manager.updateSecret(secret("db", "a", "3"));
            assertEquals("3", backend.place().values().get("COFFER_DB__A"));
        }
    }

    @Test
    void whatGithubCannotHold_isRefused_beforeAnyCall() {
        try (SecretsManager manager = backend.open()) {
            for (Secret refused : List.of(
                    secret("db"),
                    secret("db", "k", ""),
                    secret("db", "k", "a\0b"),
                    secret("db", "k", "x".repeat(49_153)),
                    secret("N".repeat(60), "k", "v"))) {
                assertThrows(InvalidException.class, () -> manager.registerSecret(refused));
                assertThrows(InvalidException.class, () -> manager.updateSecret(refused));
            }
            assertEquals(List.of(), backend.requests());
            manager.registerSecret(secret("db", "k", "x".repeat(49_152)));
            assertEquals("x".repeat(49_152), backend.place().values().get("COFFER_DB__K"));
        }
    }

    // Merging

    @Test
    void merge_needsNoValueBack() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "a", "1", "b", "2"));
            manager.mergeSecret(DB, patch(Set.of("b"), "c", "3"));
            assertEquals(
                    Map.of("COFFER_DB__A", "1", "COFFER_DB__C", "3"),
                    backend.place().values());
            assertFalse(manager.mergeSecret(DB, patch(Set.of())).changed());
            assertThrows(InvalidException.class, () -> manager.mergeSecret(DB, patch(Set.of("a", "c"))));
            assertThrows(NoSuchSecretException.class, () -> manager.mergeSecret(DB, patch(Set.of("b"))));
            assertEquals(2, backend.place().values().size());
        }
    }

    @Test
    void merge_intoAType_needsAllValues() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "username", "u", "more", "x"));
            SecretPatch some = new SecretPatch(
                    secret("any", "password", "p").content(), Set.of("more"), Optional.of("basic_auth"));
            assertThrows(UnsupportedByFlavorException.class, () -> manager.mergeSecret(DB, some));
            SecretPatch all = new SecretPatch(
                    secret("any", "username", "v", "password", "p").content(),
                    Set.of("more"),
                    Optional.of("basic_auth"));
            manager.mergeSecret(DB, all);
            assertEquals(
                    Map.of("COFFER_DB__PASSWORD", "p", "COFFER_DB__USERNAME", "v"),
                    backend.place().values());
        }
    }

    // Listing

    @Test
    void listing_ofManyPages_isWhole() {
        organization(Map.of());
        TreeSet<SecretName> expected = new TreeSet<>();
        for (int i = 0; i < 950; i++) {
            backend.plant("COFFER_S" + i + "__K", "v");
            expected.add(SecretName.of("s" + i));
        }
        try (SecretsManager manager = backend.open()) {
            assertEquals(List.copyOf(expected), manager.getAllSecretKeys());
            assertEquals(10, backend.requests().size());
            backend.place().pageLimit = 30; // whatever was asked for
            assertEquals(List.copyOf(expected), manager.getAllSecretKeys());
        }
    }

    @Test
    void summaries_tellTimes_andNoType() {
        try (SecretsManager manager = backend.open()) {
            manager.registerSecret(secret("db", "a", "1", "b", "2"));
            SecretSummary made = manager.listSecrets().get(0);
            manager.updateSecret(secret("db", "a", "3", "b", "4"));
            SecretSummary changed = manager.listSecrets().get(0);
            Instant created = made.created();
            assertEquals(created, changed.created());
            assertTrue(Objects.requireNonNull(changed.updated()).isAfter(Objects.requireNonNull(made.updated())));
            assertEquals(Secret.ARBITRARY, made.schemaType());
        }
    }

    // Organizations

    @Test
    void visibility_isPrivate_unlessToldOtherwise() {
        organization(Map.of());
        try (SecretsManager manager = backend.open();
                SecretsManager open = backend.open("here", Map.of("visibility", "all"))) {
            manager.registerSecret(secret("db", "k", "v"));
            open.registerSecret(secret("open", "k", "v"));
            assertEquals("private", visibility("COFFER_DB__K"));
            assertEquals("all", visibility("COFFER_OPEN__K"));
        }
    }

    private String visibility(String name) {
        TestGithub.Stored stored =
                Objects.requireNonNull(backend.place().secrets.get(name));
        return stored.visibility() + (stored.selected().isEmpty() ? "" : stored.selected());
    }

    @Test
    void visibility_thatSomebodyChose_isKept_andTheNewKeysHaveTheNarrowest() {
        organization(Map.of("visibility", "all"));
        Set<Long> many = new TreeSet<>();
        for (long id = 1; id <= 250; id++) {
            many.add(id);
        }
        GithubServer server = GithubServer.shared();
        server.plant(backend.place(), "COFFER_DB__A", "1", "selected", many);
        server.plant(backend.place(), "COFFER_DB__B", "1", "private", Set.of());
        try (SecretsManager manager = backend.open()) {
            manager.updateSecret(secret("db", "a", "2", "b", "2", "c", "2"));
            assertEquals("selected" + many, visibility("COFFER_DB__A"));
            assertEquals("private", visibility("COFFER_DB__B"));
            assertEquals("selected" + many, visibility("COFFER_DB__C"));
        }
    }

    // Checks

    private CofferException trouble(Map<String, String> attributes) {
        try (SecretsManager manager = backend.open("here", attributes)) {
            CofferException e = manager.check().orElseThrow();
            assertTrue(e.getMessage().contains("here"), e.getMessage());
            assertThrows(e.getClass(), manager::getAllSecretKeys);
            return e;
        }
    }

    @Test
    void check_tellsApart_whatIsWrong() {
        assertSays("Bad credentials", trouble(Map.of("token", "ghp_nobody")));
        assertSays("may not see the secrets", trouble(Map.of("token", GithubServer.STRANGER)));
        assertSays("secrets=read", trouble(Map.of("token", GithubServer.STRANGER)));
        assertSays("no such repository", trouble(Map.of("repository", "no-such")));
        assertSays("cannot be reached", trouble(Map.of("url", "http://127.0.0.1:1", "connect-timeout", "1")));
        assertSays("has no token", trouble(Map.of("token", "")));
    }

    private static void assertSays(String words, CofferException e) {
        String all = e.getMessage() + " " + e.hint().orElse("");
        assertTrue(all.contains(words), all);
    }

    @Test
    void tokenThatMayOnlyRead_isToldWhichPermissionItLacks_andTheRequestIsNamed() {
        try (SecretsManager writer = backend.open();
                SecretsManager reader = backend.open("here", Map.of("token", GithubServer.READER))) {
            writer.registerSecret(secret("db", "k", "v"));
            assertEquals(Optional.empty(), reader.check());
            for (Executable write : List.<Executable>of(
                    () -> reader.registerSecret(secret("new", "k", "v")),
                    () -> reader.updateSecret(secret("db", "k", "w")),
                    () -> reader.deleteSecret(DB))) {
                RemoteException e = assertThrows(RemoteException.class, write);
                assertSays("secrets=write", e);
                assertSays("request C0FF:EE:", e);
                assertSays("Resource not accessible by personal access token", e);
            }
            assertEquals(Map.of("COFFER_DB__K", "v"), backend.place().values());
        }
    }

    @Test
    void ownServer_withItsOwnCertificate_isTrustedByFileAlone() throws Exception {
        TestTls tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        TestTls stranger = TestTls.create(Files.createDirectory(folder.resolve("stranger")), "127.0.0.1");
        TestTls elsewhere = TestTls.create(Files.createDirectory(folder.resolve("elsewhere")), "github.example.org");
        try (GithubServer own = new GithubServer(tls);
                GithubServer misnamed = new GithubServer(elsewhere)) {
            own.add("/repos/o/r/actions/secrets", 100);
            misnamed.add("/repos/o/r/actions/secrets", 100);
            assertEquals(Optional.empty(), check(own.address(), tls));
            assertSays("certificate", check(own.address(), stranger).orElseThrow());
            assertSays("certificate", check(misnamed.address(), elsewhere).orElseThrow());
        }
    }

    private Optional<CofferException> check(URI url, TestTls trusted) {
        try (SecretsManager manager = backend.open(
                "here",
                Map.of(
                        "url",
                        url.toString(),
                        "owner",
                        "o",
                        "repository",
                        "r",
                        "ca-file",
                        trusted.authority().toString()))) {
            return manager.check();
        }
    }

    // Inside GitHub Actions

    @Test
    void insideActions_valuesComeFromTheEnvironment_withoutAnyCall() {
        Map<String, String> environment = Map.of(
                "GITHUB_ACTIONS", "true",
                "COFFER_DB__PASSWORD", " pass word\n",
                "COFFER_DB__USER", "ada",
                "COFFER_DB__GONE", "",
                "COFFER_EMPTY__K", "",
                "COFFER_GLOBAL____OTHER__K", "of another scope",
                "COFFERS_DB__K", "of another prefix",
                "PATH", "/bin");
        try (SecretsManager manager = backend.open("here", Map.of("token", ""), environment)) {
            assertTrue(manager.readsValues());
            assertEquals(List.of(DB), manager.getAllSecretKeys());
            assertEquals(List.of(new SecretSummary(DB, Secret.ARBITRARY, null, null, null)), manager.listSecrets());
            try (Secret found = manager.getSecret(DB)) {
                assertEquals(Set.of("password", "user"), found.content().keySet());
                assertEquals(" pass word\n", found.value("password").revealText());
            }
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(SecretName.of("empty")));
            assertEquals(Optional.empty(), manager.check());
            assertEquals(List.of(), backend.requests());
            RemoteException e =
                    assertThrows(RemoteException.class, () -> manager.registerSecret(secret("new", "k", "v")));
            assertSays("has no token", e);
        }
    }

    @Test
    void insideActions_aClosedManagerGivesNothing() {
        SecretsManager closed = backend.open("here", Map.of(), Map.of("GITHUB_ACTIONS", "true", "COFFER_DB__K", "v"));
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.getSecret(DB));
        assertThrows(IllegalStateException.class, closed::listSecrets);
    }

    @Test
    void outsideOfActions_theEnvironmentHoldsNoSecrets() {
        Map<String, String> environment = Map.of("GITHUB_ACTIONS", "false", "COFFER_DB__K", "v");
        try (SecretsManager manager = backend.open("here", Map.of(), environment)) {
            assertFalse(manager.readsValues());
            assertThrows(NoSuchSecretException.class, () -> manager.getSecret(DB));
            manager.registerSecret(secret("db", "k", "v"));
            UnsupportedByFlavorException e =
                    assertThrows(UnsupportedByFlavorException.class, () -> manager.getSecret(DB));
            assertSays("${{ secrets.COFFER_DB__K }}", e);
        }
    }
}
