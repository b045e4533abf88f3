package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.github.GithubBackend.Kind;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Against a server of the tests that keeps to GitHub's description of its API. */
class GithubFlavorSecretsManagerContractTest extends SecretsManagerContract {
    private final GithubBackend backend = backend();

    GithubBackend backend() {
        return new GithubBackend(kind(), scope());
    }

    Kind kind() {
        return Kind.REPOSITORY;
    }

    Map<String, String> scope() {
        return Map.of();
    }

    @Override
    protected SecretsManager open() {
        return backend.open();
    }

    /** The same scope of the same place, under a prefix that is almost the same. */
    @Override
    protected SecretsManager openElsewhere() {
        return backend.open("elsewhere", Map.of("prefix", "COFFERS"));
    }

    @Override
    protected boolean writeOnly() {
        return true;
    }

    @Override
    protected int capacity() {
        return backend.place().limit;
    }

    @Override
    protected boolean refuses(Secret secret) {
        return backend.refuses(manager(), secret);
    }

    @Override
    protected Map<String, String> read(SecretsManager manager, String name) {
        return backend.read(manager, name);
    }

    /**
     * GitHub compares nothing: more than one of several at once can be told that it won, or that it replaced what another
     * one had just written; and each key has the last.
     */
    @Test
    @Override
    protected void register_racing_exactlyOneWins() throws Exception {
        List<Callable<String>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SecretsManager instance = i % 2 == 0 ? manager() : another();
            String value = "writer " + i;
            racers.add(() -> {
                register(instance, "db", "k", value);
                return value;
            });
        }
        List<Outcome<String>> outcomes = race(racers);
        List<String> told = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            String value = "writer " + i;
            outcomes.get(i).result().ifPresent(told::add);
            outcomes.get(i).refusal().ifPresent(e -> {
                if (e instanceof ConflictException) {
                    told.add(value);
                } else {
                    assertInstanceOf(SecretExistsException.class, e);
                }
            });
        }
        assertTrue(told.contains(read(manager(), "db").get("k")), "what is there is of one that was told so");
        assertTrue(outcomes.stream().anyMatch(outcome -> outcome.result().isPresent()), "somebody was the first");
        assertEquals(names("db"), manager().getAllSecretKeys());
    }

    @Override
    protected Optional<SecretsManager> openBroken() {
        return Optional.of(backend.open("broken", trouble()));
    }

    /** Attributes with which GitHub refuses everything. */
    Map<String, String> trouble() {
        return Map.of("token", "ghp_nobody");
    }

    /** GitHub encrypts what it keeps, and gives none of it back. */
    @Override
    protected Optional<byte[]> rawBytesAtRest() {
        return Optional.empty();
    }

    @Override
    protected Set<Class<? extends ContractFixture>> capabilityTests() {
        return Set.of(
                GithubFlavorOwnedContractTest.class,
                GithubFlavorProviderLimitsContractTest.class,
                GithubFlavorRevisionsContractTest.class);
    }

    @Override
    protected void cleanUp() {
        backend.cleanUp();
    }
}
