package dev.coffer.flavor.vault;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class VaultFlavorInNamespaceScopeTest extends VaultFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "namespace", "namespace", "team/a");
    }
}
