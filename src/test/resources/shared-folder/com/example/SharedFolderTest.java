package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConditionalWritesContract;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.ScopeContract;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.UntrustedStorageContract;
import dev.coffer.secrets.WrongKeyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What coffer asks of every flavor, and what this one promises beyond that. */
class SharedFolderTest {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    private static SecretsManager open(String component, Path folder, Map<String, String> more) {
        Map<String, String> attributes = new TreeMap<>(Map.of("folder", folder.toString(), "key", KEY));
        attributes.putAll(more);
        ComponentDefinition definition = new ComponentDefinition(
                ComponentType.SECRETS_MANAGER,
                "shared-folder",
                component,
                UUID.nameUUIDFromBytes(component.getBytes(UTF_8)),
                attributes);
        return new SharedFolder().create(definition, SchemaCatalog.builtIn());
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path folder) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (Path file : files(folder)) {
                all.writeBytes(folder.relativize(file).toString().getBytes(UTF_8));
                all.writeBytes(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toByteArray();
    }

    /** The whole contract, in one scope. */
    abstract static class InScope extends SecretsManagerContract {
        @TempDir
        Path folder;

        private final Map<String, String> scope;

        InScope(Map<String, String> scope) {
            this.scope = scope;
        }

        @Override
        protected SecretsManager open() {
            return SharedFolderTest.open("here", folder, scope);
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderTest.open("there", folder, Map.of());
        }

        @Override
        protected Optional<SecretsManager> openBroken() {
            return Optional.of(SharedFolderTest.open("here", folder.resolve("missing"), scope));
        }

        @Override
        protected Optional<byte[]> rawBytesAtRest() {
            return Optional.of(bytes(folder));
        }

        @Override
        protected Set<Class<? extends ContractFixture>> capabilityTests() {
            return Set.of(ItsConditionalWrites.class, ItsTraces.class);
        }
    }

    @Nested
    class InComponentScope extends InScope {
        InComponentScope() {
            super(Map.of());
        }
    }

    @Nested
    class InNamespaceScope extends InScope {
        InNamespaceScope() {
            super(Map.of("scope", "namespace", "namespace", "team-a"));
        }
    }

    @Nested
    class InGlobalScope extends InScope {
        InGlobalScope() {
            super(Map.of("scope", "global"));
        }
    }

    @Nested
    class InNoScope extends InScope {
        InNoScope() {
            super(Map.of("scope", "none"));
        }
    }

    @Nested
    class ItsScopes extends ScopeContract {
        @TempDir
        Path folder;

        @Override
        protected SecretsManager openScoped(String component, Map<String, String> attributes) {
            return SharedFolderTest.open(component, folder, attributes);
        }

        @Override
        protected List<AttributeDeclaration> declared() {
            return new SharedFolder().attributes();
        }
    }

    @Nested
    class ItsConditionalWrites extends ConditionalWritesContract {
        @TempDir
        Path folder;

        @Override
        protected SecretsManager open() {
            return SharedFolderTest.open("here", folder, Map.of());
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderTest.open("there", folder, Map.of());
        }
    }

    @Nested
    class ItsTraces extends UntrustedStorageContract {
        @TempDir
        Path folder;

        @Override
        protected SecretsManager open() {
            return SharedFolderTest.open("here", folder, Map.of());
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderTest.open("there", folder, Map.of());
        }
    }

    @Nested
    class ItsFolder extends ContractFixture {
        @TempDir
        Path folder;

        @Override
        protected SecretsManager open() {
            return SharedFolderTest.open("here", folder, Map.of());
        }

        @Override
        protected SecretsManager openElsewhere() {
            return SharedFolderTest.open("there", folder, Map.of());
        }

        @Test
        void construction_andReading_makeNoFile() {
            assertEquals(List.of(), manager().getAllSecretKeys());
            assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("db")));
            assertEquals(List.of(), files(folder));
        }

        @Test
        void names_areNotOnDisk() {
            register(manager(), "canary-name", "k", "v");
            assertFalse(new String(bytes(folder), UTF_8).contains("canary-name"));
        }

        @Test
        void valuesOfAboutTheSameLength_makeFilesOfTheSameLength() throws IOException {
            register(manager(), "a", "k", "v");
            register(manager(), "b", "k", "v".repeat(100));
            assertEquals(Files.size(fileOf(0)), Files.size(fileOf(1)));
        }

        @Test
        void anEditedFile_isAnIntegrityFailure_thatNamesIt() throws IOException {
            register(manager(), "db", "k", "v");
            byte[] whole = Files.readAllBytes(fileOf(0));
            for (int i = 0; i < whole.length; i++) {
                byte[] edited = whole.clone();
                edited[i] ^= 1;
                Files.write(fileOf(0), edited);
                assertDamaged("db", fileOf(0));
            }
            for (int length : new int[] {0, 1, 12, 27, whole.length - 1}) {
                Files.write(fileOf(0), Arrays.copyOf(whole, length));
                assertDamaged("db", fileOf(0));
            }
            Files.write(fileOf(0), whole);
            assertHolds(manager(), "db", "k", "v");
        }

        @Test
        void aFileInThePlaceOfAnother_isAnIntegrityFailure() throws IOException {
            register(manager(), "a", "k", "of a");
            register(manager(), "b", "k", "of b");
            Files.write(fileOf(0), Files.readAllBytes(fileOf(1)));
            assertThrows(IntegrityException.class, () -> manager().getAllSecretKeys());
        }

        @Test
        void aFileOfAnotherScope_isAnIntegrityFailure() throws IOException {
            register(elsewhere(), "db", "k", "elsewhere");
            Path theirs = fileOf(0);
            register(manager(), "db", "k", "here");
            Path mine = fileOf(0).equals(theirs) ? fileOf(1) : fileOf(0);
            Files.write(mine, Files.readAllBytes(theirs));
            assertDamaged("db", mine);
            assertHolds(elsewhere(), "db", "k", "elsewhere");
        }

        @Test
        void copiesThatAServiceMade_areLeftAlone() throws IOException {
            register(manager(), "db", "k", "v");
            Path copy = Files.copy(fileOf(0), fileOf(0).resolveSibling(fileOf(0).getFileName() + " (conflict)"));
            assertEquals(names("db"), manager().getAllSecretKeys());
            manager().deleteAllSecrets();
            assertTrue(Files.exists(copy));
        }

        @Test
        void anotherKey_isAWrongKey_beforeAnythingIsWritten() {
            register(manager(), "db", "k", "v");
            byte[] before = bytes(folder);
            String otherKey = Base64.getEncoder().encodeToString(new byte[] {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2
            });
            SecretsManager other = track(SharedFolderTest.open("here", folder, Map.of("key", otherKey)));
            assertThrows(WrongKeyException.class, () -> other.getSecret(name("db")));
            assertThrows(WrongKeyException.class, () -> register(other, "more", "k", "v"));
            assertEquals(
                    Optional.of(WrongKeyException.class), other.check().map(CofferException::getClass));
            assertTrue(Arrays.equals(before, bytes(folder)));
        }

        @Test
        void aFolderWithoutItsKeyCheck_isAnIntegrityFailure_notANewFolder() throws IOException {
            register(manager(), "db", "k", "v");
            Files.delete(folder.resolve("key-check"));
            assertThrows(IntegrityException.class, () -> manager().getAllSecretKeys());
            assertThrows(IntegrityException.class, () -> register(manager(), "more", "k", "v"));
        }

        @Test
        void aMissingFolder_isNotMade() {
            Path missing = folder.resolve("missing");
            SecretsManager manager = track(SharedFolderTest.open("here", missing, Map.of()));
            assertThrows(StoreFileException.class, () -> register(manager, "db", "k", "v"));
            assertFalse(Files.exists(missing));
        }

        @Test
        void anInterruptedWrite_isInNobodysWay() throws IOException {
            register(manager(), "db", "k", "old");
            Files.writeString(fileOf(0).resolveSibling(".new"), "half of it");
            assertHolds(manager(), "db", "k", "old");
            manager().updateSecret(secret("db", "k", "new"));
            assertHolds(another(), "db", "k", "new");
            assertFalse(Files.exists(fileOf(0).resolveSibling(".new")));
        }

        @Test
        void badAttributes_areRefused_andNotQuoted() {
            for (Map<String, String> bad : List.of(
                    Map.of("folder", "relative"),
                    Map.of("folder", ""),
                    Map.of("key", ""),
                    Map.of("key", "hunter2"),
                    Map.of("key", "aHVudGVyMg=="))) {
                InvalidException e =
                        assertThrows(InvalidException.class, () -> SharedFolderTest.open("here", folder, bad));
                assertFalse((e.getMessage() + e.hint()).contains("hunter2"));
            }
        }

        private void assertDamaged(String name, Path file) {
            IntegrityException e = assertThrows(IntegrityException.class, () -> manager().getSecret(name(name)));
            assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
        }

        /** The file of one secret, in the order of their paths. */
        private Path fileOf(int index) {
            return files(folder).stream()
                    .filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                    .toList()
                    .get(index);
        }
    }
}
