package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link Revisions} promises: equal revisions are equal contents, and nothing is written over what was not seen. */
public abstract class RevisionsContract extends ContractFixture {
    /** Only for contracts. */
    protected RevisionsContract() {}

    private Revisions revisions() {
        return capable(Revisions.class, manager());
    }

    private String found(String name) {
        return revisions().findRevision(name(name)).orElseThrow().revision().orElseThrow();
    }

    @Test
    protected void register_tellsTheRevision_thatAllOthersTell() {
        String made = revisions().registerRevised(secret("prod/db", "k", "v"));

        assertEquals(made, found("prod/db"));
        List<Revisions.RevisionEntry> listed =
                capable(Revisions.class, another()).listRevisions();
        assertEquals(
                names("prod/db"),
                listed.stream().map(Revisions.RevisionEntry::name).toList());
        assertEquals(made, listed.get(0).revision().orElse(made));
        assertEquals(true, listed.get(0).owned().orElse(true));
        if (writeOnly()) {
            assertThrows(UnsupportedByFlavorException.class, () -> revisions().getRevised(name("prod/db")));
        } else {
            Revisions.Revised read = revisions().getRevised(name("prod/db"));
            try (Secret secret = read.secret()) {
                assertEquals(made, read.revision());
                assertEquals(values("k", "v"), revealed(secret));
            }
        }
        assertThrows(SecretExistsException.class, () -> revisions().registerRevised(secret("prod/db", "k", "w")));
        assertEquals(made, found("prod/db"));
        assertHolds(manager(), "prod/db", "k", "v");
    }

    @Test
    protected void listing_tellsAllOfTheScope_sorted() {
        assertEquals(List.of(), revisions().listRevisions());
        register(manager(), "b", "k", "v");
        register(manager(), "a", "k", "v", "second", "v");
        register(elsewhere(), "c", "k", "v");

        assertEquals(
                names("a", "b"),
                revisions().listRevisions().stream()
                        .map(Revisions.RevisionEntry::name)
                        .toList());
    }

    @Test
    protected void missing_isToldAsMissing() {
        register(elsewhere(), "db", "k", "v");
        assertEquals(Optional.empty(), revisions().findRevision(name("db")));
        assertThrows(NoSuchSecretException.class, () -> revisions().getRevised(name("db")));
        assertThrows(NoSuchSecretException.class, () -> revisions().updateRevised(secret("db", "k", "w"), "x"));
        assertThrows(NoSuchSecretException.class, () -> revisions().deleteRevised(name("db"), "x"));
        register(manager(), "db", "k", "v");
        manager().deleteSecret(name("db"));
        assertEquals(Optional.empty(), revisions().findRevision(name("db")));
        assertEquals(List.of(), revisions().listRevisions());
    }

    @Test
    protected void everyChange_isAnotherRevision() {
        String first = revisions().registerRevised(secret("db", "k", "1", "gone", "x"));
        String second = revisions().updateRevised(secret("db", "k", "2", "gone", "x"), first);
        assertNotEquals(first, second);
        assertEquals(second, found("db"));
        manager().mergeSecret(name("db"), new SecretPatch(Map.of(), Set.of("gone"), Optional.empty()));
        String third = found("db");
        assertNotEquals(second, third);
        manager().updateSecret(typed("db", "basic_auth", "username", "u", "password", "p"));
        String fourth = found("db");
        assertNotEquals(third, fourth);
        if (!writeOnly()) {
            manager().updateSecret(secret("db", "username", "u", "password", "p"));
            assertNotEquals(fourth, found("db"), "another type");
        }
    }

    @Test
    protected void whatChangesNothing_isTheSameRevision() {
        String first = revisions().registerRevised(secret("db", "k", "1"));
        assertEquals(first, found("db"));
        if (!writeOnly()) {
            assertEquals(first, revisions().updateRevised(secret("db", "k", "1"), first));
            assertEquals(first, found("db"));
        }
    }

    @Test
    protected void otherRevision_isConflict_andNothingIsWritten() {
        String first = revisions().registerRevised(secret("db", "k", "1"));
        capable(Revisions.class, another()).updateRevised(secret("db", "k", "2"), first);
        String second = found("db");

        assertThrows(ConflictException.class, () -> revisions().updateRevised(secret("db", "k", "3"), first));
        assertThrows(ConflictException.class, () -> revisions().deleteRevised(name("db"), first));

        assertEquals(second, found("db"));
        assertHolds(manager(), "db", "k", "2");
        revisions().deleteRevised(name("db"), second);
        assertEquals(List.of(), manager().getAllSecretKeys());
    }

    /** For providers that tell what was made anew from what was before by its date alone. */
    protected void untilTheProvidersClockMoves() throws InterruptedException {}

    private void assertTold(String seen, String revision, String value) {
        assertEquals(
                revision,
                revisions()
                        .findRevision(name("db"), seen)
                        .orElseThrow()
                        .revision()
                        .orElseThrow());
        if (writeOnly()) {
            assertThrows(UnsupportedByFlavorException.class, () -> revisions().getRevised(name("db"), seen));
            return;
        }
        Revisions.Revised read = revisions().getRevised(name("db"), seen);
        try (Secret secret = read.secret()) {
            assertEquals(revision, read.revision());
            assertEquals(values("k", value), revealed(secret));
        }
    }

    @Test
    protected void whoSawARevision_isToldThatOne_orWhatCameAfter() throws InterruptedException {
        assertEquals(Optional.empty(), revisions().findRevision(name("db"), "x"));
        assertThrows(NoSuchSecretException.class, () -> revisions().getRevised(name("db"), "x"));
        String first = revisions().registerRevised(secret("db", "k", "1"));
        assertTold(first, first, "1");
        String second = revisions().updateRevised(secret("db", "k", "2"), first);
        assertTold(second, second, "2");
        assertTold(first, second, "2");
        assertTold("x", second, "2");
        manager().deleteSecret(name("db"));
        assertEquals(Optional.empty(), revisions().findRevision(name("db"), second));
        assertThrows(NoSuchSecretException.class, () -> revisions().getRevised(name("db"), second));
        if (manager() instanceof Recoverable recoverable) {
            recoverable.purgeSecret(name("db"));
        }
        untilTheProvidersClockMoves();
        String anew = revisions().registerRevised(secret("db", "k", "3"));
        assertTold(second, anew, "3");
    }

    @Test
    protected void secretMadeAnew_hasAnotherRevision() throws InterruptedException {
        String first = revisions().registerRevised(secret("db", "k", "1"));
        manager().deleteSecret(name("db"));
        if (manager() instanceof Recoverable recoverable) {
            recoverable.purgeSecret(name("db"));
        }
        untilTheProvidersClockMoves();
        assertNotEquals(first, revisions().registerRevised(secret("db", "k", "1")));
    }
}
