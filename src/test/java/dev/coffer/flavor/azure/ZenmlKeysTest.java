package dev.coffer.flavor.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Fault;
import dev.coffer.flavor.MeanProxy;
import dev.coffer.flavor.MemoryFlavor;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.ExitCode;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.Copy;
import dev.coffer.vault.TestHome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ZenML kept as one secret for each key is read as it was meant, and left as it is. */
class ZenmlKeysTest {
    private static final Map<String, String> OLD = Map.of("scope", "none", "layout", "per-key", "prefix", "");
    private static final SecretName S3 = SecretName.of("S3-store");

    private final AzureBackend backend = new AzureBackend(OLD);
    private final AzureServer vault = backend.server();
    private final MeanProxy proxy = new MeanProxy(vault.address());
    private final SecretsManager manager = backend.at(proxy.address(), "zenml", OLD);

    @AfterEach
    void tearDown() {
        manager.close();
        proxy.close();
        backend.close();
    }

    /** As ZenML calls it: {@code "zenml-" + base64.b64encode(f"{name}-{key}".encode()).hex()}. */
    private static String encoded(String name, String key) {
        return "zenml-" + HexFormat.of().formatHex(Base64.getEncoder().encode((name + "-" + key).getBytes(UTF_8)));
    }

    private static Map<String, String> tags(String name, String key, String type) {
        return Map.of("zenml-group-key", name, "zenml-key-name", key, "zenml-schema-name", type);
    }

    private void plant(String name, String key, String value, String type) {
        vault.plant(encoded(name, key), value, tags(name, key, type));
    }

    private void plantS3() {
        plant("S3-store", "aws_secret_access_key", " s3cr\u00e9t\n", "aws");
        plant("S3-store", "aws_access_key_id", "id", "aws");
    }

    private Map<String, String> read(SecretName name) {
        Map<String, String> content = new TreeMap<>();
        try (Secret secret = manager.getSecret(name)) {
            secret.content().forEach((key, value) -> content.put(key, value.revealText()));
        }
        return content;
    }

    @Test
    void keys_areOneSecret_withItsType() {
        plantS3();
        assertEquals("zenml-557a4d7463335276636d557461773d3d", encoded("S3-store", "k"), "as Python says");
        plant("db", "value", "{\"is\":\"text\"}", "arbitrary");
        assertEquals(
                List.of(new Listed(S3, "aws"), new Listed(SecretName.of("db"), "arbitrary")),
                manager.listSecrets().stream()
                        .map(one -> new Listed(one.name(), one.schemaType()))
                        .toList());
        assertEquals(Map.of("aws_access_key_id", "id", "aws_secret_access_key", " s3cr\u00e9t\n"), read(S3));
        assertEquals(Map.of("value", "{\"is\":\"text\"}"), read(SecretName.of("db")));
        try (Secret secret = manager.getSecret(S3)) {
            assertEquals("aws", secret.schemaType());
        }
        assertTrue(manager.hasSecret(S3));
        assertThrows(NoSuchSecretException.class, () -> manager.getSecret(SecretName.of("s3-store")));
    }

    private record Listed(SecretName name, String type) {}

    /** Before names were encoded they were the two words alone, and there was no tag for the key. */
    @Test
    void keysOfTheOldestVersions_areRead_andNewerOnesComeFirst() {
        vault.plant("Db-userName", "ada", Map.of("zenml-group-key", "Db", "zenml-schema-name", "arbitrary"));
        vault.plant("Db-password", "old", Map.of("zenml-group-key", "Db"));
        plant("Db", "password", "new", "arbitrary");
        assertEquals(Map.of("userName", "ada", "password", "new"), read(SecretName.of("Db")));
    }

    @Test
    void whatZenmlDidNotWriteLikeThis_isNoneOfIt() {
        plantS3();
        vault.plant("zenml-namespace-ns-s3", "{}", Map.of("zenml_secret_name", "s3", "zenml_scope", "namespace"));
        vault.plant(encoded("db", "k"), "untagged", Map.of());
        vault.plant("somebody", "theirs", tags("S3-store", "stolen", "aws"));
        vault.plant(encoded("db", "k2"), "of another", tags("db", "other", "aws"));
        vault.plant(encoded("no good", "k"), "theirs", tags("no good", "k", "aws"));
        vault.plant("db-", "no key", Map.of("zenml-group-key", "db"));
        assertEquals(List.of(S3), manager.getAllSecretKeys());
        assertEquals(Set.of("aws_access_key_id", "aws_secret_access_key"), read(S3).keySet());
        plant("plain", "k", "v", "");
        assertEquals("arbitrary", manager.listSecrets().get(1).schemaType(), "of no type");
    }

    @Test
    void nothingIsEverChanged() {
        plantS3();
        List<String> before = vault.names();
        Secret secret = Secret.of(S3, Map.of("k", SecretValue.of("v")));
        List<Executable> changes = List.of(
                () -> manager.registerSecret(Secret.of(SecretName.of("new"), Map.of())),
                () -> manager.updateSecret(secret),
                () -> manager.mergeSecret(S3, new SecretPatch(Map.of(), Set.of(), Optional.empty())),
                () -> manager.deleteSecret(S3),
                manager::deleteAllSecrets);
        for (Executable change : changes) {
            UnsupportedByFlavorException e = assertThrows(UnsupportedByFlavorException.class, change);
            assertEquals(ExitCode.UNSUPPORTED, e.exitCode());
            assertTrue(e.getMessage().contains("zenml"), e.getMessage());
            assertTrue(e.hint().orElse("").contains("coffer copy"), e.toString());
        }
        assertEquals(List.of(), proxy.requests());
        assertEquals(before, vault.names());
    }

    /** As {@code coffer copy} does. */
    @Test
    void secrets_areCopied_withTheirTypes() {
        plantS3();
        plant("db", "password", "p", "arbitrary");
        SecretsManager here = new MemoryFlavor(Clock.systemUTC())
                .create(
                        new ComponentDefinition(
                                ComponentType.SECRETS_MANAGER, "memory", "here", UUID.randomUUID(), Map.of()),
                        SchemaCatalog.builtIn());
        try (TestHome home = TestHome.create()) {
            Copy copy = new Copy(manager, here, home.vault().syncStore(TestHome.HERE));
            List<Copy.Result> results = copy.apply(copy.plan(name -> true, false), Progress.NONE);
            assertTrue(results.stream().allMatch(result -> result.done() && result.verified()), results.toString());
        }
        try (Secret copied = here.getSecret(S3)) {
            assertEquals("aws", copied.schemaType());
            assertEquals(" s3cr\u00e9t\n", copied.value("aws_secret_access_key").revealText());
        }
        assertEquals(2, here.getAllSecretKeys().size());
    }

    @Test
    void keyThatIsDisabled_isNamed() {
        plantS3();
        vault.disable(encoded("S3-store", "aws_access_key_id"));
        RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(S3));
        assertTrue(e.getMessage().contains("the key aws_access_key_id is disabled"), e.getMessage());
        assertEquals(List.of(S3), manager.getAllSecretKeys());
    }

    /** A part of a secret is never given as the whole. */
    @Test
    void keyThatIsDeletedWhileReading_isAnError() {
        plantS3();
        AtomicBoolean done = new AtomicBoolean();
        proxy.next(
                request -> {
                    if (request.target().contains(encoded("S3-store", "aws_access_key_id")) && !done.getAndSet(true)) {
                        vault.plantDeletion(encoded("S3-store", "aws_secret_access_key"));
                    }
                    return false;
                },
                Fault.cutBefore());
        RemoteException e = assertThrows(RemoteException.class, () -> manager.getSecret(S3));
        assertTrue(e.getMessage().contains("aws_secret_access_key was deleted at the same time"), e.getMessage());
    }

    @Test
    void cost_isThatOfTheListing_andOneForEachKey() {
        List<String> keys = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            plant("many", "k" + i, "v" + i, "arbitrary");
            keys.add("k" + i);
        }
        assertEquals(keys, List.copyOf(read(SecretName.of("many")).keySet()));
        assertEquals(2 + 30, proxy.requests().size());
        proxy.forgetRequests();
        assertEquals(1, manager.listSecrets().size());
        assertEquals(2, proxy.requests().size());
    }

    @Test
    void check_tellsWhatIsMissing() {
        assertEquals(Optional.empty(), manager.check());
        vault.deny("readMetadata");
        assertTrue(manager.check().orElseThrow().getMessage().contains("not allowed"));
        RemoteException e = assertThrows(RemoteException.class, manager::listSecrets);
        assertTrue(e.getMessage().contains("not allowed"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "layout=both",
                "layout=per-key",
                "layout=per-key scope=none prefix=p-",
                "layout=per-key scope=global"
            })
    void layoutThatMakesNoSense_isRefused(String attributes) {
        Map<String, String> all = new HashMap<>(Map.of("vault", "v1t"));
        for (String attribute : attributes.split(" ", -1)) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        InvalidException e = assertThrows(InvalidException.class, () -> backend.create("zenml", all));
        assertTrue(e.getMessage().contains("layout"), e.getMessage());
    }
}
