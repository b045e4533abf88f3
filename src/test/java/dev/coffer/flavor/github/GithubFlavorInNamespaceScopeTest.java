package dev.coffer.flavor.github;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class GithubFlavorInNamespaceScopeTest extends GithubFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "namespace", "namespace", "team-a");
    }
}
