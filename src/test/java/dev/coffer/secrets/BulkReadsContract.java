package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.BulkReads.Found;
import dev.coffer.secrets.BulkReads.Reading;
import dev.coffer.secrets.BulkReads.Unreadable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link BulkReads} promises: what reading each secret alone gives, and no trouble of one hides another. */
public abstract class BulkReadsContract extends ContractFixture {
    private static final int MANY = 45; // more than any provider reads at once

    /** Only for contracts. */
    protected BulkReadsContract() {}

    /** Puts a secret that is there and cannot be read into the backend of {@link #open()}. */
    protected abstract SecretName plantUnreadable();

    @Test
    protected void several_areReadAsAlone_inTheOrderOfTheNames_withoutTheMissing() {
        register(manager(), "z", "k", "1", "a", "2");
        manager().registerSecret(typed("prod/db", "basic_auth", "username", "u", "password", "p"));
        register(manager(), "empty");
        register(elsewhere(), "missing", "k", "theirs");
        register(manager(), "deleted", "k", "4");
        manager().deleteSecret(name("deleted"));
        List<SecretName> wanted = names("z", "missing", "prod/db", "deleted", "empty");

        assertEquals(names("z", "prod/db", "empty"), assertReadAsAlone(manager(), wanted));
        manager().listSecrets();
        assertEquals(names("z", "prod/db", "empty"), assertReadAsAlone(manager(), wanted));
        assertEquals(names("z", "prod/db", "empty"), assertReadAsAlone(another(), wanted));
    }

    /** Gives the names that were read. */
    private List<SecretName> assertReadAsAlone(SecretsManager manager, Collection<SecretName> wanted) {
        Map<SecretName, Reading> readings = capable(BulkReads.class, manager).getSecrets(wanted);
        try {
            readings.forEach((name, reading) -> assertReadAsAlone(manager, name, reading));
            return List.copyOf(readings.keySet());
        } finally {
            readings.values().forEach(Reading::close);
        }
    }

    private static void assertReadAsAlone(SecretsManager manager, SecretName name, Reading reading) {
        Found found = assertInstanceOf(Found.class, reading);
        try (Secret alone = manager.getSecret(name)) {
            Secret secret = found.secret();
            assertEquals(name, secret.name());
            assertEquals(alone.schemaType(), secret.schemaType());
            assertEquals(
                    List.copyOf(revealed(alone).entrySet()),
                    List.copyOf(revealed(secret).entrySet()));
            assertEquals(alone.version(), secret.version());
            assertEquals(alone.created(), secret.created());
            assertEquals(alone.updated(), secret.updated());
        }
        if (manager instanceof Revisions revisions) {
            Revisions.Revised revised = revisions.getRevised(name);
            revised.secret().close();
            assertEquals(Optional.of(revised.revision()), found.revision());
        }
    }

    @Test
    protected void many_areAllRead() {
        List<Secret> secrets = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            secrets.add(secret("n" + i, "k", String.valueOf(i)));
        }
        registerAll(manager(), secrets);
        List<SecretName> wanted = secrets.stream().map(Secret::name).toList();

        assertEquals(wanted, assertReadAsAlone(manager(), wanted));
        assertEquals(wanted, assertReadAsAlone(another(), wanted));
    }

    @Test
    protected void none_andOneTwice_areReadOnceAtMost() {
        register(manager(), "a", "k", "1");
        register(manager(), "b", "k", "2");
        assertEquals(List.of(), assertReadAsAlone(manager(), List.of()));
        assertEquals(List.of(), assertReadAsAlone(manager(), names("missing")));
        assertEquals(names("a"), assertReadAsAlone(manager(), names("a", "a")));
        assertEquals(names("b", "a"), assertReadAsAlone(manager(), names("b", "a", "b", "missing")));
    }

    @Test
    protected void whatWasChangedSinceAListing_isReadAsItIsNow() {
        SecretsManager other = another();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            register(other, name, "username", "u", "password", "1");
        }
        manager().getAllSecretKeys();
        manager().listSecrets();
        List<SecretName> all = names("a", "b", "c", "d", "e");
        assertEquals(all, assertReadAsAlone(manager(), all));

        other.updateSecret(secret("a", "username", "u", "password", "2"));
        other.deleteSecret(name("b"));
        other.updateSecret(typed("c", "basic_auth", "username", "u", "password", "3"));
        manager().updateSecret(typed("d", "basic_auth", "username", "u", "password", "1"));
        manager().updateSecret(secret("e", "username", "u", "password", "4"));

        assertEquals(names("a", "c", "d", "e"), assertReadAsAlone(manager(), all));
    }

    @Test
    protected void troubleOfOne_isToldOfThatOne_andHidesNoOther() {
        SecretName unreadable = plantUnreadable();
        register(manager(), "a", "k", "1");
        register(manager(), "b", "k", "2");
        Map<SecretName, Reading> readings =
                capable(BulkReads.class, manager()).getSecrets(List.of(name("a"), unreadable, name("b")));

        assertEquals(List.of(name("a"), unreadable, name("b")), List.copyOf(readings.keySet()));
        assertHoldsAndClose(readings, "a", "1");
        assertHoldsAndClose(readings, "b", "2");
        Unreadable told = assertInstanceOf(Unreadable.class, readings.get(unreadable));
        CofferException thrown = assertThrows(CofferException.class, told::secret);
        assertEquals(told.error(), thrown);
        assertFalse(thrown instanceof NoSuchSecretException, thrown.getMessage());
        assertEquals(Optional.of(unreadable.value()), thrown.name());
        told.close();
    }

    private static void assertHoldsAndClose(Map<SecretName, Reading> readings, String name, String value) {
        Reading reading = assertInstanceOf(Found.class, readings.get(name(name)));
        assertEquals(values("k", value), revealed(reading.secret()));
        reading.close();
        reading.close();
        assertThrows(IllegalStateException.class, () -> revealed(reading.secret()));
    }

    @Test
    protected void close_thenUse_isIllegalState() {
        register(another(), "a", "k", "1");
        BulkReads closed = capable(BulkReads.class, manager());
        manager().close();
        assertThrows(IllegalStateException.class, () -> closed.getSecrets(names("a")));
        assertThrows(IllegalStateException.class, () -> closed.getSecrets(List.of()));
    }
}
