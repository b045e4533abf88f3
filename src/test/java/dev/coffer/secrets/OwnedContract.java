package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What {@link Owned} promises: what coffer did not make is read at most, until it is adopted. A flavor whose store
 * holds coffer's own secrets only plants no foreign one; its secrets are then all owned, and adopting changes nothing.
 */
public abstract class OwnedContract extends ContractFixture {
    /** Only for contracts. */
    protected OwnedContract() {}

    /**
     * Puts a secret that coffer did not make into the backend, past the code under test, where {@link #manager()} sees
     * it. Empty if the backend holds coffer's own secrets only, so that there is nothing foreign in it.
     *
     * @return the foreign secret's name
     */
    protected abstract Optional<SecretName> plantForeign();

    @Test
    protected void registered_isOwned() {
        register(manager(), "db", "k", "v");
        assertTrue(owned().isOwned(name("db")));
        assertTrue(capable(Owned.class, another()).isOwned(name("db")));
        manager().updateSecret(secret("db", "k", "w"));
        assertTrue(owned().isOwned(name("db")));
    }

    @Test
    protected void missing_isNoSuchSecret() {
        register(elsewhere(), "db", "k", "v");
        assertThrows(NoSuchSecretException.class, () -> owned().isOwned(name("db")));
        assertThrows(NoSuchSecretException.class, () -> owned().adopt(name("db")));
        register(manager(), "db", "k", "v");
        manager().deleteSecret(name("db"));
        assertThrows(NoSuchSecretException.class, () -> owned().isOwned(name("db")));
        assertThrows(NoSuchSecretException.class, () -> owned().adopt(name("db")));
    }

    @Test
    protected void adopt_ofAnOwnedSecret_changesNothing() {
        WriteReceipt receipt = register(manager(), "db", "k", "v");
        owned().adopt(name("db"));
        assertTrue(owned().isOwned(name("db")));
        assertHolds(manager(), "db", "k", "v");
        look(manager(), "db", secret -> assertEquals(Optional.ofNullable(receipt.version()), secret.version()));
    }

    @Test
    protected void foreign_isNotWritten_untilItIsAdopted() {
        plantForeign().ifPresent(foreign -> {
            assertFalse(owned().isOwned(foreign));
            Map<String, String> before = read(manager(), foreign.value());
            Secret change = secret(foreign.value(), "k", "changed");
            assertThrows(ConflictException.class, () -> manager().updateSecret(change));
            assertThrows(ConflictException.class, () -> manager().deleteSecret(foreign));
            assertThrows(SecretExistsException.class, () -> manager().registerSecret(change));
            assertEquals(before, read(manager(), foreign.value()));
            assertFalse(owned().isOwned(foreign));
            owned().adopt(foreign);
            assertEquals(before, read(manager(), foreign.value()));
            assertTrue(owned().isOwned(foreign));
            manager().updateSecret(change);
            assertHolds(manager(), foreign.value(), "k", "changed");
            manager().deleteSecret(foreign);
            assertEquals(List.of(), manager().getAllSecretKeys());
        });
    }

    @Test
    protected void foreign_survivesDeleteAll() {
        plantForeign().ifPresent(foreign -> {
            Map<String, String> before = read(manager(), foreign.value());
            register(manager(), "db", "k", "v");
            manager().deleteAllSecrets();
            assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("db")));
            assertEquals(before, read(manager(), foreign.value()));
            assertFalse(owned().isOwned(foreign));
        });
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "db", "k", "v");
        Owned closed = owned();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.isOwned(name("db")));
        assertThrows(IllegalStateException.class, () -> closed.adopt(name("db")));
    }

    private Owned owned() {
        return capable(Owned.class, manager());
    }
}
