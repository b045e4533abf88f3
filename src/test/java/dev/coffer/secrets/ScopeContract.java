package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.AttributeDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a flavor keeps to whose managers have a {@link SecretScope}: who sees which secrets. {@link #open()} and
 * {@link #openElsewhere()} are managers of two components over one backend.
 */
public abstract class ScopeContract extends ContractFixture {
    /** Only for contracts. */
    protected ScopeContract() {}

    /**
     * A manager over this test's backend.
     *
     * @param component which one; the same text is the same component, with the same id
     * @param attributes {@code scope} and {@code namespace}, to which a flavor adds what it needs
     */
    protected abstract SecretsManager openScoped(String component, Map<String, String> attributes);

    /** What the flavor declares. */
    protected abstract List<AttributeDeclaration> declared();

    @Override
    protected SecretsManager open() {
        return openScoped("here", Map.of());
    }

    @Override
    protected SecretsManager openElsewhere() {
        return openScoped("there", Map.of());
    }

    private SecretsManager scoped(String component, String scope) {
        return track(openScoped(component, Map.of(SecretScope.SCOPE, scope)));
    }

    private SecretsManager namespace(String component, String namespace) {
        return track(openScoped(component, Map.of(SecretScope.SCOPE, "namespace", SecretScope.NAMESPACE, namespace)));
    }

    @Test
    protected void flavor_declaresScopeAndNamespace() {
        assertTrue(declared().containsAll(SecretScope.attributes()));
    }

    @Test
    protected void componentScope_isTheDefault() {
        register(manager(), "db", "k", "v");
        assertHolds(scoped("here", "component"), "db", "k", "v");
    }

    @Test
    protected void componentScope_isTheComponentsOwn() {
        assertApart(scoped("here", "component"), scoped("there", "component"));
    }

    @Test
    protected void globalScope_isSharedByAllThatDeclareIt() {
        assertShared(scoped("here", "global"), scoped("there", "global"));
    }

    @Test
    protected void noScope_isSharedByAllThatDeclareIt() {
        assertShared(scoped("here", "none"), scoped("there", "none"));
    }

    @Test
    protected void namespace_isSharedByAllThatDeclareIt() {
        assertShared(namespace("here", "team-a"), namespace("there", "team-a"));
    }

    @Test
    protected void namespaces_areApart() {
        assertApart(namespace("here", "team-a"), namespace("here", "team-b"));
        assertApart(namespace("here", "Team"), namespace("here", "team"));
    }

    @Test
    protected void scopes_areApart() {
        List<SecretsManager> scopes = new ArrayList<>(List.of(
                scoped("here", "component"),
                scoped("there", "component"),
                scoped("here", "global"),
                scoped("here", "none"),
                namespace("here", "global"),
                namespace("here", "none")));
        for (int i = 0; i < scopes.size(); i++) {
            register(scopes.get(i), "db", "k", "v" + i);
        }
        for (int i = 0; i < scopes.size(); i++) {
            assertEquals(names("db"), scopes.get(i).getAllSecretKeys());
            assertHolds(scopes.get(i), "db", "k", "v" + i);
        }
        scopes.get(2).deleteAllSecrets();
        assertEquals(List.of(), scopes.remove(2).getAllSecretKeys());
        scopes.forEach(scope -> assertEquals(names("db"), scope.getAllSecretKeys()));
    }

    @Test
    protected void separators_inNamespaceAndName_areNotMixedUp() {
        SecretsManager longer = namespace("here", "a-b");
        SecretsManager shorter = namespace("here", "a");
        register(longer, "c", "k", "of a-b");
        register(shorter, "b-c", "k", "of a");
        assertEquals(names("c"), longer.getAllSecretKeys());
        assertEquals(names("b-c"), shorter.getAllSecretKeys());
        assertHolds(longer, "c", "k", "of a-b");
        assertHolds(shorter, "b-c", "k", "of a");
        register(namespace("here", "a/b"), "c", "k", "of a/b");
        register(shorter, "b/c", "k", "of a");
        assertHolds(namespace("there", "a/b"), "c", "k", "of a/b");
    }

    @Test
    protected void scopes_thatMakeNoSense_areRefused() {
        assertRefused(Map.of(SecretScope.SCOPE, "world"));
        assertRefused(Map.of(SecretScope.SCOPE, "GLOBAL"));
        assertRefused(Map.of(SecretScope.SCOPE, "namespace"));
        assertRefused(Map.of(SecretScope.SCOPE, "global", SecretScope.NAMESPACE, "team"));
        assertRefused(Map.of(SecretScope.NAMESPACE, "team"));
        assertRefused(Map.of(SecretScope.SCOPE, "namespace", SecretScope.NAMESPACE, "no blanks"));
    }

    /** What an attribute holds may be from a secret, so no error tells it. */
    private void assertRefused(Map<String, String> attributes) {
        InvalidException refused =
                assertThrows(InvalidException.class, () -> track(openScoped("here", attributes)), attributes::toString);
        for (Throwable told = refused; told != null; told = told.getCause()) {
            String text = told.getMessage() + (told instanceof CofferException e ? e.hint() : "");
            assertFalse(text.contains("world") || text.contains("no blanks") || text.contains("team"), text);
        }
    }

    /** Each of the two sees what the other does. */
    private void assertShared(SecretsManager one, SecretsManager other) {
        assertThrows(NoSuchSecretException.class, () -> other.getSecret(name("db")));
        register(one, "db", "old", "1");
        assertHolds(other, "db", "old", "1");
        assertThrows(SecretExistsException.class, () -> register(other, "db", "k", "v"));
        other.updateSecret(secret("db", "new", "2"));
        assertHolds(one, "db", "new", "2");
        assertEquals(names("db"), other.getAllSecretKeys());
        one.deleteSecret(name("db"));
        assertThrows(NoSuchSecretException.class, () -> other.getSecret(name("db")));
        assertEquals(List.of(), other.getAllSecretKeys());
    }

    /** Neither of the two sees or changes what the other has. */
    private void assertApart(SecretsManager one, SecretsManager other) {
        register(one, "db", "k", "of one");
        assertThrows(NoSuchSecretException.class, () -> other.getSecret(name("db")));
        assertThrows(NoSuchSecretException.class, () -> other.updateSecret(secret("db", "k", "v")));
        assertThrows(NoSuchSecretException.class, () -> other.deleteSecret(name("db")));
        assertEquals(List.of(), other.getAllSecretKeys());
        register(other, "db", "k", "of the other");
        assertHolds(one, "db", "k", "of one");
        other.deleteAllSecrets();
        assertHolds(one, "db", "k", "of one");
        one.deleteAllSecrets();
    }
}
