package dev.coffer.flavor.azure;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class AzureFlavorInNamespaceScopeTest extends AzureFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "namespace", "namespace", "team/a");
    }

    @Override
    String folder() {
        return "team-coffer-namespace-team--2fa-";
    }
}
