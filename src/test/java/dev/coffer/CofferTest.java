package dev.coffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.StoreExistsException;
import dev.coffer.secrets.StoreMissingException;
import dev.coffer.stack.Missing;
import dev.coffer.stack.Stack;
import dev.coffer.stack.ValidationLevel;
import dev.coffer.vault.NewStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as a program uses it. */
class CofferTest {
    private static final SecretName DB = SecretName.of("prod/db");

    @TempDir
    Path home;

    private final List<String> notices = new ArrayList<>();

    private CofferOptions options() {
        return CofferOptions.fromEnvironment(Map.of())
                .withHome(home.resolve("home"))
                .withNotices(notice -> {
                    synchronized (notices) {
                        notices.add(notice);
                    }
                });
    }

    private Path file(String name) {
        return home.resolve("home").resolve(name);
    }

    private static Secret secret(String value) {
        return Secret.of(DB, Map.of("username", SecretValue.of("ada"), "password", SecretValue.of(value)));
    }

    @Test
    void firstUse_makesAStore_saysSoOnce_andKeepsWhatItIsGiven() {
        try (Coffer coffer = Coffer.open(options())) {
            assertFalse(Files.exists(file("coffer.db")), "opening does nothing yet");
            coffer.secrets().registerSecret(secret("s3cret"));
        }
        try (Coffer coffer = Coffer.open(options());
                Secret db = coffer.secrets().getSecret(DB)) {
            assertEquals("ada", db.value("username").revealText());
            assertEquals("s3cret", db.value("password").revealText());
        }
        assertEquals(1, notices.size(), notices::toString);
        assertTrue(
                notices.get(0).contains("made a new store in") && notices.get(0).contains(".key"), notices.get(0));
    }

    @Test
    void environment_namesHomeAndKeyFile() {
        Path key = home.resolve("my.key");
        CofferOptions options = CofferOptions.fromEnvironment(
                        Map.of("COFFER_HOME", file("").toString(), "COFFER_KEY_FILE", key.toString()))
                .withNotices(notice -> {});
        try (Coffer coffer = Coffer.open(options)) {
            coffer.secrets().registerSecret(secret("s3cret"));
        }
        assertTrue(Files.exists(key));
        assertFalse(Files.exists(file("keys")));
        try (Coffer coffer = Coffer.open(options()); // without the variable, by the label of the slot
                SecretsManager secrets = coffer.secrets()) {
            assertEquals(List.of(DB), secrets.getAllSecretKeys());
        }
    }

    @Test
    void passphraseFile_losesOneLineEnding() throws Exception {
        Path file = Files.writeString(home.resolve("pass"), "correct horse\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        CofferOptions options = CofferOptions.fromEnvironment(
                        Map.of("COFFER_HOME", file("").toString(), "COFFER_PASSPHRASE_FILE", file.toString()))
                .withNotices(notice -> {});
        try (Coffer coffer = Coffer.open(options)) {
            coffer.secrets().registerSecret(secret("v"));
        }
        try (Coffer coffer = Coffer.open(options().withPassphrase("correct horse".toCharArray()))) {
            assertEquals(List.of(DB), coffer.secrets().getAllSecretKeys());
        }
        CofferOptions both = CofferOptions.fromEnvironment(
                Map.of("COFFER_HOME", file("").toString(), "COFFER_PASSPHRASE_FILE", "x", "COFFER_KEY_FILE", "y"));
        try (Coffer coffer = Coffer.open(both)) {
            assertThrows(InvalidException.class, coffer::secrets);
        }
    }

    @Test
    void missingStore_isStoreMissing_unlessItMayBeMade() {
        try (Coffer coffer = Coffer.open(options().withCreateIfMissing(false))) {
            StoreMissingException e = assertThrows(StoreMissingException.class, coffer::secrets);
            assertEquals(ExitCode.STORE_MISSING, e.exitCode());
            assertTrue(e.hint().orElse("").contains("coffer init"), e.hint().orElse(""));
        }
        assertFalse(Files.exists(file("coffer.db")));
    }

    @Test
    void vanishedStore_isNeverMadeAnew() throws Exception {
        NewStore made = Coffer.create(options(), Optional.empty());
        Files.delete(made.database());
        assertVanished("last-seen");
        Path marker = file("last-seen");
        Files.delete(marker);
        assertVanished(".key");
        Files.delete(made.newKeyFile().orElseThrow());
        try (Coffer coffer = Coffer.open(options())) {
            assertEquals(List.of(), coffer.secrets().getAllSecretKeys());
        }
    }

    private void assertVanished(String trace) {
        for (boolean create : new boolean[] {true, false}) {
            try (Coffer coffer = Coffer.open(options().withCreateIfMissing(create))) {
                StoreMissingException e = assertThrows(StoreMissingException.class, coffer::secrets);
                assertTrue(e.getMessage().contains("is gone") && e.getMessage().contains(trace), e.getMessage());
                assertTrue(
                        e.hint().orElse("").contains("coffer restore"), e.hint().orElse(""));
            }
        }
        assertThrows(StoreMissingException.class, () -> Coffer.create(options(), Optional.empty()));
        assertFalse(Files.exists(file("coffer.db")));
    }

    @Test
    void create_neverOverwrites() throws Exception {
        Coffer.create(options(), Optional.empty());
        byte[] before = Files.readAllBytes(file("coffer.db"));
        assertThrows(StoreExistsException.class, () -> Coffer.create(options(), Optional.empty()));
        Files.writeString(file("coffer.db"), "not even a store");
        assertThrows(StoreExistsException.class, () -> Coffer.create(options(), Optional.empty()));
        assertEquals("not even a store", Files.readString(file("coffer.db")));
        assertTrue(before.length > 0);
        try (Stream<Path> keys = Files.list(file("keys"))) {
            assertEquals(1, keys.count());
        }
    }

    @Test
    void create_thatFails_leavesNothing() {
        Path folder = home.resolve("a-folder");
        assertTrue(folder.toFile().mkdir());
        CofferOptions broken = options().withKeyFile(folder);
        assertThrows(RuntimeException.class, () -> Coffer.open(broken).secrets());
        assertFalse(Files.exists(file("coffer.db")));
        try (Coffer coffer = Coffer.open(options())) {
            assertEquals(List.of(), coffer.secrets().getAllSecretKeys());
        }
    }

    /** What a process that was killed in the middle of making a store left. */
    @Test
    void killedWhileMakingAStore_isSweptByTheNext() throws Exception {
        String id = "0b3c5e1a-7f8d-4b7e-9a53-2f6f0c1d2e3f";
        Files.createDirectories(
                file("keys"),
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rwx------")));
        Files.writeString(file(".new-" + id), "half a store");
        Files.writeString(file(".new-" + id + "-wal"), "half a log");
        Files.writeString(file("keys").resolve(id + ".key"), "the key to nothing");
        try (Coffer coffer = Coffer.open(options())) {
            assertEquals(List.of(), coffer.secrets().getAllSecretKeys());
        }
        try (Stream<Path> files = Files.walk(home)) {
            assertEquals(List.of(), files.filter(f -> f.toString().contains(id)).toList());
        }
    }

    @Test
    void firstUse_byManyAtOnce_makesOneStore_andWarnsOfNothingElse() throws Exception {
        int users = 6;
        ExecutorService threads = Executors.newFixedThreadPool(users);
        try {
            CyclicBarrier start = new CyclicBarrier(users);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < users; i++) {
                SecretName name = SecretName.of("s" + i);
                running.add(threads.submit(() -> {
                    start.await();
                    try (Coffer coffer = Coffer.open(options())) {
                        coffer.secrets().registerSecret(Secret.of(name, Map.of("k", SecretValue.of("v"))));
                    }
                    return 1;
                }));
            }
            for (Future<Integer> one : running) {
                one.get(100, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        try (Coffer coffer = Coffer.open(options())) {
            assertEquals(users, coffer.secrets().getAllSecretKeys().size());
        }
        try (Stream<Path> keys = Files.list(file("keys"))) {
            assertEquals(1, keys.count());
        }
        assertEquals(1, notices.size(), notices::toString);
    }

    @Test
    void secretsManagers_areFoundByName() {
        try (Coffer coffer = Coffer.open(options())) {
            assertEquals("local", coffer.secretsManager("local").flavor());
            assertEquals("local", coffer.secrets().name());
            assertThrows(NoSuchRecordException.class, () -> coffer.secretsManager("no-such"));
            assertEquals(Optional.empty(), coffer.secrets().check());
        }
    }

    @Test
    void references_areResolvedOnDemand_forASecretsManagerInLocal() {
        try (Coffer coffer = Coffer.open(options())) {
            coffer.secrets().registerSecret(secret("canary"));
            for (String type : List.of("orchestrator", "secrets-manager")) {
                ComponentDefinition stored = new ComponentDefinition(
                        new ComponentType(type),
                        "any",
                        "mine",
                        UUID.randomUUID(),
                        Map.of("token", "Bearer {{prod/db.password}}"));
                ComponentDefinition resolved = coffer.resolve(stored);
                assertEquals("Bearer canary", resolved.attributes().get("token"));
                assertFalse(resolved.toString().contains("canary"), resolved.toString());
                assertEquals("Bearer {{prod/db.password}}", stored.attributes().get("token"));
            }
            ComponentDefinition missing = new ComponentDefinition(
                    new ComponentType("orchestrator"), "any", "mine", UUID.randomUUID(), Map.of("a", "{{x.y}}"));
            assertEquals(
                    ExitCode.NOT_FOUND,
                    assertThrows(NoSuchRecordException.class, () -> coffer.resolve(missing))
                            .exitCode());
        }
    }

    @Test
    void bracesThatAreNoReference_areRefusedBeforeTheyAreStored() {
        ComponentType type = new ComponentType("orchestrator");
        try (Coffer coffer = Coffer.open(options())) {
            assertThrows(
                    InvalidException.class,
                    () -> coffer.components().register(type, "k8s", "any", Map.of("a", "{{oops}}")));
            assertEquals(List.of(), coffer.components().list(type));
            coffer.components().register(type, "k8s", "any", Map.of("a", "{{db.host}}"));
            assertThrows(
                    InvalidException.class,
                    () -> coffer.components().update(type, "k8s", Map.of("b", "{{db.host}"), Set.of()));
            assertEquals(
                    Map.of("a", "{{db.host}}"),
                    coffer.components().require(type, "k8s").attributes());
        }
    }

    @Test
    void missingReferencesOfAStack_areReportedAllAtOnce() {
        ComponentType orchestrator = new ComponentType("orchestrator");
        ComponentType store = new ComponentType("artifact-store");
        try (Coffer coffer = Coffer.open(options())) {
            coffer.secrets().registerSecret(secret("canary"));
            coffer.components().register(orchestrator, "k8s", "any", Map.of("a", "{{prod/db.nokey}}", "b", "{{x.y}}"));
            coffer.components().register(store, "s3", "any", Map.of("a", "{{prod/db.username}}", "b", "{{x.y}}"));
            Stack stack = coffer.stacks().register("mine", Map.of(orchestrator, "k8s", store, "s3"));
            assertEquals(List.of(), coffer.missing(stack, ValidationLevel.NONE));
            assertEquals(
                    List.of("s3 b {{x.y}}", "k8s b {{x.y}}"),
                    shown(coffer.missing(stack, ValidationLevel.SECRET_EXISTS)));
            assertEquals(
                    List.of("s3 b {{x.y}}", "k8s a {{prod/db.nokey}}", "k8s b {{x.y}}"),
                    shown(coffer.missing(stack, ValidationLevel.SECRET_AND_KEY_EXISTS)));
        }
    }

    private static List<String> shown(List<Missing> missing) {
        return missing.stream()
                .map(one -> one.component().name() + " " + one.attribute() + " " + one.reference())
                .toList();
    }

    @Test
    void componentWithoutReferences_isResolvedWithoutAStore() {
        try (Coffer coffer = Coffer.open(options().withCreateIfMissing(false))) {
            ComponentDefinition plain = new ComponentDefinition(
                    new ComponentType("orchestrator"), "any", "mine", UUID.randomUUID(), Map.of("a", "\\{{x"));
            assertEquals(Map.of("a", "{{x"), coffer.resolve(plain).attributes());
        }
    }

    @Test
    void close_thenUse_isIllegalState() {
        Coffer coffer = Coffer.open(options());
        SecretsManager secrets = coffer.secrets();
        secrets.close();
        coffer.secrets().registerSecret(secret("v")); // closing a manager leaves coffer open
        SecretsManager open = coffer.secrets();
        coffer.close();
        coffer.close();
        assertThrows(IllegalStateException.class, coffer::secrets);
        assertThrows(IllegalStateException.class, () -> open.getSecret(DB));
    }

    @Test
    void settings_areReadFromConfigJson() throws Exception {
        Coffer.create(options(), Optional.empty());
        Files.writeString(file("config.json"), "{\"keepVersions\": 1}");
        try (Coffer coffer = Coffer.open(options())) {
            coffer.secrets().registerSecret(secret("1"));
            coffer.secrets().updateSecret(secret("2"));
            assertEquals(
                    1,
                    ((dev.coffer.secrets.Versioned) coffer.secrets())
                            .history(DB)
                            .size());
        }
        for (String bad : List.of(
                "",
                "[]",
                "{\"keepVersions\": 0}",
                "{\"keepVersions\": \"1\"}",
                "{\"other\": 1}",
                "{\"keepVersions\": 99999999999}",
                "{} {}",
                "{\"keepVersions\": 1.5}")) {
            Files.writeString(file("config.json"), bad);
            assertThrows(InvalidException.class, () -> Coffer.open(options()), bad);
        }
    }

    @Test
    void editedComponent_isRefused_beforeItIsUsed() throws Exception {
        Coffer.create(options(), Optional.empty());
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file("coffer.db"));
                java.sql.Statement statement = connection.createStatement()) {
            assertEquals(1, statement.executeUpdate("UPDATE record SET payload = zeroblob(285)"));
        }
        try (Coffer coffer = Coffer.open(options())) {
            assertThrows(IntegrityException.class, coffer::secrets);
        }
    }
}
