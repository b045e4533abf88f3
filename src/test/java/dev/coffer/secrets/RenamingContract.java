package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What {@link Renaming} promises: another name, the same secret. Where the flavor is versioned, its history too. */
public abstract class RenamingContract extends ContractFixture {
    /** Only for contracts. */
    protected RenamingContract() {}

    @Test
    protected void rename_movesTheSecret() {
        manager().registerSecret(typed("old", "basic_auth", "username", "u", "password", "p"));
        renaming().renameSecret(name("old"), name("new"));
        assertEquals(names("new"), manager().getAllSecretKeys());
        try (Secret secret = manager().getSecret(name("new"))) {
            assertEquals(name("new"), secret.name());
            assertEquals("basic_auth", secret.schemaType());
            assertEquals(values("username", "u", "password", "p"), revealed(secret));
        }
        assertThrows(NoSuchSecretException.class, () -> manager().getSecret(name("old")));
        assertHolds(another(), "new", "username", "u", "password", "p");
    }

    @Test
    protected void rename_keepsVersionAndTimes() {
        register(manager(), "old", "k", "1");
        manager().updateSecret(secret("old", "k", "2"));
        try (Secret before = manager().getSecret(name("old"))) {
            renaming().renameSecret(name("old"), name("new"));
            try (Secret after = manager().getSecret(name("new"))) {
                assertEquals(before.version(), after.version());
                assertEquals(before.created(), after.created());
                assertEquals(before.updated(), after.updated());
            }
        }
    }

    @Test
    protected void rename_missing_isNoSuchSecret() {
        register(elsewhere(), "old", "k", "1");
        assertThrows(NoSuchSecretException.class, () -> renaming().renameSecret(name("old"), name("new")));
        register(manager(), "old", "k", "1");
        manager().deleteSecret(name("old"));
        assertThrows(NoSuchSecretException.class, () -> renaming().renameSecret(name("old"), name("new")));
        assertEquals(List.of(), manager().getAllSecretKeys());
        assertHolds(elsewhere(), "old", "k", "1");
    }

    @Test
    protected void rename_ontoALiveName_isSecretExists_bothUntouched() {
        register(manager(), "old", "k", "1");
        register(manager(), "new", "k", "2");
        assertThrows(SecretExistsException.class, () -> renaming().renameSecret(name("old"), name("new")));
        assertThrows(SecretExistsException.class, () -> renaming().renameSecret(name("old"), name("old")));
        assertHolds(manager(), "old", "k", "1");
        assertHolds(manager(), "new", "k", "2");
    }

    @Test
    protected void rename_ontoANameThatIsLiveElsewhere_works() {
        register(manager(), "old", "k", "1");
        register(elsewhere(), "new", "k", "2");
        renaming().renameSecret(name("old"), name("new"));
        assertHolds(manager(), "new", "k", "1");
        assertHolds(elsewhere(), "new", "k", "2");
    }

    @Test
    protected void rename_changingOnlyTheCase_works() {
        register(manager(), "db", "k", "1");
        renaming().renameSecret(name("db"), name("DB"));
        assertEquals(names("DB"), manager().getAllSecretKeys());
        assertHolds(manager(), "DB", "k", "1");
    }

    @Test
    protected void rename_ontoADeletedName_works() {
        register(manager(), "new", "k", "deleted");
        manager().deleteSecret(name("new"));
        register(manager(), "old", "k", "1");
        renaming().renameSecret(name("old"), name("new"));
        assertHolds(manager(), "new", "k", "1");
        assertEquals(names("new"), manager().getAllSecretKeys());
    }

    @Test
    protected void rename_thenUpdateAndDelete_worksUnderTheNewName() {
        register(manager(), "old", "k", "1");
        renaming().renameSecret(name("old"), name("new"));
        manager().updateSecret(secret("new", "k", "2"));
        assertHolds(manager(), "new", "k", "2");
        manager().deleteSecret(name("new"));
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    @Test
    protected void rename_freesTheOldName() {
        register(manager(), "old", "k", "1");
        renaming().renameSecret(name("old"), name("new"));
        register(manager(), "old", "k", "2");
        assertHolds(manager(), "old", "k", "2");
        assertHolds(manager(), "new", "k", "1");
    }

    @Test
    protected void rename_twoOntoOneName_exactlyOneWins() throws Exception {
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Renaming instance = capable(Renaming.class, i % 2 == 0 ? manager() : another());
            String old = "old" + i;
            register(manager(), old, "k", old);
            racers.add(() -> {
                instance.renameSecret(name(old), name("new"));
                return old;
            });
        }
        List<Outcome<String>> outcomes = race(racers);
        assertOneWon(outcomes, SecretExistsException.class);
        String winner = outcomes.stream()
                .flatMap(outcome -> outcome.result().stream())
                .findFirst()
                .orElseThrow();
        assertHolds(manager(), "new", "k", winner);
        assertEquals(4, manager().getAllSecretKeys().size());
    }

    @Test
    protected void history_goesWithTheSecret() {
        if (manager() instanceof Versioned versioned) {
            long first = versionOf(register(manager(), "old", "k", "1"));
            manager().updateSecret(secret("old", "k", "2"));
            List<SecretVersion> before = versioned.history(name("old"));
            renaming().renameSecret(name("old"), name("new"));
            assertEquals(before, versioned.history(name("new")));
            try (Secret then = versioned.getSecret(name("new"), first)) {
                assertEquals(values("k", "1"), revealed(then));
                assertEquals(name("new"), then.name());
            }
            assertThrows(NoSuchSecretException.class, () -> versioned.history(name("old")));
            assertThrows(NoSuchSecretException.class, () -> versioned.getSecret(name("old"), first));
            assertEquals(List.of(), versioned.tombstones());
        }
    }

    @Test
    protected void history_ofTheFreedNameStartsAnew() {
        if (manager() instanceof Versioned versioned) {
            long first = versionOf(register(manager(), "old", "k", "1"));
            manager().updateSecret(secret("old", "k", "2"));
            renaming().renameSecret(name("old"), name("new"));
            long fresh = versionOf(register(manager(), "old", "k", "3"));
            assertEquals(first, fresh);
            assertEquals(1, versioned.history(name("old")).size());
            assertEquals(2, versioned.history(name("new")).size());
        }
    }

    @Test
    protected void history_underALiveName_isTheLiveSecrets() {
        if (manager() instanceof Versioned versioned) {
            register(manager(), "new", "k", "deleted");
            manager().deleteSecret(name("new"));
            register(manager(), "old", "k", "1");
            renaming().renameSecret(name("old"), name("new"));
            assertEquals(1, versioned.history(name("new")).size());
            assertEquals(List.of(), versioned.tombstones());
        }
    }

    @Test
    protected void history_ofTwoDeletedUnderOneName_isTheLastDeletedOnes() {
        if (manager() instanceof Versioned versioned) {
            register(manager(), "new", "k", "deleted first");
            manager().deleteSecret(name("new"));
            register(manager(), "old", "k", "1");
            long second = versionOf(manager().updateSecret(secret("old", "k", "2")));
            renaming().renameSecret(name("old"), name("new"));
            manager().deleteSecret(name("new"));
            assertEquals(names("new"), versioned.tombstones());
            assertEquals(3, versioned.history(name("new")).size());
            assertTrue(versionOf(register(manager(), "new", "k", "3")) > second);
            assertEquals(4, versioned.history(name("new")).size());
        }
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "old", "k", "1");
        Renaming closed = renaming();
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.renameSecret(name("old"), name("new")));
        assertHolds(another(), "old", "k", "1");
    }

    private Renaming renaming() {
        return capable(Renaming.class, manager());
    }
}
