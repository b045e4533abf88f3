package dev.coffer.flavor.github;

import dev.coffer.flavor.github.GithubBackend.Kind;

/** The whole contract once more, with the secrets of an organization. */
class GithubFlavorInOrganizationTest extends GithubFlavorSecretsManagerContractTest {
    @Override
    Kind kind() {
        return Kind.ORGANIZATION;
    }
}
