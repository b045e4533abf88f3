package dev.coffer.flavor.github;

import java.util.Map;

/** The whole contract once more, in the scope global. */
class GithubFlavorInGlobalScopeTest extends GithubFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "global");
    }
}
