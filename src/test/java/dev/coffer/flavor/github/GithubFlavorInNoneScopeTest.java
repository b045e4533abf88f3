package dev.coffer.flavor.github;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class GithubFlavorInNoneScopeTest extends GithubFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "none");
    }
}
