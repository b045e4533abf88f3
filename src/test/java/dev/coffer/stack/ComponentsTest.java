package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.StoredRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentsTest {
    private static final ComponentType MANAGER = ComponentType.SECRETS_MANAGER;
    private static final ComponentType STORE = new ComponentType("artifact-store");

    @TempDir
    Path home;

    private Coffer coffer;
    private Components components;

    /** Declares a credential. */
    private static final class Bucket implements Flavor {
        @Override
        public ComponentType type() {
            return STORE;
        }

        @Override
        public String name() {
            return "bucket";
        }

        @Override
        public String description() {
            return "a bucket";
        }

        @Override
        public List<AttributeDeclaration> attributes() {
            return List.of(attribute("url", false), attribute("key", true));
        }

        private static AttributeDeclaration attribute(String name, boolean sensitive) {
            return new AttributeDeclaration(
                    name, AttributeDeclaration.Kind.TEXT, false, Optional.empty(), "text", sensitive);
        }
    }

    @BeforeEach
    void open() {
        coffer = Coffer.open(CofferOptions.fromEnvironment(Map.of()).withHome(home.resolve("coffer")));
        components = new Components(coffer.vault(), Flavors.of(List.of(new Bucket())));
    }

    @AfterEach
    void close() {
        coffer.close();
    }

    private static ComponentDefinition bucket(String key) {
        return new ComponentDefinition(STORE, "bucket", "b", UUID.randomUUID(), Map.of("url", "s3://b", "key", key));
    }

    @Test
    void local_keepsItsScope() {
        Map<String, String> scope = Map.of("scope", "global");
        assertThrows(ConflictException.class, () -> components.update(MANAGER, "local", scope, Set.of()));
        assertEquals(Map.of(), components.require(MANAGER, "local").attributes());
    }

    /** Stacks would take another one for it, and its secrets would be out of sight. */
    @Test
    void local_removedBySomebodyElse_isNotReplaced() {
        Components all = coffer.components();
        all.register(MANAGER, "team", "local", Map.of());
        StoredRecord local = all.findStored(MANAGER, "local").orElseThrow();
        coffer.vault().changeRecords(List.of(new RecordChange.Remove(local.id(), local.version())));
        assertThrows(IntegrityException.class, () -> all.register(MANAGER, "local", "memory", Map.of()));
        assertThrows(IntegrityException.class, () -> all.copy(MANAGER, "team", "local"));
        assertThrows(IntegrityException.class, () -> all.rename(MANAGER, "team", "local"));
        assertEquals(Optional.empty(), all.find(MANAGER, "local"));
    }

    @Test
    void credentialsInClear_areHidden() {
        assertTrue(components.isHidden(bucket("hunter2"), "key"));
        assertTrue(components.isHidden(bucket("\\{{not.reference}}"), "key"));
        assertFalse(components.isHidden(bucket("{{s3.key}}"), "key"));
        assertFalse(components.isHidden(bucket("{{s3.key}}{{s3.more}}"), "key"));
        assertTrue(components.isHidden(bucket("hunter2-{{s3.key}}"), "key"));
        assertFalse(components.isHidden(bucket("hunter2"), "url"));
        assertFalse(components.isHidden(bucket("hunter2"), "other"));
    }

    @Test
    void aManagerOfAFlavorThatIsGone_showsNoText() {
        ComponentDefinition gone = new ComponentDefinition(
                MANAGER, "gone", "g", UUID.randomUUID(), Map.of("token", "hunter2", "a", "{{b.c}}"));

        assertTrue(components.isHidden(gone, "token"));
        assertFalse(components.isHidden(gone, "a"));
        assertFalse(components.ownsSecrets(gone));
    }

    @Test
    void onlyTheScopeComponent_ownsSecrets() {
        Components all = coffer.components();

        assertTrue(all.ownsSecrets(all.register(MANAGER, "own", "local", Map.of())));
        assertTrue(all.ownsSecrets(all.register(MANAGER, "said", "local", Map.of("scope", "component"))));
        assertFalse(all.ownsSecrets(all.register(MANAGER, "shared", "local", Map.of("scope", "global"))));
        assertFalse(all.ownsSecrets(all.register(STORE, "bucket", "local", Map.of())));
    }

    @Test
    void aScopeThatThereIsNot_isRefusedAtOnce() {
        Components all = coffer.components();

        assertThrows(InvalidException.class, () -> all.register(MANAGER, "m", "local", Map.of("scope", "planet")));
        assertEquals(1, all.list(MANAGER).size());
    }
}
