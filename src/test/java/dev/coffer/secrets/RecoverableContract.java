package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Recoverable} promises: a deleted secret can be brought back, a purged one cannot. */
public abstract class RecoverableContract extends ContractFixture {
    /** Only for contracts. */
    protected RecoverableContract() {}

    @Test
    protected void recover_bringsBackWhatWasDeleted() {
        manager().registerSecret(secret("db", "k", "1"));
        WriteReceipt last = manager().updateSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        manager().deleteSecret(name("db"));
        WriteReceipt receipt = recoverable().recoverSecret(name("db"));
        assertEquals(name("db"), receipt.name());
        assertTrue(receipt.changed());
        try (Secret secret = manager().getSecret(name("db"))) {
            assertEquals(values("username", "u", "password", "p"), revealed(secret));
            assertEquals("basic_auth", secret.schemaType());
        }
        assertEquals(names("db"), manager().getAllSecretKeys());
        if (last.version() != null) {
            assertTrue(versionOf(receipt) >= versionOf(last));
            assertEquals(versionOf(receipt), versionOf(manager(), "db"));
        }
    }

    @Test
    protected void recover_thenUpdateAndDelete_worksAsBefore() {
        register(manager(), "db", "k", "1");
        manager().deleteSecret(name("db"));
        recoverable().recoverSecret(name("db"));
        manager().updateSecret(secret("db", "k", "2"));
        assertHolds(manager(), "db", "k", "2");
        manager().deleteSecret(name("db"));
        recoverable().recoverSecret(name("db"));
        assertHolds(manager(), "db", "k", "2");
    }

    @Test
    protected void recover_live_isSecretExists_valueUntouched() {
        register(manager(), "db", "k", "1");
        assertThrows(SecretExistsException.class, () -> recoverable().recoverSecret(name("db")));
        manager().deleteSecret(name("db"));
        register(manager(), "db", "k", "2");
        assertThrows(SecretExistsException.class, () -> recoverable().recoverSecret(name("db")));
        assertHolds(manager(), "db", "k", "2");
    }

    /** Where names can pass from one secret to another, more than one may have been deleted under one name. */
    @Test
    protected void purge_takesEverythingThatWasDeletedUnderTheName() {
        if (manager() instanceof Renaming renaming) {
            for (boolean live : new boolean[] {true, false}) {
                register(manager(), "db", "k", "older");
                manager().deleteSecret(name("db"));
                register(manager(), "other", "k", "newer");
                renaming.renameSecret(name("other"), name("db"));
                if (!live) {
                    manager().deleteSecret(name("db"));
                }
                recoverable().purgeSecret(name("db"));
                assertThrows(NoSuchSecretException.class, () -> recoverable().recoverSecret(name("db")));
                assertThrows(NoSuchSecretException.class, () -> recoverable().purgeSecret(name("db")));
                assertEquals(List.of(), manager().getAllSecretKeys());
            }
        }
    }

    @Test
    protected void recover_missing_isNoSuchSecret() {
        assertThrows(NoSuchSecretException.class, () -> recoverable().recoverSecret(name("db")));
        register(elsewhere(), "db", "k", "1");
        elsewhere().deleteSecret(name("db"));
        assertThrows(NoSuchSecretException.class, () -> recoverable().recoverSecret(name("db")));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void recover_afterDeleteAll_bringsBackOne() {
        register(manager(), "a", "k", "1");
        register(manager(), "b", "k", "2");
        manager().deleteAllSecrets();
        recoverable().recoverSecret(name("b"));
        assertEquals(names("b"), manager().getAllSecretKeys());
        assertHolds(manager(), "b", "k", "2");
    }

    @Test
    protected void purge_live_leavesNothing() {
        register(manager(), "db", "k", "1");
        manager().updateSecret(secret("db", "k", "2"));
        recoverable().purgeSecret(name("db"));
        assertGone("db");
    }

    @Test
    protected void purge_deleted_leavesNothing() {
        register(manager(), "db", "k", "1");
        manager().deleteSecret(name("db"));
        recoverable().purgeSecret(name("db"));
        assertGone("db");
    }

    @Test
    protected void purge_missing_isNoSuchSecret() {
        register(elsewhere(), "db", "k", "1");
        assertThrows(NoSuchSecretException.class, () -> recoverable().purgeSecret(name("db")));
        assertHolds(elsewhere(), "db", "k", "1");
    }

    @Test
    protected void purge_leavesOthersAlone() {
        register(manager(), "db", "k", "1");
        register(manager(), "db/a", "k", "2");
        register(manager(), "gone", "k", "3");
        manager().deleteSecret(name("gone"));
        register(elsewhere(), "db", "k", "4");
        recoverable().purgeSecret(name("db"));
        assertEquals(names("db/a"), manager().getAllSecretKeys());
        assertHolds(manager(), "db/a", "k", "2");
        recoverable().recoverSecret(name("gone"));
        assertHolds(manager(), "gone", "k", "3");
        assertHolds(elsewhere(), "db", "k", "4");
    }

    @Test
    protected void purge_thenRegister_startsAnew() {
        register(manager(), "db", "old", "1");
        manager().updateSecret(secret("db", "old", "2"));
        recoverable().purgeSecret(name("db"));
        register(manager(), "db", "new", "3");
        assertHolds(manager(), "db", "new", "3");
        if (manager() instanceof Versioned versioned) {
            assertEquals(1, versioned.history(name("db")).size());
        }
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "db", "k", "1");
        Recoverable closed = recoverable();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.recoverSecret(name("db")));
        assertThrows(IllegalStateException.class, () -> closed.purgeSecret(name("db")));
        assertHolds(another(), "db", "k", "1");
    }

    private void assertGone(String name) {
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name(name)));
        assertThrows(NoSuchSecretException.class, () -> recoverable().recoverSecret(name(name)));
        assertThrows(NoSuchSecretException.class, () -> recoverable().purgeSecret(name(name)));
        if (manager() instanceof Versioned versioned) {
            assertThrows(NoSuchSecretException.class, () -> versioned.history(name(name)));
            assertThrows(NoSuchSecretException.class, () -> versioned.getSecret(name(name), 1));
            assertThrows(NoSuchSecretException.class, () -> versioned.rollback(name(name), 1));
            assertEquals(List.of(), versioned.tombstones());
        }
    }

    private Recoverable recoverable() {
        return capable(Recoverable.class, manager());
    }
}
