package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.schema.CustomSchemas;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an examination tells of a store: all that is wrong at once, each with what mends it. */
class ExaminationTest {
    private static final String ADD_CODE = "coffer key slot add --recovery-code";

    private final TestHome home = TestHome.create();
    private final Path database = home.location().database();

    @AfterEach
    void removeHome() {
        home.close();
    }

    private Diagnosis examine() {
        return Vault.examine(home.options());
    }

    /** A home with a second key, of which there is nothing to say. */
    private void addPassphrase() {
        home.using(vault -> {
            try (KeyInput passphrase = KeyInput.passphrase("correct horse battery".toCharArray())) {
                vault.keys().addSlot(passphrase);
            }
        });
        assertEquals(List.of(), examine().symptoms());
    }

    private static void permit(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static Diagnosis.Symptom symptom(ExitCode code, String sentence, String remedy) {
        return new Diagnosis.Symptom(code, sentence, Optional.of(remedy));
    }

    private static Diagnosis.Symptom advice(String sentence, String remedy) {
        return symptom(ExitCode.DONE, sentence, remedy);
    }

    // Kinds of keys

    @Test
    void keyFileAlone_isSaidToProtectCopiesOnly() {
        Diagnosis found = examine();
        assertEquals(List.of("key-file"), found.slots());
        assertTrue(found.unlocked());
        assertEquals(1, found.symptoms().size());
        Diagnosis.Symptom only = found.symptoms().get(0);
        assertEquals(ExitCode.DONE, only.code());
        assertTrue(only.sentence().startsWith("only key files open the store"), only.sentence());
        assertEquals(Optional.of(ADD_CODE), only.remedy());
        addPassphrase();
        assertEquals(List.of("key-file", "passphrase"), examine().slots());
    }

    @Test
    void keysOfThisMachineAlone_areSaidToGoWithIt() {
        FakeKeychain keychain = new FakeKeychain();
        try (Vault vault = new Vault(home.options(keychain));
                KeyInput key = KeyInput.newInKeychain(keychain, "x")) {
            vault.keys().addSlot(key);
        }
        List<Diagnosis.Symptom> found = Vault.examine(home.options(keychain)).symptoms();
        assertEquals(1, found.size());
        assertTrue(found.get(0).sentence().startsWith("only what is on this machine opens the store"));
        assertEquals(Optional.of(ADD_CODE), found.get(0).remedy());
        addPassphraseBeside(keychain);
        assertEquals(List.of(), Vault.examine(home.options(keychain)).symptoms());
    }

    private void addPassphraseBeside(FakeKeychain keychain) {
        try (Vault vault = new Vault(home.options(keychain));
                KeyInput passphrase = KeyInput.passphrase("correct horse battery".toCharArray())) {
            vault.keys().addSlot(passphrase);
        }
    }

    // Permissions

    @Test
    void filesThatOthersCanRead_areAllToldAtOnce_andNoKeyIsTried() throws IOException {
        addPassphrase();
        try (Vault open = new Vault(home.options())) { // so that there are journals
            open.secretsOf(HERE).register(secret("a", "k", "v"));
            Path wal = home.file("coffer.db-wal");
            Path shm = home.file("coffer.db-shm");
            for (Path file : List.of(database, wal, shm)) {
                permit(file, "rw-r-----");
            }
            Diagnosis found = examine();
            assertFalse(found.unlocked());
            assertEquals(
                    List.of(database, wal, shm).stream()
                            .map(file -> symptom(
                                    ExitCode.FILE_TROUBLE, "others can read or change " + file, "chmod 600 " + file))
                            .toList(),
                    found.symptoms());
        }
    }

    @Test
    void folderThatOthersCanChange_isTrouble_andOneThatTheyCanSee_isNot() throws IOException {
        addPassphrase();
        permit(home.folder(), "rwxrwx---");
        assertEquals(
                List.of(symptom(
                        ExitCode.FILE_TROUBLE,
                        "others can change files in " + home.folder(),
                        "chmod 700 " + home.folder())),
                examine().symptoms());
        permit(home.folder(), "rwxr-x---");
        Diagnosis found = examine();
        assertTrue(found.unlocked());
        assertEquals(
                List.of(advice("others can see which files are in " + home.folder(), "chmod 700 " + home.folder())),
                found.symptoms());
    }

    @Test
    void markerThatOthersCanChange_isAdvice() throws IOException {
        addPassphrase();
        Path marker = home.location().marker();
        permit(marker, "rw-rw-r--");
        assertEquals(
                List.of(advice("others can read or change the marker " + marker, "chmod 600 " + marker)),
                examine().symptoms());
    }

    @Test
    void keyFilesThatCannotBeUsed_areNamed_eachOnce() throws IOException {
        addPassphrase();
        Path keys = home.location().keysFolder();
        Path damaged = Files.writeString(keys.resolve("z.key"), "coffer-key-v1:half");
        permit(damaged, "rw-------");
        Files.writeString(keys.resolve("note.txt"), "no key");
        Path own = home.location().keyFile(storeId());
        permit(own, "rw-r--r--");
        permit(keys, "rwx-w----");
        List<Diagnosis.Symptom> found = examine().symptoms();
        assertEquals(
                List.of(ExitCode.FILE_TROUBLE, ExitCode.INVALID, ExitCode.FILE_TROUBLE),
                found.stream().map(Diagnosis.Symptom::code).toList());
        assertEquals(Optional.of("chmod 600 " + own), found.get(0).remedy());
        assertTrue(found.get(1).sentence().contains(damaged.toString()), found.toString());
        assertEquals(Optional.of("chmod 700 " + keys), found.get(2).remedy());
    }

    private java.util.UUID storeId() {
        try (Vault vault = new Vault(home.options())) {
            return vault.storeId();
        }
    }

    // The store without its key

    @Test
    void missingStore_isTold_withItsTraces() throws IOException {
        try (TestHome nowhere = TestHome.empty()) {
            List<Diagnosis.Symptom> found = Vault.examine(nowhere.options()).symptoms();
            assertEquals(1, found.size());
            assertEquals(ExitCode.STORE_MISSING, found.get(0).code());
            assertEquals(Optional.of("'coffer init' makes one"), found.get(0).remedy());
        }
        Files.delete(database);
        List<Diagnosis.Symptom> found = examine().symptoms();
        assertEquals(1, found.size());
        assertEquals(ExitCode.STORE_MISSING, found.get(0).code());
        assertTrue(found.get(0).sentence().contains("is gone"), found.toString());
    }

    @Test
    void missingMarker_isAdvice() throws IOException {
        addPassphrase();
        Path marker = home.location().marker();
        Files.delete(marker);
        assertEquals(
                List.of(advice(
                        "the marker " + marker + " is missing: an older copy of the store would not be noticed",
                        "coffer verify")),
                examine().symptoms());
    }

    @Test
    void olderCopy_isTold_andNoKeyIsTried() {
        addPassphrase();
        try (TestHome before = home.copy()) {
            home.using(vault -> vault.secretsOf(HERE).register(secret("a", "k", "v")));
            home.takeFrom(before, "coffer.db", "coffer.db-wal", "coffer.db-shm");
        }
        Diagnosis found = examine();
        assertFalse(found.unlocked());
        assertEquals(List.of("key-file", "passphrase"), found.slots());
        assertEquals(
                List.of(ExitCode.OLDER_COPY),
                found.symptoms().stream().map(Diagnosis.Symptom::code).toList());
    }

    @Test
    void damageThatSqliteFinds_isTold() {
        addPassphrase();
        home.using(vault -> vault.secretsOf(HERE).register(secret("a", "k", "v")));
        RawStore.of(home).change("UPDATE secret SET deleted = 2"); // a constraint of the table forbids it
        Diagnosis.Symptom first = examine().symptoms().get(0);
        assertEquals(ExitCode.INTEGRITY, first.code());
        assertTrue(first.sentence().startsWith("SQLite finds the file damaged: "), first.sentence());
        assertEquals(Optional.of("coffer restore FILE"), first.remedy());
    }

    // Keys

    @Test
    void lockedStore_isAdvice_withTheWayToUnlockIt() {
        try (TestHome other = TestHome.empty();
                KeyInput passphrase = KeyInput.passphrase("correct horse battery".toCharArray())) {
            Vault.create(other.options(), Optional.of(passphrase));
            Diagnosis found = Vault.examine(other.options());
            assertFalse(found.unlocked());
            assertEquals(List.of("passphrase"), found.slots());
            assertEquals(1, found.symptoms().size());
            Diagnosis.Symptom only = found.symptoms().get(0);
            assertEquals(ExitCode.DONE, only.code());
            assertEquals("the store is locked, so its keys were not examined", only.sentence());
            assertTrue(only.remedy().orElse("").contains("COFFER_PASSPHRASE_FILE"), only.toString());
        }
    }

    @Test
    void interruptedRotation_isAdvice() {
        addPassphrase();
        home.using(vault -> {
            vault.secretsOf(HERE).register(secret("a", "k", "v"));
            assertThrows(
                    IllegalStateException.class,
                    () -> vault.keys().rotate((done, total) -> {
                        throw new IllegalStateException("interrupted");
                    }));
        });
        Diagnosis.Symptom rotate = advice("a rotation of the keys was interrupted", "coffer key rotate");
        assertEquals(List.of(rotate), examine().symptoms());
        home.using(vault -> vault.keys().rotate(Progress.NONE));
        assertEquals(List.of(), examine().symptoms());
    }

    @Test
    void keyOfMoreThanAYear_isAdvice() {
        addPassphrase();
        Instant since;
        try (Vault vault = new Vault(home.options())) {
            since = vault.keys().status().keksSince();
        }
        assertEquals(List.of(), examineAt(since.plus(Duration.ofDays(365))));
        assertEquals(
                List.of(advice("the key-encryption key is 365 days old", "coffer key rotate")),
                examineAt(since.plus(Duration.ofDays(365)).plusMillis(1)));
    }

    private List<Diagnosis.Symptom> examineAt(Instant now) {
        return Vault.examine(home.options().withClock(Clock.fixed(now, ZoneOffset.UTC)))
                .symptoms();
    }

    // Schemas

    private static Secret typed(String name, String type, String... keysAndValues) {
        Secret plain = secret(name, keysAndValues);
        return Secret.of(plain.name(), type, plain.content());
    }

    private static void register(Vault vault, String properties, boolean replace) {
        String json = "{\"type\":\"object\",\"x-type\":\"team\",\"properties\":{" + properties + "}}";
        new CustomSchemas(vault, vault.extensions()).register(CustomSchemas.read(json, "team.json"), replace);
    }

    @Test
    void secretsThatOutgrewTheirSchema_areNamed_whicheverComponentHasThem() {
        addPassphrase();
        BiConsumer<Vault, String> put = (vault, name) -> {
            vault.secretsOf(HERE).register(typed(name, "team", "k", "v"));
            vault.secretsOf(THERE).register(typed(name, "team", "k", "v"));
        };
        home.using(vault -> {
            register(vault, "\"k\":{}", false);
            put.accept(vault, "b");
            put.accept(vault, "a");
            put.accept(vault, "gone");
            vault.secretsOf(HERE).delete(SecretName.of("gone"), OptionalLong.empty());
            vault.secretsOf(THERE).delete(SecretName.of("gone"), OptionalLong.empty());
            vault.secretsOf(THERE).delete(SecretName.of("b"), OptionalLong.empty());
            vault.secretsOf(HERE).register(secret("free", "k", "v"));
            vault.secretsOf(HERE).register(typed("login", "basic_auth", "username", "u", "password", "p"));
        });
        assertEquals(List.of(), examine().symptoms());
        home.using(vault -> {
            assertEquals(3, vault.countSecrets("team", secret -> true));
            assertEquals(
                    1,
                    vault.countSecrets("team", secret -> secret.name().value().equals("b")));
            assertEquals(
                    0, vault.countSecrets("team", secret -> secret.content().isEmpty()));
            assertEquals(1, vault.countSecrets("basic_auth", secret -> true));
            register(vault, "\"k\":{\"minLength\":2}", true);
        });
        List<Diagnosis.Symptom> found = examine().symptoms();
        assertEquals(
                List.of("coffer secret update a", "coffer secret update a", "coffer secret update b"),
                found.stream().map(symptom -> symptom.remedy().orElse("")).toList());
        assertTrue(
                found.get(0).sentence().startsWith("secret a does not fit its schema team any more: "),
                found.get(0).sentence());
        home.using(vault -> vault.secretsOf(HERE)
                .update(
                        Secret.of(SecretName.of("b"), "team", Map.of("k", SecretValue.of("long"))),
                        OptionalLong.empty()));
        assertEquals(2, examine().symptoms().size());
    }

    // Leftovers

    @Test
    void whatInterruptedOperationsLeft_andEarlierStates_areNamed() throws IOException {
        addPassphrase();
        for (String name : List.of("coffer.db.tmp", ".coffer.db.x", ".other.x.tmp", "new-x", "coffer.db-replaced-x")) {
            Files.writeString(home.file(name), "somebody else's");
        }
        assertEquals(List.of(), examine().symptoms());
        for (String name : List.of(".coffer.db.x.tmp", ".new-x", "coffer.db.replaced-1", "coffer.db.schema-1")) {
            Files.writeString(home.file(name), "");
        }
        String interrupted = "an operation was interrupted, or is still running, and left ";
        String removed = "the next 'coffer backup' or 'coffer restore' removes it";
        String kept = "an earlier state of the store is kept in ";
        assertEquals(
                List.of(
                        advice(interrupted + home.file(".coffer.db.x.tmp"), removed),
                        advice(interrupted + home.file(".new-x"), removed),
                        advice(kept + home.file("coffer.db.replaced-1"), "rm " + home.file("coffer.db.replaced-1")),
                        advice(kept + home.file("coffer.db.schema-1"), "rm " + home.file("coffer.db.schema-1"))),
                examine().symptoms());
    }
}
