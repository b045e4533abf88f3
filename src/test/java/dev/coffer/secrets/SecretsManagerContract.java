package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What every flavor of secrets manager keeps to. A flavor is accepted when a subclass of this passes, together with a
 * subclass of the contract of each capability interface that the flavor implements:
 *
 * <pre>{@code
 * class FolderFlavorTest extends SecretsManagerContract {
 *     @TempDir Path folder;
 *
 *     @Override protected SecretsManager open() { return managerOver(folder.resolve("here")); }
 *     @Override protected SecretsManager openElsewhere() { return managerOver(folder.resolve("there")); }
 *     @Override protected Optional<SecretsManager> openBroken() { return Optional.of(managerOver(aFileNotAFolder())); }
 *     @Override protected Optional<byte[]> rawBytesAtRest() { return Optional.of(allBytesBelow(folder)); }
 *     @Override protected Set<Class<? extends ContractFixture>> capabilityTests() {
 *         return Set.of(FolderFlavorRenamingTest.class);
 *     }
 * }
 * }</pre>
 */
public abstract class SecretsManagerContract extends OperationsContract {
    private static final String CANARY = "canary-3f9d1c7a5be2-sings";

    /** The contract of each capability. */
    private static final Map<Class<?>, Class<? extends ContractFixture>> CAPABILITIES = Map.of(
            BulkReads.class, BulkReadsContract.class,
            BulkWrites.class, BulkWritesContract.class,
            ConditionalWrites.class, ConditionalWritesContract.class,
            Owned.class, OwnedContract.class,
            ProviderLimits.class, ProviderLimitsContract.class,
            Recoverable.class, RecoverableContract.class,
            Renaming.class, RenamingContract.class,
            Revisions.class, RevisionsContract.class,
            UntrustedStorage.class, UntrustedStorageContract.class,
            Versioned.class, VersionedContract.class);

    /** Only for contracts. */
    protected SecretsManagerContract() {}

    /**
     * A manager whose backend does not work: unreachable, damaged, refused. Empty if nothing can break, because the
     * flavor depends on nothing outside of the process.
     */
    protected abstract Optional<SecretsManager> openBroken();

    /**
     * All bytes in which this test's backend keeps what it was given, read past the code under test: the files of a
     * store, the rows of a server. No value may be found in them. Empty if the flavor keeps nothing outside of the
     * process, or leaves encryption to its provider.
     */
    protected abstract Optional<byte[]> rawBytesAtRest();

    /** The flavor's tests of capabilities: one class for each capability interface that its managers implement. */
    protected abstract Set<Class<? extends ContractFixture>> capabilityTests();

    // Capabilities: what the manager's class says, the flavor's tests must say too.

    @Test
    protected void capabilities_eachHasItsContract_andNoOther() {
        SecretsManager manager = manager();
        CAPABILITIES.forEach((capability, contract) -> {
            List<Class<? extends ContractFixture>> tests = capabilityTests().stream()
                    .filter(contract::isAssignableFrom)
                    .toList();
            int expected = capability.isInstance(manager) ? 1 : 0;
            assertEquals(
                    expected,
                    tests.size(),
                    () -> "capabilityTests() must name " + expected + " that extends " + contract.getSimpleName()
                            + ", as " + manager.getClass().getName()
                            + (expected == 1 ? " implements " : " does not implement ") + capability.getSimpleName());
        });
        for (Class<?> test : capabilityTests()) {
            assertFalse(Modifier.isAbstract(test.getModifiers()), () -> test + " is abstract: it does not run");
            assertTrue(
                    CAPABILITIES.values().stream().anyMatch(contract -> contract.isAssignableFrom(test)),
                    () -> test + " extends the contract of no capability");
        }
    }

    @Test
    protected void capabilities_noneIsUnknownToTheContracts() {
        Set<Class<?>> unknown = new LinkedHashSet<>();
        collectInterfaces(manager().getClass(), unknown);
        unknown.removeIf(type -> !type.getPackageName().equals(SecretsManager.class.getPackageName()));
        unknown.removeAll(CAPABILITIES.keySet());
        unknown.removeAll(Set.of(SecretsManager.class, RecordStore.class));
        assertEquals(Set.of(), unknown, "capabilities without a contract");
    }

    @Test
    protected void values_areReadBack_unlessTheFlavorIsDeclaredWriteOnly() {
        assertEquals(!writeOnly(), manager().readsValues(), "readsValues() against writeOnly() of the test");
        register(manager(), "db", "k", "v");
        assertHolds(manager(), "db", "k", "v");
        look(manager(), "db", secret -> assertEquals(values("k", "v"), revealed(secret)));
    }

    @Test
    protected void component_isASecretsManagerWithANameAndAFlavor() {
        SecretsManager manager = manager();
        assertEquals(ComponentType.SECRETS_MANAGER, manager.type());
        assertFalse(manager.flavor().isBlank());
        assertFalse(manager.name().isBlank());
        assertEquals(manager.id(), manager.definition().id());
    }

    // Schemas

    @Test
    protected void schema_unknownOnRegister_isNoSuchSchema_nothingWritten() {
        Secret unknown = typed("db", "no_such_schema", "k", "v");
        assertThrows(NoSuchSchemaException.class, () -> manager().registerSecret(unknown));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void schema_unknownOnUpdateOrMerge_isNoSuchSchema_nothingWritten() {
        register(manager(), "db", "k", "old");
        Secret unknown = typed("db", "no_such_schema", "k", "new");
        assertThrows(NoSuchSchemaException.class, () -> manager().updateSecret(unknown));
        SecretPatch patch = new SecretPatch(Map.of(), Set.of(), Optional.of("no_such_schema"));
        assertThrows(NoSuchSchemaException.class, () -> manager().mergeSecret(name("db"), patch));
        assertHolds(manager(), "db", "k", "old");
        assertType("db", Secret.ARBITRARY);
    }

    @Test
    protected void schema_requiredKeyMissing_isInvalid_nothingWritten() {
        Secret lacking = typed("db", "basic_auth", "username", "u");
        assertThrows(InvalidException.class, () -> manager().registerSecret(lacking));
        assertEquals(List.of(), manager().getAllSecretKeys());
        manager().registerSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        assertThrows(InvalidException.class, () -> manager().updateSecret(lacking));
        assertHolds(manager(), "db", "username", "u", "password", "p");
    }

    @Test
    protected void schema_defaults_areStored_andLeavingThemOutChangesNothing() {
        Secret given = typed("s3", "seldon_s3", "rclone_config_s3_access_key_id", "id");
        manager().registerSecret(given);
        assertEquals("s3", read(manager(), "s3").get("rclone_config_s3_type"));
        assertEquals(writeOnly(), manager().updateSecret(given).changed());
        assertEquals("s3", read(manager(), "s3").get("rclone_config_s3_type"));
        assertEquals("id", read(manager(), "s3").get("rclone_config_s3_access_key_id"));
    }

    // Instances

    @Test
    protected void instances_ofOneBackend_seeTheSame() {
        SecretsManager other = another();
        register(manager(), "db", "k", "v");
        assertHolds(other, "db", "k", "v");
        other.updateSecret(secret("db", "k", "w"));
        assertHolds(manager(), "db", "k", "w");
        manager().deleteSecret(name("db"));
        assertThrows(NoSuchSecretException.class, () -> other.getSecret(name("db")));
        assertEquals(List.of(), other.getAllSecretKeys());
    }

    @Test
    protected void instances_openedAfterTheOthersWereClosed_seeWhatWasWritten() {
        register(manager(), "db", "k", "v");
        manager().close();
        assertHolds(another(), "db", "k", "v");
    }

    @Test
    protected void instances_elsewhere_shareNothing() {
        register(manager(), "db", "k", "here");
        assertThrows(NoSuchSecretException.class, () -> elsewhere().getSecret(name("db")));
        assertThrows(NoSuchSecretException.class, () -> elsewhere().updateSecret(secret("db", "k", "v")));
        assertThrows(NoSuchSecretException.class, () -> elsewhere().deleteSecret(name("db")));
        assertEquals(List.of(), elsewhere().getAllSecretKeys());
        register(elsewhere(), "db", "k", "elsewhere");
        assertHolds(manager(), "db", "k", "here");
        assertHolds(elsewhere(), "db", "k", "elsewhere");
        elsewhere().deleteSecret(name("db"));
        assertHolds(manager(), "db", "k", "here");
        assertEquals(names("db"), manager().getAllSecretKeys());
    }

    // Secrecy

    @Test
    protected void secrecy_valuesAreNowhereAtRest() {
        assertNowhereAtRest("k", CANARY);
    }

    @Test
    protected void secrecy_keysAreNowhereAtRest() {
        assertNowhereAtRest(CANARY, "v");
    }

    private void assertNowhereAtRest(String key, String value) {
        register(manager(), "before", "k", "v");
        Optional<byte[]> before = rawBytesAtRest();
        register(manager(), "db", key, value);
        manager().updateSecret(secret("db", key, value, "more", "x"));
        rawBytesAtRest().ifPresent(after -> {
            assertTrue(after.length > 0, "rawBytesAtRest() sees nothing");
            assertNotEquals(
                    HexFormat.of().formatHex(before.orElseThrow()),
                    HexFormat.of().formatHex(after),
                    "rawBytesAtRest() does not see what was written");
            assertHasNoCanary(after);
        });
        manager().deleteSecret(name("db"));
        rawBytesAtRest().ifPresent(SecretsManagerContract::assertHasNoCanary);
    }

    private static void assertHasNoCanary(byte[] raw) {
        byte[] utf8 = CANARY.getBytes(StandardCharsets.UTF_8);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(utf8);
        String text = new String(raw, StandardCharsets.ISO_8859_1); // one character per byte
        assertFalse(text.contains(CANARY), "in clear");
        assertFalse(text.contains(new String(utf16(CANARY), StandardCharsets.ISO_8859_1)), "as UTF-16");
        assertFalse(text.contains(base64.substring(0, base64.length() - 1)), "as base64");
        assertFalse(text.contains(HexFormat.of().formatHex(utf8)), "as hexadecimal digits");
    }

    private static byte[] utf16(String text) {
        return text.getBytes(StandardCharsets.UTF_16LE);
    }

    @Test
    protected void secrecy_errorsHoldNoValue() {
        register(manager(), "db", "k", CANARY);
        List<Executable> failures = List.of(
                () -> register(manager(), "db", "k", CANARY + "2"),
                () -> manager().registerSecret(typed("x", "basic_auth", "username", CANARY)),
                () -> manager().registerSecret(typed("x", "no_such_schema", "k", CANARY)),
                () -> manager().updateSecret(typed("db", "basic_auth", "password", CANARY)),
                () -> manager().updateSecret(secret("missing", "k", CANARY)),
                () -> manager().mergeSecret(name("missing"), setting("k", CANARY)),
                () -> manager().mergeSecret(name("db"), new SecretPatch(Map.of(), Set.of("k2"), Optional.empty())));
        for (Executable failure : failures) {
            CofferException e = assertThrows(CofferException.class, failure);
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            String everything = trace + e.name().orElse("") + e.hint().orElse("");
            assertFalse(everything.contains(CANARY), () -> "a value in " + e.getClass());
            assertTrue(e.name().isPresent(), () -> "an error that names nothing: " + e.getClass());
        }
    }

    @Test
    protected void secrecy_whatIsHandedOutShowsNoValue() {
        WriteReceipt receipt = register(manager(), "db", "k", CANARY);
        assertFalse((receipt + " " + manager()).contains(CANARY));
        look(manager(), "db", secret -> assertFalse((secret + " " + secret.content()).contains(CANARY)));
    }

    // Life cycle

    @Test
    protected void check_ofAWorkingManager_isEmpty() {
        assertEquals(Optional.empty(), manager().check());
        register(manager(), "db", "k", "v");
        assertEquals(Optional.empty(), manager().check());
        assertEquals(names("db"), manager().getAllSecretKeys());
    }

    @Test
    protected void check_ofABrokenManager_saysWhatOperationsMeet() {
        openBroken().map(this::track).ifPresent(broken -> {
            CofferException said = broken.check().orElseThrow(() -> new AssertionError("check() says all is well"));
            assertEquals(said.getClass(), broken.check().orElseThrow().getClass());
            assertEquals(
                    said.getClass(),
                    assertThrows(CofferException.class, broken::getAllSecretKeys)
                            .getClass());
            assertThrows(said.getClass(), () -> broken.getSecret(name("db")));
            assertThrows(said.getClass(), () -> register(broken, "db", "k", "v"));
        });
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "db", "k", "v");
        SecretsManager closed = manager();
        closed.close();
        List<Executable> uses = List.of(
                () -> register(closed, "new", "k", "v"),
                () -> closed.getSecret(name("db")),
                closed::getAllSecretKeys,
                closed::listSecrets,
                () -> closed.hasSecret(name("db")),
                () -> closed.updateSecret(secret("db", "k", "w")),
                () -> closed.mergeSecret(name("db"), setting("k", "w")),
                () -> closed.deleteSecret(name("db")),
                closed::deleteAllSecrets,
                closed::check);
        uses.forEach(use -> assertThrows(IllegalStateException.class, use));
        assertHolds(another(), "db", "k", "v");
    }

    @Test
    protected void close_neverUsed_isIllegalStateToo() {
        manager().close();
        assertThrows(IllegalStateException.class, () -> manager().getAllSecretKeys());
    }

    @Test
    protected void close_isRepeatable_andLeavesOtherInstancesOpen() {
        SecretsManager other = another();
        register(manager(), "db", "k", "v");
        manager().close();
        manager().close();
        assertHolds(other, "db", "k", "v");
        other.updateSecret(secret("db", "k", "w"));
        assertHolds(other, "db", "k", "w");
    }

    @Test
    protected void close_leavesSecretsHandedOutReadable() {
        register(manager(), "db", "k", "v");
        look(manager(), "db", mine -> {
            manager().close();
            assertEquals(values("k", "v"), revealed(mine));
        });
    }

    private static void collectInterfaces(Class<?> type, Set<Class<?>> found) {
        for (Class<?> one : type.getInterfaces()) {
            if (found.add(one)) {
                collectInterfaces(one, found);
            }
        }
        if (type.getSuperclass() != null) {
            collectInterfaces(type.getSuperclass(), found);
        }
    }
}
