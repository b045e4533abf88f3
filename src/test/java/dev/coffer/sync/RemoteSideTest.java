package dev.coffer.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import dev.coffer.sync.MeanServer.Fault;
import dev.coffer.sync.MeanServer.Kind;
import dev.coffer.sync.RemoteSide.Listed;
import dev.coffer.sync.RemoteSide.Read;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target with revisions, whatever its flavor can do. */
class RemoteSideTest {
    private static final SecretName DB = SecretName.of("db");
    private static final Map<String, String> ONE = Map.of("k", "1");
    private static final Map<String, String> TWO = Map.of("k", "2");

    private final MemorySyncStore store = new MemorySyncStore("laptop");

    private RemoteSide side(SecretsManager manager, String prefix) {
        SyncTarget target =
                new SyncTarget(new UUID(1, 1), "team", new UUID(2, 2), prefix, List.of(), Direction.BOTH, false);
        return new RemoteSide(target, manager, store);
    }

    private RemoteSide side(MeanServer server) {
        return side(server.open(), "");
    }

    private static Secret secret(String name, String value) {
        return Secret.of(SecretName.of(name), Map.of("k", SecretValue.of(value)));
    }

    private Prints prints(String value) {
        return Prints.of(secret("db", value), store);
    }

    private static String text(Read read) {
        return read.secret().value("k").revealText();
    }

    @Test
    void listing_tellsRevisionsWhereTheFlavorHasSome() {
        for (Map.Entry<Kind, Optional<String>> expected : Map.of(
                        Kind.PLAIN, Optional.<String>empty(),
                        Kind.VERSIONED, Optional.of("1001"),
                        Kind.UNTRUSTED, Optional.of("1001"),
                        Kind.REVISED, Optional.of("r1001"),
                        Kind.WRITE_ONLY, Optional.of("1970-01-01T00:16:41Z"))
                .entrySet()) {
            MeanServer server = new MeanServer(expected.getKey());
            server.set("team/db", ONE, true);
            server.set("other", ONE, true);
            Optional<Boolean> owned = expected.getKey() == Kind.REVISED ? Optional.of(true) : Optional.empty();

            assertEquals(
                    List.of(new Listed(DB, expected.getValue(), owned)),
                    side(server.open(), "team/").list(),
                    expected.getKey().name());
            assertEquals(List.of("list"), server.calls, expected.getKey().name());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void find_tellsTheSameRevisionAsTheListing_andNothingOfWhatIsNotThere(Kind kind) {
        MeanServer server = new MeanServer(kind);
        server.set("db", ONE, true);
        RemoteSide side = side(server);

        assertEquals(side.list().get(0).revision(), side.find(DB).orElseThrow().revision());
        assertEquals(Optional.empty(), side.find(SecretName.of("api")));
    }

    /** Where the provider compares, its answer is the confirmation; elsewhere, what it has is looked at. */
    @Test
    void update_costsOneCallWhereRevisionsAreTold() {
        MeanServer server = new MeanServer(Kind.REVISED);
        server.set("db", ONE, true);
        RemoteSide side = side(server);

        assertEquals(Optional.of("r1002"), side.update(secret("db", "2"), Optional.of("r1001"), prints("1")));
        side.delete(DB, Optional.of("r1002"), prints("2"));

        assertEquals(List.of("update db", "delete db"), server.calls);
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void update_withoutARevision_isComparedByItsContent() {
        MeanServer server = new MeanServer(Kind.PLAIN);
        server.set("db", ONE, true);
        RemoteSide side = side(server);

        assertEquals(Optional.empty(), side.update(secret("db", "2"), Optional.empty(), prints("1")));
        assertEquals(List.of("get db", "update db", "get db"), server.calls);
        assertEquals(Map.of("db", TWO), server.contents());
        side.delete(DB, Optional.empty(), prints("2"));
        assertEquals(Map.of(), server.contents());
    }

    @Test
    void versions_areComparedByTheProvider() {
        MeanServer server = new MeanServer(Kind.VERSIONED);
        server.set("db", ONE, true);
        RemoteSide side = side(server);

        assertEquals(Optional.of("1002"), side.update(secret("db", "2"), Optional.of("1001"), prints("1")));
        side.delete(DB, Optional.of("1002"), prints("2"));
        assertEquals(Map.of(), server.contents());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"VERSIONED", "REVISED"})
    void whatChangesInTheMomentOfTheWrite_isNeitherReplacedNorDeleted(Kind kind) {
        MeanServer server = new MeanServer(kind);
        server.set("db", ONE, true);
        RemoteSide side = side(server);
        Optional<String> seen = side.find(DB).orElseThrow().revision();
        server.faults = call -> {
            if (call.equals("update db") || call.equals("delete db")) {
                server.set("db", Map.of("k", "theirs"), true);
            }
            return Fault.NONE;
        };

        assertThrows(ConflictException.class, () -> side.update(secret("db", "2"), seen, prints("1")));
        assertEquals(Map.of("db", Map.of("k", "theirs")), server.contents());
        server.set("db", ONE, true);
        Optional<String> again = side.find(DB).orElseThrow().revision();
        assertThrows(ConflictException.class, () -> side.delete(DB, again, prints("1")));
        assertEquals(Map.of("db", Map.of("k", "theirs")), server.contents());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatWasChangedOrDeletedBefore_isNeitherReplacedNorDeleted(Kind kind) {
        MeanServer server = new MeanServer(kind);
        server.set("db", ONE, true);
        RemoteSide side = side(server);
        Optional<String> seen = side.find(DB).orElseThrow().revision();
        server.set("db", Map.of("k", "theirs"), true);

        assertThrows(ConflictException.class, () -> side.update(secret("db", "2"), seen, prints("1")));
        assertThrows(ConflictException.class, () -> side.delete(DB, seen, prints("1")));
        assertEquals(Map.of("db", Map.of("k", "theirs")), server.contents());

        server.remove("db");
        assertThrows(NoSuchSecretException.class, () -> side.update(secret("db", "2"), seen, prints("1")));
        assertThrows(NoSuchSecretException.class, () -> side.delete(DB, seen, prints("1")));
    }

    /** The same version with another content is what a provider shows that lost a write. */
    @Test
    void contentThatDoesNotFitItsVersion_isNotReplaced() {
        MeanServer server = new MeanServer(Kind.VERSIONED);
        server.set("db", ONE, true);
        RemoteSide side = side(server);

        ConflictException e = assertThrows(
                ConflictException.class, () -> side.update(secret("db", "2"), Optional.of("1001"), prints("9")));
        assertEquals("secret db was changed on team since the plan was made", e.getMessage());
        assertThrows(ConflictException.class, () -> side.delete(DB, Optional.of("1001"), prints("9")));
        assertEquals(Map.of("db", ONE), server.contents());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED", "WRITE_ONLY"})
    void writeThatIsGoneRightAfterwards_isNotConfirmed(Kind kind) {
        MeanServer server = new MeanServer(kind);
        RemoteSide side = side(server);
        server.faults = call -> {
            if (call.equals("get db") || call.equals("list")) {
                server.remove("db");
            }
            return Fault.NONE;
        };

        assertThrows(ConflictException.class, () -> side.create(secret("db", "1")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "VERSIONED"})
    void writeThatIsOvertakenRightAfterwards_isNotConfirmed(Kind kind) {
        MeanServer server = new MeanServer(kind);
        RemoteSide side = side(server);
        server.faults = call -> {
            if (call.equals("get db")) {
                server.set("db", Map.of("k", "theirs"), true);
            }
            return Fault.NONE;
        };

        assertThrows(ConflictException.class, () -> side.create(secret("db", "1")));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void created_isFoundAtTheRevisionThatWasGivenBack(Kind kind) {
        MeanServer server = new MeanServer(kind);
        RemoteSide side = side(server.open(), "team/");

        Optional<String> revision = side.create(secret("db", "1"));

        assertEquals(Map.of("team/db", ONE), server.contents());
        assertEquals(revision, side.find(DB).orElseThrow().revision());
    }

    @Test
    void read_hasTheLocalName_andIsClosedWithItsValues() {
        MeanServer server = new MeanServer(Kind.REVISED);
        server.set("team/db", ONE, true);
        RemoteSide side = side(server.open(), "team/");

        Read read = side.read(DB).orElseThrow();
        assertEquals(DB, read.secret().name());
        assertEquals("1", text(read));
        assertEquals(Optional.of("r1001"), read.revision());
        read.close();

        assertThrows(IllegalStateException.class, () -> text(read));
        assertEquals(Optional.empty(), side.read(SecretName.of("api")));
    }

    @Test
    void buriedAt_isTheTombstoneOfATargetThatIsNotTrusted() {
        MeanServer server = new MeanServer(Kind.UNTRUSTED);
        server.set("db", ONE, true);
        RemoteSide side = side(server);
        assertTrue(side.isUntrusted());
        assertEquals(0, side.buriedAt(DB), "it is there");

        server.remove("db");
        assertEquals(1002, side.buriedAt(DB));
        assertEquals(0, side.buriedAt(SecretName.of("api")), "it never was there");

        MeanServer trusted = new MeanServer(Kind.VERSIONED);
        trusted.set("db", ONE, true);
        trusted.remove("db");
        assertEquals(0, side(trusted).buriedAt(DB));
        assertFalse(side(trusted).isUntrusted());
    }

    @Test
    void revision_beginsWithTheVersion() {
        assertEquals(17, RemoteSide.number("17"));
        assertEquals(17, RemoteSide.number("17@1700000000000"));
    }

    @Test
    void refusal_isTheProvidersOwn_orThatOfTheName() {
        MeanServer server = new MeanServer(Kind.PLAIN);
        RemoteSide side = side(server.open(), "team/");

        assertEquals(Optional.empty(), side.refusal(secret("db", "1")));
        assertEquals(
                "secret team/db is too long for team",
                side.refusal(secret("db", "x".repeat(65))).orElseThrow().getMessage());
        assertTrue(side.refusal(secret("x".repeat(SecretName.MAX_LENGTH), "1")).isPresent());
        assertEquals(List.of(), server.calls);
    }

    @Test
    void whatNothingMarks_isOurs_belowAPathOfCoffersOwn() {
        Bare shared = new Bare(Map.of(SecretScope.SCOPE, "none"));
        Bare own = new Bare(Map.of(SecretScope.SCOPE, "component"));

        assertFalse(side(shared, "").isOwned(DB));
        assertTrue(side(own, "").isOwned(DB));
        side(shared, "").adopt(DB); // there is no mark that it could set
        assertFalse(side(shared, "").isOwned(DB));
    }

    @Test
    void flavorWithoutLimits_refusesNothingAndIsNotWaitedFor() {
        RemoteSide side = side(new Bare(Map.of()), "");

        assertEquals(Double.POSITIVE_INFINITY, side.writesPerSecond());
        assertEquals(Optional.empty(), side.refusal(secret("db", "x".repeat(65))));
    }

    @Test
    void close_closesTheManager() {
        Bare manager = new Bare(Map.of());
        side(manager, "").close();
        assertTrue(manager.closed);
    }

    /** Nothing marks what it holds, and it names no limits. */
    private static final class Bare implements SecretsManager {
        private final Map<String, String> attributes;
        private boolean closed;

        Bare(Map<String, String> attributes) {
            this.attributes = attributes;
        }

        @Override
        public ComponentDefinition definition() {
            return new ComponentDefinition(ComponentType.SECRETS_MANAGER, "bare", "team", new UUID(2, 2), attributes);
        }

        @Override
        public WriteReceipt registerSecret(Secret secret) {
            throw new UnsupportedOperationException("it holds nothing");
        }

        @Override
        public Secret getSecret(SecretName name) {
            throw new NoSuchSecretException(name);
        }

        @Override
        public List<SecretName> getAllSecretKeys() {
            return List.of();
        }

        @Override
        public List<SecretSummary> listSecrets() {
            return List.of();
        }

        @Override
        public WriteReceipt updateSecret(Secret secret) {
            throw new NoSuchSecretException(secret.name());
        }

        @Override
        public void deleteSecret(SecretName name) {
            throw new NoSuchSecretException(name);
        }

        @Override
        public void deleteAllSecrets() {}

        @Override
        public Optional<CofferException> check() {
            return Optional.empty();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
