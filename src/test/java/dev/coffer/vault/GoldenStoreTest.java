package dev.coffer.vault;

import static dev.coffer.component.ComponentType.SECRETS_MANAGER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opens every golden store of every released schema with every kind of key, and reads what was written then. */
class GoldenStoreTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void writeIfAsked(@TempDir Path scratch) throws IOException {
        String schema = System.getProperty("coffer.writeGolden");
        if (schema != null) {
            GoldenStores.write(schema, scratch);
        }
    }

    static List<String> schemas() throws IOException {
        try (Stream<Path> folders = Files.list(GoldenStores.STORES)) {
            List<String> names =
                    folders.map(path -> path.getFileName().toString()).sorted().toList();
            assertFalse(names.isEmpty(), "there are golden stores");
            return names;
        }
    }

    static List<String[]> schemasAndKeys() throws IOException {
        List<String[]> all = new ArrayList<>();
        for (String schema : schemas()) {
            for (String key : List.of("key", "passphrase", "recovery-code")) {
                all.add(new String[] {schema, key});
            }
        }
        return all;
    }

    @ParameterizedTest
    @Tag("slow")
    @MethodSource("schemasAndKeys")
    void everyKey_opensTheStore_andItHoldsWhatItHeld(String schema, String key) throws IOException {
        try (Coffer coffer = open(schema, "store.db", key)) {
            assertEquals(
                    Files.readAllLines(GoldenStores.STORES.resolve(schema).resolve("content.txt")),
                    GoldenStores.describe(coffer));
            assertEquals(List.of(), coffer.vault().verify(Progress.NONE).findings());
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void theStore_takesWritesAndRotation(String schema) throws IOException {
        try (Coffer coffer = open(schema, "store.db", "key")) {
            SecretName name = SecretName.of("written-now");
            coffer.secrets().registerSecret(Secret.of(name, Map.of("a", SecretValue.of("b"))));
            coffer.vault().keys().rotateDeks(Progress.NONE);
            try (Secret secret = coffer.secrets().getSecret(name)) {
                assertEquals("b", secret.value("a").revealText());
            }
            assertTrue(coffer.vault().verify(Progress.NONE).sound());
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void anUnfinishedRotation_isFinished(String schema) throws IOException {
        try (Coffer coffer = open(schema, "rotating.db", "key")) {
            assertTrue(coffer.vault().keys().status().rotationPending());
            assertTrue(coffer.vault().keys().rotate(Progress.NONE).resumed());
            assertFalse(coffer.vault().keys().status().rotationPending());
            try (Secret secret = coffer.secrets().getSecret(SecretName.of("bulk/599"))) {
                assertEquals("value 599", secret.value("key").revealText());
            }
            assertTrue(coffer.vault().verify(Progress.NONE).sound());
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @MethodSource("schemasAndKeys")
    void everyKey_restoresTheBackup(String schema, String key) throws IOException {
        CofferOptions options = options(schema, key);
        Path backup = GoldenStores.STORES.resolve(schema).resolve("backup.coffer");
        Coffer.restore(options, backup, false, Progress.NONE);
        try (Coffer coffer = Coffer.open(options)) {
            assertEquals(
                    Files.readAllLines(GoldenStores.STORES.resolve(schema).resolve("content.txt")),
                    GoldenStores.describe(coffer));
        }
    }

    @Test
    void limitOfVersions_sparesTheBasesAndLosersOfSchema3() throws IOException {
        CofferOptions options = place("schema-3", "store.db", "key");
        try (Coffer coffer = Coffer.open(options)) {
            String name = "synced/conflict";
            List<Long> before = GoldenSync.versions(coffer, name); // winner, loser, base, first
            UUID local = coffer.components().require(SECRETS_MANAGER, "local").id();
            try (Vault limited = new Vault(
                    VaultOptions.at(options.location(), options.unlocker()).withKeepVersions(OptionalInt.of(1)))) {
                limited.secretsOf(local)
                        .update(
                                Secret.of(SecretName.of(name), Map.of("k", SecretValue.of("next"))),
                                OptionalLong.empty());
            }
            assertEquals(
                    List.of(before.get(0) + 1, before.get(1), before.get(2), before.get(3)),
                    GoldenSync.versions(coffer, name));
        }
    }

    private Coffer open(String schema, String file, String key) throws IOException {
        return Coffer.open(place(schema, file, key));
    }

    /** Copies a store and a key to where they are opened. */
    private CofferOptions place(String schema, String file, String key) throws IOException {
        CofferOptions options = options(schema, key);
        Files.createDirectories(options.location().dataFolder());
        Path copy = options.location().database();
        Files.copy(GoldenStores.STORES.resolve(schema).resolve(file), copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        return options;
    }

    private CofferOptions options(String schema, String key) throws IOException {
        Path copy = folder.resolve(key);
        Files.copy(GoldenStores.KEYS.resolve(schema + "." + key), copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        GoldenStores.copyExtensions(GoldenStores.STORES.resolve(schema), folder.resolve("home"));
        String variable = key.equals("key") ? "COFFER_KEY_FILE" : "COFFER_PASSPHRASE_FILE";
        return CofferOptions.fromEnvironment(Map.of(variable, copy.toString())).withHome(folder.resolve("home"));
    }
}
