package dev.coffer.flavor.vault;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class VaultFlavorInNoneScopeTest extends VaultFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "none");
    }
}
