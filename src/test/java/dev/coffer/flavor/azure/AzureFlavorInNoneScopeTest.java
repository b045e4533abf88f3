package dev.coffer.flavor.azure;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class AzureFlavorInNoneScopeTest extends AzureFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "none");
    }

    @Override
    String folder() {
        return "team-";
    }
}
