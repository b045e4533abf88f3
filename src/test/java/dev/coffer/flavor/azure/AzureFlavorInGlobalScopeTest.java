package dev.coffer.flavor.azure;

import java.util.Map;

/** The whole contract once more, in the scope global. */
class AzureFlavorInGlobalScopeTest extends AzureFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "global");
    }

    @Override
    String folder() {
        return "team-coffer-global-";
    }
}
