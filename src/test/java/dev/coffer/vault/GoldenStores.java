package dev.coffer.vault;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.crypto.KdfParameters;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.Recoverable;
import dev.coffer.secrets.Renaming;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.Versioned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the golden stores: one set for each released schema, written once by the coffer that released it and never
 * again. Their keys are public. Schema 2 has a second set, {@code schema-2-stacks}: stacks, components, schemas and
 * flavors are records, which changed no table. Since schema 3 there are versions that no limit prunes, see
 * {@link GoldenSync}. Run with
 * {@code mvn test -Dtest=GoldenStoreTest -Dcoffer.writeGolden=schema-N}; it refuses to overwrite a set that is there.
 */
final class GoldenStores {
    static final Path STORES = Path.of("src/test/resources/golden");
    static final Path KEYS = Path.of("keysets/public-test");
    static final String PASSPHRASE = "public test passphrase, protects nothing";

    private GoldenStores() {}

    /** Writes a set: a store with everything in it, one in the middle of a rotation, a backup, and what they hold. */
    static void write(String schema, Path scratch) throws IOException {
        Path target = STORES.resolve(schema);
        if (Files.exists(target)) {
            throw new IllegalStateException(target + " is there already; golden stores are never written again");
        }
        Files.createDirectories(target);
        Files.createDirectories(KEYS);
        Path home = scratch.resolve("home");
        Path keyFile = KEYS.resolve(schema + ".key");
        CofferOptions options = CofferOptions.fromEnvironment(Map.of())
                .withHome(home)
                .withKeyFile(keyFile)
                .withClock(Clock.fixed(Instant.parse("2026-11-23T12:00:00.123Z"), ZoneOffset.UTC));
        try (Coffer coffer = Coffer.open(options)) {
            fill(coffer);
            GoldenStacks.fill(coffer, scratch);
            GoldenSync.fill(coffer);
            addSlots(options, coffer, schema);
            coffer.vault().backup(target.resolve("backup.coffer"), Progress.NONE);
            Files.writeString(target.resolve("content.txt"), String.join("\n", describe(coffer)) + "\n");
        }
        Files.copy(home.resolve("coffer.db"), target.resolve("store.db"), StandardCopyOption.REPLACE_EXISTING);
        copyExtensions(home, target);
        leaveRotationUnfinished(options);
        Files.copy(home.resolve("coffer.db"), target.resolve("rotating.db"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The jars, if there are any: they are beside the store and in no backup. */
    static void copyExtensions(Path from, Path to) throws IOException {
        Path jars = from.resolve("extensions");
        if (Files.exists(jars)) {
            Files.createDirectories(to.resolve("extensions"));
            try (Stream<Path> all = Files.list(jars)) {
                for (Path jar :
                        all.filter(file -> file.toString().endsWith(".jar")).toList()) { // and not the lock
                    Files.copy(jar, to.resolve("extensions").resolve(jar.getFileName()));
                }
            }
        }
    }

    private static void addSlots(CofferOptions options, Coffer coffer, String schema) throws IOException {
        try (Vault cheap = new Vault(VaultOptions.at(options.location(), options.unlocker())
                        .withPassphraseCost(KdfParameters::cheapest)
                        .withClock(options.clock()));
                KeyInput passphrase = KeyInput.passphrase(PASSPHRASE.toCharArray())) {
            cheap.keys().addSlot(passphrase);
        }
        String code = new String(coffer.vault().keys().addRecoveryCode());
        Files.writeString(KEYS.resolve(schema + ".recovery-code"), code + "\n");
        Files.writeString(KEYS.resolve(schema + ".passphrase"), PASSPHRASE + "\n");
    }

    /** A store as a killed rotation leaves it: two KEKs, some versions under each. */
    private static void leaveRotationUnfinished(CofferOptions options) {
        class Killed extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }
        try (Coffer coffer = Coffer.open(options)) {
            List<Secret> many = new ArrayList<>();
            for (int i = 0; i < 600; i++) { // more than one batch
                many.add(secret("bulk/" + i, Secret.ARBITRARY, "key", "value " + i));
            }
            ((BulkWrites) coffer.secrets()).registerSecrets(many);
            try {
                coffer.vault().keys().rotate((done, total) -> {
                    if (done > 0) {
                        throw new Killed();
                    }
                });
            } catch (Killed e) {
                // as intended
            }
        }
    }

    private static void fill(Coffer coffer) {
        SecretsManager secrets = coffer.secrets();
        Versioned versions = (Versioned) secrets;
        secrets.registerSecret(secret("prod/db", "basic_auth", "username", "ada", "password", "first"));
        secrets.mergeSecret(
                SecretName.of("prod/db"),
                new SecretPatch(Map.of("password", SecretValue.of("second")), Set.of(), Optional.empty()));
        versions.rollback(SecretName.of("prod/db"), 1);
        secrets.registerSecret(
                secret("awkward", Secret.ARBITRARY, "empty", "", "nul", "a\u0000b", "lines", "one\ntwo\r\n"));
        secrets.registerSecret(secret("пароль/ключ.1", Secret.ARBITRARY, "schlüssel", "{{a.b}} $HOME @@x = \"'\\ 🔑"));
        secrets.registerSecret(secret("large", Secret.ARBITRARY, "text", "x".repeat(100_000)));
        secrets.registerSecret(secret("gone", Secret.ARBITRARY, "a", "1"));
        secrets.deleteSecret(SecretName.of("gone"));
        secrets.registerSecret(secret("back", Secret.ARBITRARY, "a", "1"));
        secrets.deleteSecret(SecretName.of("back"));
        ((Recoverable) secrets).recoverSecret(SecretName.of("back"));
        secrets.registerSecret(secret("old-name", Secret.ARBITRARY, "a", "1"));
        ((Renaming) secrets).renameSecret(SecretName.of("old-name"), SecretName.of("new-name"));
        secrets.registerSecret(secret("purged", Secret.ARBITRARY, "a", "1"));
        ((Recoverable) secrets).purgeSecret(SecretName.of("purged"));
        coffer.vault().keys().rotate(Progress.NONE);
        secrets.mergeSecret(
                SecretName.of("new-name"),
                new SecretPatch(Map.of("b", SecretValue.of("2")), Set.of(), Optional.empty()));
        coffer.vault().keys().rotateDeks(Progress.NONE);
        coffer.vault().acceptOlder();
        secrets.updateSecret(secret("back", Secret.ARBITRARY, "a", "3"));
    }

    private static Secret secret(String name, String type, String... keysAndValues) {
        Map<String, SecretValue> content = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            content.put(keysAndValues[i], SecretValue.of(keysAndValues[i + 1]));
        }
        return Secret.of(SecretName.of(name), type, content);
    }

    /** Everything that a user could see of a store, a line each. */
    static List<String> describe(Coffer coffer) {
        List<String> lines = new ArrayList<>();
        SecretsManager secrets = coffer.secrets();
        Versioned versions = (Versioned) secrets;
        for (SecretSummary summary : secrets.listSecrets()) {
            lines.add(summary.toString());
            describeHistory(versions, summary.name(), lines);
        }
        for (SecretName name : versions.tombstones()) {
            lines.add("deleted " + name);
            describeHistory(versions, name, lines);
        }
        lines.add("next " + coffer.secretsManager("local").flavor());
        lines.addAll(GoldenStacks.describe(coffer));
        lines.addAll(GoldenSync.describe(coffer));
        return lines;
    }

    private static void describeHistory(Versioned versions, SecretName name, List<String> lines) {
        for (SecretVersion version : versions.history(name)) {
            lines.add("  " + version);
            if (!version.deleted()) {
                try (Secret secret = versions.getSecret(name, version.version())) {
                    secret.content()
                            .forEach((key, value) -> lines.add("    " + key + " = " + shortened(value.revealText())));
                }
            }
        }
    }

    private static String shortened(String text) {
        String printable = Printable.text(text);
        return printable.length() <= 200
                ? printable
                : printable.length() + " characters, "
                        + java.util.UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
