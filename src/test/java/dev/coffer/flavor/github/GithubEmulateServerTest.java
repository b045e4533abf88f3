package dev.coffer.flavor.github;

import dev.coffer.flavor.github.GithubBackend.Kind;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * Contracts and synchronizations once more, against another maker's GitHub, which knows secrets of repositories and of
 * organizations, and takes each token for one that may do everything.
 */
@Tag("servers")
@Tag("again")
class GithubEmulateServerTest {
    private static GithubBackend emulate(Kind kind) {
        return new GithubBackend(EmulateServer.shared(), kind, Map.of());
    }

    @Nested
    class InRepository extends GithubFlavorSecretsManagerContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }

        @Override
        Map<String, String> trouble() {
            return Map.of("repository", "no-such");
        }
    }

    @Nested
    class InOrganization extends GithubFlavorSecretsManagerContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.ORGANIZATION);
        }

        @Override
        Map<String, String> trouble() {
            return Map.of("organization", "no-such");
        }
    }

    @Nested
    class Scopes extends GithubFlavorScopeContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }
    }

    @Nested
    class Owned extends GithubFlavorOwnedContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }
    }

    @Nested
    class Limits extends GithubFlavorProviderLimitsContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }
    }

    @Nested
    class Revisions extends GithubFlavorRevisionsContractTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }
    }

    @Nested
    class Synchronizations extends GithubSyncTest {
        @Override
        GithubBackend backend() {
            return emulate(Kind.REPOSITORY);
        }
    }
}
