package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What {@link UntrustedStorage} promises to whoever remembers the versions that it saw. That answers are authenticated, a
 * flavor shows in tests of its own, which know what to tamper with.
 */
public abstract class UntrustedStorageContract extends ContractFixture {
    /** Only for contracts. */
    protected UntrustedStorageContract() {}

    private UntrustedStorage storage() {
        return capable(UntrustedStorage.class, manager());
    }

    @Test
    protected void versionsOfAName_neverGoBack() {
        long last = versionOf(register(manager(), "db", "k", "v"));
        for (int i = 0; i < 3; i++) {
            manager().deleteSecret(name("db"));
            UntrustedStorage.Trace tombstone = storage().trace(name("db")).orElseThrow();
            assertTrue(tombstone.deleted());
            assertTrue(tombstone.version() > last, last + " came before " + tombstone.version());
            last = tombstone.version();
            long next = versionOf(register(another(), "db", "k", "v" + i));
            assertTrue(next > last, last + " came before " + next);
            last = next;
            long changed = versionOf(manager().updateSecret(secret("db", "k", "w")));
            assertTrue(changed > last, last + " came before " + changed);
            last = changed;
            assertEquals(last, versionOf(another(), "db"));
            assertEquals(
                    Optional.of(new UntrustedStorage.Trace(last, false)),
                    storage().trace(name("db")));
        }
        manager().deleteAllSecrets();
        assertTrue(storage().trace(name("db")).orElseThrow().deleted());
        assertEquals(Optional.empty(), storage().trace(name("never")));
    }

    @Test
    protected void listing_tellsTheVersionOfEach() {
        register(manager(), "db", "k", "v");
        manager().updateSecret(secret("db", "k", "w"));
        register(manager(), "api", "k", "v");
        for (SecretSummary summary : another().listSecrets()) {
            assertEquals(versionOf(manager(), summary.name().value()), summary.version());
        }
    }
}
